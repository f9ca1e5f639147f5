# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The operators that stm32-compile can import, as tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stm32_mlir.errors import Error
from stm32_mlir.tools import find_compile, run_tool

#: Types in the order of the columns, and their headings.
TYPES = {
    "INT8": "int8",
    "UINT8": "uint8",
    "INT16": "int16",
    "FLOAT32": "float32",
    "FLOAT16": "float16",
    "INT32": "int32",
    "INT64": "int64",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "BOOL": "bool",
}


@dataclass(frozen=True, slots=True)
class SupportedOperator:
    """A kind of operator; `types` are those of the operand that decides.

    `custom` is True if the name is the code of a CUSTOM operator.
    """

    name: str
    custom: bool
    types: tuple[str, ...]
    notes: str


def list_operators(tool: Path | None = None) -> list[SupportedOperator]:
    """What `stm32-compile --list-operators` prints; Error if it is malformed.

    tool   path of stm32-compile, if it is not where it is looked for
    """
    done = run_tool([tool or find_compile(), "--list-operators"], "stm32-compile --list-operators")
    try:
        return [
            SupportedOperator(e["name"], bool(e["custom"]), tuple(e["types"]), e["notes"])
            for e in json.loads(done.stdout)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Error(
            f"stm32-compile --list-operators: malformed: {error}",
            "is stm32-compile of the same version as this package?",
        ) from error


def columns_of(operators: Sequence[SupportedOperator]) -> dict[str, str]:
    """Types that any operator has, with the headings of their columns."""
    used = {kind for operator in operators for kind in operator.types}
    known = {kind: heading for kind, heading in TYPES.items() if kind in used}
    return known | {kind: kind.lower() for kind in sorted(used - set(TYPES))}


def label_of(operator: SupportedOperator) -> str:
    """What stands in the first column."""
    return f"CUSTOM {operator.name}" if operator.custom else operator.name


def operators_markdown(operators: Sequence[SupportedOperator]) -> str:
    """A table in Markdown, a row for each operator."""
    columns = columns_of(operators)
    lines = [
        f"| operator | {' | '.join(columns.values())} | options and limits |",
        f"|---|{':-:|' * len(columns)}---|",
    ]
    for operator in operators:
        marks = ["x" if kind in operator.types else "" for kind in columns]
        notes = operator.notes.replace("|", "\\|")
        lines.append(f"| {label_of(operator)} | {' | '.join(marks)} | {notes} |")
    return "\n".join(lines) + "\n"
