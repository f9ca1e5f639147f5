# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measurements of whole models beside a baseline, kept in a JSON file.

Models and the baseline's figures are in a folder that is no part of the source
tree; with them, measurements are made and merged into the file. What is in the
file is enough for the page, see performance_page.py.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stm32_mlir.build import arm_compiler
from stm32_mlir.errors import Error
from stm32_mlir.targets import COMPILERS, CORES
from stm32_mlir.tools import find_program, run_tool
from stm32_mlir.workflow import Settings, bench

#: Core -> builds of the baseline that it is compared with, by the core that they are
#: for. Cores without the DSP extension: reference kernels, counted on a Cortex-M4.
BASELINE_BUILDS = {
    "m0plus": "m4ref", "m3": "m4ref", "m4": "m4", "m7": "m4", "m33": "m4", "m55": "m55"
}
#: What to optimize for, in the order of the page.
MODES = ("time", "balanced", "ram", "flash")
#: Core -> modes that are measured if none is named; M7 and M33 run the kernels of M4.
DEFAULT_MODES = {core: MODES for core in BASELINE_BUILDS} | {
    "m7": ("time", "balanced"), "m33": ("time", "balanced")
}

_BASELINE = Path("baseline", "tflm_cmsis_nn.csv")


@dataclass(frozen=True, slots=True)
class Baseline:
    """The least that any build of the baseline takes for a model on a core.

    builds         the builds' core, a value of BASELINE_BUILDS
    instructions   of one run, by build `fastest`
    arena          bytes of RAM: tensors, scratch and what the interpreter keeps
    code           bytes of the image without the model, by build `smallest`
    """

    model: str
    builds: str
    macs: int
    instructions: int
    fastest: str
    arena: int
    code: int
    smallest: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one model takes on one core; bytes, and instructions of one run.

    activations   all pools: tensors, inputs, outputs, scratch
    context       the context and variables of model and runtime
    compiler      name and version
    cycles        an estimate, see cycles.py; None where there is no model of the core
    """

    model: str
    core: str
    optimize: str
    macs: int
    instructions: int
    activations: int
    context: int
    stack: int
    code: int
    weights: int
    compiler: str
    cycles: int | None = None

    @property
    def case(self) -> tuple[str, str, str]:
        """What is measured with several compilers."""
        return self.model, self.core, self.optimize

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What has one measurement, whatever the compiler's version."""
        return *self.case, self.compiler.split()[0]


@dataclass(frozen=True, slots=True)
class Results:
    """All that the page is made of, in the page's order."""

    baselines: tuple[Baseline, ...]
    measurements: tuple[Measurement, ...]

    def baseline(self, model: str, core: str) -> Baseline | None:
        """What a model on a core is compared with, if there is anything."""
        builds = BASELINE_BUILDS[core]
        found = (b for b in self.baselines if (b.model, b.builds) == (model, builds))
        return next(found, None)

    def merge(self, baselines: Iterable[Baseline], measured: Iterable[Measurement]) -> Results:
        """These results with others added, which take the place of older ones."""
        bases = {(b.model, b.builds): b for b in (*self.baselines, *baselines)}
        rows = {row.key: row for row in (*self.measurements, *measured)}
        cores = list(CORES)
        return Results(
            tuple(bases[key] for key in sorted(bases)),
            tuple(
                sorted(
                    rows.values(),
                    key=lambda r: (
                        cores.index(r.core), r.model, MODES.index(r.optimize), r.compiler
                    ),
                )
            ),
        )

    def best(self, figure: str = "") -> Results:
        """These results with one measurement of each case: that with the least of a
        figure, which is code for flash and else instructions if none is named."""
        rows: dict[tuple[str, str, str], Measurement] = {}
        for row in self.measurements:
            name = figure or ("code" if row.optimize == "flash" else "instructions")
            found = rows.get(row.case)
            if found is None or getattr(row, name) < getattr(found, name):
                rows[row.case] = row
        return Results(self.baselines, tuple(rows.values()))


def load_results(path: Path) -> Results:
    """Reads what save_results wrote; none if there is no file, Error if it is malformed."""
    if not path.exists():
        return Results((), ())
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        baselines = [Baseline(**entry) for entry in data["baselines"]]
        measured = [Measurement(**entry) for entry in data["measurements"]]
        for row in measured:
            check_names("core", [row.core], BASELINE_BUILDS)
            check_names("mode", [row.optimize], MODES)
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise Error(
            f"{path}: missing or malformed: {error}", "remove the file and measure again"
        ) from error
    return Results((), ()).merge(baselines, measured)


def save_results(path: Path, results: Results) -> None:
    """Writes a line for each figure, so that a change shows as few lines."""

    def lines(entries: Sequence[Any]) -> str:
        return ",\n".join(f"  {json.dumps(asdict(entry))}" for entry in entries)

    text = (
        f'{{\n "baselines": [\n{lines(results.baselines)}\n ],\n'
        f' "measurements": [\n{lines(results.measurements)}\n ]\n}}\n'
    )
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error


