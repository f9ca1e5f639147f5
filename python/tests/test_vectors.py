# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""vectors: made and stored."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stm32_mlir import vectors
from stm32_mlir.errors import Error
from stm32_mlir.graph import GraphTensor


def spec(dtype=np.int8, shape=(2, 3), zero_point=5):
    return GraphTensor(0, "x", np.dtype(dtype), shape, 0.5, zero_point)


def value_of(case):
    return case.steps[0][0]


def test_extremes_come_first():
    cases = vectors.make_cases([spec()], 7, 1)
    assert [case.kind for case in cases] == [*vectors.EXTREMES, "random", "near_zero"]
    by_kind = {case.kind: value_of(case) for case in cases}
    assert (by_kind["min"] == -128).all()
    assert (by_kind["max"] == 127).all()
    assert (by_kind["zero"] == 5).all()
    assert list(by_kind["stripes"].ravel()) == [-128, 127] * 3
    assert np.abs(by_kind["near_zero"].astype(int) - 5).max() <= 7


def test_ramp_has_every_value():
    ramp = vectors.fill(spec(shape=(512,)), "ramp", np.random.default_rng(0))
    assert sorted(set(ramp.tolist())) == list(range(-128, 128))


@given(
    st.sampled_from([np.int8, np.uint8, np.int16, np.int32, np.float32]),
    st.lists(st.integers(1, 4), max_size=4),
    st.integers(-200, 40000),
    st.sampled_from([*vectors.EXTREMES, "random", "near_zero"]),
)
def test_any_type_and_shape(dtype, shape, zero_point, kind):
    wanted = spec(dtype, tuple(shape), zero_point)
    value = vectors.fill(wanted, kind, np.random.default_rng(1))
    assert value.dtype == dtype
    assert value.shape == tuple(shape)


@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_same_seed_same_vectors_and_more_only_append(seed, count):
    few = vectors.make_cases([spec()], count, seed)
    many = vectors.make_cases([spec()], count + 3, seed)
    assert vectors.to_bytes(few) == vectors.to_bytes(many[:count])


def test_other_seed_other_vectors():
    one, two = (vectors.make_cases([spec()], 6, seed)[-1] for seed in (1, 2))
    assert not np.array_equal(value_of(one), value_of(two))


def test_steps_differ():
    (case,) = vectors.make_cases([spec()], 6, 1, steps=3)[-1:]
    assert len(case.steps) == 3
    assert not np.array_equal(case.steps[0][0], case.steps[1][0])


def test_xorshift_is_the_published_stream():
    state, wanted = 0x12345678, []
    for _ in range(12):
        state = (state ^ (state << 13)) % 2**32
        state = state ^ (state >> 17)
        state = (state ^ (state << 5)) % 2**32
        wanted.append(state % 256)
    cases = vectors.xorshift_cases([spec()], 2)
    assert list(vectors.to_bytes(cases)) == wanted


def test_xorshift_floats_are_in_range():
    (case,) = vectors.xorshift_cases([spec(np.float32, (50,))], 1)
    assert np.abs(value_of(case)).max() <= 1
    assert value_of(case).std() > 0.1


def test_bytes_are_inputs_of_steps_of_vectors():
    two = (np.array([1, 2], np.int8), np.array([3], np.int16))
    case = vectors.Case("x", (two, two))
    assert vectors.to_bytes([case, case]) == b"\x01\x02\x03\x00" * 4


def save(path, **changes):
    arrays = {
        "v0_s0_in0": np.zeros((2, 3), np.int8),
        "v0_s0_out0": np.ones((4,), np.int8),
        "v0_s1_in0": np.ones((2, 3), np.int8),
        "v0_s1_out0": np.zeros((4,), np.int8),
    }
    arrays.update(changes)
    np.savez(path, **{key: value for key, value in arrays.items() if value is not None})
    return path


OUT = [spec(shape=(4,))]


def test_golden(tmp_path):
    (case,) = vectors.load_golden(save(tmp_path / "g.npz"), [spec()], OUT)
    assert case.kind == "golden0"
    assert [int(step[0].sum()) for step in case.steps] == [0, 6]
    assert [int(step[0].sum()) for step in case.expected] == [4, 0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"v0_s1_out0": None}, "array v0_s1_out0 is missing"),
        ({"v0_s0_in0": np.zeros((3, 2), np.int8)}, r"v0_s0_in0 is int8\[3, 2\], the model has int8\[2, 3\]"),
        ({"v0_s0_in0": np.zeros((2, 3), np.uint8)}, r"v0_s0_in0 is uint8\[2, 3\]"),
        ({"labels": np.zeros(3)}, "array labels is not named v<k>"),
    ],
)
def test_golden_that_does_not_fit(tmp_path, changes, message):
    with pytest.raises(Error, match=message):
        vectors.load_golden(save(tmp_path / "g.npz", **changes), [spec()], OUT)


def test_golden_unreadable(tmp_path):
    with pytest.raises(Error, match="cannot read golden vectors"):
        vectors.load_golden(tmp_path / "none.npz", [spec()], OUT)
    (tmp_path / "bad.npz").write_bytes(b"nothing")
    with pytest.raises(Error, match="cannot read golden vectors"):
        vectors.load_golden(tmp_path / "bad.npz", [spec()], OUT)


def test_golden_empty(tmp_path):
    np.savez(tmp_path / "e.npz")
    with pytest.raises(Error, match="holds no vector"):
        vectors.load_golden(tmp_path / "e.npz", [spec()], OUT)
