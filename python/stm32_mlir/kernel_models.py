# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models of single operators whose instructions `bench --kernels` counts.

A few typical shapes of each operator and type: enough to see what a kernel costs
for an element, for a run and for a product. Which kernel an operator gets, the
compiler decides; nothing here names one.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from stm32_mlir.tflite_writer import RESOURCE, ModelWriter, Node, Tensor

Shape = tuple[int, ...]

#: Types and a scale for each; zero points are 0, which no kernel looks at.
_SCALES = {"int8": 0.05, "uint8": 0.05, "int16": 0.0002}
ACTIVATIONS = ("int8", "int16", "float32")
PADDING = schema.Padding


@dataclass(frozen=True, slots=True)
class Sample:
    """One operator; `label` says its shapes and what else matters.

    initial   operators that run once
    """

    label: str
    nodes: tuple[Node, ...]
    initial: tuple[Node, ...] = ()

    def ends(self) -> tuple[list[Tensor], list[Tensor]]:
        """Inputs and outputs: what is only read, what is only written."""
        made = [t for node in self.nodes for t in node.outputs]
        read = [t for node in self.nodes for t in node.inputs if t is not None]
        inputs = [
            t for t in dict.fromkeys(read) if t not in made and t.values is None and not t.variable
        ]
        outputs = [t for t in made if t not in read and t.dtype != RESOURCE]
        return [t for t in inputs if t.dtype != RESOURCE], outputs


#: Modules that hold families.
_PARTS = ("window", "elementwise", "movement", "signal")
#: Family of operators -> its samples. Each becomes a model of its own.
_FAMILIES: dict[str, Callable[[], Iterable[Sample]]] = {}


def family(make: Callable[[], Iterable[Sample]]) -> Callable[[], Iterable[Sample]]:
    """Registers a function that makes samples under its name."""
    _FAMILIES[make.__name__.strip("_")] = make
    return make


def list_families() -> list[str]:
    """Names of the families."""
    for part in _PARTS:
        importlib.import_module(f"stm32_mlir.kernel_models_{part}")
    return list(_FAMILIES)


def make_samples(family: str) -> list[Sample]:
    """The samples of a family of `list_families`, the same ones each time."""
    return list(_FAMILIES[family]())


def write_samples(samples: Sequence[Sample]) -> bytes:
    """A .tflite of all; the tensors of sample k have names that begin with s<k>_."""
    model = ModelWriter()
    main = model.subgraph()
    for number, sample in enumerate(samples):
        prefix = f"s{number}"
        if sample.initial:
            first = model.subgraph()
            model.add(first, prefix + "i", sample.initial, [], [])
            once = Node("CALL_ONCE", [], [], {"initSubgraphIndex": first})
            model.add(main, prefix, [once], [], [])
        model.add(main, prefix, sample.nodes, *sample.ends())
    return model.pack()


# ----------------------------------------------------------------------------
# Tensors
# ----------------------------------------------------------------------------


def make_tensor(shape: Sequence[int], dtype: str, factor: float = 1.0) -> Tensor:
    """An activation; its scale is the type's usual one times `factor`."""
    made = Tensor(tuple(shape), dtype)
    if dtype in _SCALES:
        made.scales = (float(np.float32(_SCALES[dtype] * factor)),)
        made.zero_points = (128 if dtype == "uint8" else 0,)
    return made


def make_fixed(shape: Sequence[int], dtype: str, scale: float, zero_point: int) -> Tensor:
    """A result whose quantisation the operator prescribes; floats have none."""
    if dtype not in _SCALES:
        return Tensor(tuple(shape), dtype)
    return Tensor(tuple(shape), dtype, (scale,), (zero_point,))


def make_relu(tensor: Tensor) -> Tensor:
    """An int8 result as that of a fused RELU: its zero point is the least value."""
    return replace(tensor, zero_points=(-128,))


def make_values(tensor: Tensor, low: float = -100, high: float = 100) -> Tensor:
    """The tensor as a constant with values that look like noise."""
    size = math.prod(tensor.shape)
    noise = (np.arange(size, dtype=np.int64) * 2654435761 % 65521) / 65520
    values = low + noise * (high - low)
    if tensor.dtype == "float32":
        values = values / max(abs(low), abs(high))
    elif tensor.dtype == "uint8":
        values = values + 128
    tensor.values = values.astype(tensor.dtype).reshape(tensor.shape)
    return tensor


def make_list(*values: int) -> Tensor:
    """A constant list of int32."""
    return Tensor((len(values),), "int32", values=np.array(values, np.int32))


def make_pairs(*pairs: tuple[int, int]) -> Tensor:
    return Tensor((len(pairs), 2), "int32", values=np.array(pairs, np.int32))


def make_scalar(value: int) -> Tensor:
    return Tensor((), "int32", values=np.array(value, np.int32))


def shape_text(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape)) or "1"


def make_sample(label: str, code: str, inputs: Sequence[Tensor | None], *outputs: Tensor, **options: object) -> Sample:
    return Sample(label, (Node(code, inputs, outputs, options),))


def make_bias(channels: int, x: Tensor, w: Tensor, narrow: bool) -> Tensor:
    """The bias of a product; int16 with a `narrow` one is the older form."""
    if x.dtype == "float32":
        return make_values(Tensor((channels,), "float32"))
    dtype = "int64" if x.dtype == "int16" and not narrow else "int32"
    scales = tuple(float(np.float32(x.scale * s)) for s in w.scales)
    return make_values(Tensor((channels,), dtype, scales, (0,) * len(scales)), -2000, 2000)


def make_weights(shape: Sequence[int], axis: int, kind: str) -> Tensor:
    """Constant weights, per channel where `axis` is not negative."""
    if kind == "float32":
        return make_values(Tensor(tuple(shape), "float32"))
    if kind == "uint8":
        return make_values(Tensor(tuple(shape), "uint8", (0.01,), (120,)))
    count = shape[axis] if axis >= 0 else 1
    return make_values(Tensor(tuple(shape), "int8", (0.01,) * count, (0,) * count, max(axis, 0)))
