# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The one exception that the command line turns into a message."""

from __future__ import annotations


class Error(Exception):
    """What failed, where, and what would help, in one line.

    `what` starts in lower case and has no full stop, and names the file or tool
    it is about. `hint` says what to do; it may be empty.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what}; {self.hint}" if self.hint else self.what
