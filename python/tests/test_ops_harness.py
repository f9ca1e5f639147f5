# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The harness of test_ops.py finds, counts and names what is wrong."""

from __future__ import annotations

import os

import numpy as np
import pytest

from ops import harness
from ops.builder import Case, Node, Tensor, write_model
from ops.draw import Draw
from ops.harness import Summary, check, mask, prepare
from ops.host import Refused
from ops.registry import LITERT, TFLM, Entry, entries
from stm32_mlir.errors import Error
from stm32_mlir.graph import Graph


def one_square(draw: Draw) -> Case:
    x = draw.tensor(draw.shape(1, 2))
    return Case([Node("SQUARE", [x], [draw.tensor(x.shape)])])


SQUARE = Entry("SQUARE", "float32", TFLM, one_square)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch):
    """Replaces the compiler: a function of the model's bytes and the vectors."""

    def use(function) -> None:
        monkeypatch.setattr(harness, "find_compile", lambda: None)
        monkeypatch.setattr(harness, "run_compiled", lambda model, vectors, *_: function(vectors))

    return use


def squares(vectors):
    return [[tuple(x * x for x in step) for step in vector] for vector in vectors]


def test_equal_seeds_draw_equal_cases():
    for entry in entries():
        drawn = [entry.draw(1, number).describe() for number in range(9)]
        assert drawn == [entry.draw(1, number).describe() for number in range(9)], entry.label
        assert len(set(drawn)) > 4, entry.label


def test_operators_have_distinct_labels_and_a_known_oracle():
    labels = [entry.label for entry in entries()]
    assert len(set(labels)) == len(labels) > 400
    assert {entry.oracle for entry in entries()} == {TFLM, LITERT}


def test_all_pass(compiled):
    compiled(squares)
    summary = check(SQUARE, range(30), seed=1)
    assert (summary.passed, summary.clean) == (30, True)


def test_one_wrong_element_is_found(compiled):
    def wrong(vectors):
        outputs = squares(vectors)
        outputs[4][0][-1].flat[-1] += 1
        return outputs

    compiled(wrong)
    summary = check(SQUARE, range(10), seed=1)
    assert summary.passed == 9
    (different,) = summary.different
    assert "--seed 1 --case 9" in different.describe()
    assert "output 0 (vector random, step 0): " in different.how
    assert "1 of " in different.how


def test_wrong_only_among_others_is_said(compiled):
    compiled(lambda vectors: squares(vectors) if len(vectors[0][0]) == 1 else wrong_last(vectors))
    (different,) = check(SQUARE, range(5), seed=1).different
    assert different.how.endswith("equal alone")


def wrong_last(vectors):
    outputs = squares(vectors)
    outputs[0][0][-1].flat[0] = 77
    return outputs


def test_refused_operators_are_named_and_the_rest_runs(compiled):
    calls = []

    def refuse(vectors):
        calls.append(len(vectors[0][0]))
        if len(calls) == 1:
            notes = ['SQUARE that writes "c3_y1": no', 'SQUARE that writes "c5_y1": no']
            raise Refused("ops.tflite: 2 operators are not supported", details=notes)
        return squares(vectors)

    compiled(refuse)
    summary = check(SQUARE, range(8), seed=1)
    assert calls == [8, 6]
    assert summary.passed == 6
    assert summary.unsupported == {"no": [3, 5]}


def test_a_crash_is_traced_to_one_case(compiled):
    sizes = [np.prod(SQUARE.draw(1, n).inputs[0].shape) for n in range(8)]
    bad = int(np.argmax(sizes))

    def crash(vectors):
        if any(x.size == sizes[bad] for x in vectors[0][0]):
            raise Error("the program failed: heap-buffer-overflow")
        return squares(vectors)

    compiled(crash)
    summary = check(SQUARE, range(8), seed=1)
    assert [d.prepared.number for d in summary.different] == [
        n for n in range(8) if sizes[n] == sizes[bad]
    ]
    assert "heap-buffer-overflow" in summary.different[0].describe()


def test_what_the_oracle_refuses_is_drawn_again(compiled):
    def sometimes(draw: Draw) -> Case:
        kind = "int8" if draw.chance() else "float32"
        x = Tensor((3,), kind, (0.5,) if kind == "int8" else ())
        return Case([Node("SQUARE", [x], [Tensor((3,), kind, x.scales)])])

    compiled(squares)
    summary = check(Entry("SQUARE", "mixed", TFLM, sometimes), range(20), seed=1)
    assert summary.passed == 20 and summary.given_up == 0
    assert sum(summary.refused.values()) > 3


def test_what_the_oracle_always_refuses_is_given_up():
    entry = Entry("SQUARE", "int8", TFLM, one_square)
    summary = check(entry, range(4), seed=1)
    assert (summary.passed, summary.given_up, summary.clean) == (0, 4, False)


def test_an_oracle_that_dies_is_a_refusal(monkeypatch):
    monkeypatch.setattr("ops.oracles.Micro", lambda model: os.abort())
    summary = Summary(SQUARE, 1)
    assert prepare(SQUARE, range(2), 1, summary) == []
    assert list(summary.refused) == ["exit status -6"]


@pytest.mark.parametrize(
    "want, have, wrong",
    [
        ([1, 2], [1, 3], [False, True]),
        ([1.0, np.nan], [1.0, np.nan], [False, False]),
        ([np.inf, -np.inf, 1.0], [np.inf, np.inf, 1.0], [False, True, False]),
        ([100.0, 1.0], [100.0005, 1.0], [False, False]),
        ([100.0, 1.0], [100.002, 1.0], [True, False]),
        ([1.0, 2.0], [np.nan, 2.0], [True, False]),
    ],
)
def test_mask(want, have, wrong):
    dtype = np.int8 if isinstance(want[0], int) else np.float32
    assert mask(np.array(want, dtype), np.array(have, dtype)).tolist() == wrong


def test_batches_keep_cases_apart():
    cases = [(f"c{n}", SQUARE.draw(1, n)) for n in range(3)]
    graph = Graph(write_model(cases))
    assert [t.name for t in graph.inputs] == ["c0_x0", "c1_x0", "c2_x0"]
    assert [t.shape for t in graph.outputs] == [case.outputs[0].shape for _, case in cases]
