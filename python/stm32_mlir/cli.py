# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The command `stm32-mlir`.

Exit status: 0 done and equal, 1 a result differs from the oracle, 2 something
could not be done.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from stm32_mlir import __version__
from stm32_mlir.boards import BOARDS
from stm32_mlir.build import compile_library, compile_model
from stm32_mlir.errors import Error
from stm32_mlir.image import read_image
from stm32_mlir.kernel_bench import DEFAULT_TARGETS, bench_kernels, kernels_markdown
from stm32_mlir.memory_map import memory_map_html, memory_map_svg
from stm32_mlir.operators import list_operators, operators_markdown
from stm32_mlir.project import TEMPLATES, ProjectSettings, write_project
from stm32_mlir.remote import PREFIX, Board, bench_remote, validate_remote
from stm32_mlir.report import load_report
from stm32_mlir.rpc import BAUD
from stm32_mlir.show import (
    make_console,
    operators_table,
    print_bench,
    print_image,
    print_kernels,
    print_report,
    print_stack,
    print_times,
    print_validation,
)
from stm32_mlir.stack import stack_use
from stm32_mlir.targets import find_core, list_targets
from stm32_mlir.workflow import Outcome, Settings, bench, validate

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Compile quantised networks to C for STM32, check them and measure them.",
)


class ImagePlace(str, Enum):
    """From where the runner loads a model."""

    buffer = "buffer"
    flash = "flash"


class Mode(str, Enum):
    """What stm32-compile optimizes for."""

    time = "time"
    balanced = "balanced"
    ram = "ram"
    flash = "flash"


class Format(str, Enum):
    """What generate writes."""

    c = "c"
    mlf = "mlf"


Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A .tflite model.")]
AnyModel = Annotated[Path, typer.Argument(metavar="MODEL", help="A .tflite or .mlir model.")]
Target = Annotated[str, typer.Option("--target", help="Part or generic core; see `targets`.")]
Optimize = Annotated[Mode, typer.Option("--optimize", help="What to optimize for.")]
On = Annotated[
    str,
    typer.Option(
        "--on",
        metavar="host|qemu|serial:PORT",
        help="Where to run; PORT is a device (/dev/ttyACM0) or socket://HOST:NUMBER.",
        callback=lambda value: check_place(value),
    ),
]
Baud = Annotated[int, typer.Option("--baud", min=1, help="Speed of a board's UART.")]
StreamInput = Annotated[
    bool, typer.Option("--stream-input", help="The first input comes row by row.")
]
Name = Annotated[str, typer.Option("--name", help="Prefix of every generated symbol.")]
Json = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help="Write the result here; - is stdout.")
]
Keep = Annotated[
    Path | None,
    typer.Option("--keep", metavar="DIR", help="Put generated and built files here and keep them."),
]
CustomOps = Annotated[
    Path | None,
    typer.Option("--custom-ops", metavar="FILE", help="Binds operators to C functions of yours."),
]
Accelerators = Annotated[
    list[Path] | None,
    typer.Option("--accelerator", metavar="FILE", help="Takes operators over; may be repeated."),
]
Flags = Annotated[
    str, typer.Option("--cflags", metavar="FLAGS", help="More options for the C compiler.")
]


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
                    model, target, work, custom_ops=custom_ops, accelerators=tuple(accelerator or ())
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


@app.command("validate", help="Compare the generated C of MODEL with TensorFlow Lite Micro.")
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
    image: Annotated[
        ImagePlace | None,
        typer.Option("--image", help="Load the model as an image, from a buffer or in place."),
    ] = None,
    name: Name = "network",
    custom_ops: CustomOps = None,
    accelerator: Accelerators = None,
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
        )
        outcome = validate(
            settings, emulate, vectors, seed, golden, all_tensors, count, tell
        )
    finish(outcome, json_file, lambda console: print_validation(console, outcome))


@app.command("bench", help="Count instructions, RAM and flash of MODEL, or --kernels, in QEMU.")
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
    optimize: Optimize = Mode.balanced,
    stream_input: StreamInput = False,
    on: On = "qemu",
    baud: Baud = BAUD,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Counted runs.")] = 2,
    profile: Annotated[
        bool, typer.Option("--profile", help="Show which functions the first run spends in.")
    ] = False,
    name: Name = "network",
    custom_ops: CustomOps = None,
    accelerator: Accelerators = None,
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
                targets or DEFAULT_TARGETS, work, only or (), optimize.value, flags, tell
            )
        if markdown is not None:
            write_text(markdown, kernels_markdown(counted))
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
    if only or markdown is not None:
        raise Error("--only and --markdown belong to bench --kernels")
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
        )
        outcome = bench(settings, runs, profile, tell)
    finish(outcome, json_file, lambda console: print_bench(console, outcome))


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


def custom_ops_option(path: Path | None) -> list[str | Path]:
    """The option for stm32-compile."""
    return [] if path is None else ["--custom-ops", path]


def check_place(value: str) -> str:
    """A usage error unless --on says where."""
    if value not in ("host", "qemu") and not value.removeprefix(PREFIX):
        raise typer.BadParameter("serial: needs a port, such as serial:/dev/ttyACM0")
    if value not in ("host", "qemu") and not value.startswith(PREFIX):
        raise typer.BadParameter(f"{value} is none of host, qemu and serial:PORT")
    return value


def find_board(on: str, baud: int) -> Board:
    """The board that --on names."""
    return Board(on.removeprefix(PREFIX), baud)


def check_name(name: str) -> None:
    """Error unless the name can start a C identifier."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise Error(f"--name {name}: not a C identifier", "use letters, digits and _")


def finish(outcome: Outcome, json_file: str | None, show: Callable[[Any], None]) -> None:
    """Prints the outcome or writes it as JSON; exit status 1 on differences."""
    show_result(outcome.to_json(), json_file, show)
    if outcome.bit_exact is False:
        raise typer.Exit(1)


def show_result(
    data: dict[str, Any], json_file: str | None, show: Callable[[Any], None]
) -> None:
    """Prints a result with `show`, or its data as JSON where a file is named -."""
    text = json.dumps(data, indent=1) + "\n"
    if json_file == "-":
        sys.stdout.write(text)
    else:
        show(make_console())
    if json_file not in (None, "-"):
        write_text(Path(json_file), text)


def write_text(path: Path, text: str) -> None:
    """Writes a file; Error if that cannot be done."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error


@contextmanager
def workspace(keep: Path | None) -> Iterator[Path]:
    """`keep`, made if need be, or a directory that goes away."""
    if keep is not None:
        try:
            keep.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Error(f"{keep}: {error.strerror}") from error
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="stm32-mlir-") as directory:
        yield Path(directory)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows what goes on, on a terminal only."""
    console = make_console(stderr=True)
    if not console.is_terminal:
        yield lambda phrase: None
        return
    with console.status("starting") as status:
        yield status.update


def main() -> None:
    """Runs the command line and turns an Error into a line and status 2."""
    try:
        app()
    except Error as error:
        print(error.message("stm32-mlir"), file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
