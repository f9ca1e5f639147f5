# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Images of models, as `stm32-compile --relocatable` writes them.

The format is that of runtime/image/stm32rt_image.h; docs/LoadableModels.md
describes it.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stm32_mlir.errors import Error

MAGIC = b"stm32rt\x1a"
FORMAT = 1

#: Magic; format, size, ABI version, machine, alignment, tables and their size,
#: model, number of pools, reserved; name.
HEADER = struct.Struct("<8s10I32s")
#: Size, alignment, name.
POOL = struct.Struct("<II24s")
CHECKSUM = struct.Struct("<I")

_ARCHITECTURES = {1: "Arm", 2: "x86-64", 3: "AArch64"}
#: From bit 16 on.
_EXTENSIONS = ("v7-M", "v8-M", "DSP", "float", "double", "MVE", "MVE float")


@dataclass(frozen=True, slots=True)
class ImagePool:
    """A pool of the model; bytes."""

    name: str
    size: int
    alignment: int


@dataclass(frozen=True, slots=True)
class Image:
    """What an image says of itself.

    tables_size    bytes of RAM that loading takes
    code_size      bytes of code and constants, which stay in place
    """

    name: str
    size: int
    format: int
    abi_version: int
    machine: int
    alignment: int
    code_size: int
    tables_size: int
    pools: tuple[ImagePool, ...]
    checksum: int

    def to_json(self) -> dict[str, Any]:
        """All of it, and the machine in words."""
        return {**asdict(self), "core": describe_machine(self.machine)}


def describe_machine(machine: int) -> str:
    """What an image needs, as in `Arm, 32 bits, v7-M, DSP, float`."""
    words = [_ARCHITECTURES.get(machine >> 8 & 0xFF, "unknown"), f"{8 * (machine & 0xFF)} bits"]
    for bit in range(16):
        if machine >> (16 + bit) & 1:
            known = bit < len(_EXTENSIONS)
            words.append(_EXTENSIONS[bit] if known else f"extension {bit}")
    return ", ".join(words)


def read_image(path: Path) -> Image:
    """The image in a file; Error says what is wrong with it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error
    try:
        return parse_image(data)
    except ValueError as error:
        raise Error(f"{path}: {error}") from error


def parse_image(data: bytes) -> Image:
    """The image in `data`; ValueError for what the loader would refuse on any core."""
    if not data.startswith(MAGIC):
        raise ValueError("is no image of a model")
    if len(data) < HEADER.size:
        raise ValueError(f"has {len(data)} bytes, less than the {HEADER.size} of a header")
    (_, version, size, abi, machine, alignment, tables, tables_size, model, count, _, name) = (
        HEADER.unpack_from(data)
    )
    if version != FORMAT:
        raise ValueError(f"has format {version}; this tool knows {FORMAT}")
    if size != len(data):
        raise ValueError(f"has {len(data)} bytes, but should have {size}")
    if size < HEADER.size + CHECKSUM.size:
        raise ValueError("has no place for a checksum")
    (checksum,) = CHECKSUM.unpack_from(data, size - CHECKSUM.size)
    computed = zlib.crc32(data[: -CHECKSUM.size])
    if checksum != computed:
        raise ValueError(f"is damaged: checksum {checksum:#010x}, computed {computed:#010x}")
    code = HEADER.size + count * POOL.size
    words = tables_size // max(machine & 0xFF, 1)
    end = tables + tables_size + (words + 31) // 32 * 4 + CHECKSUM.size
    if not code <= tables <= model < tables + tables_size or end != size:
        raise ValueError("is malformed: its parts do not lie one behind the other")
    pools = []
    for i in range(count):
        pool_size, pool_alignment, text = POOL.unpack_from(data, HEADER.size + i * POOL.size)
        pools.append(ImagePool(_text(text), pool_size, pool_alignment))
    return Image(
        name=_text(name),
        size=size,
        format=version,
        abi_version=abi,
        machine=machine,
        alignment=alignment,
        code_size=tables - code,
        tables_size=tables_size,
        pools=tuple(pools),
        checksum=checksum,
    )


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")
