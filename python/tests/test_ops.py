# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random cases of every operator and type: generated C against the oracle.

ops/refusals.txt says what is refused: a test fails where a case is refused
otherwise and where a line is no longer true.
"""

from __future__ import annotations

import os

import pytest

from ops.harness import Summary, check, prepare
from ops.registry import LITERT, SEED, TFLM, Entry, entries
from ops.tables import refusals, untested
from stm32_mlir.operators import list_operators

#: Cases of each operator and type instead of the usual number.
_ASKED = os.environ.get("STM32_OPS_CASES")


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
    listed, met = set(refusals().get(entry.label, ())), set(summary.unsupported)
    assert met <= listed, f"refused, but not in refusals.txt: {met - listed}"
    if not _ASKED:  # with another number of cases a rare message may not come up
        assert met == listed, f"in refusals.txt, but not refused: {listed - met}"


@pytest.mark.compiler
def test_all_that_is_accepted_is_drawn_or_has_no_oracle() -> None:
    """What --list-operators names is an entry or stands in untested.txt, and not in both."""
    drawn = {entry.label for entry in entries()}
    accepted = {f"{op.name}-{kind.lower()}" for op in list_operators() for kind in op.types}
    assert accepted - drawn == set(untested())


@pytest.mark.parametrize("oracle", [TFLM, LITERT])
@pytest.mark.parametrize("label", untested())
def test_no_oracle_computes_what_is_untested(label: str, oracle: str) -> None:
    """Of several draws; the operator is drawn in another type, so it has a spec."""
    name, _, dtype = label.rpartition("-")
    spec = next(entry.spec for entry in entries() if entry.name == name)
    summary = Summary(Entry(name, dtype, oracle, spec), SEED)
    assert not prepare(summary.entry, range(4), SEED, summary)
    assert summary.refused


def test_every_exception_has_a_reason() -> None:
    reasons = {label: [reason] for label, reason in untested().items()}
    reasons |= {label: list(lines.values()) for label, lines in refusals().items()}
    assert [label for label, given in reasons.items() if not all(given)] == []
    assert set(refusals()) <= {entry.label for entry in entries()}
