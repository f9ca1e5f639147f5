# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Counts what a model takes with one choice of kernels and bands or another.

Every count goes into the file of the search at once. It is found again by a digest of
all C files that were counted, of what runs them and of how they were compiled: another
version of a kernel has another digest, so an old count is never taken for a new one.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path

from stm32_mlir.build import Generated
from stm32_mlir.errors import Error
from stm32_mlir.performance import compiler_version
from stm32_mlir.targets import LEVELS
from stm32_mlir.tools import repository
from stm32_mlir.tuning import Measured, Plan, TuningFile, list_choices, load_tuning
from stm32_mlir.workflow import (
    Progress,
    Settings,
    bench_generated,
    compile_settings,
    find_emulated,
)


class Exhausted(Exception):
    """As many compilations as were allowed have been counted."""


class Meter:
    """Compiles plans and counts them, or finds them in the file `output`.

    budget    compilations that may be counted
    counted   those that were, and `known` those that the file had
    refused   why plans could not be compiled

    Raises Error if the file is for another target or aim. One of another model is begun
    anew.
    """

    def __init__(
        self, settings: Settings, output: Path, budget: int, progress: Progress
    ) -> None:
        self.settings = settings
        self.output = output
        self.budget = budget
        self.progress = progress
        self.counted = self.known = 0
        self.refused: list[str] = []
        self.core = find_emulated(settings.target)
        self.choices = list_choices(
            settings.model, settings.target, settings.optimize, settings.extra
        )
        self.file = self._open()
        level = LEVELS[settings.optimize]
        words = [compiler_version(settings.compiler), level, *self.core.flags, *settings.flags]
        self.compiler = " ".join(words)
        #: What this search has asked for: plan -> digest, None if refused.
        self.digests: dict[Plan, str | None] = {}

    def _open(self) -> TuningFile:
        settings = self.settings
        words = [w.name if isinstance(w, Path) else w for w in settings.extra]
        words.append(settings.compiler)
        wanted = TuningFile(
            self.choices.model,
            self.choices.target,
            settings.optimize,
            [*words, *settings.flags],
        )
        found = load_tuning(self.output)
        if found is None:
            return wanted
        for what in ("target", "optimize"):
            has, wants = getattr(found, what), getattr(wanted, what)
            if has != wants:
                raise Error(
                    f"{self.output}: is of {what} {has}, not {wants}",
                    "name another file with --output",
                )
        if found.model == wanted.model:
            wanted.measurements = found.measurements
        return wanted

    def measure(self, plan: Plan, most_pools: int | None = None) -> Measured | None:
        """What the plan takes; None if it cannot be compiled, or has pools of more than
        `most_pools` bytes.

        Raises Exhausted if it would have to be counted and the budget is spent, Error if
        it cannot be built or run, or computes what the oracle does not.
        """
        if plan in self.digests:
            digest = self.digests[plan]
            return None if digest is None else self.file.measurements[digest]
        with tempfile.TemporaryDirectory(prefix="stm32-mlir-") as directory:
            work = Path(directory)
            settings = replace(self.settings, work=work, tuning=work / "tuning.json")
            TuningFile(
                self.file.model, self.file.target, self.file.optimize, [], plan
            ).save(work / "tuning.json")
            try:
                generated = compile_settings(settings)
            except Error as error:
                self.refused.append(error.what)
                self.digests[plan] = None
                return None
            if most_pools is not None and generated.report.activations > most_pools:
                return None
            digest = self._digest(generated)
            if digest in self.file.measurements:
                self.known += digest not in self.digests.values()
            elif self.counted == self.budget:
                raise Exhausted
            else:
                self.file.measurements[digest] = self._count(settings, generated, plan)
                self.counted += 1
                self.file.save(self.output)
        self.digests[plan] = digest
        return self.file.measurements[digest]

    def forget(self) -> None:
        """Removes from the file what this search has not asked for."""
        self.file.measurements = {
            digest: self.file.measurements[digest]
            for digest in self.digests.values()
            if digest is not None
        }

    def _count(self, settings: Settings, generated: Generated, plan: Plan) -> Measured:
        outcome = bench_generated(settings, generated, self.core)
        if outcome.bit_exact is False:
            kernels = ", ".join(f"{kernel} for {name}" for name, kernel in plan.kernels)
            raise Error(
                f"{self.settings.model}: the outputs differ from the reference"
                + (f" with {kernels}" if kernels else ""),
                "run stm32-mlir validate",
            )
        counts = (outcome.instructions, outcome.ram_runtime, outcome.flash_code)
        instructions, runtime, code = (_known(count) for count in counts)
        report = outcome.report
        return Measured(
            instructions,
            report.activations,
            report.activations + runtime,
            report.constants + code,
            self.choices.layers(report, outcome.layer_instructions),
        )

    def _digest(self, generated: Generated) -> str:
        """Names all that decides over a count."""
        digest = hashlib.sha256(self.compiler.encode())
        port = repository() / "runtime" / "port"
        runner = [port / "runner.c", *sorted((port / "qemu").iterdir())]
        made = sorted(generated.directory.iterdir())
        for path in [*runner, *made]:
            if path.is_file() and path.name != "report.json":
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()[:16]


def _known(count: int | None) -> int:
    if count is None:
        raise Error("not all was measured")
    return count
