# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tensors and operators as plain records, and the .tflite file they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

OP = schema.BuiltinOperator

#: Type of a resource handle, which numpy does not have.
RESOURCE = "resource"

#: Operators whose options are not named after them.
_OPTIONS = {
    "AVERAGE_POOL_2D": "Pool2DOptions",
    "MAX_POOL_2D": "Pool2DOptions",
    "L2_NORMALIZATION": "L2NormOptions",
    "MEAN": "ReducerOptions",
    "SUM": "ReducerOptions",
    "REDUCE_MAX": "ReducerOptions",
    "REDUCE_MIN": "ReducerOptions",
    "MAXIMUM": "MaximumMinimumOptions",
    "MINIMUM": "MaximumMinimumOptions",
}
_OPTION_NAMES = {
    name.lower(): name for name in vars(schema.BuiltinOptions) if not name.startswith("_")
}


@dataclass(eq=False, slots=True)
class Tensor:
    """A tensor of a model.

    dtype     numpy's name of the type, or RESOURCE
    scales    none, one, or one for each index of dimension `axis`
    values    of a constant; None for what is computed or an input
    variable  True for state that the interpreter keeps
    limits    least and greatest value of an input; None: the type's range, for
              floats -1 .. 1
    special   True if an input may hold infinities, NaN and denormal numbers
    name      "" for one that says the case and the place
    """

    shape: tuple[int, ...]
    dtype: str
    scales: tuple[float, ...] = ()
    zero_points: tuple[int, ...] = ()
    axis: int = 0
    values: np.ndarray | None = None
    variable: bool = False
    limits: tuple[float, float] | None = None
    special: bool = False
    name: str = ""

    @property
    def scale(self) -> float:
        return self.scales[0]

    @property
    def zero_point(self) -> int:
        return self.zero_points[0] if self.zero_points else 0

    def describe(self) -> str:
        """Shape, type and quantisation in one line."""
        text = f"{self.dtype}{list(self.shape)}"
        if self.scales:
            scales = ", ".join(f"{np.float32(s)!s}" for s in self.scales[:4])
            more = ", ..." if len(self.scales) > 4 else ""
            text += f" scale {scales}{more} zero point {self.zero_point}"
            text += f" along {self.axis}" if len(self.scales) > 1 else ""
        if self.variable:
            text += " variable"
        if self.values is not None:
            flat = self.values.ravel()
            text += f" = {flat[:12].tolist()}{'...' if flat.size > 12 else ''}"
        return text


@dataclass(eq=False, slots=True)
class Node:
    """One operator; `options` by the names of the schema, `custom` the bytes of a custom one."""

    code: str
    inputs: Sequence[Tensor | None]
    outputs: Sequence[Tensor]
    options: dict[str, Any] = field(default_factory=dict)
    custom: bytes | None = None
    intermediates: Sequence[Tensor] = ()
    version: int = 1


class ModelWriter:
    """A .tflite model that grows operator by operator; `pack` gives its bytes."""

    def __init__(self) -> None:
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.subgraphs, self.model.operatorCodes = [], []
        self.model.buffers = [schema.BufferT()]
        self.codes: dict[tuple[str, int], int] = {}

    def subgraph(self) -> int:
        """Number of a new, empty graph; 0 is the main one."""
        graph = schema.SubGraphT()
        graph.tensors, graph.operators, graph.inputs, graph.outputs = [], [], [], []
        graph.name = f"graph{len(self.model.subgraphs)}".encode()
        self.model.subgraphs.append(graph)
        return len(self.model.subgraphs) - 1

    def add(
        self,
        number: int,
        prefix: str,
        nodes: Sequence[Node],
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
    ) -> None:
        """Adds operators to a graph, and their ends to its inputs and outputs.

        Tensors without a name get one that begins with `prefix`.
        """
        graph = self.model.subgraphs[number]
        index: dict[Tensor, int] = {}
        for node in nodes:
            for side, tensors in (
                ("x", node.inputs),
                ("m", node.intermediates),
                ("y", node.outputs),
            ):
                for tensor in tensors:
                    if tensor is not None and tensor not in index:
                        index[tensor] = len(graph.tensors)
                        name = tensor.name or f"{prefix}_{side}{len(index) - 1}"
                        graph.tensors.append(self._tensor(tensor, name))
            graph.operators.append(self._operator(node, index, prefix.rstrip("i")))
        graph.inputs += [index[t] for t in inputs]
        graph.outputs += [index[t] for t in outputs]

    def _tensor(self, tensor: Tensor, name: str) -> schema.TensorT:
        made = schema.TensorT()
        made.name, made.shape = name.encode(), list(tensor.shape)
        made.type = getattr(schema.TensorType, tensor.dtype.upper())
        made.isVariable, made.hasRank = tensor.variable, True
        made.buffer = 0
        if tensor.values is not None:
            made.buffer = len(self.model.buffers)
            buffer = schema.BufferT()
            data = np.ascontiguousarray(tensor.values).tobytes()
            buffer.data = np.frombuffer(data, np.uint8)
            self.model.buffers.append(buffer)
        if tensor.scales:
            made.quantization = schema.QuantizationParametersT()
            made.quantization.scale = list(tensor.scales)
            zero_points = tensor.zero_points or (0,) * len(tensor.scales)
            made.quantization.zeroPoint = list(zero_points)
            made.quantization.quantizedDimension = tensor.axis
        return made

    def _operator(self, node: Node, index: dict[Tensor, int], owner: str) -> schema.OperatorT:
        made = schema.OperatorT()
        made.opcodeIndex = self._code(node)
        made.inputs = [-1 if t is None else index[t] for t in node.inputs]
        made.outputs = [index[t] for t in node.outputs]
        if node.intermediates:
            made.intermediates = [index[t] for t in node.intermediates]
        if node.custom is not None:
            made.customOptions = np.frombuffer(node.custom, np.uint8)
            return made
        kind = _OPTIONS.get(node.code, node.code.replace("_", "") + "Options").lower()
        if kind in _OPTION_NAMES:
            name = _OPTION_NAMES[kind]
            options = getattr(schema, name + "T")()
            for key, value in node.options.items():
                if not hasattr(options, key):
                    raise KeyError(f"{name} has no {key}")
                # Two cases must not share a variable.
                setattr(options, key, f"{owner}_{value}" if key == "sharedName" else value)
            made.builtinOptionsType = getattr(schema.BuiltinOptions, name)
            made.builtinOptions = options
        return made

    def _code(self, node: Node) -> int:
        key = (node.code, node.version)
        if key not in self.codes:
            code = schema.OperatorCodeT()
            code.version = node.version
            if node.custom is not None:
                code.builtinCode = code.deprecatedBuiltinCode = OP.CUSTOM
                code.customCode = node.code.encode()
            else:
                code.builtinCode = getattr(OP, node.code)
                # Later codes do not fit in the old field's byte.
                code.deprecatedBuiltinCode = min(
                    code.builtinCode, OP.PLACEHOLDER_FOR_GREATER_OP_CODES
                )
            self.codes[key] = len(self.model.operatorCodes)
            self.model.operatorCodes.append(code)
        return self.codes[key]

    def pack(self) -> bytes:
        """The file."""
        builder = flatbuffers.Builder(1 << 16)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())
