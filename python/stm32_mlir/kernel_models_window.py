# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of kernels that multiply with weights, and of pools."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from stm32_mlir.kernel_models import (
    ACTIVATIONS,
    PADDING,
    Sample,
    family,
    make_bias,
    make_list,
    make_relu,
    make_sample,
    make_tensor,
    make_weights,
    shape_text,
)
from stm32_mlir.tflite_writer import Node, Tensor

# ----------------------------------------------------------------------------
# Products with weights, and pools
# ----------------------------------------------------------------------------


#: Type of activations, of weights, and whether the bias is the narrow one.
_KINDS = (
    ("int8", "int8", False),
    ("uint8", "uint8", False),
    ("int16", "int8", False),
    ("int16", "int8", True),
    ("float32", "float32", False),
    ("float32", "int8", False),
)


def _kind_name(kind: tuple[str, str, bool]) -> str:
    x, w, narrow = kind
    return f"{x}{'*int8' if (x, w) == ('float32', 'int8') else ''}{' short' if narrow else ''}"


#: More shapes of int8, to fit costs to: whole tiles and parts of them, few and many
#: channels, images and sounds.
_CONVOLUTIONS = (
    (32, 32, 3, 16, (3, 3), 1, 1),
    (20, 20, 16, 16, (3, 3), 1, 1),
    (15, 15, 24, 28, (3, 3), 1, 1),
    (16, 16, 16, 32, (3, 3), 2, 1),
    (9, 9, 32, 64, (3, 3), 2, 1),
    (8, 8, 64, 48, (3, 3), 1, 1),
    (64, 64, 3, 8, (3, 3), 2, 1),
    (64, 64, 1, 8, (3, 3), 2, 1),
    (40, 10, 1, 48, (10, 4), 2, 1),
    (40, 32, 1, 8, (10, 8), 2, 1),
    (16, 16, 16, 32, (1, 1), 2, 1),
    (16, 16, 32, 48, (1, 1), 2, 1),
    (20, 5, 64, 64, (1, 1), 1, 1),
    (40, 40, 8, 16, (1, 1), 1, 1),
    (24, 24, 16, 24, (1, 1), 1, 1),
    (12, 12, 40, 36, (1, 1), 1, 1),
    (6, 6, 60, 108, (1, 1), 1, 1),
    (6, 6, 128, 96, (1, 1), 1, 1),
    (6, 6, 20, 16, (1, 1), 1, 1),
    (3, 3, 256, 128, (1, 1), 1, 1),
    (3, 3, 28, 24, (1, 1), 1, 1),
    (24, 1, 40, 128, (1, 1), 1, 1),
    (15, 1, 128, 64, (1, 1), 1, 1),
)


def _more_results(
    label: str, code: str, inputs: Sequence[Tensor | None], y: Tensor, **options: object
) -> Iterable[Sample]:
    """The same operator with results that kernels round in other ways: RELU's, and,
    of some, those of multipliers above 1, which are rare."""
    yield make_sample(f"{label}, relu", code, inputs, make_relu(y), **options)
    if "15x15" in label or "12x12" in label or "100 -> 50" in label:
        fine = make_tensor(y.shape, y.dtype, 0.006)
        yield make_sample(f"{label}, fine", code, inputs, fine, **options)


