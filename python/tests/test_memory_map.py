# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""memory_map: peaks and pictures of a plan."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from shared_models import DIGITS

from stm32_mlir import memory_map
from stm32_mlir.build import compile_model
from stm32_mlir.report import Buffer, Pool, load_report

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def report(tiny, tmp_path):
    """The tiny model with a plan: x under a under b, and scratch beside b."""
    loaded = load_report(compile_model(tiny, tmp_path / "c", "host").directory)
    buffers = (
        Buffer("x", 16, 16, 0, 1, False),
        Buffer("a<&>;joined", 0, 20, 0, 2, False),
        Buffer("b", 20, 4, 1, 2, False),
        Buffer("b", 24, 100, 1, 2, True),
    )
    pools = (Pool("fast", "sram", 124, 16, False, buffers), Pool("states", "sram", 8, 8, True))
    return replace(loaded, pools=pools)


def test_shared_bytes_count_once(report):
    pool = report.pools[0]
    assert memory_map.covered(memory_map.alive(pool, 0)) == 32
    assert memory_map.covered([]) == 0


def test_the_peak_names_its_operator_and_what_is_alive(report):
    (peak,) = memory_map.find_peaks(report)
    assert (peak.pool.name, peak.step, peak.operator.index, peak.size) == ("fast", 1, 1, 124)
    assert [memory_map.label(b) for b in peak.buffers] == ["scratch of b", "a<&>", "b"]


def test_the_picture_is_to_scale(report):
    root = ElementTree.fromstring(memory_map.memory_map_svg(report))
    lanes = [r for r in root.iter(f"{SVG}rect") if r.get("class") == "lane"]
    boxes = [r for r in root.iter(f"{SVG}rect") if r.get("class") == "buffer"]
    marks = [r for r in root.iter(f"{SVG}rect") if r.get("class") == "peak"]
    assert (len(lanes), len(boxes), len(marks)) == (2, 4, 1)
    top, height = float(lanes[0].get("y")), float(lanes[0].get("height"))
    first, second, *_ = boxes
    assert float(second.get("width")) == pytest.approx(2 * float(first.get("width")))
    assert float(first.get("height")) == pytest.approx(height * 16 / 124, abs=0.1)
    assert float(second.get("y")) == pytest.approx(top + height * 104 / 124, abs=0.1)
    assert float(marks[0].get("x")) == float(boxes[2].get("x"))
    assert "a<&>\n20 bytes" in (second.find(f"{SVG}title").text or "")


@pytest.mark.compiler
@pytest.mark.parametrize("optimize", ["balanced", "ram"])
def test_the_peak_of_a_plan_is_within_its_pool(optimize, tmp_path):
    """Outputs that begin inside of inputs leave bytes free that nobody can use."""
    report = compile_model(DIGITS, tmp_path, "generic-m4", "digits", optimize).report
    (peak,) = memory_map.find_peaks(report)
    end = max(b.offset + b.size for b in peak.pool.buffers)
    assert peak.pool.size - 16 < end <= peak.pool.size
    assert 0.9 * peak.pool.size < peak.size <= peak.pool.size
    ElementTree.fromstring(memory_map.memory_map_svg(report))
