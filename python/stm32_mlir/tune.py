# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Searches kernels and bands of rows for a model by counting instructions in QEMU.

The compiler says what can be chosen. Kernels come first: each compilation gives every
operator one that was not counted yet, so there are as many compilations as the operator
with most kernels has, and the counts of single operators say which are best. All of
those together are counted as a whole; if that is not better, one after the other. Then
the rows of one cascade after the other are made more or fewer as long as that helps.

The first that is best is what the compiler chooses itself, and only what takes fewer
instructions takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from stm32_mlir.errors import Error
from stm32_mlir.tune_meter import Exhausted, Meter
from stm32_mlir.tuning import Cascade, Choices, Measured, Plan, TuningFile
from stm32_mlir.workflow import Progress, Settings

#: Compilations that are counted if nothing else is said.
BUDGET = 60
#: Of a run's instructions: what a kernel must save, as it may bring code of its own, unless
#: time is all that matters.
LEAST = 0.001


@dataclass(slots=True)
class Tuned:
    """What a search has found; the file says the same, and how the compiler gets it.

    default    what the compiler chooses itself
    tuned      the same if nothing is better
    counts     operator -> kernel -> instructions, of all that was counted
    counted    compilations that were counted, and `known` those that the file had
    refused    why choices could not be compiled
    complete   False if the budget was not enough
    """

    choices: Choices
    file: TuningFile
    default: Measured
    tuned: Measured
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    counted: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)
    complete: bool = True

    def to_json(self) -> dict[str, Any]:
        """The documented keys."""
        sizes = ("instructions", "ram", "flash")
        chosen = dict(self.file.plan.kernels)
        return {
            "model": self.file.model,
            "target": self.file.target,
            "optimize": self.file.optimize,
            "default": {key: getattr(self.default, key) for key in sizes},
            "tuned": {key: getattr(self.tuned, key) for key in sizes},
            **self.file.plan.to_json(),
            "counted": self.counted,
            "known": self.known,
            "complete": self.complete,
            "refused": self.refused,
            "layers": [
                {
                    "operator": operator.name,
                    "kind": operator.kind,
                    "default": operator.kernel,
                    "kernel": chosen.get(operator.name, operator.kernel),
                    "kernels": [
                        {
                            "kernel": kernel,
                            "predicted": cost,
                            "instructions": self.counts.get(operator.name, {}).get(kernel),
                        }
                        for kernel, cost in operator.kernels.items()
                    ],
                }
                for operator in self.choices.operators
            ],
        }


def default_output(model: Path, target: str, optimize: str) -> Path:
    """The file beside the model."""
    return model.with_name(f"{model.stem}.{target}.{optimize}.tuning.json")


def tune(
    settings: Settings,
    output: Path,
    budget: int = BUDGET,
    progress: Progress = lambda phrase: None,
) -> Tuned:
    """Searches what is best and leaves it in the file `output`, which may be there already.

    budget   compilations that are counted; those in the file cost nothing

    Raises Error if the file is for something else, if the model cannot be compiled,
    built or run as it is, and if anything computes what the oracle does not.
    """
    progress(f"compiling {settings.model.name}")
    search = Search(Meter(settings, output, budget, progress), progress)
    return search.run()


