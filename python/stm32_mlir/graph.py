# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads .tflite models: tensors, views, state, and copies with more outputs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from stm32_mlir.errors import Error

_DTYPES = {
    schema.TensorType.BOOL: np.dtype(np.bool_),
    schema.TensorType.INT8: np.dtype(np.int8),
    schema.TensorType.UINT8: np.dtype(np.uint8),
    schema.TensorType.INT16: np.dtype(np.int16),
    schema.TensorType.INT32: np.dtype(np.int32),
    schema.TensorType.INT64: np.dtype(np.int64),
    schema.TensorType.UINT32: np.dtype(np.uint32),
    schema.TensorType.UINT64: np.dtype(np.uint64),
    schema.TensorType.FLOAT32: np.dtype(np.float32),
    schema.TensorType.COMPLEX64: np.dtype(np.complex64),
}

#: Operators whose result has the bytes of their first operand.
_VIEWS = {
    schema.BuiltinOperator.RESHAPE,
    schema.BuiltinOperator.SQUEEZE,
    schema.BuiltinOperator.EXPAND_DIMS,
}
_STATEFUL = {
    schema.BuiltinOperator.VAR_HANDLE,
    schema.BuiltinOperator.CALL_ONCE,
}
#: CUSTOM operators that keep a state of their own.
_STATEFUL_CUSTOM = {
    b"SignalDelay",
    b"SignalFilterBankSpectralSubtraction",
    b"SignalFramer",
    b"SignalOverlapAdd",
    b"SignalStacker",
}


@dataclass(frozen=True, slots=True)
class GraphTensor:
    """A tensor of the source model; scale 0 means not quantised."""

    index: int
    name: str
    dtype: np.dtype
    shape: tuple[int, ...]
    scale: float
    zero_point: int


class Graph:
    """The main graph of a .tflite model.

    inputs, outputs   GraphTensor in the model's order
    computed          what operators write and no output shows, in their order
    views             index of a view -> index of the tensor it shows
    stateful          True if a run changes the next one
    """

    def __init__(self, data: bytes, path: str = "model") -> None:
        """Reads the model; Error if it is none or has a type without a dtype."""
        if len(data) < 8 or data[4:8] != b"TFL3":
            raise Error(f"{path}: not a .tflite model")
        self.data = data
        try:
            root = schema.Model.GetRootAsModel(bytearray(data), 0)
            self._model = schema.ModelT.InitFromObj(root)
            graph = self._model.subgraphs[0]
        except Exception as error:  # whatever a broken flatbuffer makes numpy or struct raise
            raise Error(f"{path}: damaged .tflite model: {error}") from error
        self.inputs = tuple(_tensor(graph, int(i), path) for i in graph.inputs)
        self.outputs = tuple(_tensor(graph, int(i), path) for i in graph.outputs)
        self.views: dict[int, int] = {}
        shown = {t.index for t in self.inputs + self.outputs}
        computed: list[GraphTensor] = []
        for operator in graph.operators or []:
            for index in map(int, operator.outputs):
                if self._code(operator) in _VIEWS:
                    self.views[index] = int(operator.inputs[0])
                if index in shown or graph.tensors[index].type not in _DTYPES:
                    continue
                shown.add(index)
                computed.append(_tensor(graph, index, path))
        self.computed = tuple(computed)
        self.stateful = any(
            tensor.isVariable for sub in self._model.subgraphs for tensor in sub.tensors
        ) or any(self._is_stateful(operator) for operator in graph.operators or [])

    def _is_stateful(self, operator: Any) -> bool:
        code = self._model.operatorCodes[operator.opcodeIndex]
        return self._code(operator) in _STATEFUL or code.customCode in _STATEFUL_CUSTOM

    def _code(self, operator: Any) -> int:
        code = self._model.operatorCodes[operator.opcodeIndex]
        return max(code.builtinCode, code.deprecatedBuiltinCode)

    def exposed(self) -> bytes:
        """A copy of the model whose outputs are `outputs` then `computed`."""
        root = schema.Model.GetRootAsModel(bytearray(self.data), 0)
        model = schema.ModelT.InitFromObj(root)
        model.subgraphs[0].outputs = [t.index for t in self.outputs + self.computed]
        model.signatureDefs = []
        builder = flatbuffers.Builder(len(self.data) + 4096)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def root(self, index: int) -> int:
        """The tensor at the end of a chain of views."""
        while index in self.views:
            index = self.views[index]
        return index


def load_graph(path: Path) -> Graph:
    """The graph of a .tflite file; Error if it cannot be read."""
    try:
        return Graph(path.read_bytes(), str(path))
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error


def _tensor(graph: Any, index: int, path: str) -> GraphTensor:
    tensor = graph.tensors[index]
    # What has no name gets the one that the compiler gives it.
    name = (tensor.name or b"").decode("utf-8", "replace") or f"tensor_{index}"
    if tensor.type not in _DTYPES:
        raise Error(f"{path}: tensor {name} has an unsupported type ({tensor.type})")
    shape = () if tensor.shape is None else tuple(map(int, tensor.shape))
    quantization = tensor.quantization
    scale, zero_point = 0.0, 0
    if quantization is not None and quantization.scale is not None and len(quantization.scale):
        scale = float(quantization.scale[0])
        if quantization.zeroPoint is not None and len(quantization.zeroPoint):
            zero_point = int(quantization.zeroPoint[0])
    return GraphTensor(index, name, _DTYPES[tensor.type], shape, scale, zero_point)
