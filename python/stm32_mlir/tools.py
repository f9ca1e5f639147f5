# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Finds and runs the programs that this package needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from stm32_mlir.errors import Error

#: Directory that holds stm32-compile, before any other place.
TOOLS_VARIABLE = "STM32_MLIR_TOOLS"

#: Program -> Debian package that has it.
PACKAGES = {
    "arm-none-eabi-gcc": "gcc-arm-none-eabi",
    "arm-none-eabi-nm": "binutils-arm-none-eabi",
    "arm-none-eabi-objdump": "binutils-arm-none-eabi",
    "gcc": "gcc",
    "clang-22": "clang-22",
    "cmake": "cmake",
    "make": "make",
    "qemu-system-arm": "qemu-system-arm",
}


def repository() -> Path:
    """Root of the source tree that this package was installed from.

    Raises Error if the package does not stand in a source tree: the runner and
    the start-up code of `runtime/port` are read from there.
    """
    root = Path(__file__).resolve().parents[2]
    if not (root / "runtime" / "port" / "runner.c").is_file():
        raise Error(
            f"no runtime/port/runner.c in {root}",
            "install the package in place: pip install -e python",
        )
    return root


def cache_folder(*parts: str) -> Path:
    """The package's folder in the user's cache, made if need be.

    Raises Error if it cannot be made.
    """
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base, "stm32-mlir", *parts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Error(
            f"{folder}: {error.strerror}", "set XDG_CACHE_HOME to a writable folder"
        ) from error
    return folder


def find_program(name: str) -> Path:
    """Path of a program that Debian packages; Error names the package."""
    found = shutil.which(name)
    if found is None:
        package = PACKAGES.get(name)
        hint = f"install it: apt-get install {package}" if package else ""
        raise Error(f"the program {name} is not in PATH", hint)
    return Path(found)


def find_compile() -> Path:
    """Path of stm32-compile.

    Looks in $STM32_MLIR_TOOLS (and nowhere else if that is set), in build/bin of
    the source tree, in PATH. Raises Error if it is in none of them.
    """
    chosen = os.environ.get(TOOLS_VARIABLE)
    if chosen:
        path = Path(chosen) / "stm32-compile"
        if not os.access(path, os.X_OK):
            raise Error(
                f"no program stm32-compile in {chosen}",
                f"correct the environment variable {TOOLS_VARIABLE}",
            )
        return path
    built = Path(__file__).resolve().parents[2] / "build" / "bin" / "stm32-compile"
    if os.access(built, os.X_OK):
        return built
    found = shutil.which("stm32-compile")
    if found is None:
        raise Error(
            "stm32-compile is neither in build/bin nor in PATH",
            f"build it with utils/build.sh or set {TOOLS_VARIABLE}",
        )
    return Path(found)


def run_tool(
    command: Sequence[str | Path], what: str, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a compiler-like program to its end.

    Returns its captured output. Raises Error, which quotes the first lines with
    an error in them, if the program fails; `what` says what it was to do.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, cwd=cwd, check=False)
    except OSError as error:
        raise Error(f"cannot run {words[0]}: {error.strerror}") from error
    if done.returncode != 0:
        raise Error(f"{what}: {summarize(done.stderr or done.stdout, done.returncode)}")
    return done


def summarize(text: str, status: int) -> str:
    """The lines of a failed program's output that say why it failed."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # What the sanitizers found stands in these lines.
    important = [line for line in lines if "runtime error:" in line or "SUMMARY:" in line]
    # ld says what is wrong in lines without "error"; collect2 only that it failed.
    lines = [line for line in lines if not line.startswith("collect2:")]
    missing = "undefined reference"
    linker = [line[line.index(missing) :] for line in lines if missing in line]
    linker = linker or [line.partition(": ")[2] for line in lines if re.match(r"\S*/ld: ", line)]
    # LLVM's parser of options has no "error", either, and its advice comes last.
    unknown = "Unknown command line argument"
    options = [line.partition("  Try: ")[0] for line in lines if unknown in line]
    options += [line for line in lines if options and "Did you mean" in line]
    important = important or linker or options
    important = important or [line for line in lines if "error" in line.lower()]
    chosen = (important or lines[-1:])[:3]
    return " | ".join(chosen) if chosen else f"exit status {status}"
