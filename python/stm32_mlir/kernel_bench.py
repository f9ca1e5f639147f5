# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What each kernel costs, counted in QEMU beside what its record predicts."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from stm32_mlir.build import Generated, build_firmware, compile_model
from stm32_mlir.errors import Error
from stm32_mlir.kernel_models import Sample, list_families, make_samples, write_samples
from stm32_mlir.report import Operator, Report, dtype_of
from stm32_mlir.run import layer_counts, run_cases
from stm32_mlir.targets import LEVELS, Core, find_core
from stm32_mlir.tools import find_compile, run_tool
from stm32_mlir.tuning import Plan, TuningFile, list_choices
from stm32_mlir.vectors import Case

#: An aim that every kernel serves.
_AIM = "time"
#: Targets that are measured if none is named: plain C, DSP, MVE.
DEFAULT_TARGETS = ("generic-m3", "generic-m4", "generic-m55")

_SAMPLE = re.compile(r"s(\d+)_")
_NOTE = "<!-- Written by `stm32-mlir bench --kernels --markdown`. -->"


@dataclass(frozen=True, slots=True)
class KernelRecord:
    """A kernel as stm32-compile knows it; `isa` is c, dsp or mve."""

    name: str
    operation: str
    source: str
    isa: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What a kernel does for one sample on one core.

    sample      type and shapes of the operator
    elements    of what it writes to
    predicted   instructions that the compiler expects; None without a record
    features    the numbers that it expects them from
    """

    kernel: str
    core: str
    sample: str
    elements: int
    macs: int
    instructions: int
    predicted: int | None
    features: Mapping[str, float] = field(default_factory=dict)

    @property
    def per_element(self) -> float:
        return self.instructions / self.elements

    @property
    def per_mac(self) -> float | None:
        return self.instructions / self.macs if self.macs else None

    @property
    def ratio(self) -> float | None:
        """Predicted to counted instructions."""
        return None if self.predicted is None else self.predicted / self.instructions

    @property
    def unit(self) -> str:
        """What the instructions are divided by where one figure is shown."""
        return "MAC" if self.macs else "element"

    def texts(self) -> tuple[str, str]:
        """Instructions for each unit, and what is predicted in per cent of them."""
        value = self.per_mac or self.per_element
        count = f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
        return count, "-" if self.ratio is None else f"{self.ratio:.0%}"

    def to_json(self) -> dict[str, Any]:
        """The documented keys."""
        per_mac = self.per_mac
        return {
            **{key: value for key, value in asdict(self).items() if key != "features"},
            "per_element": round(self.per_element, 3),
            "per_mac": None if per_mac is None else round(per_mac, 3),
            "ratio": None if self.ratio is None else round(self.ratio, 3),
        }


@dataclass(frozen=True, slots=True)
class KernelBench:
    """Counts of all samples on all cores.

    cores     in the order asked for
    records   all kernels
    rows      the kernels in the order of the records
    """

    cores: list[str]
    records: list[KernelRecord]
    rows: list[Measured]

    def not_measured(self) -> list[str]:
        """Kernels that no sample uses on these cores."""
        seen = {row.kernel for row in self.rows}
        return [record.name for record in self.records if record.name not in seen]

    def by_sample(self) -> dict[tuple[str, str], dict[str, Measured]]:
        """(kernel, sample) -> core -> counts, in order."""
        table: dict[tuple[str, str], dict[str, Measured]] = {}
        for row in self.rows:
            table.setdefault((row.kernel, row.sample), {})[row.core] = row
        return table

    def to_json(self) -> dict[str, Any]:
        """The documented keys."""
        return {
            "cores": self.cores,
            "kernels": [row.to_json() for row in self.rows],
            "not_measured": self.not_measured(),
        }


def list_kernels() -> list[KernelRecord]:
    """What `stm32-compile --list-kernels` prints; Error if it is malformed."""
    done = run_tool([find_compile(), "--list-kernels"], "stm32-compile --list-kernels")
    try:
        return [KernelRecord(**entry) for entry in json.loads(done.stdout)]
    except (TypeError, ValueError) as error:
        raise Error(
            f"stm32-compile --list-kernels: malformed: {error}",
            "is stm32-compile of the same version as this package?",
        ) from error


def bench_kernels(
    targets: Sequence[str],
    work: Path,
    families: Sequence[str] = (),
    optimize: str = "balanced",
    flags: Sequence[str] = (),
    progress: Callable[[str], None] = lambda phrase: None,
    compiler: str = "gcc",
) -> KernelBench:
    """Counts every kernel that can do a sample, on the cores of the targets.

    `families` chooses the models, none means all; Error names those that there are.
    C is compiled as for `optimize`.
    """
    for family in families:
        if family not in list_families():
            raise Error(
                f"no operators are called {family}", f"known: {', '.join(list_families())}"
            )
    flags = (LEVELS[optimize], *flags)
    records = list_kernels()
    order = {record.name: i for i, record in enumerate(records)}
    cores = [find_core(target) for target in targets]
    for target, core in zip(targets, cores, strict=True):
        if not core.emulated:
            raise Error(f"target {target} has no QEMU machine", "choose a generic-m* target")
    rows: list[Measured] = []
    for family in families or list_families():
        samples = make_samples(family)
        model = work / f"{family}.tflite"
        model.write_bytes(write_samples(samples))
        for target, core in zip(targets, cores, strict=True):
            found: dict[tuple[str, str], Measured] = {}
            for number, plan in enumerate(_plans(model, target)):
                folder = work / target / f"{family}-{number}"
                progress(f"compiling {family} for {target}")
                generated = _compile(model, folder, target, plan)
                progress(f"counting {family} on {core.name}")
                for row in _count(generated, samples, core, work, flags, compiler):
                    found.setdefault((row.kernel, row.sample), row)
            rows += found.values()
    # sorted() keeps the order of samples.
    rows.sort(key=lambda row: order.get(row.kernel, len(order)))
    return KernelBench([core.name for core in cores], records, rows)


def _plans(model: Path, target: str) -> list[Plan]:
    """What the compiler takes, then each of the other kernels in turn."""
    choices = list_choices(model, target, _AIM)
    most = max((len(operator.others) for operator in choices.operators), default=0)
    plans = [Plan()]
    for number in range(most):
        wanted = (o for o in choices.operators if len(o.others) > number)
        plans.append(Plan(tuple((o.name, o.others[number]) for o in wanted)))
    return plans


def _compile(model: Path, folder: Path, target: str, plan: Plan) -> Generated:
    """Compiles the samples with the kernels of a plan."""
    if not plan.kernels:
        return compile_model(model, folder, target, optimize=_AIM)
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    tuning = folder.with_suffix(".json")
    TuningFile(digest, target, _AIM, [], plan).save(tuning)
    return compile_model(model, folder, target, optimize=_AIM, extra=["--tuning", tuning])


def _count(
    generated: Generated,
    samples: Sequence[Sample],
    core: Core,
    work: Path,
    flags: Sequence[str],
    compiler: str,
) -> list[Measured]:
    """Builds the runner, runs it and counts each operator."""
    report = generated.report
    folder = work / f"{core.name}-{report.target}" / generated.directory.name
    folder.mkdir(parents=True, exist_ok=True)
    program = build_firmware(generated, folder, core, flags, compiler=compiler)
    limits = {
        f"s{number}_": tensor.limits
        for number, sample in enumerate(samples)
        for tensor in sample.ends()[0]
        if tensor.limits
    }
    rng = np.random.default_rng(1)
    inputs = []
    for entry in report.inputs:
        found = _SAMPLE.match(entry.name)
        limit = limits.get(found.group()) if found else None
        inputs.append(_fill(dtype_of(entry.type), entry.shape, limit, rng))
    result = run_cases(program, report, [Case("counted", (tuple(inputs),))], folder, count=True)
    return _measured(report, samples, core, layer_counts(result, report))


def _measured(
    report: Report, samples: Sequence[Sample], core: Core, counts: Sequence[int]
) -> list[Measured]:
    """What each kernel did for each sample, in one or several operators."""
    found: dict[tuple[str, int], list[Operator]] = {}
    for operator in report.operators:
        match = _SAMPLE.match(operator.name)
        if match is None:
            raise Error(f"operator {operator.name} belongs to no sample")
        found.setdefault((operator.kernel, int(match.group(1))), []).append(operator)
    rows = []
    for (kernel, number), operators in found.items():
        costs = [operator.cost for operator in operators]
        outputs = {operator.output for operator in operators}
        features: Counter[str] = Counter()
        for operator in operators:
            features.update(operator.features)
        rows.append(
            Measured(
                kernel,
                core.name,
                samples[number].label,
                sum(report.tensor(output).elements for output in outputs),
                sum(operator.macs for operator in operators),
                sum(counts[operator.index] for operator in operators),
                None if None in costs else sum(cost for cost in costs if cost),
                dict(features),
            )
        )
    return rows


def _fill(
    dtype: np.dtype, shape: Sequence[int], limits: tuple[float, float] | None, rng: np.random.Generator
) -> np.ndarray:
    """Uniform noise in the limits, or over what such a tensor usually holds."""
    if dtype.kind == "f":
        low, high = limits or (-1.0, 1.0)
        return rng.uniform(low, high, shape).astype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, shape).astype(dtype)
    if limits is None:
        info = np.iinfo(dtype)
        limits = (info.min, info.max) if dtype.itemsize <= 2 else (-1000, 1000)
    return rng.integers(int(limits[0]), int(limits[1]) + 1, shape).astype(dtype)


def kernels_markdown(bench: KernelBench) -> str:
    """A page with the counts for each output element or MAC, a row for each sample."""
    lines = [
        _NOTE,
        "",
        "# What kernels cost",
        "",
        "Instructions for each output element, or for each MAC where the unit says so,",
        "counted in QEMU. `predicted` is what the kernel's record expects, in per cent of",
        "the count on the core that the record is calibrated for: M55 for kernels of MVE,",
        "M4 for all others. [Kernels.md](Kernels.md) says how this page is made.",
        "",
        f"| kernel | sample | unit | {' | '.join(bench.cores)} | predicted |",
        f"|---|---|---|{'--:|' * len(bench.cores)}--:|",
    ]
    mve = {record.name for record in bench.records if record.isa == "mve"}
    for (kernel, sample), counts in bench.by_sample().items():
        first = next(iter(counts.values()))
        values = [counts[core].texts()[0] if core in counts else "-" for core in bench.cores]
        judge = counts.get("m55" if kernel in mve else "m4")
        row = [kernel.removeprefix("stm32rt_"), sample, first.unit, *values]
        row.append("-" if judge is None else judge.texts()[1])
        lines.append(f"| {' | '.join(row)} |")
    missing = ", ".join(name.removeprefix("stm32rt_") for name in bench.not_measured())
    lines += ["", f"Used by no sample: {missing or 'none'}.", ""]
    return "\n".join(lines)
