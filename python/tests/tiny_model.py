# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The .tflite form of the hand-written model in tiny/."""

from __future__ import annotations

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

OP = schema.BuiltinOperator


def _tensor(name: str, shape: tuple[int, ...]) -> schema.TensorT:
    tensor = schema.TensorT()
    tensor.name = name.encode()
    tensor.shape = list(shape)
    tensor.type = schema.TensorType.INT8
    tensor.buffer = 0
    tensor.quantization = schema.QuantizationParametersT()
    tensor.quantization.scale = [0.5]
    tensor.quantization.zeroPoint = [3]
    return tensor


def _operator(opcode: int, source: int, result: int) -> schema.OperatorT:
    operator = schema.OperatorT()
    operator.opcodeIndex = opcode
    operator.inputs, operator.outputs = [source], [result]
    return operator


def _pool(source: int, result: int) -> schema.OperatorT:
    options = schema.Pool2DOptionsT()
    options.padding = schema.Padding.VALID
    options.strideH = options.strideW = 1
    options.filterHeight = options.filterWidth = 2
    operator = _operator(0, source, result)
    operator.builtinOptionsType = schema.BuiltinOptions.Pool2DOptions
    operator.builtinOptions = options
    return operator


def _reshape(source: int, result: int, shape: tuple[int, ...]) -> schema.OperatorT:
    options = schema.ReshapeOptionsT()
    options.newShape = list(shape)
    operator = _operator(1, source, result)
    operator.builtinOptionsType = schema.BuiltinOptions.ReshapeOptions
    operator.builtinOptions = options
    return operator


def _code(builtin: int) -> schema.OperatorCodeT:
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = builtin
    code.version = 2 if builtin == OP.MAX_POOL_2D else 1
    return code


def make(names: tuple[str, str, str, str] = ("image", "first", "second", "result")) -> bytes:
    """4x4 int8 -> 2x2 maximum -> 2x2 maximum -> reshape to 4."""
    graph = schema.SubGraphT()
    shapes = ((1, 4, 4, 1), (1, 3, 3, 1), (1, 2, 2, 1), (1, 4))
    graph.tensors = [_tensor(n, s) for n, s in zip(names, shapes, strict=True)]
    graph.inputs, graph.outputs = [0], [3]
    graph.operators = [_pool(0, 1), _pool(1, 2), _reshape(2, 3, (1, 4))]
    model = schema.ModelT()
    model.version = 3
    model.operatorCodes = [_code(OP.MAX_POOL_2D), _code(OP.RESHAPE)]
    model.subgraphs = [graph]
    model.buffers = [schema.BufferT()]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def reference(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(first, second) of an image [4, 4], by numpy."""
    first = np.lib.stride_tricks.sliding_window_view(image, (2, 2)).max((2, 3))
    second = np.lib.stride_tricks.sliding_window_view(first, (2, 2)).max((2, 3))
    return first, second
