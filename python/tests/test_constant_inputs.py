# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that read a constant as an activation equal the oracle's bytes."""

from __future__ import annotations

from pathlib import Path

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from stm32_mlir.build import build_firmware, build_host, compile_model
from stm32_mlir.graph import load_graph
from stm32_mlir.oracle import Oracle
from stm32_mlir.report import Report
from stm32_mlir.run import run_cases
from stm32_mlir.targets import find_core
from stm32_mlir.vectors import make_cases

pytestmark = pytest.mark.compiler

OP = schema.BuiltinOperator
TYPES = {
    "int8": schema.TensorType.INT8,
    "uint8": schema.TensorType.UINT8,
    "float32": schema.TensorType.FLOAT32,
}
SHAPE = (1, 3, 4, 5)
#: Of the input's shape, one value for each channel, one value.
SHAPES = (SHAPE, (1, 1, 1, 5), (5,), (1,), ())


class Builder:
    """A .tflite model, tensor by tensor and operator by operator."""

    def __init__(self) -> None:
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.buffers, self.codes = [schema.BufferT()], []

    def tensor(
        self,
        name: str,
        shape: tuple[int, ...],
        scale: float,
        zero_point: int,
        values: np.ndarray | None = None,
    ) -> int:
        """Its index; int8 unless it is a constant of another type."""
        tensor = schema.TensorT()
        tensor.name, tensor.shape = name.encode(), list(shape)
        tensor.type, tensor.buffer = TYPES["int8" if values is None else values.dtype.name], 0
        if values is not None:
            tensor.buffer = len(self.buffers)
            self.buffers.append(schema.BufferT())
            self.buffers[-1].data = np.frombuffer(values.tobytes(), np.uint8)
        tensor.quantization = schema.QuantizationParametersT()
        if values is None or values.dtype != np.float32:
            tensor.quantization.scale = [scale]
            tensor.quantization.zeroPoint = [zero_point]
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def operator(self, builtin: int, inputs: list[int], output: int) -> None:
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = builtin
        code.version = 2 if builtin == OP.ADD else 1
        self.codes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.codes) - 1
        operator.inputs, operator.outputs = inputs, [output]
        if builtin == OP.ADD:
            operator.builtinOptionsType = schema.BuiltinOptions.AddOptions
            operator.builtinOptions = schema.AddOptionsT()
        elif builtin == OP.RESHAPE:
            operator.builtinOptionsType = schema.BuiltinOptions.ReshapeOptions
            operator.builtinOptions = schema.ReshapeOptionsT()
            operator.builtinOptions.newShape = self.graph.tensors[output].shape
        self.graph.operators.append(operator)

    def write(self, path: Path, inputs: list[int], outputs: list[int]) -> None:
        self.graph.inputs, self.graph.outputs = inputs, outputs
        model = schema.ModelT()
        model.version, model.operatorCodes = 3, self.codes
        model.subgraphs, model.buffers = [self.graph], self.buffers
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        path.write_bytes(bytes(builder.Output()))


def check(path: Path, target: str, folder: Path) -> Report:
    """Runs extremes and random inputs on both sides; the plan's report."""
    graph = load_graph(path)
    generated = compile_model(path, folder / "c", target, "net")
    if target == "host":
        program = build_host(generated, folder)
    else:
        program = build_firmware(generated, folder, find_core(target))
    cases = make_cases(graph.inputs, 8, seed=3)
    got = [v[0][0] for v in run_cases(program, generated.report, cases, folder).outputs]
    oracle = Oracle(graph)
    wanted = [oracle.run(case)[0].outputs[0] for case in cases]
    np.testing.assert_array_equal(np.stack(got), np.stack(wanted))
    assert len(np.unique(wanted)) > 20, "the comparison cannot fail"
    return generated.report


def integers(shape: tuple[int, ...], dtype: str = "int8") -> np.ndarray:
    info = np.iinfo(dtype)
    return np.random.default_rng(5).integers(info.min, info.max + 1, shape).astype(dtype)


@pytest.mark.parametrize(
    "target, first, shape",
    [
        *(("host", first, shape) for first in (False, True) for shape in SHAPES),
        pytest.param("generic-m4", False, (1, 1, 1, 5), marks=pytest.mark.qemu),
    ],
    ids=str,
)
def test_add_of_a_constant(tmp_path, target, first, shape):
    """As the first or as the second argument."""
    net = Builder()
    x = net.tensor("x", SHAPE, 0.5, 3)
    c = net.tensor("c", shape, 0.3, -7, integers(shape))
    y = net.tensor("y", SHAPE, 0.7, 2)
    net.operator(OP.ADD, [c, x] if first else [x, c], y)
    path = tmp_path / "add.tflite"
    net.write(path, [x], [y])
    report = check(path, target, tmp_path)
    (add,) = report.operators
    assert add.inputs == (report.inputs[0].tensor,)
    assert add.constants == np.prod(shape)
    assert [t.name for t in report.tensors] == ["x", "y"]


def test_operator_of_constants_only(tmp_path):
    """It runs as any other; equal values lie in the flash once."""
    values = integers(SHAPE)
    net = Builder()
    x = net.tensor("x", SHAPE, 0.5, 3)
    c = net.tensor("c", SHAPE, 0.3, -7, values)
    d = net.tensor("d", (5, 12), 0.2, 1, values.reshape(5, 12))
    e = net.tensor("e", SHAPE, 0.2, 1)
    s = net.tensor("s", SHAPE, 0.6, 0)
    y = net.tensor("y", SHAPE, 0.9, 0)
    net.operator(OP.RESHAPE, [d], e)
    net.operator(OP.ADD, [c, e], s)
    net.operator(OP.ADD, [s, x], y)
    path = tmp_path / "constants.tflite"
    net.write(path, [x], [y])
    report = check(path, "host", tmp_path)
    assert [(o.inputs != (), o.constants) for o in report.operators] == [(False, 60), (True, 0)]
    assert report.constants == 64


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_quantize_of_a_constant(tmp_path, dtype):
    values = integers(SHAPE, "uint8")
    if dtype == "float32":
        values = (values.astype(dtype) - 100) / 3
    net = Builder()
    x = net.tensor("x", SHAPE, 0.5, 3)
    c = net.tensor("c", SHAPE, 0.25, 130, values)
    q = net.tensor("q", SHAPE, 0.4, -5)
    y = net.tensor("y", SHAPE, 0.7, 2)
    net.operator(OP.QUANTIZE, [c], q)
    net.operator(OP.ADD, [x, q], y)
    path = tmp_path / "quantize.tflite"
    net.write(path, [x], [y])
    report = check(path, "host", tmp_path)
    assert report.operators[0].inputs == ()
    assert report.operators[0].constants == values.nbytes
