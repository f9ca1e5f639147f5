# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The two long jobs of the command line: validate and bench."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from stm32_mlir.build import Generated, Program, build_firmware, build_host, compile_model
from stm32_mlir.compare import Difference, Matching, compare_outputs, compare_tensors, match_tensors
from stm32_mlir.cycles import MODELS, estimate_cycles
from stm32_mlir.disassembly import count_classes, read_code
from stm32_mlir.errors import Error
from stm32_mlir.graph import Graph, GraphTensor, load_graph
from stm32_mlir.measure import Sizes, hot_functions, image_sizes
from stm32_mlir.oracle import Oracle
from stm32_mlir.report import Interface, Report, dtype_of
from stm32_mlir.run import Result, layer_counts, layer_sums, run_cases
from stm32_mlir.targets import Core, find_core
from stm32_mlir.vectors import STATEFUL_STEPS, Case, load_golden, make_cases, xorshift_cases

#: Told what goes on, one short phrase at a time.
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """What to compile, for what, and where to put it.

    `work` is an existing directory; generated C goes to its folder `c`. With
    `image` the model is loaded, see build_host. `compiler` is that of firmware.
    """

    model: Path
    target: str
    work: Path
    optimize: str = "balanced"
    name: str = "network"
    flags: tuple[str, ...] = ()
    custom_ops: Path | None = None
    stream_input: bool = False
    accelerators: tuple[Path, ...] = ()
    image: str = ""
    keep_channels: bool = False
    compiler: str = "gcc"
    tuning: Path | None = None

    @property
    def extra(self) -> list[str | Path]:
        """More options of stm32-compile."""
        words: list[str | Path] = []
        if self.custom_ops is not None:
            words += ["--custom-ops", self.custom_ops]
        if self.stream_input:
            words.append("--stream-input")
        if self.keep_channels:
            words.append("--keep-constant-channels")
        for path in self.accelerators:
            words += ["--accelerator", path]
        if self.tuning is not None:
            words += ["--tuning", self.tuning]
        if self.image:
            words.append("--relocatable")
        return words


