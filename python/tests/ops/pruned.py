# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random graphs with channels that never vary, or that nobody needs.

Graphs as those of `graphs`, of window operators most of all. Weights of 0, biases
at and beyond the ends of the clamp, and weights of 0 for inputs are put into
them, so that the compiler finds channels it may leave out, others that only look
like it, and operators between that need all channels.
"""

from __future__ import annotations

import numpy as np

from ops import graphs
from ops.builder import Case, Node, Tensor
from ops.draw import Draw, int32
from ops.registry import operator

#: Steps that work on single channels, and how often they are taken.
_STEPS = {
    graphs.conv_2d: 5,
    graphs.depthwise_conv_2d: 5,
    graphs.fully_connected: 1.5,
    graphs.pool: 1.5,
    graphs.pad: 0.7,
    graphs.mean: 0.5,
    graphs.unary: 1.5,
    graphs.requantize: 0.5,
    graphs.reshape: 0.7,
    graphs.binary: 0.5,
    graphs.concatenation: 0.3,
    graphs.split: 0.3,
}

#: Dimension of the output channels in the weights.
_WEIGHTED = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 0}


class _Chain(graphs.Graph):
    """A graph whose operators read the tensor before them most of the time."""

    most_channels = 20

    def pick(self, rank: int | None = None) -> Tensor | None:
        last = self.tensors[-1]
        if self.draw.chance(0.8) and rank in (None, len(last.shape)):
            return last
        return super().pick(rank)


@operator("PRUNED", types=("int8",), litert=("uint8",), is_graph=True)
def pruned(draw: Draw) -> Case:
    draw.extreme = False
    g = _Chain(draw)
    steps, odds = list(_STEPS), np.array(list(_STEPS.values()))
    wanted = draw.integer(2, 10)
    for _ in range(4 * wanted):
        if len(g.nodes) >= wanted:
            break
        steps[int(draw.rng.choice(len(steps), p=odds / odds.sum()))](g)
    if not g.nodes:
        x = g.inputs[0]
        size = int(np.prod(x.shape))
        g.add("RESHAPE", [x, int32(-1)], g.like(x, [size]), newShape=[-1])
    for node in g.nodes:
        if node.code in _WEIGHTED:
            _prune(draw, node)
    return g.case()


def _prune(draw: Draw, node: Node) -> None:
    """Makes channels of an operator with constant weights constant, or almost."""
    x, w, offset = node.inputs
    axis = _WEIGHTED[node.code]
    if w is None or w.values is None:
        return
    by_output = np.moveaxis(w.values, axis, 0)  # a view
    if axis == 0:
        by_output[..., draw.rng.random(w.shape[-1]) < draw.one_of(0, 0.3)] = w.zero_point
    odds = draw.one_of((0.3, 0.1, 0.3), (0.6, 0, 0.3), (0, 0, 0.9), (0.1, 0.1, 0.1))
    for channel in range(w.shape[axis]):
        kind = int(draw.rng.choice(4, p=(*odds, 1 - sum(odds))))
        if kind == 0:
            by_output[channel] = w.zero_point
        elif kind == 1:  # a few weights of 1
            small = draw.rng.integers(0, 2, by_output[channel].shape)
            by_output[channel] = np.clip(w.zero_point + small, *_ends(w.values.dtype))
        elif kind == 2 and offset is not None:
            _saturate(draw, node, channel, by_output[channel])


def _saturate(draw: Draw, node: Node, channel: int, weights: np.ndarray) -> None:
    """A bias about as far off as it takes to leave the clamp with any input."""
    x, w, offset = node.inputs
    y = node.outputs[0]
    ratio = x.scale * w.scales[channel % len(w.scales)] / y.scale
    if not 1e-7 < ratio < 0.5:
        return
    worst = 255 * np.abs(weights.astype(int) - w.zero_point).sum()
    far = draw.rng.uniform(0.3, 1.1) * worst + draw.rng.uniform(0, 300) / ratio
    offset.values[channel] = np.clip(draw.one_of(-1, 1) * far, -(1 << 28), 1 << 28)


def _ends(dtype: np.dtype) -> tuple[int, int]:
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)
