# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How many bytes of code each kernel brings, for --optimize flash."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stm32_mlir.kernel_bench import KernelRecord, list_kernels
from stm32_mlir.measure import map_sections
from stm32_mlir.targets import CORES
from stm32_mlir.tools import find_program, repository, run_tool

#: What a kernel of an instruction set is compiled for.
CORE_OF_ISA = {"c": "m4", "dsp": "m4", "mve": "m55"}
#: Where the compiler has what write_code wrote.
CODE_FILE = Path("include") / "stm32" / "Target" / "KernelCode.inc"

_HEAD = """\
// Bytes of code and tables of each kernel, compiled with -Os and linked alone, for
// Cortex-M55 if it needs MVE, else for Cortex-M4. Written by utils/kernel_code.py.
"""


def measure_code(work: Path) -> dict[str, int]:
    """Bytes by kernel, of all that have a source; files are left in `work`."""
    records = [record for record in list_kernels() if record.source]
    objects = work / "objects"
    objects.mkdir(parents=True, exist_ok=True)
    sources = sorted({(record.source, record.isa) for record in records})
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(lambda source: _compile(*source, objects), sources))
        sizes = pool.map(lambda record: _linked(record, objects, work), records)
        return dict(sorted(zip((record.name for record in records), sizes, strict=True)))


def write_code(sizes: dict[str, int]) -> str:
    """The text of CODE_FILE."""
    return _HEAD + "".join(f'{{"{name}", {size}}},\n' for name, size in sizes.items())


def read_code(text: str) -> dict[str, int]:
    """Bytes by kernel of such a text."""
    rows = [line.strip("{},").split(", ") for line in text.splitlines() if line.startswith("{")]
    return {name.strip('"'): int(size) for name, size in rows}


def _command(isa: str) -> list[str | Path]:
    compiler = find_program("arm-none-eabi-gcc")
    return [compiler, *CORES[CORE_OF_ISA[isa]].flags, "-std=c11", "-Os"]


def _object(source: str, objects: Path) -> Path:
    return objects / f"{Path(source).stem}.o"


def _compile(source: str, isa: str, objects: Path) -> None:
    runtime = repository() / "runtime"
    options: Sequence[str | Path] = [
        "-ffunction-sections", "-fdata-sections", f"-I{runtime / 'include'}",
        "-c", runtime / "src" / source, "-o", _object(source, objects),
    ]
    run_tool([*_command(isa), *options], source)


def _linked(record: KernelRecord, objects: Path, work: Path) -> int:
    """Bytes that the linker keeps of a kernel's file, if only the kernel is called."""
    path = work / f"{record.name}.map"
    options: Sequence[str | Path] = [
        "-nostartfiles", "-Wl,--gc-sections", f"-Wl,-e,{record.name}", f"-Wl,-Map={path}",
        _object(record.source, objects), "-lm", "-o", path.with_suffix(".elf"),
    ]
    run_tool([*_command(record.isa), *options], f"linking {record.name}")
    sections = map_sections(path.read_text(encoding="utf-8"), objects)
    return sum(size for section, size in sections if section.startswith((".text", ".rodata")))
