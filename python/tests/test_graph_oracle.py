# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""graph and oracle: reading models, running them with TensorFlow Lite Micro."""

from __future__ import annotations

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

import tiny_model
from ops.builder import write_model
from ops.registry import entries
from stm32_mlir.errors import Error
from stm32_mlir.graph import Graph, load_graph
from stm32_mlir.oracle import Oracle
from stm32_mlir.vectors import Case, make_cases


def edited(edit) -> bytes:
    """The tiny model after `edit` changed its object form."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(bytearray(tiny_model.make()), 0))
    edit(model)
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def test_tensors():
    graph = Graph(tiny_model.make())
    assert [t.name for t in graph.inputs] == ["image"]
    assert [t.name for t in graph.outputs] == ["result"]
    assert [t.name for t in graph.computed] == ["first", "second"]
    image = graph.inputs[0]
    assert (image.shape, image.dtype, image.scale, image.zero_point) == ((1, 4, 4, 1), np.int8, 0.5, 3)
    assert not graph.stateful


def test_views():
    graph = Graph(tiny_model.make())
    assert graph.views == {3: 2}
    assert graph.root(3) == 2
    assert graph.root(1) == 1


def test_variable_tensor_makes_a_graph_stateful():
    def mark(model):
        model.subgraphs[0].tensors[1].isVariable = True

    assert Graph(edited(mark)).stateful


def test_model_without_quantisation():
    def strip(model):
        model.subgraphs[0].tensors[0].quantization = None

    assert Graph(edited(strip)).inputs[0].scale == 0.0


def test_unsupported_type_names_the_tensor():
    def make_text(model):
        model.subgraphs[0].tensors[0].type = schema.TensorType.STRING

    with pytest.raises(Error, match="tensor image has an unsupported type"):
        Graph(edited(make_text))


@pytest.mark.parametrize("data", [b"", b"short", b"\0" * 64])
def test_not_a_model(data):
    with pytest.raises(Error, match="x: not a .tflite model"):
        Graph(data, "x")


def test_damaged_model():
    with pytest.raises(Error, match="damaged .tflite model"):
        Graph(tiny_model.make()[:24], "x")


def test_missing_file(tmp_path):
    with pytest.raises(Error, match="none.tflite: No such file"):
        load_graph(tmp_path / "none.tflite")


def test_oracle_computes_maxima():
    graph = Graph(tiny_model.make())
    oracle = Oracle(graph, all_tensors=True)
    for case in make_cases(graph.inputs, 8, seed=3):
        first, second = tiny_model.reference(case.steps[0][0].reshape(4, 4))
        (step,) = oracle.run(case)
        assert np.array_equal(step.outputs[0].ravel(), second.ravel())
        assert np.array_equal(step.tensors[1].ravel(), first.ravel())
        assert np.array_equal(step.tensors[2].ravel(), second.ravel())


def test_oracle_without_all_tensors_shows_outputs_only():
    graph = Graph(tiny_model.make())
    (step,) = Oracle(graph).run(make_cases(graph.inputs, 1, 1)[0])
    assert list(step.tensors) == [3]


def test_oracle_runs_every_step():
    graph = Graph(tiny_model.make())
    images = [np.full((1, 4, 4, 1), value, np.int8) for value in (5, -7)]
    steps = Oracle(graph).run(Case("x", tuple((image,) for image in images)))
    assert [int(step.outputs[0][0, 0]) for step in steps] == [5, -7]


def test_oracle_refuses_what_it_cannot_run():
    def break_it(model):
        for code in model.operatorCodes:
            code.builtinCode = schema.BuiltinOperator.UNIQUE
            code.deprecatedBuiltinCode = 127

    with pytest.raises(Error, match="TensorFlow Lite Micro cannot run the model"):
        Oracle(Graph(edited(break_it)))


def test_oracle_asks_litert_for_what_fails_when_it_runs():
    """TensorFlow Lite Micro loads RESIZE_BILINEAR of int16 and then refuses to run it."""
    entry = next(e for e in entries() if e.label == "RESIZE_BILINEAR-int16")
    graph = Graph(write_model([("c0", entry.draw(1, 0))]))
    (case,) = make_cases(graph.inputs, 1, 1)
    (step,) = Oracle(graph).run(case)
    assert [output.shape for output in step.outputs] == [tuple(t.shape) for t in graph.outputs]
