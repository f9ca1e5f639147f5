# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The commands of `stm32-mlir` that run a model: validate and bench."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stm32_mlir.cli_options import (
    Accelerators,
    Baud,
    Compiler,
    CompilerName,
    CustomOps,
    Flags,
    ImagePlace,
    Json,
    Keep,
    KeepChannels,
    Mode,
    Model,
    Name,
    On,
    Optimize,
    StreamInput,
    Tuning,
    check_name,
    find_board,
)
from stm32_mlir.cli_output import finish, progress, show_result, workspace, write_text
from stm32_mlir.errors import Error
from stm32_mlir.kernel_bench import DEFAULT_TARGETS, bench_kernels, kernels_markdown
from stm32_mlir.kernel_costs import costs_text, fit_costs
from stm32_mlir.remote import PREFIX, bench_remote, validate_remote
from stm32_mlir.rpc import BAUD
from stm32_mlir.show import print_bench, print_kernels, print_times, print_validation
from stm32_mlir.workflow import Settings, bench, validate


def validate_command(
    model: Model,
    on: On = "host",
    target: Annotated[
        str | None,
        typer.Option("--target", help="Default: host with --on host, generic-m4 with --on qemu."),
    ] = None,
    baud: Baud = BAUD,
    golden: Annotated[
        Path | None, typer.Option("--golden", metavar="FILE", help="Stored vectors (.npz).")
    ] = None,
    all_tensors: Annotated[
        bool, typer.Option("--all-tensors", help="Compare what every operator writes.")
    ] = False,
    vectors: Annotated[int, typer.Option("--vectors", min=0, help="Vectors to make.")] = 10,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the random vectors.")] = 1,
    count: Annotated[
        bool, typer.Option("--count/--no-count", help="Count instructions in QEMU, too.")
    ] = True,
    optimize: Optimize = Mode.balanced,
    stream_input: StreamInput = False,
    keep_constant_channels: KeepChannels = False,
    image: Annotated[
        ImagePlace | None,
        typer.Option("--image", help="Load the model as an image, from a buffer or in place."),
    ] = None,
    name: Name = "network",
    custom_ops: CustomOps = None,
    accelerator: Accelerators = None,
    compiler: Compiler = CompilerName.gcc,
    tuning: Tuning = None,
    cflags: Flags = "",
    json_file: Json = None,
    keep: Keep = None,
) -> None:
    """Exit status 1 if any vector differs."""
    check_name(name)
    if on.startswith(PREFIX):
        if image is not None:
            raise Error("--image loads the model on the host or in QEMU", f"not --on {on}")
        with progress() as tell:
            outcome = validate_remote(
                model, find_board(on, baud), vectors, seed, golden, all_tensors, tell
            )
        finish(outcome, json_file, lambda console: print_validation(console, outcome))
        return
    emulate = on == "qemu"
    if compiler is not CompilerName.gcc and not emulate:
        raise Error(f"--compiler {compiler.value} compiles firmware", "add --on qemu")
    chosen = target or ("generic-m4" if emulate else "host")
    with workspace(keep) as work, progress() as tell:
        settings = Settings(
            model,
            chosen,
            work,
            optimize.value,
            name,
            tuple(cflags.split()),
            custom_ops,
            stream_input,
            tuple(accelerator or ()),
            "" if image is None else image.value,
            keep_constant_channels,
            compiler.value,
            tuning,
        )
        outcome = validate(
            settings, emulate, vectors, seed, golden, all_tensors, count, tell
        )
    finish(outcome, json_file, lambda console: print_validation(console, outcome))


def bench_command(
    model: Annotated[
        Path | None, typer.Argument(metavar="[MODEL]", help="A .tflite or .mlir model.")
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", help="Part or generic core; several with --kernels."),
    ] = None,
    kernels: Annotated[
        bool, typer.Option("--kernels", help="Count every kernel instead of a model.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="FAMILY", help="Kernels of some operators: copy, pool_2d."),
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="FILE", help="Write the table of kernels.")
    ] = None,
    write_costs: Annotated[
        Path | None,
        typer.Option("--write-costs", metavar="FILE", help="Fit the compiler's KernelCosts.inc."),
    ] = None,
    optimize: Optimize = Mode.balanced,
    stream_input: StreamInput = False,
    keep_constant_channels: KeepChannels = False,
    on: On = "qemu",
    baud: Baud = BAUD,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Counted runs.")] = 2,
    profile: Annotated[
        bool, typer.Option("--profile", help="Show which functions the first run spends in.")
    ] = False,
    name: Name = "network",
    custom_ops: CustomOps = None,
    accelerator: Accelerators = None,
    compiler: Compiler = CompilerName.gcc,
    tuning: Tuning = None,
    cflags: Flags = "",
    json_file: Json = None,
    keep: Keep = None,
) -> None:
    """Exit status 1 if a vector of the quick check differs."""
    check_name(name)
    flags, targets = tuple(cflags.split()), target or []
    if kernels:
        if model is not None:
            raise Error("bench --kernels takes no model", "leave out one of the two")
        with workspace(keep) as work, progress() as tell:
            counted = bench_kernels(
                targets or DEFAULT_TARGETS,
                work,
                only or (),
                optimize.value,
                flags,
                tell,
                compiler.value,
            )
        if markdown is not None:
            write_text(markdown, kernels_markdown(counted))
        if write_costs is not None:
            write_text(write_costs, costs_text(fit_costs(counted)))
        show_result(counted.to_json(), json_file, lambda console: print_kernels(console, counted))
        return
    if on.startswith(PREFIX) and model is not None:
        with progress() as tell:
            outcome = bench_remote(model, find_board(on, baud), runs, tell)
        show_result(outcome.to_json(), json_file, lambda console: print_times(console, outcome))
        return
    if on == "host":
        raise Error("bench counts in QEMU or times on a board", "use --on qemu or --on serial:PORT")
    if model is None or len(targets) != 1:
        raise Error("bench needs a model and one --target", "or --kernels")
    if only or markdown is not None or write_costs is not None:
        raise Error("--only, --markdown and --write-costs belong to bench --kernels")
    with workspace(keep) as work, progress() as tell:
        settings = Settings(
            model,
            targets[0],
            work,
            optimize.value,
            name,
            flags,
            custom_ops,
            stream_input,
            tuple(accelerator or ()),
            keep_channels=keep_constant_channels,
            compiler=compiler.value,
            tuning=tuning,
        )
        outcome = bench(settings, runs, profile, tell)
    finish(outcome, json_file, lambda console: print_bench(console, outcome))
