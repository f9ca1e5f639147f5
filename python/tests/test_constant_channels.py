# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Channels that never vary: they are gone, results are what they were.

The rules are tested by test/Dialect/STM32, exactness over random graphs by
PRUNED of test_ops.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.builder import Case, Node, Tensor, write_model
from shared_models import check_every_tensor, model_path
from stm32_mlir.workflow import Outcome, Settings, validate

pytestmark = pytest.mark.compiler

SIDE, CHANNELS = 6, 12
#: Of the channels behind the first convolution: weights of 0 (two of those are not
#: the zero point), beyond the clamp, and read by weights of 0 alone.
ZERO, BEYOND, UNREAD = (1, 4, 6, 9), (2, 7), (5, 10)
REMOVED = len(ZERO) + len(BEYOND) + len(UNREAD)


def constant(values: np.ndarray, name: str, scale: float = 0.0) -> Tensor:
    made = Tensor(values.shape, values.dtype.name, values=values, name=name)
    if scale:
        made.scales, made.zero_points = (scale,), (0,)
    return made


def activation(name: str, channels: int, zero_point: int) -> Tensor:
    return Tensor((1, SIDE, SIDE, channels), "int8", (0.1,), (zero_point,), name=name)


def model(folder: Path) -> Path:
    """Pointwise, depthwise with padding, pointwise, with channels of each kind."""
    rng = np.random.default_rng(4)

    def weights(*shape: int) -> np.ndarray:
        return rng.integers(-127, 128, shape).astype(np.int8)

    x, first = activation("x", 3, -3), activation("first", CHANNELS, -128)
    second, y = activation("second", CHANNELS, -128), activation("y", 5, 7)
    w1, b1 = weights(CHANNELS, 1, 1, 3), rng.integers(-9000, 9000, CHANNELS).astype(np.int32)
    w2, b2 = weights(1, 3, 3, CHANNELS), rng.integers(-9000, 9000, CHANNELS).astype(np.int32)
    w3, b3 = weights(5, 1, 1, CHANNELS), rng.integers(-9000, 9000, 5).astype(np.int32)
    w1[ZERO, ...] = 0
    b1[list(ZERO)] = (-4000, -10, 500, 900)
    # What is not the zero point differs at the border, unless it is beyond the clamp.
    b2[list(ZERO)] = (4000, -40, -(1 << 22), 1 << 22)
    b2[list(BEYOND)] = (-(1 << 22), 1 << 22)
    w3[..., UNREAD] = 0
    conv = {"padding": 1, "strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
    depthwise = {**conv, "padding": 0, "depthMultiplier": 1}
    relu = {"fusedActivationFunction": 1}
    nodes = [
        Node(
            "CONV_2D",
            [x, constant(w1, "w1", 0.01), constant(b1, "b1")],
            [first],
            {**conv, **relu},
        ),
        Node(
            "DEPTHWISE_CONV_2D",
            [first, constant(w2, "w2", 0.002), constant(b2, "b2")],
            [second],
            {**depthwise, **relu},
        ),
        Node("CONV_2D", [second, constant(w3, "w3", 0.003), constant(b3, "b3")], [y], conv),
    ]
    path = folder / "pruned.tflite"
    path.write_bytes(write_model([("net", Case(nodes))]))
    return path


def run(folder: Path, target: str, keep: bool) -> Outcome:
    outcome = validate(
        Settings(model(folder), target, folder, keep_channels=keep),
        emulate=target != "host",
        vectors=10,
        all_tensors=True,
        count=False,
    )
    assert outcome.bit_exact, outcome.differences[0].describe()
    return outcome


def channels(outcome: Outcome) -> list[int]:
    report = outcome.report
    return [report.tensor(operator.output).shape[-1] for operator in report.operators]


@pytest.mark.parametrize(
    "target",
    ["host", *(pytest.param(f"generic-{core}", marks=pytest.mark.qemu) for core in ("m4", "m55"))],
)
def test_channels_are_left_out(target, tmp_path):
    outcome = run(tmp_path, target, keep=False)
    left = CHANNELS - REMOVED
    assert left % 4 == 0, "what is kept for a multiple of four would hide what goes"
    assert channels(outcome) == [left, left, 5]
    assert [name.partition("/")[0] for name in outcome.matching.narrowed] == ["first", "second"]
    assert len(outcome.matching.compared) == 1


def test_all_are_kept_on_demand(tmp_path):
    outcome = run(tmp_path, "host", keep=True)
    assert channels(outcome) == [CHANNELS, CHANNELS, 5]
    assert len(outcome.matching.compared) == 3


def test_half_of_a_pruned_network_goes(tmp_path):
    """Every tensor of the network is exact if all channels are kept."""
    name = "mlperf_vww_mbv1_int8"
    macs = []
    for keep in (False, True):
        settings = Settings(model_path(name), "host", tmp_path, keep_channels=keep)
        outcome = check_every_tensor(name, settings)
        assert bool(outcome.matching.narrowed) != keep
        macs.append(outcome.report.macs)
    assert macs[0] <= 3_770_000 < 7_489_664 == macs[1]
