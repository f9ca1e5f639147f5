# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators on the engine of examples/accelerator: exact, and configured in create."""

from __future__ import annotations

import subprocess

import pytest
from conftest import ROOT
from shared_models import DIGITS, model_path

from stm32_mlir import build, tools
from stm32_mlir.workflow import Settings, validate

pytestmark = pytest.mark.compiler
ENGINE = ROOT / "examples" / "accelerator" / "conv_engine.json"
RESNET = "mlperf_resnet8_int8"


@pytest.mark.parametrize("name", [None, RESNET])
@pytest.mark.parametrize("on", ["host", pytest.param("generic-m4", marks=pytest.mark.qemu)])
def test_every_tensor(name, on, tmp_path):
    """Digits, and resnet8 whose layers take several blocks of channels."""
    model = DIGITS if name is None else model_path(name)
    settings = Settings(model, on, tmp_path, accelerators=(ENGINE,))
    outcome = validate(settings, on != "host", vectors=3, all_tensors=True, count=False)
    engine = [op for op in outcome.report.operators if op.kernel == "conv_engine_run"]
    assert len(engine) == (3 if name is None else 9)
    assert outcome.bit_exact, outcome.differences[:3]


MAIN = r"""
#include "network.h"
#include "conv_engine_hw.h"
static struct network_activations activations;
static struct network_accel_conv2d local;
int main(void) {
  static stm32rt_context context;
  stm32rt_memory pools[NETWORK_POOL_COUNT];
  pools[NETWORK_POOL_ACTIVATIONS].address = &activations;
  pools[NETWORK_POOL_ACTIVATIONS].size = sizeof activations;
  pools[NETWORK_POOL_ACCEL_CONV2D].address = &local;
  pools[NETWORK_POOL_ACCEL_CONV2D].size = sizeof local;
  if (stm32rt_create(&context, &network_model, pools, NETWORK_POOL_COUNT, NULL) != CREATED)
    return 1;
  if (CREATED != STM32RT_OK)
    return stm32rt_run(&context) == STM32RT_ERROR_NOT_CREATED ? 0 : 2;
  /* The parameters of the first layer are on their way. */
  if (conv_engine_hw_rows != 0 || !conv_engine_hw_busy())
    return 3;
  if (stm32rt_run(&context) != STM32RT_OK || conv_engine_hw_busy())
    return 4;
  /* 8, 4 and 4 rows of the output in one block of channels each. */
  return conv_engine_hw_rows == 16 ? 0 : 5;
}
"""


@pytest.mark.parametrize("size, status", [(8192, "STM32RT_OK"), (64, "STM32RT_ERROR_ACCELERATOR")])
def test_create_configures(size, status, tmp_path):
    """`configure` has begun when create returns; too little local memory is its error."""
    file = tmp_path / "engine.json"
    text = ENGINE.read_text(encoding="utf-8").replace('"size": 8192', f'"size": {size}')
    for name in ("conv_engine.h", "conv_engine.c", "conv_engine_hw.h", "conv_engine_hw.c"):
        text = text.replace(f'"{name}"', f'"{ENGINE.parent / name}"')
    file.write_text(text, encoding="utf-8")
    build.compile_model(DIGITS, tmp_path / "c", "host", extra=["--accelerator", file])
    (tmp_path / "c" / "main.c").write_text(MAIN, encoding="ascii")
    command = ["gcc", "-std=c11", *build.STRICT_WARNINGS, "-fsanitize=address,undefined"]
    command += [f"-DCREATED={status}", f"-I{tmp_path / 'c'}", *build.sources(tmp_path / "c")]
    tools.run_tool([*command, "-o", tmp_path / "main"], "gcc")
    assert subprocess.run([tmp_path / "main"], check=False).returncode == 0
