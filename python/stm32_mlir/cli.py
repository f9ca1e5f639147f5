# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The command `stm32-mlir`.

Exit status: 0 done and equal, 1 a result differs from the oracle, 2 something
could not be done.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from stm32_mlir import __version__
from stm32_mlir.boards import BOARDS
from stm32_mlir.build import compile_library, compile_model
from stm32_mlir.cli_options import (
    Accelerators,
    AnyModel,
    CustomOps,
    Format,
    Json,
    Mode,
    Name,
    Optimize,
    Target,
    Tuning,
    check_name,
    custom_ops_option,
)
from stm32_mlir.cli_output import finish, progress, show_result, workspace, write_text
from stm32_mlir.cli_run import bench_command, validate_command
from stm32_mlir.cli_tune import tune_command
from stm32_mlir.errors import Error
from stm32_mlir.image import read_image
from stm32_mlir.memory_map import memory_map_html, memory_map_svg
from stm32_mlir.operators import list_operators, operators_markdown
from stm32_mlir.project import TEMPLATES, ProjectSettings, write_project
from stm32_mlir.report import load_report
from stm32_mlir.show import (
    make_console,
    operators_table,
    print_image,
    print_report,
    print_stack,
)
from stm32_mlir.stack import stack_use
from stm32_mlir.targets import find_core, list_targets
from stm32_mlir.workflow import Outcome, Settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Compile quantised networks to C for STM32, check them and measure them.",
)


@app.callback(invoke_without_command=True)
def top(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Options before the command."""
    if version:
        print(f"stm32-mlir {__version__}")
        raise typer.Exit(0)


@app.command(
    "generate",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    help="Compile MODEL to C, or to an archive. Further options go to stm32-compile as they are.",
)
def generate_command(
    context: typer.Context,
    model: AnyModel,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Directory, or file of an archive, to write to.")
    ],
    target: Target,
    name: Name = "network",
    optimize: Optimize = Mode.balanced,
    custom_ops: CustomOps = None,
    emit: Annotated[
        Format, typer.Option("--emit", help="C files, or Model Library Format.")
    ] = Format.c,
) -> None:
    """`stm32-compile` with checks and a summary."""
    check_name(name)
    with progress() as tell:
        tell(f"compiling {model.name}")
        extra = [*custom_ops_option(custom_ops), *context.args]
        arguments = (model, output, target, name, optimize.value, extra)
        report = (
            compile_library(*arguments).report(name)
            if emit is Format.mlf
            else compile_model(*arguments).report
        )
    make_console().print(
        f"{output}: {len(report.operators)} operators, {report.macs:,} MACs, "
        f"RAM {report.activations:,} bytes, weights {report.constants:,} bytes",
        soft_wrap=True,
    )


@app.command(
    "project",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    help="Write a project with MODEL and a demo. Further options go to stm32-compile as they are.",
)
def project_command(
    context: typer.Context,
    model: AnyModel,
    template: Annotated[
        str, typer.Option("--template", help=f"What builds it: {', '.join(TEMPLATES)}.")
    ],
    board: Annotated[str, typer.Option("--board", help=f"One of {', '.join(BOARDS)}.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="A new folder.")],
    name: Name = "network",
    optimize: Optimize = Mode.balanced,
    golden: Annotated[
        Path | None,
        typer.Option("--golden", metavar="FILE", help="Stored vectors (.npz): the first is used."),
    ] = None,
    demo: Annotated[
        str, typer.Option("--demo", help="check: stored inputs; rpc: a server on the serial line.")
    ] = "check",
    custom_ops: CustomOps = None,
) -> None:
    """Generated C, start-up code, linker script, port, demo and build files."""
    check_name(name)
    extra = (*custom_ops_option(custom_ops), *context.args)
    with progress() as tell:
        settings = ProjectSettings(
            model, board, template, output, name, optimize.value, golden, demo, extra
        )
        report = write_project(settings, tell)
    make_console().print(
        f"{output}: {report.name} for {board} with {template}, see {output / 'README.md'}",
        soft_wrap=True,
    )


@app.command("analyze", help="Print layers, RAM, flash and MACs of MODEL on a target.")
def analyze_command(
    model: AnyModel,
    target: Target,
    optimize: Optimize = Mode.balanced,
    name: Name = "network",
    custom_ops: CustomOps = None,
    accelerator: Accelerators = None,
    tuning: Tuning = None,
    json_file: Json = None,
) -> None:
    """What the compiler knows without running anything."""
    check_name(name)
    with workspace(None) as work:
        with progress() as tell:
            tell(f"compiling {model.name}")
            generated = compile_model(
                model,
                work / "c",
                target,
                name,
                optimize.value,
                Settings(
                    model,
                    target,
                    work,
                    custom_ops=custom_ops,
                    accelerators=tuple(accelerator or ()),
                    tuning=tuning,
                ).extra,
            )
        outcome = Outcome(str(model), target, optimize.value, generated.report)
        outcome.compile_seconds = generated.seconds
    finish(outcome, json_file, lambda console: print_report(console, generated.report))


@app.command("stack", help="Add up the stack that a run of a generated directory takes at most.")
def stack_command(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="What stm32-compile wrote, with report.json.")
    ],
    json_file: Json = None,
) -> None:
    """From the frames that gcc reports and its call graph; nothing is run."""
    report = load_report(directory)
    with workspace(None) as work:
        use = stack_use(directory, report, find_core(report.target), work)
    data = {"run": use.run, "operators": use.operators, "frames": dict(use.frames)}
    show_result(data, json_file, lambda console: print_stack(console, report, use))


@app.command("report", help="Draw the memory map of a generated directory as SVG or HTML.")
def report_command(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="What stm32-compile wrote, with report.json.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="An .svg or .html file.")
    ],
) -> None:
    """Time by address, a lane for each pool, with the operators at the peaks."""
    draw = {".svg": memory_map_svg, ".html": memory_map_html}.get(output.suffix)
    if draw is None:
        raise Error(f"{output}: unknown kind of picture", "use a name that ends in .svg or .html")
    write_text(output, draw(load_report(directory)))


app.command(
    "validate", help="Compare the generated C of MODEL with TensorFlow Lite Micro."
)(validate_command)
app.command(
    "bench", help="Count instructions, RAM and flash of MODEL, or --kernels, in QEMU."
)(bench_command)
app.command(
    "tune", help="Search kernels and bands for MODEL by counting in QEMU, for --tuning."
)(tune_command)


@app.command("image-info", help="Check an image of stm32-compile --relocatable; print its needs.")
def image_info_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An .img file.")],
    json_file: Json = None,
) -> None:
    """Exit status 2 if the loader would refuse it on any core."""
    image = read_image(file)
    show_result(image.to_json(), json_file, lambda console: print_image(console, image))


@app.command("targets", help="List the targets and the core of each.")
def targets_command() -> None:
    """As stm32-compile knows them."""
    for target, core in sorted(list_targets().items()):
        print(f"{target:18} {core}")


@app.command("supported-ops", help="List the operators of .tflite models that can be compiled.")
def supported_ops_command(
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
) -> None:
    """The importer's own records."""
    operators = list_operators()
    if markdown:
        print(operators_markdown(operators), end="")
    else:
        make_console().print(operators_table(operators))


def main() -> None:
    """Runs the command line and turns an Error into a line and status 2."""
    try:
        app()
    except Error as error:
        print(error.message("stm32-mlir"), file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
