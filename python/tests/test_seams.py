# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The seams that later work stands on, each end to end: MLIR in, bytes out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from seam_models import Layer, mean, model, residual

from stm32_mlir.build import build_firmware, build_host, compile_model
from stm32_mlir.measure import image_sizes
from stm32_mlir.report import Report, dtype_of
from stm32_mlir.run import run_cases
from stm32_mlir.targets import find_core
from stm32_mlir.vectors import Case

pytestmark = pytest.mark.compiler

TARGETS = ["host", pytest.param("generic-m4", marks=pytest.mark.qemu)]


def run(text: str, target: str, folder: Path) -> tuple[np.ndarray, Report]:
    """Outputs [vector, …] of a model on fixed random inputs, and its report."""
    folder.mkdir()
    path = folder / "seam.mlir"
    path.write_text(text)
    generated = compile_model(path, folder / "c", target, "seam")
    if target == "host":
        program = build_host(generated, folder)
    else:
        program = build_firmware(generated, folder, find_core(target))
    rng = np.random.default_rng(7)
    shape, dtype = generated.report.inputs[0].shape, dtype_of(generated.report.inputs[0].type)
    cases = [
        Case("random", ((rng.integers(-128, 128, shape).astype(dtype),),)) for _ in range(4)
    ]
    result = run_cases(program, generated.report, cases, folder)
    return np.stack([steps[0][0] for steps in result.outputs]), generated.report


def chain(height: int = 13) -> list[Layer]:
    """3x3 convolution, depthwise 3x3 with stride 2, 1x1 convolution."""
    first = Layer(1, "conv_2d", (1, height, 11, 3), 6, (3, 3), (1, 1), (1, 1, 1, 1))
    second = Layer(2, "depthwise_conv_2d", first.y, 6, (3, 3), (2, 2), (1, 1, 1, 1))
    return [first, second, Layer(3, "conv_2d", second.y, 5, (1, 1), (1, 1), (0, 0, 0, 0))]


def test_outputs_vary(tmp_path: Path) -> None:
    """The plain model is no constant: the comparisons below can fail."""
    outputs, _ = run(model(chain()), "host", tmp_path / "plain")
    assert len(np.unique(outputs)) > 50


@pytest.mark.parametrize("target", TARGETS)
def test_two_bands_from_a_ring_equal_the_whole(tmp_path: Path, target: str) -> None:
    """A convolution in two row bands from a ring of input rows."""
    layers = chain()[:2]
    whole, plain = run(model(layers), target, tmp_path / "whole")
    half = -(-layers[-1].y[1] // 2)
    banded, report = run(model(layers, cascade=half), target, tmp_path / "bands")
    np.testing.assert_array_equal(banded, whole)
    (layer,) = [o for o in report.operators if o.kind == "DEPTHWISE_CONV_2D"]
    assert layer.bands == 2
    assert report.macs == plain.macs, "a row is computed twice"
    ring = report.tensor(layer.inputs[0])
    assert ring.size < np.prod(layers[0].y), "the tensor between is whole"


@pytest.mark.parametrize("rows", [1, 2, 3, 7])
def test_cascades_of_any_height_equal_the_whole(tmp_path: Path, rows: int) -> None:
    whole, plain = run(model(chain()), "host", tmp_path / "whole")
    banded, report = run(model(chain(), cascade=rows), "host", tmp_path / "bands")
    np.testing.assert_array_equal(banded, whole)
    assert [o.macs for o in report.operators] == [o.macs for o in plain.operators]
    assert sum(o.bands for o in report.operators) == len(report.steps)
    assert len(report.steps) >= 3 * -(-chain()[-1].y[1] // rows)
    if rows == 1:
        assert report.activations < plain.activations


@pytest.mark.parametrize("target", TARGETS)
def test_rows_of_images_equal_the_whole(tmp_path: Path, target: str) -> None:
    """Operators that know no bands, one row at a time, with a window between them."""
    whole, plain = run(residual(rows=False), target, tmp_path / "whole")
    assert len(np.unique(whole)) > 50
    by_rows, report = run(residual(rows=True), target, tmp_path / "rows")
    np.testing.assert_array_equal(by_rows, whole)
    kinds = [(operator.kind, operator.bands) for operator in report.operators]
    assert kinds == [("REQUANTIZE", 5), ("MAX_POOL_2D", 6), ("ADD", 6)]
    assert [operator.kind for operator in plain.operators] == [kind for kind, _ in kinds]
    assert (report.steps[0].count, len(report.steps)) == (2, 17)
    assert report.activations < plain.activations


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("rows", [1, 4])
def test_a_mean_collects_rows(tmp_path: Path, target: str, rows: int) -> None:
    """A pool over the image takes its input's rows as they come."""
    whole, _ = run(mean(cascade=0), target, tmp_path / "whole")
    assert len(np.unique(whole)) > 8
    collected, report = run(mean(cascade=rows), target, tmp_path / "rows")
    np.testing.assert_array_equal(collected, whole)
    assert all(operator.bands >= 9 // rows for operator in report.operators)


@pytest.mark.qemu
def test_a_step_costs_few_bytes_of_flash(tmp_path: Path) -> None:
    core = find_core("generic-m4")

    def build(name: str, rows: int) -> tuple[int, int]:
        folder = tmp_path / name
        folder.mkdir()
        path = folder / "seam.mlir"
        path.write_text(model(chain(height=90), cascade=rows))
        generated = compile_model(path, folder / "c", "generic-m4", "seam")
        program = build_firmware(generated, folder, core)
        return image_sizes(program, generated.report).code, len(generated.report.steps)

    (few_bytes, few), (many_bytes, many) = build("few", 2), build("many", 1)
    assert many - few >= 60
    assert many_bytes - few_bytes <= 8 * (many - few)


@pytest.mark.parametrize("target", TARGETS)
def test_two_pools_in_two_regions(tmp_path: Path, target: str) -> None:
    declarations = (
        "stm32.memory_region @sram1 size(65536)\n"
        "stm32.memory_region @ccm size(65536)\n"
        "stm32.pool @main in @sram1 limit(65536) align(16)\n"
        "stm32.pool @fast in @ccm limit(65536) align(32)\n"
    )
    whole, plain = run(model(chain()), target, tmp_path / "one")
    split, report = run(
        model(chain(), pool_of={0: "fast"}, declarations=declarations), target, tmp_path / "two"
    )
    np.testing.assert_array_equal(split, whole)
    assert [pool.region for pool in report.pools] == ["sram1", "ccm"]
    assert all(pool.size > 0 for pool in report.pools)
    assert len(plain.pools) == 1


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("kept", [{0}, {0, 1}])
def test_a_tensor_kept_planar(tmp_path: Path, target: str, kept: set[int]) -> None:
    """Channel-first between two operators, channel-last at both ends."""
    whole, _ = run(model(chain()), target, tmp_path / "last")
    planar, report = run(model(chain(), planar=frozenset(kept)), target, tmp_path / "first")
    np.testing.assert_array_equal(planar, whole)
    layouts = {tensor.name: tensor.layout for tensor in report.tensors}
    assert {name for name, layout in layouts.items() if layout == "planar"} == {
        f"layer{i}" for i in kept
    }


def test_planar_rings(tmp_path: Path) -> None:
    """Both at once: a ring of rows of a planar tensor."""
    whole, _ = run(model(chain()), "host", tmp_path / "plain")
    both, _ = run(model(chain(), cascade=2, planar=frozenset({0})), "host", tmp_path / "both")
    np.testing.assert_array_equal(both, whole)
