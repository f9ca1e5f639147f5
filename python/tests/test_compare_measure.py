# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""compare and measure: finding differences, reading maps and symbols."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tiny_model
from stm32_mlir import compare, measure
from stm32_mlir.build import Program, compile_model
from stm32_mlir.errors import Error
from stm32_mlir.graph import Graph
from stm32_mlir.oracle import Oracle
from stm32_mlir.oracle import Step as Expected
from stm32_mlir.report import Step
from stm32_mlir.run import Written
from stm32_mlir.targets import CORES
from stm32_mlir.vectors import make_cases


@pytest.fixture
def report(tiny, tmp_path):
    return compile_model(tiny, tmp_path / "c", "host").report


def renamed(report, **names):
    """The report with other names for its tensors."""
    tensors = tuple(replace(t, name=names.get(t.name, t.name)) for t in report.tensors)
    return replace(report, tensors=tensors)


def test_every_tensor_matches(report):
    matching = compare.match_tensors(Graph(tiny_model.make()), report)
    assert matching.compared == {1: 1, 2: 2, 3: 2}
    assert matching.views == ["result"]
    assert matching.fused == []


def test_plan_may_name_a_tensor_as_its_view(report):
    matching = compare.match_tensors(Graph(tiny_model.make()), renamed(report, second="result"))
    assert matching.compared == {1: 1, 3: 2, 2: 2}
    assert matching.views == ["second"]


def test_a_board_may_have_the_first_of_joined_names(report):
    graph = Graph(tiny_model.make(("image", "first;a", "second", "second;a")))
    matching = compare.match_tensors(graph, renamed(report, result="second;a"))
    assert matching.compared == {1: 1, 2: 2, 3: 2}
    assert matching.fused == []


def test_fused_tensor_is_named(report):
    matching = compare.match_tensors(Graph(tiny_model.make()), renamed(report, first="other"))
    assert matching.fused == ["first"]
    assert matching.compared == {2: 2, 3: 2}


def test_names_that_occur_twice_match_in_order(report):
    graph = Graph(tiny_model.make(("image", "same", "same", "result")))
    matching = compare.match_tensors(graph, renamed(report, first="same", second="same"))
    assert matching.compared == {1: 1, 2: 2, 3: 2}


def test_ring_of_rows_counts_as_fused(report):
    ring = replace(report.tensors[1], size=6)
    changed = replace(report, tensors=(report.tensors[0], ring, *report.tensors[2:]))
    matching = compare.match_tensors(Graph(tiny_model.make()), changed)
    assert matching.fused == ["first"]
    assert matching.compared == {2: 2, 3: 2}


def test_tensor_that_is_overwritten_before_it_is_complete_counts_as_fused(report):
    """The second operator writes over rows of "first" that it has read."""
    graph = Graph(tiny_model.make())
    first, second = report.operators
    steps = (Step(0, 0, 2), Step(1, 0, 1), Step(0, 2, 1), Step(1, 1, 1))
    banded = replace(report, operators=(replace(first, bands=2), second), steps=steps)

    def fused(offset, steps=steps):
        """What is not compared with "second" (2 rows of 2) at a place in "first" (3 of 3)."""
        place = replace(report.tensors[2], offset=report.tensors[1].offset + offset)
        tensors = (*report.tensors[:2], place, *report.tensors[3:])
        return compare.match_tensors(graph, replace(banded, tensors=tensors, steps=steps)).fused

    assert fused(9) == []
    assert fused(0) == ["first"]
    # Row 0 of "second" where row 2 of "first" is not yet: gone when that comes.
    assert fused(6) == ["second", "result"]
    # "first" is complete before the other one begins.
    assert fused(0, (Step(0, 0, 2), Step(0, 2, 1), Step(1, 0, 1), Step(1, 1, 1))) == []


def test_parts_are_compared_after_the_last(report):
    """Three operators write "first"; only what the last leaves must be right."""
    first, second = report.operators
    parts = tuple(replace(first, index=i) for i in range(3))
    changed = replace(report, operators=(*parts, replace(second, index=3)))
    graph = Graph(tiny_model.make())
    (case,) = make_cases(graph.inputs, 1, 1)
    expected = Oracle(graph, True).run(case)
    matching = compare.match_tensors(graph, changed)
    assert matching.compared == {1: 1, 2: 2, 3: 2}
    right, wrong = b"\x80" * 9, b"\x01" * 9

    def differences(*contents):
        written = [[Written(i, 1, data) for i, data in enumerate(contents)]]
        return compare.compare_tensors(case, graph, changed, matching, expected, written)

    assert differences(wrong, wrong, right) == []
    assert [d.operator for d in differences(right, right, wrong)] == [2]


def test_planar_tensor_is_turned(report):
    graph = Graph(tiny_model.make())
    (case,) = make_cases(graph.inputs, 1, 1)
    want = np.arange(12, dtype=np.int8).reshape(1, 2, 3, 2)
    expected = [Expected((), {1: want, 2: want, 3: want})]
    planar = replace(report.tensors[1], layout="planar")
    changed = replace(report, tensors=(report.tensors[0], planar, *report.tensors[2:]))
    matching = compare.match_tensors(graph, changed)
    turned = want.transpose(0, 3, 1, 2).copy()
    written = [[Written(0, 1, turned.tobytes())]]
    assert compare.compare_tensors(case, graph, changed, matching, expected, written) == []
    written = [[Written(0, 1, want.tobytes())]]
    (found,) = compare.compare_tensors(case, graph, changed, matching, expected, written)
    assert found.index == (0, 0, 0, 1)


