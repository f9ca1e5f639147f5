# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sizes from the linker's map, and functions from a profile."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from pathlib import Path

from stm32_mlir.build import Program
from stm32_mlir.errors import Error
from stm32_mlir.image import read_image
from stm32_mlir.report import Report
from stm32_mlir.run import Executed
from stm32_mlir.tools import find_program, run_tool

_ENTRY = re.compile(
    r"^ (\.[\w.$-]+|COMMON)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$", re.MULTILINE
)
_MAP_START = "Linker script and memory map"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes in the linked program that come from the model and the runtime.

    code      instructions, tables and initial values of variables
    weights   the constants pool
    static    variables: .data and .bss
    """

    code: int
    weights: int
    static: int


def image_sizes(program: Program, report: Report) -> Sizes:
    """Sizes of what the linker kept of the objects in program.objects, and of an
    image that is loaded.

    The C library and the compiler's helpers are not counted.
    """
    sections = map_sections(program.map.read_text(encoding="utf-8"), program.objects)
    flash = static = 0
    for section, size in sections:
        if section.startswith((".bss", "COMMON")):
            static += size
        elif section.startswith(".data"):
            static += size
            flash += size
        elif section.startswith((".text", ".rodata", ".nn_", ".ARM.ex")):
            flash += size
    if program.image is not None:
        image = read_image(program.image)
        flash += image.size
        static += image.tables_size
    if flash < report.constants:
        raise Error(
            f"{program.map}: {flash} bytes of flash, fewer than the "
            f"{report.constants} of the constants"
        )
    return Sizes(flash - report.constants, report.constants, static)


def map_sections(text: str, objects: Path) -> list[tuple[str, int]]:
    """(input section, bytes) of the kept sections of the objects in a directory."""
    _, found, kept = text.partition(_MAP_START)
    if not found:
        raise Error("not a map of GNU ld")
    sections = []
    for section, _, size, path in _ENTRY.findall(kept):
        if Path(path).parent == objects:
            sections.append((section, int(size, 16)))
    return sections


def hot_functions(program: Program, profile: dict[int, Executed]) -> list[tuple[str, int]]:
    """(function, instructions) of a profile, the most expensive first."""
    nm = find_program("arm-none-eabi-nm")
    done = run_tool([nm, "-n", "--defined-only", program.executable], "arm-none-eabi-nm")
    symbols = parse_symbols(done.stdout)
    starts = [address for address, _ in symbols]
    totals: dict[str, int] = {}
    for address, executed in profile.items():
        place = bisect.bisect_right(starts, address) - 1
        name = symbols[place][1] if place >= 0 else hex(address)
        totals[name] = totals.get(name, 0) + executed.count
    return sorted(totals.items(), key=lambda item: (-item[1], item[0]))


def parse_symbols(text: str) -> list[tuple[int, str]]:
    """(address, function) by address from the output of nm -n."""
    symbols = []
    for line in text.splitlines():
        words = line.split()
        # $t, $d mark code and data; they are no functions.
        if len(words) == 3 and words[1] in "tTwW" and not words[2].startswith("$"):
            symbols.append((int(words[0], 16) & ~1, words[2]))
    return symbols
