# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""utils/performance.py: figures, page and chart, merging, and a real measurement."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from shared_models import DIGITS

from conftest import ROOT
from stm32_mlir.errors import Error
from stm32_mlir.performance import (
    MODES,
    Baseline,
    Measurement,
    Results,
    load_results,
    plan_jobs,
    read_baselines,
    save_results,
)
from stm32_mlir.performance_goals import find_goals
from stm32_mlir.performance_page import changes, chart_svg, page_markdown

SCRIPT = ROOT / "utils" / "performance.py"
PAGE = ROOT / "docs" / "Performance.md"
SVG = "{http://www.w3.org/2000/svg}"
COLUMNS = ("build", "model", "macs", "instructions_first", "arena_bytes", "image_bytes_without_model")
KWS = "mlperf_kws_dscnn_int8"


def row(model: str, core: str, mode: str, instructions: int, code: int = 9000) -> Measurement:
    return Measurement(model, core, mode, 1000, instructions, 600, 50, 400, code, 300, "gcc 1.2")


BASELINES = (
    Baseline("a", "m4", 1000, 4000, "m4-def", 1300, 20000, "m4-Os"),
    Baseline(KWS, "m4", 1000, 8_000_000, "m4-O3", 1300, 20000, "m4-Os"),
    Baseline("a", "m4ref", 2000, 9001, "m4ref-O3", 1200, 18000, "m4ref-O3"),
)
#: The goals: kws is over that for instructions and that for code, a on m3 at its limit.
ROWS = (
    row("a", "m4", "time", 1500),
    row("a", "m4", "balanced", 5000),
    row(KWS, "m4", "balanced", 4_250_001, 14337),
    row("a", "m3", "time", 4500),
)
RESULTS = Results((), ()).merge(BASELINES, ROWS)


