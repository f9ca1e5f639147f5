# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random shapes, quantisations and constants: what the specs draw from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from ops.builder import Tensor

T = TypeVar("T")

_FUSED = schema.ActivationFunctionType
#: Fused activations.
ACTIVATIONS = (_FUSED.NONE, _FUSED.RELU, _FUSED.RELU6, _FUSED.RELU_N1_TO_1)

#: Types whose values stand for scale * (q - zero point).
QUANTISED = ("int8", "uint8", "int16")


class Draw:
    """One case's random choices; `dtype` is the type of its activations."""

    def __init__(self, rng: np.random.Generator, dtype: str) -> None:
        self.rng, self.dtype = rng, dtype
        #: One case in five has scales and zero points at the ends.
        self.extreme = self.chance(0.2)

    def integer(self, low: int, high: int) -> int:
        """Uniform in low .. high, both included."""
        return int(self.rng.integers(low, high + 1))

    def chance(self, probability: float = 0.5) -> bool:
        return bool(self.rng.random() < probability)

    def one_of(self, *values: T) -> T:
        return values[int(self.rng.integers(len(values)))]

    def real(self, low: float, high: float) -> float:
        """Uniform, as a float32 can hold it."""
        return float(np.float32(self.rng.uniform(low, high)))

    def power(self, low: float, high: float) -> float:
        """10 to a uniform exponent, as a float32."""
        return float(np.float32(10.0 ** self.rng.uniform(low, high)))

    def shape(self, low: int, high: int, size: int = 400) -> tuple[int, ...]:
        """A rank in low .. high and small dimensions, at most `size` elements."""
        dims = [self.one_of(1, 1, 2, 3, 4, 5, 7, 8, 13, 17) for _ in range(self.integer(low, high))]
        while np.prod(dims, dtype=int) > size:
            dims[int(np.argmax(dims))] //= 2
        return tuple(dims)

    def image(self, channels: int = 9, side: int = 9) -> tuple[int, int, int, int]:
        """Batch, rows, columns, channels."""
        batch = self.one_of(1, 1, 1, 2, 3)
        return (batch, self.integer(1, side), self.integer(1, side), self.integer(1, channels))

    def axes(self, rank: int) -> list[int]:
        """Distinct dimensions, any number from one, by turns counted from the end."""
        count = self.integer(1, rank)
        chosen = self.rng.permutation(rank)[:count]
        return [int(a) - (rank if self.chance(0.3) else 0) for a in chosen]

    def axis(self, rank: int) -> int:
        return self.integer(-rank, rank - 1)

    def broadcast(self, shape: Sequence[int]) -> tuple[int, ...]:
        """A shape that can be broadcast to `shape`."""
        dims = [1 if self.chance(0.4) else d for d in shape]
        return tuple(dims[self.integer(0, len(dims)) :] if self.chance(0.3) else dims)

    def pair(self, low: int = 1, high: int = 4) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Two shapes that fit each other: equal, or either may be broadcast."""
        full = self.shape(low, high)
        kind = self.integer(0, 3)
        if kind <= 1:
            return full, full
        if kind == 2:
            other = self.broadcast(full)
            return (full, other) if self.chance() else (other, full)
        first, second = list(full), list(full)
        for i in range(len(full)):
            if self.chance(0.3):
                (first if self.chance() else second)[i] = 1
        return tuple(first), tuple(second)

    def scale(self, dtype: str | None = None) -> float:
        """Realistic, or near the ends of what quantisers give."""
        steps = 200 if (dtype or self.dtype) == "int16" else 1
        return (self.power(-5, 3) if self.extreme else self.power(-2.5, 0)) / steps

    def near(self, scale: float, low: float = -0.7, high: float = 0.7) -> float:
        """A scale that is `scale` times a power of ten; equal now and then."""
        if self.chance(0.1):
            return float(np.float32(scale))
        spread = 4 if self.extreme else 1
        return float(np.float32(scale * 10.0 ** self.rng.uniform(low * spread, high * spread)))

    def zero_point(self, dtype: str | None = None) -> int:
        """int16 has none; the ends of the type one time in four."""
        dtype = dtype or self.dtype
        if dtype == "int16":
            return 0
        info = np.iinfo(dtype)
        ends = (info.min, info.max, info.min + 1, (info.min + info.max + 1) // 2)
        return self.one_of(*ends) if self.chance(0.3) else self.integer(info.min, info.max)

    def fused(self, y: Tensor, *scaled: Tensor) -> dict[str, int]:
        """A fused activation that leaves more of `y` than one value.

        For that the scale of `y` is changed by a factor, and those of `scaled`,
        whose product or sum it is, by the same.
        """
        code = self.one_of(ACTIVATIONS[0], *ACTIVATIONS)
        if code != ACTIVATIONS[0] and self.quantised(y.dtype) and not self.extreme:
            info = np.iinfo(y.dtype)
            if y.dtype != "int16":
                middle = (info.min + info.max) // 2
                y.zero_points = (self.one_of(info.min, self.integer(info.min, middle)),)
            limit = {_FUSED.RELU6: 6.0, _FUSED.RELU_N1_TO_1: 1.0}.get(code)
            if limit is not None:
                wanted = limit / (info.max * self.rng.uniform(0.1, 2))
                factor = wanted / y.scale
                for tensor in (y, *scaled):
                    tensor.scales = tuple(float(np.float32(s * factor)) for s in tensor.scales)
        return {"fusedActivationFunction": code}

    def quantised(self, dtype: str | None = None) -> bool:
        return (dtype or self.dtype) in QUANTISED

    def tensor(
        self,
        shape: Sequence[int],
        scale: float | None = None,
        dtype: str | None = None,
        zero_point: int | None = None,
        like: Tensor | None = None,
        limits: tuple[float, float] | None = None,
        special: bool = False,
    ) -> Tensor:
        """An activation, quantised if its type is; `like` gives type and quantisation."""
        if like is not None:
            made = Tensor(tuple(shape), like.dtype, like.scales, like.zero_points)
            made.limits, made.special = like.limits, like.special
            return made
        dtype = dtype or self.dtype
        made = Tensor(tuple(shape), dtype, limits=limits, special=special)
        if self.quantised(dtype):
            made.scales = (scale if scale is not None else self.scale(dtype),)
            made.zero_points = (self.zero_point(dtype) if zero_point is None else zero_point,)
        return made

    def values(self, tensor: Tensor) -> np.ndarray:
        """Values for a constant: random, or all at one end, or with many ends."""
        kinds = ("random", "random", "random", "random", "near_zero", "ends", "ends", "min", "max")
        return fill(tensor, self.one_of(*kinds), self.rng)

    def constant(self, tensor: Tensor) -> Tensor:
        """The tensor itself, now with values."""
        tensor.values = self.values(tensor)
        return tensor

    def maybe_constant(self, tensor: Tensor, probability: float = 0.3) -> Tensor:
        return self.constant(tensor) if self.chance(probability) else tensor


def int32(*values: int) -> Tensor:
    """A constant list."""
    return Tensor((len(values),), "int32", values=np.array(values, np.int32))


def scalar(value: int) -> Tensor:
    """A constant of rank 0."""
    return Tensor((), "int32", values=np.array(value, np.int32))


#: Vectors of a case, in this order and then again from "random".
KINDS = ("min", "max", "zero", "ramp", "random", "near_zero", "ends", "random")


def fill(tensor: Tensor, kind: str, rng: np.random.Generator) -> np.ndarray:
    """Values for an input or a constant."""
    dtype, shape = np.dtype(tensor.dtype), tensor.shape
    size = int(np.prod(shape, dtype=np.int64))
    low, high = limits_of(tensor)
    zero = min(max(tensor.zero_point, low), high)
    if kind in ("min", "max", "zero"):
        return np.full(shape, {"min": low, "max": high, "zero": zero}[kind], dtype)
    if kind == "ramp":
        if dtype.kind == "f":
            levels = np.linspace(low, high, 256).astype(dtype)
        else:
            low, high = int(low), int(high)
            levels = np.array([low + (high - low) * i // 255 for i in range(256)], dtype)
        return levels[np.arange(size) % 256].reshape(shape)
    if kind == "ends":
        values = np.array([low, high, zero], dtype)
        if dtype.kind == "f" and tensor.special:
            big = float(np.finfo(dtype).max) / 16
            extra = [-0.0, 1e-39, -1e-39, big, -big, np.inf, -np.inf, np.nan]
            values = np.concatenate([values, np.array(extra, dtype)])
        return rng.choice(values, shape).astype(dtype)
    if kind == "near_zero":
        near = (high - low) / 32 if dtype.kind == "f" else max(1, (int(high) - int(low)) // 32)
        low, high = max(low, zero - near), min(high, zero + near)
    if dtype.kind == "f":
        return rng.uniform(low, high, shape).astype(dtype)
    return rng.integers(int(low), int(high), shape, endpoint=True, dtype=np.int64).astype(dtype)


def limits_of(tensor: Tensor) -> tuple[float, float]:
    """Least and greatest value of an input or a constant."""
    if tensor.limits is not None:
        return tensor.limits
    dtype = np.dtype(tensor.dtype)
    if dtype.kind == "b":
        return 0, 1
    if dtype.kind == "f":
        return -1.0, 1.0
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)
