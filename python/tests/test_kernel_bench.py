# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""bench --kernels: the samples reach the kernels, and counts are what they say."""

from __future__ import annotations

import itertools
import json

import pytest

from stm32_mlir.build import compile_model
from stm32_mlir.errors import Error
from stm32_mlir.kernel_bench import (
    DEFAULT_TARGETS,
    KernelBench,
    KernelRecord,
    Measured,
    bench_kernels,
    kernels_markdown,
    list_kernels,
)
from stm32_mlir.kernel_models import list_families, make_samples, write_samples

#: What no operator of a .tflite becomes: input in MLIR, or functions of the user.
NOT_FROM_TFLITE = {
    *(f"stm32rt_cast_{t}_{t}" for t in ("b", "s8", "u8", "s16", "s32", "s64", "f32")),
    "stm32rt_add_s8",
    "stm32rt_custom_function",
    "stm32rt_depthwise_conv_2d_s16_short",
    "stm32rt_transpose_conv_2d_s16_short",
    "stm32rt_fully_connected_s8_offset",
    *(f"stm32rt_{name}_s8" for name in ("less", "less_equal")),
    *(f"stm32rt_{name}_s16" for name in ("equal", "not_equal", "scaled_less", "scaled_less_equal")),
}


@pytest.mark.compiler
def test_every_kernel_has_a_sample(tmp_path):
    used = set()
    for family in list_families():
        model = tmp_path / f"{family}.tflite"
        model.write_bytes(write_samples(make_samples(family)))
        for target, optimize in itertools.product(DEFAULT_TARGETS, ("ram", "time")):
            folder = tmp_path / target / optimize / family
            report = compile_model(model, folder, target, optimize=optimize).report
            used |= {operator.kernel for operator in report.operators}
    assert {record.name for record in list_kernels()} - used == NOT_FROM_TFLITE


def test_samples_have_distinct_labels():
    for family in list_families():
        keys = [(s.label, *(node.code for node in s.nodes)) for s in make_samples(family)]
        assert len(set(keys)) == len(keys), family


@pytest.mark.compiler
@pytest.mark.qemu
def test_plain_and_special_kernels_are_counted(tmp_path):
    bench = bench_kernels(["generic-m3", "generic-m4"], tmp_path, ["conv_2d"])
    found = {(row.kernel, row.core) for row in bench.rows}
    assert {("stm32rt_conv_2d_s8", "m3"), ("stm32rt_conv_2d_s8", "m4")} <= found
    special = "stm32rt_conv_2d_1x1_s8_dsp"
    assert (special, "m4") in found
    assert (special, "m3") not in found
    sample = "int8 8x8x32 -> 16, 1x1"
    plain, fast = (bench.by_sample()[kernel, sample]["m4"] for kernel in ("stm32rt_conv_2d_s8", special))
    assert plain.macs == fast.macs == 8 * 8 * 32 * 16
    assert plain.elements == 8 * 8 * 16
    # Four instructions are the least for a product in plain C, half of one for SMLAD.
    assert 2 * plain.macs < plain.instructions < 20 * plain.macs
    assert fast.macs < 2 * fast.instructions < plain.instructions * 2
    assert fast.predicted is not None and 0.5 < fast.ratio < 2
    assert "stm32rt_lstm_s8" in bench.not_measured()


def small_bench() -> KernelBench:
    records = [KernelRecord(f"stm32rt_{n}", "stm32.lookup", "a.c", "c") for n in ("a", "b")]
    rows = [
        Measured("stm32rt_a", "m3", "int8 1x100", 100, 0, 420, 400),
        Measured("stm32rt_a", "m4", "int8 1x100", 100, 0, 500, 400),
        Measured("stm32rt_a", "m4", "int8 4 -> 4", 4, 1600, 2400, None),
    ]
    return KernelBench(["m3", "m4"], records, rows)


def test_markdown_has_a_row_for_each_sample():
    lines = kernels_markdown(small_bench()).splitlines()
    assert "| kernel | sample | unit | m3 | m4 | predicted |" in lines
    assert "| a | int8 1x100 | element | 4.20 | 5.00 | 80% |" in lines
    assert "| a | int8 4 -> 4 | MAC | - | 1.50 | - |" in lines
    assert lines[-1] == "Used by no sample: b."


def test_json_has_the_figures():
    data = small_bench().to_json()
    assert data["cores"] == ["m3", "m4"]
    assert data["not_measured"] == ["stm32rt_b"]
    first, _, product = data["kernels"]
    assert first == {
        "kernel": "stm32rt_a", "core": "m3", "sample": "int8 1x100", "elements": 100, "macs": 0,
        "instructions": 420, "predicted": 400, "per_element": 4.2, "per_mac": None, "ratio": 0.952,
    }
    assert product["per_mac"] == 1.5


@pytest.mark.compiler
@pytest.mark.qemu
def test_command_writes_json_and_markdown(tmp_path, command):
    page, data = tmp_path / "costs.md", tmp_path / "costs.json"
    words = ["bench", "--kernels", "--only", "variables", "--target", "generic-m4"]
    status, out, _ = command(*words, "--markdown", page, "--json", data)
    assert status == 0
    assert "read_variable" in out
    assert "| assign_variable |" in page.read_text(encoding="utf-8")
    kernels = {row["kernel"] for row in json.loads(data.read_text(encoding="utf-8"))["kernels"]}
    assert {"stm32rt_read_variable", "stm32rt_assign_variable"} <= kernels


@pytest.mark.parametrize(
    ("targets", "families", "texts"),
    [
        (["generic-m4"], ["pool"], ("no operators are called pool", "pool_2d")),
        (["host"], [], ("target host has no QEMU machine",)),
        (["m99"], [], ("unknown target m99",)),
    ],
)
@pytest.mark.compiler
def test_wrong_names_are_errors(tmp_path, targets, families, texts):
    with pytest.raises(Error) as caught:
        bench_kernels(targets, tmp_path, families)
    for text in texts:
        assert text in str(caught.value)
