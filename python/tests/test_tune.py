# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The search of `stm32-mlir tune`, with the real compiler and counts that are made up.

What operators of examples/digits cost is a table here, so that the compiler's choice can
be the best one or not. One test counts in QEMU.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from stm32_mlir import tune_meter
from stm32_mlir.build import Generated, compile_model
from stm32_mlir.errors import Error
from stm32_mlir.report import Operator, Report
from stm32_mlir.targets import Core
from stm32_mlir.tools import repository
from stm32_mlir.tune import BUDGET, Search, Tuned, default_output, tune
from stm32_mlir.tune_meter import Meter
from stm32_mlir.tuning import (
    Cascade,
    Choices,
    Measured,
    Plan,
    TuningFile,
    list_choices,
    load_tuning,
)
from stm32_mlir.workflow import Outcome, Settings

pytestmark = pytest.mark.compiler

DIGITS = repository() / "examples" / "digits" / "digits.tflite"
DEPTHWISE = "digits_1/depthwise_norm_1/batchnorm/add_1"
POINTWISE = "digits_1/pointwise_relu6_1/Relu6"
QUADS = "stm32rt_depthwise_conv_2d_s8_quads"
WINDOW = "stm32rt_conv_2d_s8_dsp"

Cost = Callable[[Operator, Report], float]


class Bench:
    """Stands in for QEMU: an operator takes what `cost` says, a run all of them.

    whole   what a run takes beside its operators
    sizes   bytes of RAM beside the pools, and of code
    """

    def __init__(self) -> None:
        self.cost: Cost = lambda operator, report: float(operator.cost or 0)
        self.whole: Callable[[Report], float] = lambda report: 100.0
        self.sizes: Callable[[Report], tuple[int, int]] = lambda report: (56, 9000)
        self.runs: list[dict[str, str]] = []
        self.stop_at: int | None = None
        self.bit_exact = True

    def __call__(self, settings: Settings, generated: Generated, core: Core) -> Outcome:
        report = generated.report
        if len(self.runs) == self.stop_at:
            raise KeyboardInterrupt
        self.runs.append({name(o): o.kernel for o in report.operators})
        outcome = Outcome(str(settings.model), settings.target, settings.optimize, report)
        outcome.layer_instructions = [round(self.cost(o, report)) for o in report.operators]
        outcome.instructions = round(sum(outcome.layer_instructions) + self.whole(report))
        outcome.ram_runtime, outcome.flash_code = self.sizes(report)
        outcome.bit_exact = self.bit_exact
        return outcome


def name(operator: Operator) -> str:
    return operator.name.partition(";")[0]


def costs(**kernels: float) -> Cost:
    """What the records say, but for some kernels; those without `stm32rt_`."""

    def cost(operator: Operator, report: Report) -> float:
        return kernels.get(operator.kernel.removeprefix("stm32rt_"), float(operator.cost or 0))

    return cost


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench()
    monkeypatch.setattr(tune_meter, "bench_generated", made)
    return made


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "digits.tuning.json"


def search(output: Path, optimize: str = "balanced", budget: int = BUDGET, **more: Any) -> Tuned:
    model = more.pop("model", DIGITS)
    settings = Settings(model, more.pop("target", "generic-m4"), Path(), optimize, **more)
    return tune(settings, output, budget)


def compile_tuned(output: Path, work: Path, optimize: str = "balanced") -> Report:
    extra = ["--tuning", output]
    return compile_model(DIGITS, work / "c", "generic-m4", "network", optimize, extra).report


def compile_default(work: Path) -> Report:
    return compile_model(DIGITS, work / "default", "generic-m4").report


def test_default_is_best(bench: Bench, output: Path, tmp_path: Path) -> None:
    """With costs that are as predicted nothing is better than the compiler's choice."""
    tuned = search(output)
    assert tuned.tuned == tuned.default and tuned.complete
    assert load_tuning(output).plan == Plan()
    # The default, and one compilation for each further kernel of the operator with most.
    assert len(bench.runs) == tuned.counted == 4
    assert compile_tuned(output, tmp_path).operators == compile_default(tmp_path).operators
    # Each kernel was counted, each as the only one that is not the compiler's or as such.
    counted = {kernel for counts in tuned.counts.values() for kernel in counts}
    assert counted == {k for o in tuned.choices.operators for k in o.kernels}


