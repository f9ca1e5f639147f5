# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tables and summaries for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from stm32_mlir.compare import Difference
from stm32_mlir.image import Image, describe_machine
from stm32_mlir.kernel_bench import KernelBench
from stm32_mlir.memory_map import describe, find_peaks, label
from stm32_mlir.operators import SupportedOperator, columns_of, label_of
from stm32_mlir.report import Report
from stm32_mlir.stack import StackUse
from stm32_mlir.workflow import Outcome

#: Columns where the output is not a terminal.
PLAIN_WIDTH = 140
#: Tensors that validate prints a difference of.
MAX_DIFFERENCES = 5
#: Functions that bench --profile prints.
MAX_FUNCTIONS = 15


def make_console(stderr: bool = False) -> Console:
    """A console that does not fold tables in files and pipes."""
    console = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    return console


def amount(value: int | None, unit: str = "") -> str:
    """1234567 -> 1,234,567 with its unit; a dash for None."""
    return "-" if value is None else f"{value:,}{' ' + unit if unit else ''}"


def _operator_table(*numbers: str) -> Table:
    """A table that says of each operator what it is, then these numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right")
    for heading in ("operator", "output", "kernel"):
        table.add_column(heading)
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def layer_table(
    report: Report,
    instructions: list[int] | None = None,
    cycles: list[int] | None = None,
    predicted: bool = False,
) -> Table:
    """One row for each operator, with instructions and cycles if there are any.

    predicted   also what the compiler expected, in per cent of the instructions
    """
    table = _operator_table("MACs", "weights", "scratch")
    if report.steps:
        table.add_column("bands", justify="right")
    if instructions:
        for heading in ("instructions", "per MAC", "per element", "share"):
            table.add_column(heading, justify="right")
        if predicted:
            table.add_column("predicted", justify="right")
    if cycles:
        table.add_column("cycles", justify="right")
    whole = sum(instructions) if instructions else 0
    for operator in report.operators:
        shape = "x".join(map(str, report.tensor(operator.output).shape))
        row = [
            str(operator.index),
            operator.kind,
            shape,
            operator.kernel,
            amount(operator.macs),
            amount(operator.constants),
            amount(operator.scratch),
        ]
        if report.steps:
            row.append(amount(operator.bands) if operator.bands > 1 else "-")
        if instructions:
            count = instructions[operator.index]
            per_mac = f"{count / operator.macs:.2f}" if operator.macs else "-"
            per_element = f"{count / report.tensor(operator.output).elements:.2f}"
            share = f"{count / whole:.1%}" if whole else "-"
            row += [amount(count), per_mac, per_element, share]
            if predicted:
                cost = operator.cost
                row.append("-" if cost is None or not count else f"{cost / count:.0%}")
        if cycles:
            row.append(amount(cycles[operator.index]))
        table.add_row(*row)
    return table


def print_report(console: Console, report: Report, code: int | None = None) -> None:
    """What is known without running: layers, RAM, flash, MACs.

    code   bytes of code in flash, if the firmware was built
    """
    console.print(f"{report.name} for {report.target}, optimized for {report.optimize}\n")
    console.print(layer_table(report))
    console.print()
    for pool in report.pools:
        kept = ", kept between runs" if pool.states else ""
        console.print(
            f"RAM    pool {pool.name} in {pool.region}: {amount(pool.size, 'bytes')}{kept}"
        )
    for peak in find_peaks(report):
        console.print(f"peak   pool {peak.pool.name} at {describe(peak)}:", soft_wrap=True)
        for buffer in peak.buffers:
            console.print(f"       {amount(buffer.size, 'bytes'):>15}  {label(buffer)}", soft_wrap=True)
    bound = ""
    if report.lower_bound is not None:
        bound = f", lower bound {amount(report.lower_bound, 'bytes')} ({report.certificate})"
    console.print(
        f"RAM    tensors {amount(report.planned_tensors, 'bytes')}, "
        f"scratch {amount(report.planned_scratch, 'bytes')}{bound}"
    )
    built = "" if code is None else f", code {amount(code, 'bytes')}"
    console.print(f"flash  weights {amount(report.constants, 'bytes')}{built}")
    console.print(f"MACs   {amount(report.macs)}")


def print_stack(console: Console, report: Report, use: StackUse) -> None:
    """The stack of each operator, and the largest frames."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right")
    for heading in ("operator", "kernel"):
        table.add_column(heading)
    table.add_column("stack", justify="right")
    for operator, size in zip(report.operators, use.operators, strict=True):
        table.add_row(str(operator.index), operator.kind, operator.kernel, amount(size))
    console.print(table)
    console.print(f"\nstm32rt_run takes {amount(use.run, 'bytes')} at most; the largest frames:")
    for name, size in use.frames[:MAX_FUNCTIONS]:
        console.print(f"  {amount(size):>8}  {name}")


