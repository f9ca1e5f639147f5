# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that are bound to C functions of the user, end to end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from ops.builder import Case as Model
from ops.builder import Node, Tensor, write_model
from stm32_mlir.build import build_host, compile_model
from stm32_mlir.cli import app
from stm32_mlir.errors import Error
from stm32_mlir.operators import list_operators, operators_markdown
from stm32_mlir.run import run_cases
from stm32_mlir.vectors import Case

pytestmark = pytest.mark.compiler

#: Functions that use everything they are told: types, shapes, scales, options,
#: absent inputs, constants, scratch, several outputs.
SOURCE = """
#include "stm32rt_kernels.h"

static float real(const stm32rt_custom_tensor *t, const void *x, int32_t i) {
  const int32_t q = t->type == STM32RT_UINT8 ? ((const uint8_t *)x)[i]
                                             : ((const int8_t *)x)[i];
  const int32_t channel = i % t->shape[t->rank - 1];
  if (t->channel_scales)
    return t->channel_scales[channel] *
           (float)(q - t->channel_zero_points[channel]);
  return t->scale * (float)(q - t->zero_point);
}

/* y = a * w + options[0], as float32; the sum of all of y. Exact for scales that
 * are powers of two. */
void my_scale(const stm32rt_custom *d, const void *const x[], void *const y[],
              void *scratch) {
  float *work = (float *)scratch, *total = (float *)y[1];
  *total = 0.0f;
  for (int32_t i = 0; i < d->inputs[0].count; i++) {
    work[i] = real(&d->inputs[0], x[0], i);
    work[i] *= real(&d->inputs[2], x[2], i % d->inputs[2].count);
    work[i] += (float)d->options[0] + (x[1] == NULL ? 0.5f : 0.0f);
    *total += work[i];
  }
  for (int32_t i = 0; i < d->outputs[0].count; i++)
    ((float *)y[0])[i] = work[i];
}

/* uint8 or int8: 1 more, in the units of the output. */
void my_next(const stm32rt_custom *d, const void *const x[], void *const y[],
             void *scratch) {
  (void)scratch;
  for (int32_t i = 0; i < d->outputs[0].count; i++)
    if (d->inputs[0].type == STM32RT_UINT8)
      ((uint8_t *)y[0])[i] =
          (uint8_t)(((const uint8_t *)x[0])[i] + d->outputs[0].zero_point);
    else
      ((int8_t *)y[0])[i] = (int8_t)(((const int8_t *)x[0])[i] + 1);
}
"""


def bind(folder: Path, *bindings: dict[str, Any]) -> Path:
    """A file of bindings beside the sources."""
    (folder / "user.c").write_text(SOURCE, encoding="utf-8")
    path = folder / "ops.json"
    sources = {"sources": ["user.c"]}
    path.write_text(json.dumps([{**b, **sources} for b in bindings]), encoding="utf-8")
    return path


def run(
    folder: Path, model: bytes, ops: Path, *inputs: np.ndarray, image: str = ""
) -> list[np.ndarray]:
    """The outputs of one run; with `image` of a loaded model, see build_host."""
    path = folder / "model.tflite"
    path.write_bytes(model)
    extra = ["--custom-ops", ops, *(["--relocatable"] if image else [])]
    generated = compile_model(path, folder / "c", "host", "net", extra=extra)
    program = build_host(generated, folder, image=image)
    return run_cases(program, generated.report, [Case("a", (inputs,))], folder).outputs[0][0]


