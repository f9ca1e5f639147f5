# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Costs of kernels: how prices are fitted, and what they predict for networks."""

from __future__ import annotations

import numpy as np
import pytest
from shared_models import DIGITS, model_path

from conftest import ROOT
from stm32_mlir.errors import Error
from stm32_mlir.kernel_bench import KernelBench, KernelRecord, Measured, list_kernels
from stm32_mlir.kernel_costs import CostRow, costs_text, fit_costs, non_negative
from stm32_mlir.workflow import Settings, bench

TABLE = ROOT / "lib" / "Target" / "Records" / "KernelCosts.inc"
#: Networks that costs are to be right for.
NETWORKS = (
    "mlperf_ad01_int8",
    "mlperf_kws_dscnn_int8",
    "mlperf_resnet8_int8",
    "mlperf_strww_int8",
    "mlperf_vww_mbv1_int8",
    "tflm_micro_speech_int8",
    "tflm_person_detect_int8",
)
#: Layers below this share of a network's instructions are not looked at.
SHARE = 0.01
#: How far a prediction may be off, of what is counted: for nine of ten layers, and for
#: all.
USUAL, MOST = 0.10, 0.20


def test_non_negative_prices():
    rng = np.random.default_rng(3)
    for _ in range(50):
        table = rng.uniform(0, 9, (7, 4))
        exact = np.maximum(rng.uniform(-2, 3, 4), 0)
        assert np.allclose(non_negative(table, table @ exact), exact, atol=1e-8)
        wanted = rng.uniform(-1, 9, 7)
        found = non_negative(table, wanted)
        assert (found >= 0).all()
        # At the least error each price that is not 0 has slope 0, and none could gain.
        slope = table.T @ (wanted - table @ found)
        assert np.allclose(slope[found > 0], 0, atol=1e-7) and (slope < 1e-7).all()


def row(kernel: str, core: str, instructions: int, **features: float) -> Measured:
    return Measured(kernel, core, "x", 1, 0, instructions, None, features)


def test_prices_are_found_again():
    records = [
        KernelRecord("k", "stm32.unary", "k.c", "c"),
        KernelRecord("v", "stm32.binary", "v.c", "mve"),
    ]
    shapes = [(10, 1), (100, 4), (2000, 9), (300, 300), (40, 8), (7, 7)]
    rows = [row("k", "m3", 20 + 6 * n, Once=1, Elements=n, Runs=r) for n, r in shapes]
    rows += [row("k", "m4", 5 * n, Once=1, Elements=n, Runs=r) for n, r in shapes]
    rows += [row("v", "m55", 90 + 3 * n + 7 * r, Once=1, Elements=n, Runs=r) for n, r in shapes]
    fitted = fit_costs(KernelBench(["m3", "m4", "m55"], records, rows))
    assert [(r.kernel, r.core) for r in fitted] == [("k", "c"), ("k", "dsp"), ("v", "mve")]
    for found, known in zip(
        fitted, ({"Once": 20, "Elements": 6}, {"Elements": 5}, {"Once": 90, "Elements": 3, "Runs": 7}),
        strict=True,
    ):
        assert found.prices == pytest.approx(known, rel=0.01)
    assert costs_text([CostRow("v", "mve", {"Once": 90, "Elements": 3.25})]).endswith(
        '\n{"v", Isa::MVE, {{Once, 90}, {Elements, 3.25}}},\n'
    )


def test_costs_are_of_cores_that_stand_for_others():
    with pytest.raises(Error, match="no costs are kept for m7"):
        fit_costs(KernelBench(["m7"], [], []))


@pytest.mark.compiler
def test_the_table_names_kernels():
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line[:1] == "{"]
    names = {line.split('"')[1] for line in lines}
    assert names <= {record.name for record in list_kernels()}
    assert len(names) > 200


@pytest.mark.compiler
@pytest.mark.qemu
@pytest.mark.parametrize("target", ["generic-m4", "generic-m55"])
def test_predictions_for_networks(target, tmp_path):
    """Off by more than USUAL for one layer of ten at most, by more than MOST for none."""
    errors = {}
    for path in [DIGITS, *(model_path(name) for name in NETWORKS)]:
        folder = tmp_path / path.stem
        folder.mkdir()
        outcome = bench(Settings(path, target, folder), runs=1)
        for operator, count in zip(outcome.report.operators, outcome.layer_instructions, strict=True):
            if count >= SHARE * outcome.instructions:
                errors[path.stem, operator.index, operator.kernel] = operator.cost / count - 1
    off = {key: round(error, 3) for key, error in errors.items() if abs(error) > USUAL}
    assert all(abs(error) <= MOST for error in off.values()), off
    assert len(off) <= 0.1 * len(errors), off
