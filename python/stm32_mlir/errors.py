# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The one exception that the command line turns into a message."""

from __future__ import annotations

from collections.abc import Sequence

#: Details that are printed.
MAX_DETAILS = 30


class Error(Exception):
    """What failed, where, and what would help, in one line.

    `what` starts in lower case and has no full stop, and names the file or tool
    it is about. `hint` says what to do; it may be empty. `details` are further
    lines, such as every operator that is not supported.
    """

    def __init__(self, what: str, hint: str = "", details: Sequence[str] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.details = tuple(details)

    def message(self, program: str) -> str:
        """All that is known, a line for each thing, as `program` prints it."""
        lines = [f"{program}: error: {self.what}"]
        lines += [f"{program}: note: {detail}" for detail in self.details[:MAX_DETAILS]]
        if len(self.details) > MAX_DETAILS:
            lines.append(f"{program}: note: and {len(self.details) - MAX_DETAILS} more")
        if self.hint:
            lines.append(f"{program}: help: {self.hint}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return f"{self.what}; {self.hint}" if self.hint else self.what