def test_view_of_an_input(report):
    graph = Graph(tiny_model.make())
    graph.views[1] = 0  # "first" becomes a view of the image
    shown = renamed(report, first="other")
    matching = compare.match_tensors(graph, shown)
    assert (matching.views, matching.input_views, matching.fused) == (["result"], ["first"], [])
    elsewhere = replace(report.tensors[3], name="first", offset=20)
    wrong = replace(shown, tensors=(*shown.tensors[:3], elsewhere))
    assert compare.match_tensors(graph, wrong).fused == ["first"]


@given(st.lists(st.integers(-128, 127), min_size=1, max_size=20), st.data())
def test_integers_are_compared_exactly(values, data):
    want = np.array(values, np.int8)
    assert not compare.mask_of(want, want.copy()).any()
    place = data.draw(st.integers(0, len(values) - 1))
    got = want.copy()
    got[place] ^= 1
    assert compare.mask_of(want, got).tolist() == [i == place for i in range(len(values))]


@pytest.mark.parametrize(
    ("got", "differs"),
    [(1.0, False), (1.000009, False), (1.0001, True), (float("nan"), True), (float("inf"), True)],
)
def test_floats_have_a_tolerance(got, differs):
    want = np.array([1.0, 0.0], np.float32)
    assert compare.mask_of(want, np.array([got, 0.0], np.float32)).tolist() == [differs, False]


def test_nan_and_infinity_equal_themselves():
    want = np.array([np.nan, np.inf, -np.inf, 1.0], np.float32)
    assert not compare.mask_of(want, want.copy()).any()
    assert compare.mask_of(want, want[::-1].copy()).all()


def test_difference_names_layer_index_and_values(report):
    graph = Graph(tiny_model.make())
    (case,) = make_cases(graph.inputs, 1, 1)
    expected = Oracle(graph, True).run(case)
    first, second = bytearray(b"\x80" * 9), b"\x80" * 4
    first[5] = 7
    first[8] = 9
    written = [[Written(0, 1, bytes(first)), Written(1, 2, second)]]
    matching = compare.match_tensors(graph, report)
    (found,) = compare.compare_tensors(case, graph, report, matching, expected, written)
    assert (found.operator, found.tensor, found.index) == (0, "first", (0, 1, 2, 0))
    assert (found.expected, found.got, found.count, found.total) == (-128, 7, 2, 9)
    assert found.describe() == (
        "layer 0 (MAX_POOL_2D) first[0, 1, 2, 0]: expected -128, got 7; "
        "2 of 9 elements differ (vector min, step 0)"
    )


def test_tensor_of_another_size_differs(report):
    graph = Graph(tiny_model.make())
    (case,) = make_cases(graph.inputs, 1, 1)
    expected = Oracle(graph, True).run(case)
    matching = compare.match_tensors(graph, report)
    written = [[Written(0, 1, b"\x80" * 5)]]
    (found,) = compare.compare_tensors(case, graph, report, matching, expected, written)
    assert (found.expected, found.got, found.count) == (9, 5, 9)


def test_output_difference_has_no_layer():
    (case,) = make_cases(Graph(tiny_model.make()).inputs, 1, 1)
    want = [(np.array([[1, 2]], np.int8),)]
    got = [[np.array([[1, 3]], np.int8)]]
    (found,) = compare.compare_outputs(case, ["y"], want, got)
    assert found.describe().startswith("output y[0, 1]: expected 2, got 3; 1 of 2")
    assert compare.compare_outputs(case, ["y"], want, [list(want[0])]) == []


def test_step_without_shape():
    step = Expected((), {0: np.array(3, np.int8)})
    assert compare.mask_of(step.tensors[0], np.array([4], np.int8)).tolist() == [True]


MAP = """Discarded input sections

 .text          0x00000000        0x40 /w/model/a.o

Linker script and memory map

 .text          0x00000100        0x10 /w/model/a.o
 .text.a_long_name_of_a_function
                0x00000110        0x20 /w/model/b c.o
 *fill*         0x00000130         0x2
 .text          0x00000132       0x100 /w/runner.o
 .rodata.w      0x00000240        0x40 /w/model/a.o
 .nn_models     0x00000280         0x4 /w/model/a.o
 .data          0x20000000         0x8 /w/model/a.o
 .bss           0x20000008         0xc /w/model/a.o
 COMMON         0x20000014         0x4 /w/model/b c.o
 .debug_info    0x00000000       0x999 /w/model/a.o
"""


def program(tmp_path, text):
    path = tmp_path / "x.map"
    path.write_text(text)
    return Program(tmp_path / "x", CORES["m4"], Path("/w/model"), path, ())


def test_sizes_of_the_map(report, tmp_path):
    sizes = measure.image_sizes(program(tmp_path, MAP), report)
    flash = 0x10 + 0x20 + 0x40 + 0x4 + 0x8
    assert sizes == measure.Sizes(flash - 48, 48, 0x8 + 0xC + 0x4)


def test_constants_that_are_not_in_the_map(report, tmp_path):
    with pytest.raises(Error, match="fewer than the 999 of the constants"):
        measure.image_sizes(program(tmp_path, MAP), replace(report, constants=999))


def test_not_a_map():
    with pytest.raises(Error, match="not a map of GNU ld"):
        measure.map_sections("hello", Path("/w"))


def test_symbols():
    text = "00000100 T f\n00000104 t $t\n00000111 T g\n20000000 B data\n00000120 W h\n"
    assert measure.parse_symbols(text) == [(0x100, "f"), (0x110, "g"), (0x120, "h")]