@family
def _conv_2d() -> Iterable[Sample]:
    # rows, columns, channels, output channels, window, stride, groups
    shapes = (
        (8, 8, 32, 16, (1, 1), 1, 1),
        (8, 8, 16, 16, (3, 3), 1, 1),
        (16, 16, 3, 16, (3, 3), 2, 1),
        (24, 10, 1, 8, (10, 4), 2, 1),
        (8, 8, 16, 16, (3, 3), 1, 4),
    )
    for kind in _KINDS:
        more = _CONVOLUTIONS if kind[0] == "int8" else ()
        for h, w, inner, outer, window, stride, groups in (*shapes, *more):
            if groups > 1 and (kind[2] or kind[:2] == ("float32", "int8")):
                continue
            x = make_tensor((1, h, w, inner), kind[0])
            weights = make_weights((outer, *window, inner // groups), 0, kind[1])
            terms = inner // groups * math.prod(window)
            y = make_tensor((1, -(-h // stride), -(-w // stride), outer), kind[0], terms**0.5 * 0.5)
            options = {
                "padding": PADDING.SAME,
                "strideH": stride,
                "strideW": stride,
                "dilationHFactor": 1,
                "dilationWFactor": 1,
            }
            label = f"{_kind_name(kind)} {h}x{w}x{inner} -> {outer}, {shape_text(window)}"
            label += f" / {stride}" if stride > 1 else ""
            label += f", {groups} groups" if groups > 1 else ""
            inputs = [x, weights, make_bias(outer, x, weights, kind[2])]
            yield make_sample(label, "CONV_2D", inputs, y, **options)
            if (h, w, inner, outer, window, stride, groups) in more:
                yield from _more_results(label, "CONV_2D", inputs, y, **options)


#: As _CONVOLUTIONS.
_DEPTHWISE = (
    (25, 5, 64, 1, (3, 3), 1),
    (40, 40, 8, 1, (3, 3), 1),
    (40, 40, 16, 1, (3, 3), 2),
    (24, 24, 32, 1, (3, 3), 1),
    (24, 24, 32, 1, (3, 3), 2),
    (12, 12, 60, 1, (3, 3), 1),
    (12, 12, 60, 1, (3, 3), 2),
    (6, 6, 128, 1, (3, 3), 1),
    (6, 6, 20, 1, (3, 3), 1),
    (6, 6, 128, 1, (3, 3), 2),
    (6, 6, 28, 1, (3, 3), 2),
    (3, 3, 256, 1, (3, 3), 1),
    (3, 3, 32, 1, (3, 3), 1),
    (30, 1, 40, 1, (3, 1), 1),
    (24, 1, 128, 1, (5, 1), 1),
    (20, 1, 96, 1, (11, 1), 1),
    (12, 12, 16, 1, (5, 5), 1),
)


@family
def _depthwise_conv_2d() -> Iterable[Sample]:
    # rows, columns, channels, multiplier, window, stride
    shapes = (
        (8, 8, 16, 1, (3, 3), 1),
        (16, 16, 8, 1, (3, 3), 2),
        (8, 6, 16, 1, (5, 5), 1),
        (32, 1, 16, 1, (9, 1), 1),
        (8, 8, 8, 2, (3, 3), 1),
    )
    for kind in _KINDS:
        if kind[2]:
            continue
        more = _DEPTHWISE if kind[0] == "int8" else ()
        for h, w, inner, multiplier, window, stride in (*shapes, *more):
            outer = inner * multiplier
            x = make_tensor((1, h, w, inner), kind[0])
            weights = make_weights((1, *window, outer), 3, kind[1])
            y = make_tensor((1, -(-h // stride), -(-w // stride), outer), kind[0])
            options = {
                "padding": PADDING.SAME,
                "strideH": stride,
                "strideW": stride,
                "depthMultiplier": multiplier,
                "dilationHFactor": 1,
                "dilationWFactor": 1,
            }
            label = f"{_kind_name(kind)} {h}x{w}x{inner}, {shape_text(window)}"
            label += f" / {stride}" if stride > 1 else ""
            label += f", times {multiplier}" if multiplier > 1 else ""
            inputs = [x, weights, make_bias(outer, x, weights, kind[2])]
            yield make_sample(label, "DEPTHWISE_CONV_2D", inputs, y, **options)
            if (h, w, inner, multiplier, window, stride) in more:
                yield from _more_results(label, "DEPTHWISE_CONV_2D", inputs, y, **options)


@family
def _transpose_conv() -> Iterable[Sample]:
    for kind in _KINDS[:5]:
        if kind[2]:
            continue
        for h, w, inner, outer, window, stride in ((6, 6, 16, 8, 3, 2), (8, 8, 8, 4, 2, 2)):
            x = make_tensor((1, h, w, inner), kind[0])
            weights = make_weights((outer, window, window, inner), 0, kind[1])
            y = make_tensor((1, h * stride, w * stride, outer), kind[0])
            options = {"padding": PADDING.SAME, "strideH": stride, "strideW": stride}
            node = Node(
                "TRANSPOSE_CONV",
                [make_list(*y.shape), weights, x, make_bias(outer, x, weights, kind[2])],
                [y],
                options,
                version=3,
            )
            label = f"{_kind_name(kind)} {h}x{w}x{inner} -> {outer}, {window}x{window} / {stride}"
            yield Sample(label, (node,))


#: As _CONVOLUTIONS: rows, inputs, outputs.
_PRODUCTS = (
    (1, 640, 128), (1, 128, 128), (1, 128, 8), (1, 8, 128), (1, 128, 640), (1, 64, 12),
    (1, 24, 2), (1, 256, 2), (1, 4000, 4), (1, 128, 32), (1, 32, 3), (1, 100, 50),
)  # fmt: skip


@family
def _fully_connected() -> Iterable[Sample]:
    for kind in _KINDS:
        more = _PRODUCTS if kind[0] == "int8" else ()
        for rows, depth, outer in ((1, 256, 32), (1, 64, 10), (8, 32, 16), *more):
            x = make_tensor((rows, depth), kind[0])
            weights = make_weights((outer, depth), -1, kind[1])
            y = make_tensor((rows, outer), kind[0], depth**0.5 * 0.5)
            inputs = [x, weights, make_bias(outer, x, weights, kind[2])]
            label = f"{_kind_name(kind)} {rows}x{depth} -> {outer}"
            yield make_sample(label, "FULLY_CONNECTED", inputs, y)
            if (rows, depth, outer) in more:
                yield from _more_results(label, "FULLY_CONNECTED", inputs, y)


@family
def _batch_matmul() -> Iterable[Sample]:
    for dtype in ACTIVATIONS:
        for batch, rows, depth, columns, swap in ((1, 16, 32, 16, False), (4, 8, 32, 8, True)):
            a = make_tensor((batch, rows, depth), dtype)
            b = make_tensor((batch, *((columns, depth) if swap else (depth, columns))), dtype)
            y = make_tensor((batch, rows, columns), dtype, 40)
            label = f"{dtype} {shape_text(a.shape)} * {shape_text(b.shape)}{' transposed' if swap else ''}"
            yield make_sample(label, "BATCH_MATMUL", [a, b], y, adjX=False, adjY=swap)


@family
def _pool_2d() -> Iterable[Sample]:
    # rows, columns, channels, window, stride
    shapes = ((16, 16, 16, (2, 2), 2), (12, 12, 16, (3, 3), 1), (8, 8, 32, (8, 8), 8), (25, 5, 8, (25, 5), 1))
    more = (
        (3, 3, 24, (3, 3), 3), (3, 3, 256, (3, 3), 3), (25, 5, 64, (25, 5), 1),
        (8, 8, 64, (8, 8), 8), (5, 6, 20, (5, 6), 6),
    )  # fmt: skip
    for code in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        for dtype in ACTIVATIONS:
            for h, w, channels, window, stride in (*shapes, *(more if dtype == "int8" else ())):
                x = make_tensor((1, h, w, channels), dtype)
                size = [(n - k) // stride + 1 for n, k in zip((h, w), window, strict=True)]
                options = {"filterHeight": window[0], "filterWidth": window[1]}
                options |= {"strideH": stride, "strideW": stride, "padding": PADDING.VALID}
                label = f"{dtype} {h}x{w}x{channels}, {shape_text(window)} / {stride}"
                yield make_sample(label, code, [x], make_tensor((1, *size, channels), dtype), **options)