def call(*words: object) -> subprocess.CompletedProcess[str]:
    """Runs the script."""
    command = [sys.executable, str(SCRIPT), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def shared(tmp_path):
    """A folder as the shared one: digits, and builds of a baseline for it."""
    folder = tmp_path / "models and figures"
    (folder / "models").mkdir(parents=True)
    (folder / "baseline").mkdir()
    shutil.copy(DIGITS, folder / "models" / "digits.tflite")
    rows = [
        ("m4-def", "digits", 70000, 210000, 4000, 30000),
        ("m4-Os", "digits", 70000, 300000, 3900, 20000),
        ("m55-def", "digits", 70000, 90000, 5000, 21000),
        ("m4-def", "gone", 10, 20, 30, 40),
    ]
    with (folder / "baseline" / "tflm_cmsis_nn.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return folder


def test_each_figure_of_the_baseline_is_that_of_its_best_build(shared):
    m4, m55, _ = read_baselines(shared)
    assert m4 == Baseline("digits", "m4", 70000, 210000, "m4-def", 3900, 20000, "m4-Os")
    assert (m55.builds, m55.fastest, m55.smallest) == ("m55", "m55-def", "m55-def")


def test_the_page_has_a_row_for_each_measurement():
    lines = page_markdown(RESULTS, "x.json", "x.svg").splitlines()
    assert "| a | time | gcc | 1,500 | 1.50 | 0.38 | - | 600 | 50 | 400 | 0.50 | 9,000 | 0.45 | 300 |" in lines
    # On M3 the reference kernels are the baseline; MACs are those of the whole network.
    assert "| a | time | gcc | 4,500 | 2.25 | 0.50 | - | 600 | 50 | 400 | 0.54 | 9,000 | 0.50 | 300 |" in lines
    assert "| a | 1,000 | 4,000 | 4.00 | m4-def | 1,300 | 20,000 | m4-Os |" in lines
    assert lines.index("## Cortex-M3") < lines.index("## Cortex-M4")
    text = "\n".join(lines)
    assert "](x.svg)" in text and "`x.json`" in text and "gcc 1.2" in text
    assert "`-O3` for time, `-O2` for balanced and ram, `-Os` for flash." in text


def test_tables_have_as_many_cells_as_columns():
    width = 0
    for line in page_markdown(RESULTS, "x.json", "x.svg").splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        width = width or line.count("|")
        assert line.count("|") == width, line


def test_a_model_without_a_baseline_has_no_ratio():
    lonely = RESULTS.merge([], [row("b", "m4", "ram", 1000)])
    lines = page_markdown(lonely, "x.json", "x.svg").splitlines()
    assert "| b | ram | gcc | 1,000 | 1.00 | - | - | 600 | 50 | 400 | - | 9,000 | - | 300 |" in lines
    assert chart_svg(lonely) == chart_svg(RESULTS)


def test_goals_that_are_not_reached_are_listed():
    goals = {(*g.row.case, g.unit): (g.limit, g.reached) for g in find_goals(RESULTS)}
    assert goals == {
        ("a", "m3", "time", "instructions"): (4500, True),
        (KWS, "m4", "balanced", "instructions"): (4_250_000, False),
        (KWS, "m4", "balanced", "bytes of code"): (14336, False),
    }
    text = page_markdown(RESULTS, "x.json", "x.svg")
    assert "Reached: 1 of 3 for what is measured." in text
    name = f"| {KWS} | Cortex-M4 | balanced | gcc |"
    assert f"{name} instructions | 4,250,001 | 4,250,000 | 1.00 |" in text
    assert f"{name} bytes of code | 14,337 | 14,336 | 1.00 |" in text


def test_the_chart_is_to_scale():
    root = ElementTree.fromstring(chart_svg(RESULTS))
    bars = [r for r in root.iter(f"{SVG}rect") if r.get("class") == "bar"]
    marks = [r for r in root.iter(f"{SVG}line") if r.get("class") == "baseline"]
    assert (len(bars), len(marks)) == (4, 2)
    left = float(bars[0].get("x"))
    # Each core has a scale of its own.
    ones = [float(mark.get("x1")) - left for mark in (marks[0], *3 * marks[1:])]
    assert ones[0] > ones[1]
    widths = [float(bar.get("width")) / one for bar, one in zip(bars, ones, strict=True)]
    assert widths == pytest.approx([4500 / 9001, 1500 / 4000, 5000 / 4000, 0.53125], abs=0.001)
    inside = float(root.get("width"))
    assert all(float(bar.get("x")) + float(bar.get("width")) < inside for bar in bars)
    assert max(float(bar.get("y")) for bar in bars) < float(root.get("height"))


def test_stored_results_come_back_and_are_replaced_by_newer_ones(tmp_path):
    path = tmp_path / "x.json"
    assert load_results(path) == Results((), ())
    save_results(path, RESULTS)
    assert load_results(path) == RESULTS
    # A line for each figure, and four of brackets.
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(ROWS) + len(BASELINES) + 6
    newer = RESULTS.merge([], [row("a", "m4", "time", 1200), row("c", "m4", "time", 7)])
    assert len(newer.measurements) == len(ROWS) + 1
    assert {r.case: r.instructions for r in newer.measurements}["a", "m4", "time"] == 1200
    (line,) = changes(RESULTS, newer)
    assert line == "a, m4, time, gcc: instructions 1,500 -> 1,200 (-20.0%) better"


def test_changes_say_what_became_worse():
    (line,) = changes(RESULTS, RESULTS.merge([], [replace(ROWS[0], code=9900, compiler="gcc 2")]))
    assert line == "a, m4, time, gcc: code 9,000 -> 9,900 (+10.0%) worse; gcc 1.2 -> gcc 2"
    assert changes(RESULTS, RESULTS) == []


@pytest.mark.parametrize(
    ("models", "cores", "modes", "compilers", "texts"),
    [
        (["digit"], [], [], [], ("unknown model digit", "known: digits, gone")),
        ([], ["m99"], [], [], ("unknown core m99", "m0plus, m3, m4")),
        ([], [], ["speed"], [], ("unknown mode speed", "time, balanced, ram, flash")),
        ([], [], [], ["icc"], ("unknown compiler icc", "gcc, clang-22")),
        (["gone"], ["m4"], [], [], ("gone.tflite: no such file",)),
        (["digits"], ["m3"], [], [], ("no figures of digits for m3",)),
    ],
)
def test_wrong_names_are_errors(shared, models, cores, modes, compilers, texts):
    with pytest.raises(Error) as caught:
        plan_jobs(shared, read_baselines(shared), models, cores, modes, compilers)
    for text in texts:
        assert text in str(caught.value)


def test_all_is_what_has_a_baseline(shared):
    (shared / "models" / "gone.tflite").touch()
    jobs = plan_jobs(shared, read_baselines(shared), [], [], [], ["gcc"])
    found = {}
    for job in jobs:
        found.setdefault((job.core, job.model.stem), []).append(job.optimize)
    dsp = {(core, name): MODES[:2] for core in ("m7", "m33") for name in ("digits", "gone")}
    rest = {(core, name): MODES for core, name in
            (("m4", "digits"), ("m4", "gone"), ("m55", "digits"))}
    assert found == {key: list(modes) for key, modes in (dsp | rest).items()}
    both = plan_jobs(shared, read_baselines(shared), ["digits"], ["m55"], ["time"])
    assert [job.compiler for job in both] == ["gcc", "clang-22"]


def test_the_page_has_the_better_of_two_compilers():
    clang = [
        replace(row("a", "m4", "time", 1400, 9500), compiler="clang 3", cycles=2100),
        replace(row("a", "m4", "balanced", 5001), compiler="clang 3"),
        replace(row("a", "m4", "flash", 8000, 7000), compiler="clang 3"),
        row("a", "m4", "flash", 9000, 6900),
        replace(row(KWS, "m4", "balanced", 4_250_002, 14336), compiler="clang 3"),
    ]
    both = RESULTS.merge([], clang)
    assert len(both.measurements) == len(ROWS) + len(clang)
    text = page_markdown(both, "x.json", "x.svg")
    for part in ("time | clang | 1,400 | 1.40 | 0.35 | 2,100", "balanced | gcc | 5,000",
                 "flash | gcc | 9,000"):
        assert f"| a | {part} |" in text
    assert "| a | time | gcc | 1,500" not in text
    assert "the best of clang 3 and gcc 1.2 for Arm" in text
    # A goal is judged by the compiler that does best for its figure.
    goals = {g.unit: g for g in find_goals(both) if g.row.model == KWS}
    assert goals["instructions"].row.compiler == "gcc 1.2"
    assert goals["bytes of code"].row.compiler == "clang 3" and goals["bytes of code"].reached
    bars = ElementTree.fromstring(chart_svg(both)).iter(f"{SVG}rect")
    assert sum(bar.get("class") == "bar" for bar in bars) == len(ROWS) + 1


def test_absent_models_are_one_error(tmp_path):
    done = call("-o", tmp_path / "P.md", "--shared", tmp_path / "nowhere")
    assert done.returncode == 2
    error, hint = done.stderr.splitlines()
    assert error.startswith("performance.py: error:") and "nowhere: no baseline" in error
    assert "STM32_SHARED" in hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"baselines": [], "measurements": [{"model": "a"}]}',
     json.dumps({"baselines": [], "measurements": [
         {**{f: 1 for f in Measurement.__dataclass_fields__}, "core": "m99", "optimize": "time"}]})],
)
def test_a_malformed_file_is_an_error(tmp_path, text):
    stored = tmp_path / "p.json"
    stored.write_text(text, encoding="utf-8")
    done = call("-o", tmp_path / "P.md", "--page")
    assert done.returncode == 2
    assert done.stderr.startswith("performance.py: error:") and "Traceback" not in done.stderr


