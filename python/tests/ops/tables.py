# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is not compared, and why: refusals.txt and untested.txt.

refusals.txt   what stm32-compile refuses of what an oracle can compute, one
               `operator-type: message  # reason` in a line; names, numbers and
               shapes of the message are replaced by T, N and SHAPE
untested.txt   what stm32-compile accepts and no oracle can compute, one
               `operator-type  # reason` in a line
"""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent
_REASON = "  # "


def refusals() -> dict[str, dict[str, str]]:
    """Operator-type -> message -> reason, "" where there is none."""
    table: dict[str, dict[str, str]] = {}
    for entry, reason in _read("refusals.txt"):
        label, _, message = entry.partition(": ")
        table.setdefault(label, {})[message] = reason
    return table


def untested() -> dict[str, str]:
    """Operator-type -> reason, "" where there is none."""
    return dict(_read("untested.txt"))


def refusal_line(label: str, message: str) -> str:
    """The line of refusals.txt, with the reason that stands there if there is one."""
    reason = refusals().get(label, {}).get(message, "")
    return f"{label}: {message}{_REASON}{reason}".rstrip()


def _read(name: str) -> list[tuple[str, str]]:
    """What stands before and behind the sign for a reason in each line."""
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    parts = (line.partition(_REASON.rstrip()) for line in lines if line)
    return [(entry.strip(), reason.strip()) for entry, _, reason in parts]
