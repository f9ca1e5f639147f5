# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What --optimize flash chooses kernels by is what their code is."""

from __future__ import annotations

import pytest
from conftest import ROOT

from stm32_mlir.build import compile_model
from stm32_mlir.kernel_code import CODE_FILE, measure_code, read_code, write_code
from stm32_mlir.kernel_models import list_families, make_samples, write_samples


@pytest.mark.compiler
@pytest.mark.qemu
def test_code_is_as_measured(tmp_path):
    """Within a tenth, as another compiler has other figures: utils/kernel_code.py renews them."""
    known = read_code((ROOT / CODE_FILE).read_text(encoding="utf-8"))
    found = measure_code(tmp_path)
    assert known.keys() == found.keys()
    wrong = {k: (known[k], found[k]) for k in known if abs(known[k] - found[k]) > 32 + found[k] // 10}
    assert wrong == {}


def test_code_is_written_and_read():
    sizes = {"a": 1, "b_c": 234}
    assert read_code(write_code(sizes)) == sizes


@pytest.mark.compiler
@pytest.mark.parametrize("target", ["generic-m0plus", "generic-m4", "generic-m55"])
def test_flash_takes_fewer_kernels(target, tmp_path):
    assert "conv_2d" in list_families()
    model = tmp_path / "conv.tflite"
    model.write_bytes(write_samples(make_samples("conv_2d")))

    def kernels(optimize: str) -> set[str]:
        report = compile_model(model, tmp_path / optimize, target, optimize=optimize).report
        return {operator.kernel for operator in report.operators}

    few, many = kernels("flash"), kernels("time")
    code = read_code((ROOT / CODE_FILE).read_text(encoding="utf-8"))
    assert sum(code[k] for k in few) <= sum(code[k] for k in many)
