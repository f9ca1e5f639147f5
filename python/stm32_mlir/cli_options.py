# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Options and arguments that commands of `stm32-mlir` share, and their checks."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from stm32_mlir.errors import Error
from stm32_mlir.remote import PREFIX, Board


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


class CompilerName(str, Enum):
    """One of targets.COMPILERS."""

    gcc = "gcc"
    clang = "clang-22"


def check_place(value: str) -> str:
    """A usage error unless --on says where."""
    if value not in ("host", "qemu") and not value.removeprefix(PREFIX):
        raise typer.BadParameter("serial: needs a port, such as serial:/dev/ttyACM0")
    if value not in ("host", "qemu") and not value.startswith(PREFIX):
        raise typer.BadParameter(f"{value} is none of host, qemu and serial:PORT")
    return value


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
        callback=check_place,
    ),
]
Baud = Annotated[int, typer.Option("--baud", min=1, help="Speed of a board's UART.")]
StreamInput = Annotated[
    bool, typer.Option("--stream-input", help="The first input comes row by row.")
]
KeepChannels = Annotated[
    bool, typer.Option("--keep-constant-channels", help="Compute what never varies, too.")
]
Name = Annotated[str, typer.Option("--name", help="Prefix of every generated symbol.")]
Json = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help="Write the result here; - is stdout.")
]
Keep = Annotated[
    Path | None,
    typer.Option("--keep", metavar="DIR", help="Put generated and built files here and keep them."),
]
Compiler = Annotated[
    CompilerName, typer.Option("--compiler", help="What compiles firmware; gcc links.")
]
CustomOps = Annotated[
    Path | None,
    typer.Option("--custom-ops", metavar="FILE", help="Binds operators to C functions of yours."),
]
Accelerators = Annotated[
    list[Path] | None,
    typer.Option("--accelerator", metavar="FILE", help="Takes operators over; may be repeated."),
]
Tuning = Annotated[
    Path | None,
    typer.Option("--tuning", metavar="FILE", help="Choices that `tune` has measured."),
]
Flags = Annotated[
    str, typer.Option("--cflags", metavar="FLAGS", help="More options for the C compiler.")
]


def custom_ops_option(path: Path | None) -> list[str | Path]:
    """The option for stm32-compile."""
    return [] if path is None else ["--custom-ops", path]


def find_board(on: str, baud: int) -> Board:
    """The board that --on names."""
    return Board(on.removeprefix(PREFIX), baud)


def check_name(name: str) -> None:
    """Error unless the name can start a C identifier."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise Error(f"--name {name}: not a C identifier", "use letters, digits and _")
