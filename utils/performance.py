#!/usr/bin/env python3
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures whole models beside a baseline and writes docs/Performance.md.

Counts in QEMU, merges the figures into docs/performance.json, which is written
after each one, prints what changed, and writes page and chart from that file.
Run it with the Python of .venv.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from stm32_mlir.errors import Error
from stm32_mlir.performance import (
    BASELINE_BUILDS,
    MODES,
    load_results,
    measure_all,
    plan_jobs,
    read_baselines,
    save_results,
)
from stm32_mlir.performance_page import changes, chart_svg, page_markdown
from stm32_mlir.targets import COMPILERS

ROOT = Path(__file__).resolve().parents[1]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    shared = os.environ.get("STM32_SHARED", ROOT.parent / "shared")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("-o", "--output", type=Path, default=ROOT / "docs" / "Performance.md",
        help="the page; FILE.json and FILE.svg in lower case go beside it")
    add("--page", action="store_true", help="write page and chart only, from what is stored")
    add("--models", nargs="+", default=[], metavar="NAME", help="default: all with a baseline")
    add("--cores", nargs="+", default=[], metavar="CORE",
        help=f"of {', '.join(BASELINE_BUILDS)}; default: all")
    add("--modes", nargs="+", default=[], metavar="MODE",
        help=f"of {', '.join(MODES)}; default: all, on M7 and M33 the first two")
    add("--compilers", nargs="+", default=[], metavar="NAME",
        help=f"of {', '.join(COMPILERS)}; default: all")
    add("--shared", type=Path, default=Path(shared),
        help="folder of models and baseline; default: STM32_SHARED, or shared beside the source tree")
    add("-j", "--jobs", type=int, default=1, help="measurements at once; default: 1")
    options = parser.parse_args(arguments)
    if options.jobs < 1:
        parser.error("--jobs: 1 or more")
    if options.page and (options.models or options.cores or options.modes or options.compilers):
        parser.error("--page measures nothing: leave out --models, --cores, --modes, --compilers")
    return options


def run(options: argparse.Namespace) -> list[Error]:
    """Measures, unless told not to, and writes all files; why measurements failed."""
    failed: list[Error] = []
    page: Path = options.output
    stored = page.with_name(f"{page.stem.lower()}.json")
    chart = stored.with_suffix(".svg")
    before = results = load_results(stored)
    if options.page:
        if not results.measurements:
            raise Error(f"{stored}: holds no measurements", "measure first, without --page")
    else:
        baselines = read_baselines(options.shared)
        chosen = (options.models, options.cores, options.modes, options.compilers)
        jobs = plan_jobs(options.shared, baselines, *chosen)
        for number, row in enumerate(measure_all(jobs, options.jobs), 1):
            if isinstance(row, Error):
                failed.append(row)
                continue
            print(f"{number} of {len(jobs)}: {', '.join(row.key)}: {row.instructions:,}", flush=True)
            results = results.merge(baselines, [row])
            save_results(stored, results)
        print("\n".join(changes(before, results) or ["nothing that was stored has changed"]))
    try:
        page.write_text(page_markdown(results, stored.name, chart.name), encoding="utf-8")
        chart.write_text(chart_svg(results), encoding="utf-8")
    except OSError as error:
        raise Error(f"{error.filename}: {error.strerror}") from error
    return failed


def main() -> None:
    """Exit status 2 if something could not be done."""
    try:
        failed = run(parse(None))
    except Error as error:
        failed = [error]
    for error in failed:
        print(error.message("performance.py"), file=sys.stderr)
    if failed:
        raise SystemExit(2)


if __name__ == "__main__":
    main()
