# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The command `stm32-mlir tune`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from stm32_mlir.cli_options import (
    Accelerators,
    AnyModel,
    Compiler,
    CompilerName,
    CustomOps,
    Flags,
    Json,
    KeepChannels,
    Mode,
    Optimize,
    StreamInput,
    Target,
)
from stm32_mlir.cli_output import progress, show_result
from stm32_mlir.show import amount
from stm32_mlir.tune import BUDGET, Tuned, default_output, tune
from stm32_mlir.workflow import Settings


def tune_command(
    model: AnyModel,
    target: Target,
    optimize: Optimize = Mode.balanced,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="File to write and to go on with; default MODEL.TARGET.AIM.tuning.json.",
        ),
    ] = None,
    budget: Annotated[
        int, typer.Option("--budget", min=1, help="Most compilations to build and count.")
    ] = BUDGET,
    stream_input: StreamInput = False,
    keep_constant_channels: KeepChannels = False,
    custom_ops: CustomOps = None,
    accelerator: Accelerators = None,
    compiler: Compiler = CompilerName.gcc,
    cflags: Flags = "",
    json_file: Json = None,
) -> None:
    """What was counted stays in the file, so an interrupted search goes on from there."""
    path = output or default_output(model, target, optimize.value)
    with progress() as tell:
        # Each compilation has a folder of its own.
        settings = Settings(
            model,
            target,
            Path(),
            optimize.value,
            flags=tuple(cflags.split()),
            custom_ops=custom_ops,
            stream_input=stream_input,
            accelerators=tuple(accelerator or ()),
            keep_channels=keep_constant_channels,
            compiler=compiler.value,
        )
        tuned = tune(settings, path, budget, tell)
    show_result(tuned.to_json(), json_file, lambda console: print_tuned(console, tuned, path))


def print_tuned(console: Console, tuned: Tuned, path: Path) -> None:
    """What is chosen in place of what, and what it saves."""
    file, before, after = tuned.file, tuned.default, tuned.tuned
    chosen = dict(file.plan.kernels)
    if chosen:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("operator", "instead of", "kernel"):
            table.add_column(heading)
        for heading in ("instructions", "predicted"):
            table.add_column(heading, justify="right")
        for operator in tuned.choices.operators:
            if operator.name not in chosen:
                continue
            kernels = (operator.kernel, chosen[operator.name])
            counts = tuned.counts[operator.name]
            table.add_row(
                operator.name,
                *kernels,
                " -> ".join(amount(counts[kernel]) for kernel in kernels),
                " -> ".join(amount(operator.kernels[kernel]) for kernel in kernels),
            )
        console.print(table)
        console.print()
    for cascade in file.plan.cascades or ():
        console.print(
            f"bands of {cascade.rows} rows from {cascade.first} to {cascade.last}",
            soft_wrap=True,
        )
    change = after.instructions / max(1, before.instructions) - 1
    for name, old, new, note in (
        ("instructions", before.instructions, after.instructions, f" ({change:+.2%})"),
        ("RAM", before.ram, after.ram, ""),
        ("flash", before.flash, after.flash, ""),
    ):
        both = amount(new) if old == new else f"{amount(old)} -> {amount(new)}{note}"
        console.print(f"{name:12}  {both}")
    if after is before:
        console.print("no choice is better than the compiler's own")
    for reason in tuned.refused:
        console.print(f"left out: {reason}", soft_wrap=True)
    console.print(
        f"{path}: {tuned.counted} compilations counted, {tuned.known} known before",
        soft_wrap=True,
    )
    if not tuned.complete:
        console.print("not all was counted: run it again to go on, or with a larger --budget")