def print_bench(console: Console, outcome: Outcome) -> None:
    """Counts and sizes of bench."""
    report = outcome.report
    console.print(f"{report.name} for {outcome.target}, optimized for {outcome.optimize}\n")
    profiled = bool(outcome.functions)
    table = layer_table(report, outcome.layer_instructions, outcome.layer_cycles, profiled)
    console.print(table)
    console.print()
    per_mac = ""
    if outcome.instructions and report.macs:
        per_mac = f", {outcome.instructions / report.macs:.3f} per MAC"
    console.print(f"instructions  {amount(outcome.instructions)} of one run{per_mac}")
    console.print(f"              {amount(outcome.instructions_create)} of create")
    if outcome.cycles is not None:
        console.print(
            f"cycles        about {amount(outcome.cycles)} without wait states, an estimate of "
            "unknown error: docs/Cycles.md",
            soft_wrap=True,
        )
    if outcome.functions:
        parts = (f"{name} {count:,}" for name, count in outcome.classes.items() if count)
        console.print(f"classes       {', '.join(parts)}", soft_wrap=True)
        console.print(f"              {amount(outcome.branches_taken)} branches taken")
    console.print(f"MACs          {amount(report.macs)}")
    console.print(
        f"RAM           activations {amount(report.activations, 'bytes')}, "
        f"runtime {amount(outcome.ram_runtime, 'bytes')}, stack {amount(outcome.stack, 'bytes')}"
    )
    console.print(
        f"flash         weights {amount(report.constants, 'bytes')}, "
        f"code {amount(outcome.flash_code, 'bytes')}"
    )
    if outcome.bit_exact is None:
        console.print("correctness   not checked: no oracle for this format")
    else:
        console.print(f"correctness   {verdict(outcome)}")
    for name, count in outcome.functions[:MAX_FUNCTIONS]:
        console.print(f"  {amount(count):>15}  {name}")


def print_times(console: Console, outcome: Outcome) -> None:
    """What bench measured on a board: seconds of each operator and of the model."""
    report = outcome.report
    whole = sum(outcome.layer_seconds)
    table = _operator_table("MACs", "ms", "share")
    for operator, seconds in zip(report.operators, outcome.layer_seconds, strict=False):
        shape = "x".join(map(str, report.tensor(operator.output).shape))
        table.add_row(
            str(operator.index),
            operator.kind,
            shape,
            operator.kernel,
            amount(operator.macs),
            f"{seconds * 1e3:.3f}",
            f"{seconds / whole:.1%}" if whole else "-",
        )
    if outcome.layer_seconds:
        console.print(table)
        console.print()
    console.print(f"{report.name} on {outcome.target}: {run_time(outcome.seconds)}")


def run_time(seconds: float | None) -> str:
    """Time of one run."""
    return "the board does not tell the time" if seconds is None else f"{seconds * 1e3:.3f} ms"


def print_kernels(console: Console, bench: KernelBench) -> None:
    """A row for each sample of each kernel: instructions for each element or MAC.

    Behind each count stands what the kernel's record predicts, in per cent of it.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("kernel", "sample", "unit"):
        table.add_column(heading)
    for core in bench.cores:
        table.add_column(core, justify="right")
        table.add_column("predicted", justify="right")
    for (kernel, sample), counts in bench.by_sample().items():
        first = next(iter(counts.values()))
        row = [kernel.removeprefix("stm32rt_"), sample, first.unit]
        for core in bench.cores:
            row += counts[core].texts() if core in counts else ["-", "-"]
        table.add_row(*row)
    console.print(table)
    if bench.not_measured():
        console.print(f"\nused by no sample: {', '.join(bench.not_measured())}", soft_wrap=True)


def print_validation(console: Console, outcome: Outcome) -> None:
    """The verdict, what was compared, and the first differences."""
    matching = outcome.matching
    if matching is not None:
        console.print(
            f"tensors: {len(matching.compared)} compared "
            f"({len(matching.views)} of them views), "
            f"{len(matching.input_views)} views of an input, {len(matching.fused)} fused, "
            f"{len(matching.narrowed)} with fewer channels"
        )
        for name in matching.fused:
            console.print(f"  fused: {name}")
        for name in matching.narrowed:
            console.print(f"  fewer channels: {name}")
    for number, difference in enumerate(first_by_layer(outcome)[:MAX_DIFFERENCES]):
        lead = "then" if number else "first difference"
        console.print(f"{lead}: {difference.describe()}", soft_wrap=True)
    console.print(f"{outcome.report.name} for {outcome.target}: {verdict(outcome)}", soft_wrap=True)
    if outcome.seconds is not None:
        console.print(f"one run: {run_time(outcome.seconds)}")


def first_by_layer(outcome: Outcome) -> list[Difference]:
    """The first difference of each tensor that has one, in the order of layers."""
    found: dict[tuple[int, str], Difference] = {}
    for difference in outcome.differences:
        found.setdefault((difference.operator, difference.tensor), difference)
    return list(found.values())


def verdict(outcome: Outcome) -> str:
    """The comparison in a few words."""
    if outcome.bit_exact:
        return f"equal to the oracle on {outcome.vectors} vectors"
    return f"{outcome.mismatches} of {outcome.vectors} vectors differ from the oracle"


def print_image(console: Console, image: Image) -> None:
    """What an image needs and holds."""
    console.print(
        f"{image.name}: {amount(image.size)} bytes, format {image.format}, "
        f"ABI version {image.abi_version}, checksum {image.checksum:#010x}"
    )
    console.print(f"  core   {describe_machine(image.machine)}")
    console.print(f"  flash  {amount(image.size)} bytes, aligned to {image.alignment}")
    console.print(f"  RAM    {amount(image.tables_size)} bytes for tables")
    for pool in image.pools:
        console.print(
            f"  pool   {pool.name}: {amount(pool.size)} bytes, aligned to {pool.alignment}"
        )


def operators_table(operators: Sequence[SupportedOperator]) -> Table:
    """One row for each operator, one column for each type."""
    columns = columns_of(operators)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("operator", no_wrap=True)
    for heading in columns.values():
        table.add_column(heading, justify="center")
    table.add_column("options and limits")
    for operator in operators:
        marks = ["x" if kind in operator.types else "" for kind in columns]
        table.add_row(label_of(operator), *marks, operator.notes)
    return table