def test_the_page_needs_measurements(tmp_path):
    done = call("-o", tmp_path / "P.md", "--page")
    assert done.returncode == 2
    assert "p.json: holds no measurements" in done.stderr


def test_the_committed_page_is_that_of_the_stored_results(tmp_path):
    shutil.copy(PAGE.with_name("performance.json"), tmp_path)
    done = call("-o", tmp_path / PAGE.name, "--page")
    assert done.returncode == 0, done.stderr
    for name in (PAGE.name, "performance.svg"):
        made = (tmp_path / name).read_text(encoding="utf-8")
        assert made == PAGE.with_name(name).read_text(encoding="utf-8"), "run utils/performance.py --page"


@pytest.mark.compiler
def test_what_cannot_be_measured_is_said_and_the_rest_is_kept(shared, tmp_path):
    save_results(tmp_path / "p.json", RESULTS)
    (shared / "models" / "gone.tflite").write_bytes(b"no model")
    done = call("-o", tmp_path / "P.md", "--shared", shared, "--models", "gone", "--modes", "time")
    assert done.returncode == 2
    assert done.stderr.startswith("performance.py: error:") and "gone.tflite" in done.stderr
    assert "Traceback" not in done.stderr
    assert load_results(tmp_path / "p.json") == RESULTS
    assert "| a | time | gcc | 1,500 |" in (tmp_path / "P.md").read_text(encoding="utf-8")


@pytest.mark.compiler
@pytest.mark.qemu
def test_digits_are_measured_and_merged(shared, tmp_path):
    page, stored = tmp_path / "P.md", tmp_path / "p.json"
    old = row("digits", "m4", "time", 1)
    save_results(stored, Results((), (old, row("digits", "m55", "time", 5))))
    words = ["--models", "digits", "--cores", "m4", "--modes", "time", "--compilers", "gcc"]
    done = call("-o", page, "--shared", shared, *words)
    assert done.returncode == 0, done.stderr
    assert "digits, m4, time, gcc: instructions 1 -> " in done.stdout
    found = {r.case: r for r in load_results(stored).measurements}
    assert found["digits", "m55", "time"].instructions == 5
    new = found["digits", "m4", "time"]
    # Half an instruction for each MAC is the least that the DSP extension allows.
    assert new.macs > 10000 and new.macs / 2 < new.instructions < 10 * new.macs
    assert 0 < new.stack < 1000 and 56 <= new.context < 300
    assert new.activations > 64 and new.weights > 500 and 1000 < new.code < 40000
    assert new.compiler.startswith("gcc ")
    assert new.instructions < new.cycles < 3 * new.instructions
    assert f"| digits | time | gcc | {new.instructions:,} |" in page.read_text(encoding="utf-8")
    ElementTree.parse(tmp_path / "p.svg")