@dataclass(slots=True)
class Outcome:
    """What validate or bench found; None is what was not measured.

    mismatches       vectors with a difference
    differences      all of them, those of the first layer that differs first
    ram_activations  all activation pools: tensors, inputs, outputs, scratch
    ram_runtime      context and variables of the model and the runtime
    instructions     of one run of the first counted vector, without create
    cycles           an estimate for these, see cycles.py; None without a model
    classes          class -> these instructions by class, see disassembly.py
    seconds          of the fastest run on a board, and those of each operator
    """

    model: str
    target: str
    optimize: str
    report: Report
    vectors: int = 0
    bit_exact: bool | None = None
    mismatches: int | None = None
    differences: list[Difference] = field(default_factory=list)
    matching: Matching | None = None
    ram_runtime: int | None = None
    stack: int | None = None
    flash_code: int | None = None
    instructions: int | None = None
    instructions_create: int | None = None
    instructions_runs: list[int] = field(default_factory=list)
    layer_instructions: list[int] = field(default_factory=list)
    cycles: int | None = None
    layer_cycles: list[int] = field(default_factory=list)
    classes: dict[str, int] = field(default_factory=dict)
    branches_taken: int | None = None
    functions: list[tuple[str, int]] = field(default_factory=list)
    compile_seconds: float = 0.0
    compiler: str = "gcc"
    flags: tuple[str, ...] = ()
    seconds: float | None = None
    layer_seconds: list[float] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The outcome with the documented keys."""
        report = self.report
        per_mac = None
        if self.instructions is not None and report.macs:
            per_mac = round(self.instructions / report.macs, 4)
        data: dict[str, Any] = {
            "model": self.model,
            "target": self.target,
            "optimize": self.optimize,
            "bit_exact": self.bit_exact,
            "vectors": self.vectors,
            "mismatches": self.mismatches,
            "instructions": self.instructions,
            "instructions_per_mac": per_mac,
            "instructions_create": self.instructions_create,
            "instructions_runs": self.instructions_runs,
            "cycles": self.cycles,
            "classes": self.classes,
            "branches_taken": self.branches_taken,
            "macs": report.macs,
            "ram_activations": report.activations,
            "ram_runtime": self.ram_runtime,
            "stack": self.stack,
            "flash_weights": report.constants,
            "flash_code": self.flash_code,
            "compile_seconds": round(self.compile_seconds, 3),
            "compiler": self.compiler,
            "flags": list(self.flags),
            "layers": self._layers(),
        }
        if self.seconds is not None:
            data["seconds"] = self.seconds
        if self.matching is not None:
            data["tensors_compared"] = len(self.matching.compared)
            data["views"] = self.matching.views
            data["input_views"] = self.matching.input_views
            data["fused"] = self.matching.fused
            data["narrowed"] = self.matching.narrowed
        if self.functions:
            data["functions"] = [{"name": n, "instructions": c} for n, c in self.functions]
        data["first_difference"] = asdict(self.differences[0]) if self.differences else None
        return data

    def _layers(self) -> list[dict[str, Any]]:
        layers = []
        counts = self.layer_instructions or [None] * len(self.report.operators)
        for operator, count in zip(self.report.operators, counts, strict=True):
            layer: dict[str, Any] = {
                "index": operator.index,
                "name": operator.name,
                "kind": operator.kind,
                "kernel": operator.kernel,
                "macs": operator.macs,
                "bands": operator.bands,
                "shape": list(self.report.tensor(operator.output).shape),
                "constants": operator.constants,
                "scratch": operator.scratch,
                "instructions": count,
                "predicted": operator.cost,
                "instructions_per_element": None,
            }
            if count is not None:
                elements = self.report.tensor(operator.output).elements
                layer["instructions_per_element"] = round(count / elements, 3)
            if self.layer_cycles:
                layer["cycles"] = self.layer_cycles[operator.index]
            if self.layer_seconds:
                layer["seconds"] = self.layer_seconds[operator.index]
            if self.matching is not None:
                layer["mismatches"] = sum(
                    d.operator == operator.index for d in self.differences
                )
            layers.append(layer)
        return layers


def validate(
    settings: Settings,
    emulate: bool,
    vectors: int = 10,
    seed: int = 1,
    golden: Path | None = None,
    all_tensors: bool = False,
    count: bool = True,
    progress: Progress = lambda phrase: None,
) -> Outcome:
    """Compares generated C with the oracle on made and stored vectors.

    emulate chooses QEMU with the target's core instead of this machine with
    sanitizers. count adds one counted run in QEMU. Raises Error where something
    could not be run at all; differences are in the outcome.
    """
    check_model_file(settings.model)
    graph = load_graph(settings.model)
    cases = collect_cases(graph, vectors, seed, golden)
    outcome, program = _prepare(settings, emulate, progress)
    _check(outcome, program, graph, cases, all_tensors, settings.work, progress)
    if emulate:
        sizes = image_sizes(program, outcome.report)
        outcome.flash_code = sizes.code
        if count:
            progress("counting instructions")
            counted = xorshift_cases(graph.inputs, 1)
            result = run_cases(program, outcome.report, counted, settings.work, count=True)
            _take_counts(outcome, result)
        outcome.ram_runtime = (outcome.ram_runtime or 0) + sizes.static
    else:
        outcome.ram_runtime = outcome.stack = None
    return outcome


def check_model_file(model: Path) -> None:
    """Error if there is no oracle for the model."""
    if model.suffix != ".tflite":
        raise Error(
            f"{model}: validate needs a .tflite model", "there is no oracle for other formats"
        )


def collect_cases(graph: Graph, vectors: int, seed: int, golden: Path | None) -> list[Case]:
    """The vectors to compare, made and stored ones; Error if there are none."""
    if vectors <= 0 and golden is None:
        raise Error("no vectors to compare", "give --vectors 1 or more, or --golden FILE")
    cases = make_cases(graph.inputs, vectors, seed, STATEFUL_STEPS if graph.stateful else 1)
    if golden is not None:
        cases += load_golden(golden, graph.inputs, graph.outputs)
    return cases


def bench(
    settings: Settings,
    runs: int = 2,
    profile: bool = False,
    progress: Progress = lambda phrase: None,
) -> Outcome:
    """Counts instructions and bytes of a model in QEMU.

    The inputs are the stream that published counts use; `runs` of them are
    counted. The outputs are checked against the oracle where there is one.
    """
    core = find_emulated(settings.target)
    generated = compile_settings(settings, progress)
    return bench_generated(
        settings, generated, core, runs, profile, core.name in MODELS, progress
    )


def bench_generated(
    settings: Settings,
    generated: Generated,
    core: Core,
    runs: int = 1,
    profile: bool = False,
    cycles: bool = False,
    progress: Progress = lambda phrase: None,
) -> Outcome:
    """As bench, for C that compile_settings has made.

    profile asks for functions, cycles for an estimate of these.
    """
    outcome, program = _build(settings, generated, core, progress)
    report = outcome.report
    graph = load_graph(settings.model) if settings.model.suffix == ".tflite" else None
    cases = xorshift_cases(graph.inputs if graph else interface_specs(report.inputs), runs)
    progress("counting instructions")
    wanted = profile or cycles
    result = run_cases(program, report, cases, settings.work, count=True, profile=wanted)
    _take_counts(outcome, result)
    if wanted:
        _take_profile(outcome, program, result)
    if profile:
        outcome.functions = hot_functions(program, result.profile[result.labels.index("run")])
    sizes: Sizes = image_sizes(program, report)
    outcome.flash_code = sizes.code
    if graph is not None:
        steps = STATEFUL_STEPS if graph.stateful else 1
        quick = make_cases(graph.inputs, 3, 1, steps) + cases
        _check(outcome, program, graph, quick, False, settings.work, progress)
    else:
        progress("measuring the stack")
        _take_stats(outcome, run_cases(program, report, cases[:1], settings.work))
    outcome.ram_runtime = (outcome.ram_runtime or 0) + sizes.static
    return outcome


def find_emulated(target: str) -> Core:
    """The core of a target; Error if QEMU has no machine with it."""
    core = find_core(target)
    if not core.emulated:
        raise Error(
            f"target {target} has no QEMU machine", "choose a part or a generic-m* target"
        )
    return core


def compile_settings(
    settings: Settings, progress: Progress = lambda phrase: None
) -> Generated:
    """Compiles the model to C in the folder `c` of settings.work."""
    progress(f"compiling {settings.model.name} for {settings.target}")
    return compile_model(
        settings.model,
        settings.work / "c",
        settings.target,
        settings.name,
        settings.optimize,
        settings.extra,
    )


def _prepare(settings: Settings, emulate: bool, progress: Progress) -> tuple[Outcome, Program]:
    """Compiles the model and builds its runner."""
    core = find_emulated(settings.target) if emulate else None
    return _build(settings, compile_settings(settings, progress), core, progress)


def _build(
    settings: Settings, generated: Generated, core: Core | None, progress: Progress
) -> tuple[Outcome, Program]:
    """Builds the runner, for the host if there is no core."""
    progress("building the runner")
    if core is None:
        program = build_host(
            generated, settings.work, flags=settings.flags, image=settings.image
        )
    else:
        program = build_firmware(
            generated, settings.work, core, settings.flags, settings.image, settings.compiler
        )
    outcome = Outcome(str(settings.model), settings.target, settings.optimize, generated.report)
    outcome.compile_seconds = generated.seconds
    outcome.flags = program.flags
    if core is not None:
        outcome.compiler = settings.compiler
    return outcome, program


def _check(
    outcome: Outcome,
    program: Program,
    graph: Graph,
    cases: Sequence[Case],
    all_tensors: bool,
    work: Path,
    progress: Progress,
) -> None:
    """Runs all cases in a program and records how they compare with the oracle."""

    def run(group: Sequence[Case], dump: bool) -> Result:
        return run_cases(program, outcome.report, group, work, dump=dump)

    check_cases(outcome, run, graph, cases, all_tensors, progress)


def check_cases(
    outcome: Outcome,
    run: Callable[[Sequence[Case], bool], Result],
    graph: Graph,
    cases: Sequence[Case],
    all_tensors: bool,
    progress: Progress,
) -> None:
    """Runs all cases and records how they compare with the oracle.

    run   runs some of them; told whether every operator's result is wanted
    """
    # Stored vectors need no oracle, which may not know an operator of the user.
    needs_oracle = all_tensors or any(case.expected is None for case in cases)
    oracle = Oracle(graph, all_tensors) if needs_oracle else None
    matching = match_tensors(graph, outcome.report) if all_tensors else None
    names = [tensor.name for tensor in graph.outputs]
    per_vector: list[list[Difference]] = []
    for steps in sorted({len(case.steps) for case in cases}):
        group = [case for case in cases if len(case.steps) == steps]
        progress(f"running {len(group)} vectors")
        if all_tensors:
            # The stack is measured without the observer that writes the dump.
            _take_stats(outcome, run(group[:1], False))
        result = run(group, all_tensors)
        if not all_tensors:
            _take_stats(outcome, result)
        for number, case in enumerate(group):
            progress(f"comparing vector {number + 1} of {len(group)}")
            expected = oracle.run(case) if oracle is not None else []
            found: list[Difference] = []
            if matching is not None:
                found += compare_tensors(
                    case, graph, outcome.report, matching, expected, result.written[number]
                )
            wants = [step.outputs for step in expected] if case.expected is None else case.expected
            found += compare_outputs(case, names, wants, result.outputs[number])
            per_vector.append(found)
    outcome.vectors = len(cases)
    outcome.matching = matching
    outcome.mismatches = sum(bool(found) for found in per_vector)
    outcome.bit_exact = outcome.mismatches == 0
    flat = [difference for found in per_vector for difference in found]
    last = len(outcome.report.operators)
    # sorted() keeps the order of vectors within a layer.
    outcome.differences = sorted(flat, key=lambda d: d.operator if d.operator >= 0 else last)


def _take_stats(outcome: Outcome, result: Result) -> None:
    if not result.stats:
        return
    outcome.stack = max(outcome.stack or 0, result.stats["stack"])
    outcome.ram_runtime = result.stats["context"]


def _take_counts(outcome: Outcome, result: Result) -> None:
    """Takes the counts without what measuring itself costs."""
    by_label: dict[str, list[int]] = {}
    for label, count in zip(result.labels, result.counts, strict=True):
        by_label.setdefault(label, []).append(count)
    overhead = by_label["overhead"][0]
    outcome.instructions_create = by_label["create"][0] - overhead
    outcome.instructions_runs = [count - overhead for count in by_label["run"]]
    outcome.instructions = outcome.instructions_runs[0]
    outcome.layer_instructions = layer_counts(result, outcome.report)


def _take_profile(outcome: Outcome, program: Program, result: Result) -> None:
    """Takes what the addresses of the instructions tell, without what measuring costs."""
    code = read_code(program.executable)
    run, overhead = (result.profile[result.labels.index(name)] for name in ("run", "overhead"))
    less = count_classes(code, overhead)
    outcome.classes = {k: n - less[k] for k, n in count_classes(code, run).items()}
    taken, less_taken = (sum(e.taken for e in p.values()) for p in (run, overhead))
    outcome.branches_taken = taken - less_taken
    found = (estimate_cycles(program.core.name, code, p) for p in result.profile)
    cycles = [value for value in found if value is not None]
    if cycles:
        at, nothing = (result.labels.index(name) for name in ("run", "overhead"))
        outcome.cycles = cycles[at] - cycles[nothing]
        outcome.layer_cycles = layer_sums(result, outcome.report, cycles)


def interface_specs(interfaces: Sequence[Interface]) -> list[GraphTensor]:
    """The inputs or outputs of a model that has no .tflite."""
    return [
        GraphTensor(i, t.name, dtype_of(t.type), t.shape, t.scale, t.zero_point)
        for i, t in enumerate(interfaces)
    ]
