# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random cases of every operator and type: generated C against the oracle.

What stm32-compile refuses of what the oracle can compute stands in
ops/refusals.txt, `operator-type: message` in each line; names, numbers and
shapes are replaced by T, N and SHAPE. A test fails where a case is refused
otherwise and where a line is no longer true.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ops.harness import check
from ops.registry import SEED, Entry, entries

#: Cases of each operator and type instead of the usual number.
_ASKED = os.environ.get("STM32_OPS_CASES")


def refusals(label: str) -> set[str]:
    """The messages that some cases of that operator and type get."""
    table = Path(__file__).with_name("ops") / "refusals.txt"
    lines = (line.partition(": ") for line in table.read_text("utf-8").splitlines())
    return {reason for name, _, reason in lines if name == label}


@pytest.mark.compiler
@pytest.mark.parametrize("entry", [pytest.param(e, id=e.label) for e in entries()])
def test_operator(entry: Entry) -> None:
    """Every case equals the oracle or is refused as the table says."""
    cases = int(_ASKED) if _ASKED else entry.cases
    summary = check(entry, range(cases), SEED)
    shown = "\n\n".join(different.describe() for different in summary.different[:3])
    assert not summary.different, f"{len(summary.different)} of {cases} cases differ:\n{shown}"
    assert not summary.not_run
    assert not summary.given_up, f"the oracle refuses: {dict(summary.refused)}"
    listed, met = refusals(entry.label), set(summary.unsupported)
    assert met <= listed, f"refused, but not in refusals.txt: {met - listed}"
    if not _ASKED:  # with another number of cases a rare message may not come up
        assert met == listed, f"in refusals.txt, but not refused: {listed - met}"
