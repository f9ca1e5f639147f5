# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that read a constant as an activation equal the oracle's bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.builder import Case, Node, Tensor, write_model
from stm32_mlir.build import build_firmware, build_host, compile_model
from stm32_mlir.graph import load_graph
from stm32_mlir.oracle import Oracle
from stm32_mlir.report import Report
from stm32_mlir.run import run_cases
from stm32_mlir.targets import find_core
from stm32_mlir.vectors import make_cases

pytestmark = pytest.mark.compiler

SHAPE = (1, 3, 4, 5)
#: Of the input's shape, one value for each channel, one value.
SHAPES = (SHAPE, (1, 1, 1, 5), (5,), (1,), ())


def tensor(
    name: str,
    shape: tuple[int, ...],
    scale: float,
    zero_point: int,
    values: np.ndarray | None = None,
) -> Tensor:
    """int8 unless it is a constant of another type."""
    dtype = "int8" if values is None else values.dtype.name
    made = Tensor(shape, dtype, values=values, name=name)
    if dtype != "float32":
        made.scales, made.zero_points = (scale,), (zero_point,)
    return made


def check(nodes: list[Node], target: str, folder: Path) -> Report:
    """Runs extremes and random inputs on both sides; the plan's report."""
    path = folder / "constants.tflite"
    path.write_bytes(write_model([("net", Case(nodes))]))
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
    x = tensor("x", SHAPE, 0.5, 3)
    c = tensor("c", shape, 0.3, -7, integers(shape))
    y = tensor("y", SHAPE, 0.7, 2)
    report = check([Node("ADD", [c, x] if first else [x, c], [y])], target, tmp_path)
    (add,) = report.operators
    assert add.inputs == (report.inputs[0].tensor,)
    assert add.constants == np.prod(shape)
    assert [t.name for t in report.tensors] == ["x", "y"]


def test_operator_of_constants_only(tmp_path):
    """It runs as any other; equal values lie in the flash once."""
    values = integers(SHAPE)
    x = tensor("x", SHAPE, 0.5, 3)
    c = tensor("c", SHAPE, 0.3, -7, values)
    d = tensor("d", (5, 12), 0.2, 1, values.reshape(5, 12))
    e = tensor("e", SHAPE, 0.2, 1)
    s = tensor("s", SHAPE, 0.6, 0)
    y = tensor("y", SHAPE, 0.9, 0)
    nodes = [
        Node("RESHAPE", [d], [e], {"newShape": SHAPE}),
        Node("ADD", [c, e], [s]),
        Node("ADD", [s, x], [y]),
    ]
    report = check(nodes, "host", tmp_path)
    assert [(o.inputs != (), o.constants) for o in report.operators] == [(False, 60), (True, 0)]
    assert report.constants == 64


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_quantize_of_a_constant(tmp_path, dtype):
    values = integers(SHAPE, "uint8")
    if dtype == "float32":
        values = (values.astype(dtype) - 100) / 3
    x = tensor("x", SHAPE, 0.5, 3)
    c = tensor("c", SHAPE, 0.25, 130, values)
    q = tensor("q", SHAPE, 0.4, -5)
    y = tensor("y", SHAPE, 0.7, 2)
    report = check([Node("QUANTIZE", [c], [q]), Node("ADD", [x, q], [y])], "host", tmp_path)
    assert report.operators[0].inputs == ()
    assert report.operators[0].constants == values.nbytes