def test_wrong_records(bench: Bench, output: Path, tmp_path: Path) -> None:
    """Kernels that are better than their records say are found, and the compiler takes
    them from the file."""
    bench.cost = costs(depthwise_conv_2d_s8_quads=50, conv_2d_1x1_s8_dsp=90000)
    tuned = search(output)
    assert tuned.file.plan.kernels == ((DEPTHWISE, QUADS), (POINTWISE, WINDOW))
    assert tuned.tuned.instructions < tuned.default.instructions
    kernels = {name(o): o.kernel for o in compile_tuned(output, tmp_path).operators}
    assert kernels == bench.runs[-1]
    assert kernels[DEPTHWISE] == QUADS and kernels[POINTWISE] == WINDOW
    data = tuned.to_json()
    assert data["tuned"]["instructions"] == tuned.tuned.instructions
    layer = next(layer for layer in data["layers"] if layer["operator"] == DEPTHWISE)
    assert layer["kernel"] == QUADS != layer["default"]
    counts = {k["kernel"]: k["instructions"] for k in layer["kernels"]}
    assert counts[QUADS] == 50 < counts[layer["default"]]


def test_never_worse(bench: Bench, output: Path, tmp_path: Path) -> None:
    """What is better operator by operator and worse as a whole is not kept; a part of it
    is if that helps."""
    bench.cost = costs(depthwise_conv_2d_s8_quads=50, conv_2d_1x1_s8_dsp=90000)
    bench.whole = lambda report: (
        1e6 if any(o.kernel == QUADS for o in report.operators) else 100.0
    )
    tuned = search(output)
    assert tuned.file.plan.kernels == ((POINTWISE, WINDOW),)
    assert tuned.tuned.instructions < tuned.default.instructions
    output.unlink()
    usual = {name(o): o.kernel for o in compile_default(tmp_path).operators}
    bench.whole = lambda report: (
        0.0 if {name(o): o.kernel for o in report.operators} == usual else 1e6
    )
    tuned = search(output)
    assert tuned.file.plan == Plan() and tuned.tuned == tuned.default


@pytest.mark.parametrize(("optimize", "taken"), [("time", 1), ("balanced", 0)])
def test_small_gain(bench: Bench, output: Path, optimize: str, taken: int) -> None:
    """A kernel that saves next to nothing is for those who want nothing but time."""
    bench.cost = costs(depthwise_conv_2d_s8_quads=999, depthwise_conv_2d_s8_dsp=1000)
    tuned = search(output, optimize)
    assert tuned.file.plan.kernels == ((DEPTHWISE, QUADS),) * taken


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_interrupt(bench: Bench, output: Path, tmp_path: Path, stop: int) -> None:
    """An interrupted search goes on where it was, and its file can be used."""
    bench.cost = costs(depthwise_conv_2d_s8_quads=50)
    bench.stop_at = stop
    with pytest.raises(KeyboardInterrupt):
        search(output)
    compile_tuned(output, tmp_path)
    bench.stop_at = None
    tuned = search(output)
    assert (tuned.known, tuned.counted) == (stop, 5 - stop)
    assert len(bench.runs) == 5
    assert tuned.file.plan.kernels == ((DEPTHWISE, QUADS),)
    # Then there is nothing left, and the file stays what it is.
    text = output.read_bytes()
    again = search(output)
    assert (again.known, again.counted) == (5, 0) and len(bench.runs) == 5
    assert output.read_bytes() == text and again.tuned == tuned.tuned


def test_budget(bench: Bench, output: Path) -> None:
    """A search stops when its budget is spent, keeps what it has and goes on."""
    bench.cost = costs(depthwise_conv_2d_s8_quads=50)
    parts = [search(output, budget=2) for _ in range(3)]
    assert [part.counted for part in parts] == [2, 2, 1]
    assert [part.complete for part in parts] == [False, False, True]
    assert parts[0].file.plan == parts[1].file.plan == Plan()
    assert parts[2].file.plan.kernels == ((DEPTHWISE, QUADS),)