class Search:
    """One search; `meter` counts for it."""

    def __init__(self, meter: Meter, progress: Progress) -> None:
        self.meter = meter
        self.choices = meter.choices
        self.progress = progress
        settings = meter.settings
        progress("counting what the compiler chooses")
        try:
            first = meter.measure(Plan())
        except Exhausted as error:
            raise Error(f"a budget of {meter.budget} counts nothing") from error
        if first is None:
            raise Error(f"{settings.model}: {meter.refused[0]}")
        self.default = self.tuned = first
        self.counts: dict[str, dict[str, int]] = {o.name: {} for o in self.choices.operators}
        # Whoever has bands wants little memory.
        self.saves_ram = settings.optimize == "ram" or settings.stream_input
        self.saves_flash = settings.optimize == "flash"
        self.plan = Plan()
        self._keep(self.plan, first)

    def run(self) -> Tuned:
        """Searches, and writes the file a last time."""
        complete = True
        try:
            self._pin_cascades()
            self._count_kernels()
            self._choose_kernels()
            self._choose_rows()
            self.meter.forget()
        except Exhausted:
            complete = False
        self.meter.file.save(self.meter.output)
        return Tuned(
            self.choices,
            self.meter.file,
            self.default,
            self.tuned,
            self.counts,
            self.meter.counted,
            self.meter.known,
            list(dict.fromkeys(self.meter.refused)),
            complete,
        )

    def _keep(self, plan: Plan, measured: Measured) -> None:
        self.plan, self.tuned = plan, measured
        file = self.meter.file
        file.default, file.tuned = self.default.instructions, measured.instructions
        file.plan = Plan() if measured is self.default else plan
        file.save(self.meter.output)

    def _try(self, plan: Plan) -> bool:
        """Keeps a plan if it is better than the best so far and allowed."""
        measured = self.meter.measure(plan, self.default.pools if self.saves_ram else None)
        if (
            measured is None
            or measured.instructions >= self.tuned.instructions
            or (self.saves_ram and measured.ram > self.default.ram)
            or (self.saves_flash and measured.flash > self.default.flash)
        ):
            return False
        self._keep(plan, measured)
        return True

    def _say(self, what: str) -> None:
        change = self.tuned.instructions / max(1, self.default.instructions) - 1
        self.progress(
            f"{what}; {self.meter.counted} counted, "
            f"best {self.tuned.instructions:,} instructions ({change:+.1%})"
        )

    def _pin_cascades(self) -> None:
        """Names the bands that the compiler finds, so that another kernel, which has
        another cost, does not change them."""
        if not self.choices.cascades:
            return
        pinned = Plan(cascades=self.choices.cascades)
        self.meter.measure(pinned)
        # Not so if the names of the operators are not their own.
        if self.meter.digests[pinned] == self.meter.digests[Plan()]:
            self.plan = pinned

    def _count_kernels(self) -> None:
        """Counts every kernel that an operator can have."""
        self._take_counts({}, self.default)
        rounds = max((len(o.others) for o in self.choices.operators), default=0)
        for index in range(rounds):
            self._say(f"kernels, round {index + 1} of {rounds}")
            self._count_round(
                {
                    o.name: o.others[index]
                    for o in self.choices.operators
                    if index < len(o.others)
                }
            )

    def _count_round(self, kernels: dict[str, str]) -> None:
        """Counts kernels together; if that cannot be compiled, one half and the other."""
        measured = self.meter.measure(replace(self.plan, kernels=tuple(kernels.items())))
        if measured is not None:
            self._take_counts(kernels, measured)
        elif len(kernels) > 1:
            names = list(kernels)
            for half in (names[: len(names) // 2], names[len(names) // 2 :]):
                self._count_round({name: kernels[name] for name in half})

    def _take_counts(self, kernels: dict[str, str], measured: Measured) -> None:
        for operator in self.choices.operators:
            if operator.name in measured.layers:
                kernel = kernels.get(operator.name, operator.kernel)
                self.counts[operator.name].setdefault(kernel, measured.layers[operator.name])

    def _choose_kernels(self) -> None:
        """Takes the kernel with the lowest count for each operator."""
        least = 0 if self.meter.settings.optimize == "time" else LEAST
        gains: dict[tuple[str, str], int] = {}
        for operator in self.choices.operators:
            counts = self.counts[operator.name]
            if operator.kernel not in counts:
                continue
            best = min(counts, key=lambda kernel: counts[kernel])
            gain = counts[operator.kernel] - counts[best]
            if gain > least * self.default.instructions:
                gains[operator.name, best] = gain
        self._say("kernels together")
        if not gains or self._try(replace(self.plan, kernels=tuple(gains))):
            return
        # Some do not help, or need memory that is not to be had: the largest first.
        chosen: set[tuple[str, str]] = set()
        for number, choice in enumerate(sorted(gains, key=lambda c: -gains[c])):
            self._say(f"kernel {number + 1} of {len(gains)}")
            # In the order of the operators, so that equal plans are equal.
            both = tuple(c for c in gains if c in chosen or c == choice)
            if self._try(replace(self.plan, kernels=both)):
                chosen.add(choice)

    def _choose_rows(self) -> None:
        """Changes one cascade after the other, as long as that helps."""
        if self.plan.cascades is None:
            return
        for index, most in enumerate(self.choices.most_rows):
            first = self.choices.cascades[index]
            for cascades in self._changes(first, most):
                self._say(f"bands from {first.first}")
                self._try(replace(self.plan, cascades=cascades))

    def _changes(self, first: Cascade, most: int) -> Iterator[tuple[Cascade, ...]]:
        """The cascades of the plan with more rows a call in one, with fewer, without it;
        goes on in a direction while that is kept."""

        def with_rows(rows: int) -> tuple[Cascade, ...]:
            return tuple(
                replace(c, rows=rows) if (c.first, c.last) == (first.first, first.last) else c
                for c in self.plan.cascades or ()
            )

        for more in (True, False):
            rows = first.rows
            while True:
                rows = rows * 2 if more else rows // 2
                if not 1 <= rows <= most:
                    break
                before = self.plan
                yield with_rows(rows)
                if self.plan is before:
                    break
        yield tuple(
            c for c in self.plan.cascades or () if (c.first, c.last) != (first.first, first.last)
        )