@pytest.mark.parametrize("image", ["", "buffer"])
def test_custom_operator(tmp_path: Path, image: str) -> None:
    """Shapes come from the binding; weights are constants with a scale for each channel."""
    x = Tensor((2, 3), "int8", (0.5,), (3,))
    w = Tensor((1, 3), "int8", (0.5, 1.0, 2.0), (0, 1, -2), axis=1)
    w.values = np.array([[2, -3, 4]], np.int8)
    y, total = Tensor((), "float32"), Tensor((1,), "float32")
    node = Node("MyScale", [x, None, w], [y, total], custom=bytes([9]))
    shapes = [{"shape": [2, 3]}, {"type": "float32"}]
    ops = bind(
        tmp_path,
        {"operator": "MyScale", "function": "my_scale", "scratch": 24, "outputs": shapes},
    )
    values = np.array([[1, -128, 127], [3, 4, 5]], np.int8)
    got = run(tmp_path, write_model([("m", Model([node]))]), ops, values, image=image)
    real = 0.5 * (values.astype(np.float32) - 3)
    scaled = np.array([0.5, 1.0, 2.0]) * (w.values - np.array([0, 1, -2]))
    want = (real * scaled + 9.5).astype(np.float32)
    np.testing.assert_array_equal(got[0], want)
    np.testing.assert_array_equal(got[1], [want.sum()])


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_builtin_operators(tmp_path: Path, dtype: str) -> None:
    """By name, with one of them by its tensor; the function sees the model's uint8."""
    zero_point = 2 if dtype == "uint8" else 0
    x, y, z = (Tensor((1, 5), dtype, (0.5,), (zero_point,)) for _ in range(3))
    nodes = [Node("GELU", [x], [y]), Node("GELU", [y], [z])]
    ops = bind(
        tmp_path,
        {"operator": "GELU", "function": "my_missing"},
        {"tensor": "m_y1", "function": "my_next"},
        {"tensor": "m_y2", "function": "my_next"},
    )
    low, high = (0, 251) if dtype == "uint8" else (-128, 125)
    values = np.array([[low, low + 1, 5, high - 1, high]], dtype)
    got = run(tmp_path, write_model([("m", Model(nodes))]), ops, values)
    np.testing.assert_array_equal(got[0], values + (4 if dtype == "uint8" else 2))


def test_function_in_the_middle(tmp_path: Path) -> None:
    """Between operators of the compiler's own, int8 stays where it is."""
    x, a, b = (Tensor((1, 6), "int8", (0.5,), (0,)) for _ in range(3))
    y = Tensor((6,), "int8", (0.5,), (0,))
    shape = Tensor((1,), "int32", values=np.array([6], np.int32))
    nodes = [
        Node("RELU", [x], [a]),
        Node("Next", [a], [b], custom=b""),
        Node("RESHAPE", [b, shape], [y], {"newShape": [6]}),
    ]
    ops = bind(tmp_path, {"operator": "Next", "function": "my_next"})
    values = np.array([[-5, -1, 0, 1, 2, 100]], np.int8)
    got = run(tmp_path, write_model([("m", Model(nodes))]), ops, values)
    np.testing.assert_array_equal(got[0], [1, 1, 1, 2, 3, 101])


def test_missing_function(tmp_path: Path) -> None:
    x, y = Tensor((4,), "int8", (1.0,), (0,)), Tensor((4,), "int8", (1.0,), (0,))
    model = write_model([("m", Model([Node("Mine", [x], [y], custom=b"")]))])
    with pytest.raises(Error) as failed:
        compile_model(_write(tmp_path, model), tmp_path / "c", "host")
    assert "--custom-ops binds it" in failed.value.details[0]
    ops = bind(tmp_path, {"operator": "Mine", "function": "my_missing"})
    with pytest.raises(Error, match="my_missing"):
        run(tmp_path, model, ops, np.zeros(4, np.int8))


def test_validate_with_stored_vectors(tmp_path: Path) -> None:
    """No oracle knows the operator; stored vectors do."""
    x, y = Tensor((4,), "int8", (1.0,), (0,)), Tensor((4,), "int8", (1.0,), (0,))
    model = _write(
        tmp_path, write_model([("m", Model([Node("Next", [x], [y], custom=b"")]))])
    )
    ops = bind(tmp_path, {"operator": "Next", "function": "my_next"})
    values = np.arange(4, dtype=np.int8)
    golden = tmp_path / "golden.npz"
    np.savez(golden, v0_s0_in0=values, v0_s0_out0=values + np.int8(1))
    words = ["validate", str(model), "--custom-ops", str(ops), "--vectors", "0", "--json", "-"]
    result = CliRunner().invoke(app, [*words, "--golden", str(golden)])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["vectors"] == 1


def test_supported_operators() -> None:
    operators = list_operators()
    names = [operator.name for operator in operators]
    assert len(set(names)) == len(names)
    assert sum(bool(operator.types) for operator in operators) > len(operators) / 2
    page = operators_markdown(operators)
    assert page.count("\n") == len(operators) + 2
    result = CliRunner().invoke(app, ["supported-ops", "--markdown"])
    assert result.stdout == page
    table = CliRunner().invoke(app, ["supported-ops"]).stdout
    assert "CONV_2D" in table and "TFLite_Detection_PostProcess" in table


def _write(folder: Path, model: bytes) -> Path:
    path = folder / "model.tflite"
    path.write_bytes(model)
    return path
