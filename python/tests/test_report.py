# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""report: reading report.json."""

from __future__ import annotations

import json

import numpy as np
import pytest

from stm32_mlir import report
from stm32_mlir.build import compile_model
from stm32_mlir.errors import Error


@pytest.fixture
def directory(tiny, tmp_path):
    return compile_model(tiny, tmp_path / "c", "host").directory


def test_fields(directory):
    loaded = report.load_report(directory)
    assert loaded.name == "network"
    assert loaded.activations == 32
    assert loaded.constants == 48
    assert [operator.output for operator in loaded.operators] == [1, 2]
    assert loaded.tensor(1).shape == (1, 3, 3, 1)
    assert loaded.inputs[0].zero_point == 3
    assert (loaded.lower_bound, loaded.certificate) == (25, "optimal")


def test_activations_are_the_sum_of_all_pools(directory):
    data = json.loads((directory / "report.json").read_text())
    data["pools"].append({"name": "ccm", "region": "ccm", "size": 100, "alignment": 8})
    assert report.parse_report(data).activations == 132


def test_plan_that_came_with_the_input_has_no_bound(directory):
    data = json.loads((directory / "report.json").read_text())
    del data["memory"]["lower_bound"], data["memory"]["certificate"]
    loaded = report.parse_report(data)
    assert (loaded.lower_bound, loaded.certificate) == (None, "")


def test_order_of_steps(directory):
    data = json.loads((directory / "report.json").read_text())
    assert report.parse_report(data).order == [0, 1]
    assert [o.bands for o in report.parse_report(data).operators] == [1, 1]
    data["operators"][0]["bands"] = 2
    rows = [(0, 0, 2), (1, 0, 0), (0, 2, 1)]
    data["steps"] = [dict(zip(("operator", "first", "count"), row, strict=True)) for row in rows]
    loaded = report.parse_report(data)
    assert loaded.order == [0, 1, 0]
    assert loaded.steps[2] == report.Step(0, 2, 1)
    assert [o.bands for o in loaded.operators] == [2, 1]


def test_unknown_tensor(directory):
    with pytest.raises(Error, match="no tensor 9"):
        report.load_report(directory).tensor(9)


def test_no_report(tmp_path):
    with pytest.raises(Error, match="report.json: No such file") as caught:
        report.load_report(tmp_path)
    assert caught.value.hint == "generate the model first"


def test_not_json(tmp_path):
    (tmp_path / "report.json").write_text("{")
    with pytest.raises(Error, match="not JSON"):
        report.load_report(tmp_path)


@pytest.mark.parametrize("key", ["name", "macs", "inputs", "pools", "constants", "memory", "tensors"])
def test_missing_key_is_named(directory, key):
    path = directory / "report.json"
    data = json.loads(path.read_text())
    del data[key]
    path.write_text(json.dumps(data))
    with pytest.raises(Error, match=f"missing or malformed: '{key}'"):
        report.load_report(directory)


def test_wrong_type_is_an_error(directory):
    path = directory / "report.json"
    data = json.loads(path.read_text())
    data["macs"] = "many"
    path.write_text(json.dumps(data))
    with pytest.raises(Error, match="missing or malformed: .*many"):
        report.load_report(directory)


@pytest.mark.parametrize(
    ("name", "dtype"),
    [("int8", np.int8), ("INT8", np.int8), ("i8", np.int8), ("u8", np.uint8), ("f32", np.float32)],
)
def test_types(name, dtype):
    assert report.dtype_of(name) == dtype


def test_unknown_type():
    with pytest.raises(Error, match="unknown tensor type i3"):
        report.dtype_of("i3")
