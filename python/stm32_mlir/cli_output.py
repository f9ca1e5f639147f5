# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What commands of `stm32-mlir` print, and where they write."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from stm32_mlir.errors import Error
from stm32_mlir.show import make_console
from stm32_mlir.workflow import Outcome


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
