#!/usr/bin/env python3
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Write arrays of an .npz file as a C header.

    array_to_c.py FILE.npz OUT.h [--count N] NAME=ARRAY...

Each ARRAY of integers or floats becomes `static const TYPE NAME[][...]`: its
first dimension counts items, what remains of its shape is one flat dimension.
NAME_COUNT in capitals is the number of items; --count takes the first N.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

TYPES = {
    "int8": "int8_t",
    "uint8": "uint8_t",
    "int16": "int16_t",
    "int32": "int32_t",
    "float32": "float",
}
LINE = 80


def literal(value: np.generic) -> str:
    """A constant of C; a float is exact."""
    if isinstance(value, np.floating):
        return f"{float(value).hex()}f"
    return str(int(value))


def rows(values: np.ndarray, indent: str) -> list[str]:
    """Lines with the constants of a flat array, each within LINE characters."""
    lines, line = [], indent
    for value in values:
        word = literal(value) + ","
        if len(line) + len(word) + 1 > LINE:
            lines.append(line.rstrip())
            line = indent
        line += word + " "
    return [*lines, line.rstrip()]


def declaration(name: str, array: np.ndarray) -> str:
    """The macro and the definition of one array."""
    kind = TYPES.get(array.dtype.name)
    if kind is None:
        raise SystemExit(
            f"{name}: type {array.dtype} has no counterpart, use {', '.join(TYPES)}"
        )
    if array.ndim == 0 or array.size == 0:
        raise SystemExit(f"{name}: the array is empty")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise SystemExit(f"{name}: C has no constant for infinity and NaN")
    count = len(array)
    text = [f"#define {name.upper()}_COUNT {count}"]
    if array.ndim == 1:
        text.append(f"static const {kind} {name}[{count}] = {{")
        text += rows(array, "    ")
    else:
        flat = array.reshape(count, -1)
        text.append(f"static const {kind} {name}[{count}][{flat.shape[1]}] = {{")
        for item in flat:
            text += ["    {", *rows(item, "        "), "    },"]
    return "\n".join([*text, "};"])


def header(path: Path, out: Path, wanted: list[tuple[str, str]], count: int | None) -> str:
    """The text of the header."""
    guard = "".join(c if c.isalnum() else "_" for c in out.name.upper())
    parts = [
        f"/* {out.name} - arrays of {path.name}, made by array_to_c.py */",
        f"#ifndef {guard}\n#define {guard}",
        "#include <stdint.h>",
    ]
    with np.load(path) as data:
        for name, array in wanted:
            if array not in data:
                raise SystemExit(
                    f"{path.name} has no array {array}, only {', '.join(data.files)}"
                )
            parts.append(declaration(name, data[array][:count]))
    return "\n\n".join([*parts, f"#endif /* {guard} */"]) + "\n"


def pair(text: str) -> tuple[str, str]:
    name, sign, array = text.partition("=")
    if not sign or not name.isidentifier() or not name.isascii() or not array:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=ARRAY")
    return name, array


def main() -> None:
    parser = argparse.ArgumentParser(description="Write arrays of an .npz file as a C header.")
    parser.add_argument("file", type=Path, metavar="FILE.npz")
    parser.add_argument("out", type=Path, metavar="OUT.h")
    parser.add_argument("arrays", type=pair, nargs="+", metavar="NAME=ARRAY")
    parser.add_argument("--count", type=int, help="items to take; default: all")
    args = parser.parse_args()
    args.out.write_text(header(args.file, args.out, args.arrays, args.count), encoding="ascii")


if __name__ == "__main__":
    main()