def read_baselines(shared: Path) -> list[Baseline]:
    """The best builds of each model and core; Error if the folder has none."""
    path = shared / _BASELINE
    if not path.is_file():
        raise Error(
            f"{shared}: no {_BASELINE}: the models and the baseline are not there",
            "name their folder with --shared or STM32_SHARED",
        )
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                groups.setdefault((row["model"], row["build"].split("-")[0]), []).append(row)
        return [_best(model, builds, rows) for (model, builds), rows in groups.items()]
    except (KeyError, TypeError, ValueError) as error:
        raise Error(f"{path}: missing or malformed: {error}") from error


def _best(model: str, builds: str, rows: Sequence[dict[str, str]]) -> Baseline:
    def least(column: str) -> tuple[int, str]:
        row = min(rows, key=lambda r: int(r[column]))
        return int(row[column]), row["build"]

    instructions, fastest = least("instructions_first")
    code, smallest = least("image_bytes_without_model")
    arena, _ = least("arena_bytes")
    macs = int(rows[0]["macs"])
    return Baseline(model, builds, macs, instructions, fastest, arena, code, smallest)


def check_names(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    """Error for the first name that is not known."""
    all_known = list(known)
    for name in names:
        if name not in all_known:
            raise Error(f"unknown {kind} {name}", f"known: {', '.join(all_known)}")


@dataclass(frozen=True, slots=True)
class Job:
    """One measurement to make."""

    model: Path
    core: str
    optimize: str
    compiler: str = "gcc"


def plan_jobs(
    shared: Path,
    baselines: Sequence[Baseline],
    models: Sequence[str],
    cores: Sequence[str],
    modes: Sequence[str],
    compilers: Sequence[str] = (),
) -> list[Job]:
    """What to measure: models on cores that have a baseline.

    Empty lists mean all models and cores, DEFAULT_MODES and COMPILERS. Error for a
    name that is not known, a model without a file, and if nothing is left.
    """
    check_names("model", models, dict.fromkeys(b.model for b in baselines))
    check_names("core", cores, BASELINE_BUILDS)
    check_names("mode", modes, MODES)
    check_names("compiler", compilers, COMPILERS)
    have = {(b.model, b.builds) for b in baselines}
    names = list(models) or list(dict.fromkeys(b.model for b in baselines))
    jobs = [
        Job(shared / "models" / f"{model}.tflite", core, mode, compiler)
        for core in cores or BASELINE_BUILDS
        for model in names
        if (model, BASELINE_BUILDS[core]) in have
        for mode in modes or DEFAULT_MODES[core]
        for compiler in compilers or COMPILERS
    ]
    if not jobs:
        raise Error(
            f"the baseline has no figures of {', '.join(names)} for {', '.join(cores)}",
            "leave out --models or --cores",
        )
    for job in jobs:
        if not job.model.is_file():
            raise Error(f"{job.model}: no such file", "choose models that are there with --models")
    return jobs


def measure(job: Job) -> Measurement:
    """Compiles, builds, counts and checks one model; Error if its result is wrong."""
    with tempfile.TemporaryDirectory(prefix="stm32-mlir-") as work:
        settings = Settings(
            job.model, f"generic-{job.core}", Path(work), job.optimize, compiler=job.compiler
        )
        outcome = bench(settings, runs=1)
    what = f"{job.model.stem} on {job.core} for {job.optimize} by {job.compiler}"
    if not outcome.bit_exact:
        raise Error(f"{what}: the outputs differ from the reference", "run stm32-mlir validate")
    figures = (outcome.instructions, outcome.ram_runtime, outcome.stack, outcome.flash_code)
    instructions, context, stack, code = (_known(figure, what) for figure in figures)
    report = outcome.report
    return Measurement(
        job.model.stem,
        job.core,
        job.optimize,
        report.macs,
        instructions,
        report.activations,
        context,
        stack,
        code,
        report.constants,
        compiler_version(job.compiler),
        outcome.cycles,
    )


def _known(figure: int | None, what: str) -> int:
    if figure is None:
        raise Error(f"{what}: not all was measured")
    return figure


def compiler_version(name: str) -> str:
    """One of COMPILERS as in `gcc 12.2.1`."""
    program = arm_compiler(name).program
    option = "-dumpfullversion" if name == "gcc" else "-dumpversion"
    version = run_tool([find_program(program), option], program).stdout.strip()
    return f"{name.split('-')[0]} {version}"


def measure_all(jobs: Sequence[Job], processes: int = 1) -> Iterator[Measurement | Error]:
    """Measures one job after the other, or several at once; counts do not depend on it.

    In the order of the jobs; an Error takes the place of what cannot be measured.
    """
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_attempt, jobs)


def _attempt(job: Job) -> Measurement | Error:
    try:
        return measure(job)
    except Error as error:
        return error
