# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""report.json of stm32-compile as typed records."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from stm32_mlir.errors import Error

_DTYPES = {
    "i8": "int8",
    "u8": "uint8",
    "ui8": "uint8",
    "i16": "int16",
    "i32": "int32",
    "i64": "int64",
    "f32": "float32",
}

#: Layouts of a tensor in memory: channels innermost, channels outside the rows.
CHANNELS_LAST = "nhwc"
PLANAR = "planar"


def dtype_of(name: str) -> np.dtype:
    """numpy's type for `int8`, `INT8`, `i8`, ...; Error if there is none."""
    lower = name.lower()
    try:
        return np.dtype(_DTYPES.get(lower, lower))
    except TypeError as error:
        raise Error(f"unknown tensor type {name}") from error


@dataclass(frozen=True, slots=True)
class Tensor:
    """An activation tensor; `offset` and `size` in bytes.

    `shape` is that of the source model, batch, rows, columns, channels, also if
    the layout is another one.
    """

    id: int
    name: str
    type: str
    shape: tuple[int, ...]
    pool: str
    offset: int
    size: int
    layout: str = CHANNELS_LAST

    @property
    def elements(self) -> int:
        """Number of elements of the whole tensor."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Interface:
    """An input or output; `tensor` is an id, scale 0 means not quantised."""

    name: str
    type: str
    shape: tuple[int, ...]
    scale: float
    zero_point: int
    tensor: int


@dataclass(frozen=True, slots=True)
class Buffer:
    """A tensor or scratch in a pool; bytes. Steps [first, last) need it."""

    name: str
    offset: int
    size: int
    first: int
    last: int
    scratch: bool


@dataclass(frozen=True, slots=True)
class Pool:
    """Memory that the firmware hands over; `size` and `alignment` in bytes.

    `states` says that it must keep its bytes from one run to the next.
    """

    name: str
    region: str
    size: int
    alignment: int
    states: bool = False
    buffers: tuple[Buffer, ...] = ()


@dataclass(frozen=True, slots=True)
class Operator:
    """A function of the generated C; `output`, `inputs`, `outputs` are tensor ids.

    `output` is the first of `outputs`. `bands` is the number of steps in which it
    computes its rows, 1 if it does not run in bands; `macs` counts all of them.
    `cost` are the instructions that are predicted, None for a kernel without a
    record; `features` the numbers that costs are made of, see KernelCosts.cpp.
    """

    index: int
    name: str
    kind: str
    kernel: str
    macs: int
    inputs: tuple[int, ...]
    output: int
    scratch: int
    constants: int
    outputs: tuple[int, ...]
    bands: int = 1
    cost: int | None = None
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One turn of an operator: its rows [first, first + count), or all and count 0."""

    operator: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """What stm32-compile says about a model it has compiled.

    Sizes in bytes. `lower_bound` and `certificate` are the memory planner's,
    None and "" for a plan that came with the input. The tensors are in the order
    of the model's descriptor. `streamed` says that the first input comes row by row.
    """

    name: str
    target: str
    optimize: str
    macs: int
    inputs: tuple[Interface, ...]
    outputs: tuple[Interface, ...]
    pools: tuple[Pool, ...]
    constants: int
    lower_bound: int | None
    certificate: str
    planned_tensors: int
    planned_scratch: int
    operators: tuple[Operator, ...]
    tensors: tuple[Tensor, ...]
    steps: tuple[Step, ...] = ()
    streamed: bool = False

    @property
    def order(self) -> list[int]:
        """The operator of each step; without `steps` each operator is one."""
        if self.steps:
            return [step.operator for step in self.steps]
        return [operator.index for operator in self.operators]

    @property
    def activations(self) -> int:
        """Bytes of all pools: tensors, inputs, outputs and scratch."""
        return sum(pool.size for pool in self.pools)

    def tensor(self, tensor_id: int) -> Tensor:
        """The tensor with that id; Error if there is none."""
        for tensor in self.tensors:
            if tensor.id == tensor_id:
                return tensor
        raise Error(f"report.json has no tensor {tensor_id}")


def load_report(directory: Path) -> Report:
    """Reads report.json of a generated directory; Error names what is wrong."""
    path = directory / "report.json"
    try:
        return parse_report(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise Error(f"{path}: {error.strerror}", "generate the model first") from error
    except json.JSONDecodeError as error:
        raise Error(f"{path}: not JSON: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise Error(
            f"{path}: missing or malformed: {error}",
            "is stm32-compile of the same version as this package?",
        ) from error


def parse_report(data: dict[str, Any]) -> Report:
    """Report from parsed JSON; KeyError, TypeError or ValueError if malformed."""
    memory = data["memory"]
    return Report(
        name=data["name"],
        target=data["target"],
        optimize=data["optimize"],
        macs=int(data["macs"]),
        inputs=tuple(_interface(entry) for entry in data["inputs"]),
        outputs=tuple(_interface(entry) for entry in data["outputs"]),
        pools=tuple(
            Pool(
                p["name"],
                p["region"],
                int(p["size"]),
                int(p["alignment"]),
                bool(p.get("states", False)),
                tuple(_buffer(b) for b in p.get("buffers", [])),
            )
            for p in data["pools"]
        ),
        constants=int(data["constants"]["size"]),
        lower_bound=memory.get("lower_bound"),
        certificate=memory.get("certificate", ""),
        planned_tensors=int(memory["tensors"]),
        planned_scratch=int(memory["scratch"]),
        operators=tuple(_operator(entry) for entry in data["operators"]),
        tensors=tuple(
            Tensor(
                int(t["id"]),
                t["name"],
                t["type"],
                tuple(map(int, t["shape"])),
                str(t["pool"]),
                int(t["offset"]),
                int(t["size"]),
                t.get("layout", CHANNELS_LAST),
            )
            for t in data["tensors"]
        ),
        steps=tuple(
            Step(int(s["operator"]), int(s["first"]), int(s["count"]))
            for s in data.get("steps", [])
        ),
        streamed="stream" in data,
    )


def _buffer(entry: dict[str, Any]) -> Buffer:
    return Buffer(
        entry["name"],
        int(entry["offset"]),
        int(entry["size"]),
        int(entry["first"]),
        int(entry["last"]),
        bool(entry["scratch"]),
    )


def _interface(entry: dict[str, Any]) -> Interface:
    return Interface(
        entry["name"],
        entry["type"],
        tuple(map(int, entry["shape"])),
        float(entry["scale"]),
        int(entry["zero_point"]),
        int(entry["tensor"]),
    )


def _operator(entry: dict[str, Any]) -> Operator:
    return Operator(
        int(entry["index"]),
        entry["name"],
        entry["kind"],
        entry["kernel"],
        int(entry["macs"]),
        tuple(map(int, entry["inputs"])),
        int(entry["output"]),
        int(entry["scratch"]),
        int(entry["constants"]),
        tuple(map(int, entry.get("outputs", [entry["output"]]))),
        int(entry.get("bands", 1)),
        entry.get("cost"),
        entry.get("cost_features", {}),
    )
