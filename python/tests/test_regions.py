# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models in several memory regions, at their addresses."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from shared_models import golden_path, model_path

from stm32_mlir.build import build_firmware, build_host, compile_model
from stm32_mlir.graph import load_graph
from stm32_mlir.run import run_cases
from stm32_mlir.targets import find_core
from stm32_mlir.tools import run_tool
from stm32_mlir.vectors import load_golden

pytestmark = pytest.mark.compiler

RESNET = "mlperf_resnet8_int8"
#: A first pool that is too small for the model, and the output in the second.
MEMORY = {
    "pools": [
        {"name": "fast", "region": "sram", "usable_size": 20480},
        {"name": "slow", "region": "psram", "alignment": 64},
    ],
    "pin": {"output:0": "slow"},
}
#: First byte and bytes of the board's memories.
MEMORIES = {"fast": (0x20000000, 4 << 20), "slow": (0x21000000, 16 << 20)}


def spread(tmp_path, memory=MEMORY, optimize="balanced"):
    path = tmp_path / "pools.json"
    path.write_text(json.dumps(memory), encoding="utf-8")
    return compile_model(
        model_path(RESNET),
        tmp_path / "c",
        "mps2-an386",
        "resnet",
        optimize,
        ["--memory", path, "--emit-mlir"],
    )


def check_exact(program, report, tmp_path):
    graph = load_graph(model_path(RESNET))
    cases = load_golden(golden_path(RESNET), graph.inputs, graph.outputs)
    result = run_cases(program, report, cases, tmp_path)
    for case, vector in zip(cases, result.outputs, strict=True):
        for expected, got in zip(case.expected, vector, strict=True):
            assert all(np.array_equal(e, g) for e, g in zip(expected, got, strict=True))


@pytest.mark.parametrize("optimize", ["balanced", "ram"])
def test_two_pools_are_exact_on_host(optimize, tmp_path):
    generated = spread(tmp_path, optimize=optimize)
    pools = {pool.name: pool for pool in generated.report.pools}
    assert set(pools) == {"fast", "slow"}
    assert 0 < pools["fast"].size <= 20480
    output = generated.report.outputs[0]
    assert generated.report.tensor(output.tensor).pool == "slow"
    check_exact(build_host(generated, tmp_path), generated.report, tmp_path)


@pytest.mark.qemu
def test_two_pools_are_exact_at_their_addresses(tmp_path):
    """QEMU's board has both RAMs; the pools lie where they are planned."""
    generated = spread(tmp_path)
    program = build_firmware(generated, tmp_path, find_core("mps2-an386"))
    symbols = run_tool(["arm-none-eabi-nm", program.executable], "nm").stdout
    for pool in generated.report.pools:
        found = re.search(rf"^(\w+) . RESNET_POOL_{pool.name.upper()}_memory$", symbols, re.M)
        assert found is not None
        begin, size = MEMORIES[pool.name]
        address = int(found[1], 16)
        assert address % pool.alignment == 0
        assert begin <= address and address + pool.size <= begin + size
    check_exact(program, generated.report, tmp_path)