def test_old_counts(bench: Bench, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A count of another C compiler, of other options and of another kernel is not used,
    and does not stay."""
    search(output)
    bench.runs.clear()
    monkeypatch.setattr(tune_meter, "compiler_version", lambda name: f"{name} 99")
    old = set(load_tuning(output).measurements)
    assert search(output).counted == 4
    assert not old & set(load_tuning(output).measurements)
    assert search(output, compiler="clang-22").counted == 4
    assert search(output, flags=("-O1",)).counted == 4
    real = tune_meter.compile_settings

    def other_kernel(settings: Settings) -> Generated:
        generated = real(settings)
        with (generated.directory / "stm32rt_softmax_s8.c").open("a") as file:
            file.write("/* changed */\n")
        return generated

    monkeypatch.setattr(tune_meter, "compile_settings", other_kernel)
    assert search(output, flags=("-O1",)).counted == 4


def test_other_model(bench: Bench, output: Path, tmp_path: Path) -> None:
    """The file of a model that has changed is begun anew."""
    search(output)
    changed = tmp_path / "changed.tflite"
    changed.write_bytes(DIGITS.read_bytes() + b"\0" * 16)
    tuned = search(output, model=changed)
    assert tuned.file.model == tuned.choices.model != list_choices(DIGITS, "host", "time").model
    assert load_tuning(output).model == tuned.file.model


@pytest.mark.parametrize(("optimize", "taken"), [("time", 1), ("ram", 0), ("flash", 0)])
def test_little_memory(bench: Bench, output: Path, optimize: str, taken: int) -> None:
    """For ram and flash nothing is kept that takes more of it."""
    operators = list_choices(DIGITS, "generic-m4", optimize).operators
    (kernel, *_) = next(o.others for o in operators if o.name == DEPTHWISE)
    bench.cost = costs(**{kernel.removeprefix("stm32rt_"): 5})
    bench.sizes = lambda report: (
        (57, 9001) if any(o.kernel == kernel for o in report.operators) else (56, 9000)
    )
    tuned = search(output, optimize)
    assert dict(tuned.file.plan.kernels).get(DEPTHWISE) == (kernel if taken else None)
    assert (tuned.tuned.ram > tuned.default.ram) == (tuned.tuned.flash > tuned.default.flash)
    assert (tuned.tuned.ram > tuned.default.ram) == bool(taken)


def test_more_rows_need_memory(bench: Bench, output: Path, tmp_path: Path) -> None:
    """More rows a call are better here and take more memory: they are not even built."""
    (cascade,) = list_choices(DIGITS, "generic-m4", "ram").cascades
    assert cascade.rows == 1
    bench.whole = lambda report: 5000.0 * len(report.order)
    tuned = search(output, "ram")
    assert tuned.file.plan == Plan() and tuned.complete
    # The operators in bands, once a row, and all others.
    assert len({len(run) for run in bench.runs}) == 1 and tuned.counted == 3
    # A kernel that is better keeps the bands that it was counted with.
    bench.cost = costs(depthwise_conv_2d_s8_quads=50)
    output.unlink()
    tuned = search(output, "ram")
    assert tuned.file.plan == Plan(((DEPTHWISE, QUADS),), (cascade,))
    assert compile_tuned(output, tmp_path, "ram").activations == tuned.tuned.pools


class TableMeter:
    """Stands in for Meter: a model of two cascades whose counts are a function of the
    rows of each, 0 for none."""

    def __init__(self, output: Path, cost: Callable[[int, int], tuple[int, int]]) -> None:
        self.cascades = (Cascade("a", "b", 4), Cascade("c", "d", 2))
        self.choices = Choices("m", "generic-m4", (), self.cascades, (20, 8))
        self.settings = Settings(DIGITS, "generic-m4", Path(), "ram")
        self.file = TuningFile("m", "generic-m4", "ram", [])
        self.output = output
        self.cost = cost
        self.asked: list[tuple[int, int]] = []
        self.digests: dict[Plan, str | None] = {}
        self.refused: list[str] = []
        self.counted = self.known = 0

    def measure(self, plan: Plan, most_pools: int | None = None) -> Measured | None:
        cascades = self.cascades if plan.cascades is None else plan.cascades
        rows = {c.first: c.rows for c in cascades}
        both = rows.get("a", 0), rows.get("c", 0)
        instructions, pools = self.cost(*both)
        if most_pools is not None and pools > most_pools:
            return None
        self.asked.append(both)
        self.digests[plan] = str(both)
        return Measured(instructions, pools, pools, 1, {})

    def forget(self) -> None:
        pass


@pytest.mark.parametrize(
    ("cost", "asked", "best"),
    [
        # Always better with more rows: until the last one has no more.
        (
            lambda a, c: (1000 - 10 * a - c, 100),
            [(8, 2), (16, 2), (2, 2), (0, 2), (16, 4), (16, 8), (16, 1), (16, 0)],
            (16, 8),
        ),
        # With fewer; the bands cost nothing, as far as they are kept.
        (
            lambda a, c: (1000 + a + (50 if c != 2 else 0), 100 if a else 200),
            [(8, 2), (2, 2), (1, 2), (1, 4), (1, 1), (1, 0)],
            (1, 2),
        ),
        # No bands at all, where they save no memory.
        (
            lambda a, c: (1000 - (5 if c == 0 else 0), 100),
            [(8, 2), (2, 2), (0, 2), (4, 4), (4, 1), (4, 0)],
            (4, 0),
        ),
        # What takes more memory is not counted.
        (lambda a, c: (1000 - a, 100 if a <= 4 else 101), [(2, 2), (0, 2), (4, 4), (4, 1), (4, 0)],
         None),
    ],
)  # fmt: skip
def test_rows(
    output: Path,
    cost: Callable[[int, int], tuple[int, int]],
    asked: list[tuple[int, int]],
    best: tuple[int, int] | None,
) -> None:
    """Rows of one cascade after the other, in steps of two, as long as that helps."""
    meter = TableMeter(output, cost)
    tuned = Search(cast(Meter, meter), lambda phrase: None).run()
    # The compiler's choice, and the same with names.
    assert meter.asked == [(4, 2), (4, 2), *asked]
    cascades = load_tuning(output).plan.cascades
    if best is None:
        assert cascades is None and tuned.tuned == tuned.default
        return
    wanted = {"a": best[0], "c": best[1]}
    assert {c.first: c.rows for c in cascades} == {k: v for k, v in wanted.items() if v}
    assert tuned.tuned.instructions == cost(*best)[0]


def test_refused(bench: Bench, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be compiled is left out, the rest is counted in two halves and so on."""
    real = tune_meter.compile_settings

    def refuse(settings: Settings) -> Generated:
        generated = real(settings)
        if any(o.kernel == "stm32rt_conv_2d_s8" for o in generated.report.operators):
            raise Error("no memory for that")
        return generated

    monkeypatch.setattr(tune_meter, "compile_settings", refuse)
    bench.cost = costs(depthwise_conv_2d_s8_quads=50)
    tuned = search(output)
    assert tuned.refused == ["no memory for that"]
    assert tuned.file.plan.kernels == ((DEPTHWISE, QUADS),)
    assert "stm32rt_conv_2d_s8" not in {k for c in tuned.counts.values() for k in c}


def test_wrong_result(bench: Bench, output: Path) -> None:
    """A kernel that computes something else is an error, not a choice."""
    bench.bit_exact = False
    with pytest.raises(Error, match="the outputs differ from the reference"):
        search(output)
    assert not output.exists()


def test_files_of_others(bench: Bench, output: Path, tmp_path: Path) -> None:
    """Files that are something else are errors and stay as they are."""
    search(output)
    for wrong, what in (
        ({"target": "generic-m3"}, "is of target generic-m4, not generic-m3"),
        ({"optimize": "time"}, "is of optimize balanced, not time"),
    ):
        with pytest.raises(Error, match=what):
            search(output, **wrong)
    for text, what in (
        ("{]", "not JSON"),
        ("[]", "no file of stm32-mlir tune"),
        ('{"version": 1}', "no file of stm32-mlir tune: 'model'"),
        ('{"version": 2}', "version 2 is not known here, only 1"),
    ):
        output.write_text(text)
        with pytest.raises(Error, match=what):
            search(output)
        assert output.read_text() == text
    with pytest.raises(Error, match="No such file"):
        search(tmp_path / "none" / "x.json")
    with pytest.raises(Error, match="has no QEMU machine"):
        search(tmp_path / "x.json", target="host")


@pytest.mark.qemu
def test_qemu(tmp_path: Path, command: Callable[..., tuple[int, str, str]]) -> None:
    """The command, with a budget and then to the end; --tuning takes what it wrote."""
    model = tmp_path / "digits.tflite"
    shutil.copyfile(DIGITS, model)
    words = ("tune", model, "--target", "generic-m4", "--json", "-")
    status, out, err = command(*words, "--budget", 1)
    first = json.loads(out)
    assert (status, err) == (0, "") and not first["complete"]
    output = default_output(model, "generic-m4", "balanced")
    assert output.name == "digits.generic-m4.balanced.tuning.json"
    status, out, err = command(*words)
    data = json.loads(out)
    assert status == 0 and data["complete"] and data["known"] == 1 and data["counted"] >= 2
    assert data["default"] == first["default"]
    assert data["tuned"]["instructions"] <= data["default"]["instructions"]
    for layer in data["layers"]:
        counts = {k["kernel"]: k["instructions"] for k in layer["kernels"]}
        assert min(counts.values()) > 0
        assert counts[layer["kernel"]] == min(counts.values())
    status, out, err = command("tune", model, "--target", "generic-m4")
    assert (status, err) == (0, "")
    assert f"{data['tuned']['instructions']:,}" in out
    assert f"{output.name}: 0 compilations counted" in out.replace("\n", "")
    bench = ("bench", model, "--target", "generic-m4", "--runs", 1, "--json", "-")
    status, out, err = command(*bench, "--tuning", output)
    assert json.loads(out)["instructions"] == data["tuned"]["instructions"]
