# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Input vectors: seeded, extreme, stored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from stm32_mlir.errors import Error

#: Kinds made before the random ones, in this order.
EXTREMES = ("min", "max", "zero", "ramp", "stripes")
#: Runs of one vector for a model with state.
STATEFUL_STEPS = 3

_KEY = re.compile(r"v(\d+)_s(\d+)_(in|out)(\d+)")


class Spec(Protocol):
    """What a vector must fit: GraphTensor and the like."""

    @property
    def dtype(self) -> np.dtype: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def zero_point(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Case:
    """One vector.

    steps      for each run, the inputs in the model's order
    expected   stored outputs in the same form, or None
    """

    kind: str
    steps: tuple[tuple[np.ndarray, ...], ...]
    expected: tuple[tuple[np.ndarray, ...], ...] | None = None


def make_cases(inputs: Sequence[Spec], count: int, seed: int, steps: int = 1) -> list[Case]:
    """`count` cases: the extremes first, then random ones.

    Random cases are by turns uniform over the type's whole range and close to
    the zero point, where a final softmax does not saturate. The same arguments
    give the same cases, and a larger count only appends.
    """
    cases = []
    for number in range(count):
        if number < len(EXTREMES):
            kind = EXTREMES[number]
        else:
            kind = "random" if (number - len(EXTREMES)) % 2 == 0 else "near_zero"
        rng = np.random.default_rng([seed, number])
        runs = tuple(tuple(fill(spec, kind, rng) for spec in inputs) for _ in range(steps))
        cases.append(Case(kind, runs))
    return cases


def fill(spec: Spec, kind: str, rng: np.random.Generator) -> np.ndarray:
    """One input of that kind; floats stand for the range -1..1."""
    dtype, shape = np.dtype(spec.dtype), spec.shape
    size = int(np.prod(shape, dtype=np.int64))
    if dtype.kind == "f":
        low, high, zero, near = -1.0, 1.0, 0.0, 1.0 / 16
    elif dtype.itemsize > 2:  # an index or a shape rather than a measurement
        low, high, zero, near = 0, 15, 0, 1
    else:
        info = np.iinfo(dtype)
        low, high, zero = info.min, info.max, int(np.clip(spec.zero_point, info.min, info.max))
        near = max(1, (high - low) // 32)
    if kind in ("min", "max", "zero"):
        return np.full(shape, {"min": low, "max": high, "zero": zero}[kind], dtype)
    if kind == "ramp":
        levels = np.linspace(low, high, 256)
        return levels[np.arange(size) % 256].reshape(shape).astype(dtype)
    if kind == "stripes":
        return np.where(np.arange(size) % 2 == 0, low, high).reshape(shape).astype(dtype)
    if kind == "near_zero":
        low, high = max(low, zero - near), min(high, zero + near)
    if dtype.kind == "f":
        return rng.uniform(low, high, shape).astype(dtype)
    return rng.integers(low, high + 1, shape).astype(dtype)


def xorshift_cases(inputs: Sequence[Spec], count: int) -> list[Case]:
    """`count` cases of the stream that published instruction counts use.

    xorshift32 with shifts 13, 17, 5 and seed 0x12345678; the low byte of each
    state is a byte of input; each case continues the stream.
    """
    state = 0x12345678
    cases = []
    for _ in range(count):
        arrays = []
        for spec in inputs:
            dtype = np.dtype(spec.dtype)
            values = bytearray(int(np.prod(spec.shape, dtype=np.int64)) * dtype.itemsize)
            for i in range(len(values)):
                state ^= (state << 13) & 0xFFFFFFFF
                state ^= state >> 17
                state ^= (state << 5) & 0xFFFFFFFF
                values[i] = state & 0xFF
            if dtype.kind == "f":  # bytes of a stream are no reasonable floats
                levels = np.frombuffer(bytes(values[:: dtype.itemsize]), np.uint8)
                arrays.append((levels / 127.5 - 1.0).astype(dtype).reshape(spec.shape))
            else:
                arrays.append(np.frombuffer(bytes(values), dtype).reshape(spec.shape))
        cases.append(Case("xorshift", (tuple(arrays),)))
    return cases


def load_golden(path: Path, inputs: Sequence[Spec], outputs: Sequence[Spec]) -> list[Case]:
    """Stored vectors of an .npz with arrays v<k>_s<t>_in<i> and v<k>_s<t>_out<j>.

    Raises Error if the file cannot be read or does not fit the model.
    """
    try:
        with np.load(path) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except (OSError, ValueError) as error:
        raise Error(f"{path}: cannot read golden vectors: {error}") from error
    found: dict[tuple[int, int, str, int], np.ndarray] = {}
    for key, value in arrays.items():
        match = _KEY.fullmatch(key)
        if not match:
            raise Error(f"{path}: array {key} is not named v<k>_s<t>_in<i> or _out<j>")
        vector, step, side, index = match.groups()
        found[int(vector), int(step), side, int(index)] = value
    if not found:
        raise Error(f"{path}: holds no vector")
    cases = []
    for vector in sorted({key[0] for key in found}):
        steps = sorted({key[1] for key in found if key[0] == vector})
        sides: dict[str, list[tuple[np.ndarray, ...]]] = {"in": [], "out": []}
        for step in steps:
            for side, specs in (("in", inputs), ("out", outputs)):
                sides[side].append(_take(path, found, vector, step, side, specs))
        cases.append(Case(f"golden{vector}", tuple(sides["in"]), tuple(sides["out"])))
    return cases


def _take(
    path: Path,
    found: dict[tuple[int, int, str, int], np.ndarray],
    vector: int,
    step: int,
    side: str,
    specs: Sequence[Spec],
) -> tuple[np.ndarray, ...]:
    values = []
    for index, spec in enumerate(specs):
        name = f"v{vector}_s{step}_{side}{index}"
        value = found.get((vector, step, side, index))
        if value is None:
            raise Error(f"{path}: array {name} is missing", "are these the model's vectors?")
        if value.dtype != spec.dtype or value.shape != spec.shape:
            raise Error(
                f"{path}: {name} is {value.dtype}{list(value.shape)}, "
                f"the model has {np.dtype(spec.dtype)}{list(spec.shape)}"
            )
        values.append(value)
    return tuple(values)


def to_bytes(cases: Sequence[Case]) -> bytes:
    """The input file of the runner: every input of every step of every case."""
    return b"".join(
        np.ascontiguousarray(value).tobytes()
        for case in cases
        for step in case.steps
        for value in step
    )
