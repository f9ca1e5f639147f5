# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Draws cases of one operator, runs them by the dozen, compares the results."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ops.builder import Arrays, Case, write_model
from ops.draw import KINDS, fill
from ops.host import Refused, run_compiled
from ops.oracles import run_oracle
from ops.registry import Entry
from stm32_mlir.compare import mask_of
from stm32_mlir.errors import Error
from stm32_mlir.tools import find_compile

#: Crashes after which the rest of a batch that crashes is not run.
FAILURES = 3
#: Differences that are run again alone.
SHOWN = 3
#: Draws of one case before it is given up.
ATTEMPTS = 12

_CASE = re.compile(r'"c(\d+)_')


@dataclass(slots=True)
class Prepared:
    """A case that the oracle accepts.

    inputs, expected   [vector][step][tensor]
    """

    entry: Entry
    seed: int
    number: int
    attempt: int
    case: Case
    inputs: list[list[Arrays]]
    expected: list[list[Arrays]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Prefix of its tensors in a batch."""
        return f"c{self.number}"

    @property
    def label(self) -> str:
        return f"{self.entry.label}-case{self.number}"

    def describe(self) -> str:
        """How to run it again and what it is."""
        again = f"python -m ops {self.entry.name} --type {self.entry.dtype}"
        return f"{again} --seed {self.seed} --case {self.number}\n{self.case.describe()}"


@dataclass(slots=True)
class Different:
    """A case that the compiled model gets wrong, and how."""

    prepared: Prepared
    how: str

    def describe(self) -> str:
        return f"{self.prepared.describe()}\n{self.how}"


@dataclass(slots=True)
class Summary:
    """What became of the cases of one operator and type.

    different    the smallest cases first
    refused      what the oracle said -> draws that it refused
    given_up     cases of which the oracle accepted no draw
    unsupported  what the compiler said -> numbers of the cases
    not_run      cases in batches that fail, after enough of them were looked at
    """

    entry: Entry
    seed: int
    passed: int = 0
    different: list[Different] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    given_up: int = 0
    unsupported: dict[str, list[int]] = field(default_factory=dict)
    not_run: int = 0

    @property
    def clean(self) -> bool:
        return not (self.different or self.unsupported or self.given_up or self.not_run)


def check(
    entry: Entry,
    numbers: Sequence[int],
    seed: int,
    oracle_only: bool = False,
    keep: Path | None = None,
) -> Summary:
    """Draws and runs the cases of these numbers; the same seed gives the same cases."""
    summary = Summary(entry, seed)
    for at in range(0, len(numbers), entry.batch):
        ready = prepare(entry, numbers[at : at + entry.batch], seed, summary)
        if oracle_only:
            summary.passed += len(ready)
        else:
            folder = None if keep is None else keep / f"{entry.label}-{numbers[at]}"
            _run(ready, summary, folder)
    summary.different.sort(key=lambda d: sum(a.size for a in d.prepared.expected[0][0]))
    if len(numbers) > 1:
        for different in summary.different[:SHOWN]:
            _run_alone(different, None if keep is None else keep / different.prepared.label)
    return summary


def _run_alone(different: Different, keep: Path | None) -> None:
    """Says how the case goes wrong without the others."""
    prepared = different.prepared
    alone = Summary(prepared.entry, prepared.seed)
    _run([prepared], alone, keep)
    different.how = alone.different[0].how if alone.different else f"{different.how}\nequal alone"


def prepare(entry: Entry, numbers: Sequence[int], seed: int, summary: Summary) -> list[Prepared]:
    """The cases with what the oracle gives; draws again what it refuses."""
    done: list[Prepared] = []
    pending = list(numbers)
    for attempt in range(ATTEMPTS):
        if not pending or (attempt == 2 and not done):
            break
        drawn = [_draw(entry, seed, number, attempt) for number in pending]
        accepted = _accepted(drawn, summary)
        done += accepted
        good = {prepared.number for prepared in accepted}
        pending = [number for number in pending if number not in good]
    summary.given_up += len(pending)
    return sorted(done, key=lambda prepared: prepared.number)


def _draw(entry: Entry, seed: int, number: int, attempt: int) -> Prepared:
    case = entry.draw(seed, number, attempt)
    rng = entry.rng(seed, number, attempt, 1)
    tensors = case.inputs
    inputs = [
        [tuple(fill(tensor, kind, rng) for tensor in tensors) for _ in range(case.steps)]
        for kind in KINDS
    ]
    return Prepared(entry, seed, number, attempt, case, inputs)


def _accepted(group: list[Prepared], summary: Summary) -> list[Prepared]:
    """Runs the oracle on all at once, and on halves where that fails."""
    model = write_model((prepared.name, prepared.case) for prepared in group)
    stateful = any(prepared.case.steps > 1 for prepared in group)
    try:
        outputs = run_oracle(group[0].entry.oracle, model, _merge(group), stateful)
    except Error as error:
        if len(group) == 1:
            summary.refused[shorten(str(error))] += 1
            return []
        half = len(group) // 2
        return _accepted(group[:half], summary) + _accepted(group[half:], summary)
    for prepared, expected in zip(group, _divide(group, outputs), strict=True):
        prepared.expected = expected
    return group


def _merge(group: Sequence[Prepared]) -> list[list[Arrays]]:
    """The inputs of a model of all cases."""
    return [
        [sum(steps, ()) for steps in zip(*vectors, strict=True)]
        for vectors in zip(*(prepared.inputs for prepared in group), strict=True)
    ]


def _divide(group: Sequence[Prepared], outputs: list[list[Arrays]]) -> list[list[list[Arrays]]]:
    """The outputs of each case, from those of a model of all."""
    parts, at = [], 0
    for prepared in group:
        end = at + len(prepared.case.outputs)
        parts.append([[step[at:end] for step in vector] for vector in outputs])
        at = end
    return parts


def _run(group: list[Prepared], summary: Summary, keep: Path | None = None) -> None:
    """Compiles, runs and compares; cases in the way are noted and left out."""
    if not group:
        return
    find_compile()  # its absence is no failure of the cases
    model = write_model((prepared.name, prepared.case) for prepared in group)
    with tempfile.TemporaryDirectory(prefix="ops-") as scratch:
        folder = Path(scratch) if keep is None else keep
        folder.mkdir(parents=True, exist_ok=True)
        try:
            outputs = run_compiled(model, _merge(group), folder, group[0].entry.mode(group[0].number))
        except Error as error:
            _take_error(group, error, summary, keep)
            return
    for prepared, got in zip(group, _divide(group, outputs), strict=True):
        how = first_difference(prepared, got)
        if how is None:
            summary.passed += 1
        else:
            summary.different.append(Different(prepared, how))


def _take_error(group: list[Prepared], error: Error, summary: Summary, keep: Path | None) -> None:
    """Takes out the cases that a refusal names; else looks in both halves."""
    refused = isinstance(error, Refused)
    reasons: dict[int, str] = {}
    if refused:
        for line in error.details or [error.what]:
            for number in map(int, _CASE.findall(line)):
                reasons.setdefault(number, line)
        if len(group) == 1 and not reasons:
            reasons[group[0].number] = "; ".join(error.details) or error.what
    rest = [prepared for prepared in group if prepared.number not in reasons]
    if len(rest) < len(group):
        for number, reason in reasons.items():
            short = shorten(reason).removeprefix(f"{summary.entry.name}: ")
            summary.unsupported.setdefault(short, []).append(number)
        _run(rest, summary, keep)
    elif len(group) == 1:  # a crash, a sanitizer's report or C that does not compile
        summary.different.append(Different(group[0], str(error)))
    elif not refused and len(summary.different) >= FAILURES:
        summary.not_run += len(group)
    else:
        half = len(group) // 2
        _run(group[:half], summary, keep and keep / "a")
        _run(group[half:], summary, keep and keep / "b")


def first_difference(prepared: Prepared, got: list[list[Arrays]]) -> str | None:
    """The first output that differs, in one line, or None."""
    for vector, (wants, haves) in enumerate(zip(prepared.expected, got, strict=True)):
        for step, (want, have) in enumerate(zip(wants, haves, strict=True)):
            if prepared.case.meant is not None:
                want, have = prepared.case.meant(want), prepared.case.meant(have)
            for output, (a, b) in enumerate(zip(want, have, strict=False)):
                text = _difference(a, b, prepared.case.slack)
                if text:
                    return f"output {output} (vector {KINDS[vector]}, step {step}): {text}"
    return None


def _difference(want: np.ndarray, have: np.ndarray, slack: float) -> str | None:
    if want.size != have.size or want.dtype != have.dtype:
        return f"expected {want.dtype}{list(want.shape)}, got {have.dtype}{list(have.shape)}"
    have = have.reshape(want.shape)
    wrong = np.argwhere(np.atleast_1d(mask(want, have, slack)))
    if len(wrong) == 0:
        return None
    want, have = np.atleast_1d(want), np.atleast_1d(have)
    shown = ", ".join(
        f"{[int(i) for i in index]}: expected {want[tuple(index)]!s}, got {have[tuple(index)]!s}"
        for index in wrong[:4]
    )
    return f"{shown}; {len(wrong)} of {want.size} elements differ"


def mask(want: np.ndarray, have: np.ndarray, slack: float = 0.0) -> np.ndarray:
    """As compare.mask_of, in the shape of the tensor; subnormal floats count as 0."""
    return mask_of(want, have, max(slack, 1e-30)).reshape(want.shape)


def shorten(text: str) -> str:
    """A message without names and numbers of tensors, so that equal reasons count as one."""
    text = re.sub(r"^(/|<unknown>:)\S+: ", "", text)
    text = re.sub(r' that writes "[^"]*"', "", text)
    text = re.sub(r'"c\d+_?\w*"', "T", text)
    text = re.sub(r"\b(\d+(x\d+)+|scalar)\b", "SHAPE", text)
    if "exit status" not in text:
        text = re.sub(r"(?<![\w.])-?\d+(\.\d+)?(e[+-]\d+)?\b", "N", text)
    return text[:200]
