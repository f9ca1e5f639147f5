# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Files of `stm32-compile --tuning`, and what `--list-choices` says they may contain."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from stm32_mlir.errors import Error
from stm32_mlir.report import Report
from stm32_mlir.tools import find_compile, run_tool

#: Of the files that are written, and the only one that is read.
VERSION = 1

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Cascade:
    """Operators that run in bands, by the tensors of the first and the last one.

    rows   of the last operator that a call computes at most
    """

    first: str
    last: str
    rows: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file asks the compiler for.

    kernels    operator -> kernel, in the order of the operators
    cascades   instead of those that the compiler finds; None: it searches
    """

    kernels: tuple[tuple[str, str], ...] = ()
    cascades: tuple[Cascade, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """The keys that the compiler reads."""
        choices = [{"operator": name, "kernel": kernel} for name, kernel in self.kernels]
        data: dict[str, Any] = {"choices": choices}
        if self.cascades is not None:
            data["cascades"] = [asdict(cascade) for cascade in self.cascades]
        return data


@dataclass(frozen=True, slots=True)
class Measured:
    """What one compilation of a model takes; bytes, and instructions of one run.

    pools    of activations
    ram      these, the context and variables
    flash    code and weights
    layers   operator -> instructions, of the operators that have choices
    """

    instructions: int
    pools: int
    ram: int
    flash: int
    layers: dict[str, int]


@dataclass(slots=True)
class TuningFile:
    """What was measured for one model, core and aim, and what is best.

    options        of stm32-compile and the C compiler, beside target and aim
    instructions   of one run as the compiler chooses, and with the plan; 0: not known
    measurements   by a digest of all that was compiled, see tune.py
    """

    model: str
    target: str
    optimize: str
    options: list[str]
    plan: Plan = Plan()
    default: int = 0
    tuned: int = 0
    measurements: dict[str, Measured] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Writes the file at once, so that whoever is interrupted leaves a whole one."""
        data: dict[str, Any] = {
            "version": VERSION,
            "model": self.model,
            "target": self.target,
            "optimize": self.optimize,
            "options": self.options,
            "instructions": {"default": self.default, "tuned": self.tuned},
            **self.plan.to_json(),
        }
        measured = {key: asdict(value) for key, value in sorted(self.measurements.items())}
        lines = [f" {json.dumps(k)}: {_lines(v)}" for k, v in data.items()]
        lines.append(f' "measurements": {_lines(measured)}')
        made = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        try:
            made.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
            made.replace(path)
        except OSError as error:
            raise Error(f"{path}: {error.strerror}", "name another file with --output") from error


def _lines(value: Any) -> str:
    """JSON with a line for each entry, so that a change shows as few lines."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"  {json.dumps(entry)}" for entry in value) + "\n ]"
    if isinstance(value, dict) and any(isinstance(entry, dict) for entry in value.values()):
        entries = (f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
        return "{\n" + ",\n".join(entries) + "\n }"
    return json.dumps(value)


def load_tuning(path: Path) -> TuningFile | None:
    """Reads a file; None if there is none, Error if it is something else."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise Error(f"{path}: not JSON: {error}", "name another file with --output") from error

    def read() -> TuningFile:
        if data["version"] != VERSION:
            raise ValueError(f"version {data['version']} is not known here, only {VERSION}")
        cascades = data.get("cascades")
        plan = Plan(
            tuple((c["operator"], c["kernel"]) for c in data.get("choices", [])),
            None if cascades is None else tuple(Cascade(**c) for c in cascades),
        )
        counts = data.get("instructions", {})
        return TuningFile(
            data["model"],
            data["target"],
            data["optimize"],
            list(data.get("options", [])),
            plan,
            int(counts.get("default", 0)),
            int(counts.get("tuned", 0)),
            {k: Measured(**v) for k, v in data.get("measurements", {}).items()},
        )

    return _checked(read, f"{path}: no file of stm32-mlir tune", "name another one with --output")


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator that a plan can name.

    kernel    what the compiler takes
    kernels   all that can do it -> instructions as their records predict them
    """

    name: str
    kind: str
    kernel: str
    kernels: dict[str, int]

    @property
    def others(self) -> list[str]:
        """The kernels that the compiler does not take, the cheapest first."""
        return [kernel for kernel in self.kernels if kernel != self.kernel]


@dataclass(frozen=True, slots=True)
class Choices:
    """What `stm32-compile --list-choices` prints of a model.

    most_rows   for each cascade, the rows of its last operator
    """

    model: str
    target: str
    operators: tuple[Operator, ...]
    cascades: tuple[Cascade, ...]
    most_rows: tuple[int, ...]

    def layers(self, report: Report, counts: Sequence[int]) -> dict[str, int]:
        """Operator -> its count; `counts` are those of the report's operators."""
        result = {}
        named = {(o.kind, o.name) for o in self.operators}
        for operator, count in zip(report.operators, counts, strict=True):
            name = operator.name.partition(";")[0]
            if (operator.kind, name) in named:
                result[name] = count
        return result


def list_choices(
    model: Path, target: str, optimize: str, extra: Sequence[str | Path] = ()
) -> Choices:
    """Asks the compiler; Error if the model cannot be compiled."""
    command = [find_compile(), model, "--list-choices", "--target", target]
    done = run_tool([*command, "--optimize", optimize, *extra], f"stm32-compile {model}")
    data = json.loads(done.stdout)
    # A file names operators without their kind.
    names = Counter(entry["operator"] for entry in data["operators"])

    def read() -> Choices:
        return Choices(
            data["model"],
            data["target"],
            tuple(
                Operator(
                    o["operator"],
                    o["kind"],
                    o["kernel"],
                    {c["kernel"]: int(c["cost"]) for c in o["choices"]},
                )
                for o in data["operators"]
                if names[o["operator"]] == 1 and len(o["choices"]) > 1
            ),
            tuple(Cascade(c["first"], c["last"], int(c["rows"])) for c in data["cascades"]),
            tuple(int(c["most_rows"]) for c in data["cascades"]),
        )

    return _checked(
        read,
        "stm32-compile --list-choices: malformed",
        "is stm32-compile of the same version as this package?",
    )


def _checked(read: Callable[[], _T], what: str, hint: str) -> _T:
    """What `read` gives, and an Error where it does not find what it looks for."""
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Error(f"{what}: {error}", hint) from error
