# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of kernels that reduce, move or keep values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers

from stm32_mlir.kernel_models import (
    ACTIVATIONS,
    Sample,
    Shape,
    family,
    make_bias,
    make_fixed,
    make_list,
    make_pairs,
    make_sample,
    make_scalar,
    make_tensor,
    make_values,
    make_weights,
    shape_text,
)
from stm32_mlir.tflite_writer import RESOURCE, Node, Tensor

# ----------------------------------------------------------------------------
# Rows and dimensions
# ----------------------------------------------------------------------------


@family
def _reduce() -> Iterable[Sample]:
    # Shape and the reduced dimensions: pixels, channels, rows.
    cases = (((1, 8, 8, 32), (1, 2)), ((1, 8, 8, 32), (3,)), ((1, 16, 12, 8), (1,)))
    for dtype in ("int8", "int16", "int32", "float32"):
        for code in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN"):
            for shape, axes in cases:
                rest = [d for i, d in enumerate(shape) if i not in axes]
                factor = 1.1 if code == "MEAN" else 8.0 if code == "SUM" else 1.0
                label = f"{dtype} {shape_text(shape)} along {shape_text(axes)}"
                inputs = [make_tensor(shape, dtype), make_list(*axes)]
                yield make_sample(label, code, inputs, make_tensor(rest, dtype, factor), keepDims=False)
        if dtype == "int16":
            continue
        for code in ("ARG_MAX", "ARG_MIN"):
            for shape, axis in (((8, 64), 1), ((1, 16, 8), 1)):
                rest = [d for i, d in enumerate(shape) if i != axis]
                label = f"{dtype} {shape_text(shape)} along {axis}"
                inputs = [make_tensor(shape, dtype), make_scalar(axis)]
                yield make_sample(label, code, inputs, Tensor(tuple(rest), "int32"), outputType=2)


@family
def _rows() -> Iterable[Sample]:
    for shape in ((1, 2), (1, 4), (1, 10), (8, 32), (1, 200)):
        for dtype, y in (
            ("int8", ("int8", 2.0**-8, -128)),
            ("int8", ("int16", 2.0**-16, -32768)),
            ("int16", ("int16", 2.0**-15, 0)),
            ("float32", ("float32", 0.0, 0)),
        ):
            label = f"{dtype} {shape_text(shape)}{' to int16' if y[0] != dtype else ''}"
            yield make_sample(label, "SOFTMAX", [make_tensor(shape, dtype)], make_fixed(shape, *y), beta=1.0)
        for dtype in ("int8", "float32"):
            x, label = make_tensor(shape, dtype), f"{dtype} {shape_text(shape)}"
            yield make_sample(label, "LOG_SOFTMAX", [x], make_fixed(shape, dtype, 1 / 16, 127))
            yield make_sample(label, "L2_NORMALIZATION", [x], make_fixed(shape, dtype, 1 / 128, 0))


# ----------------------------------------------------------------------------
# Movement
# ----------------------------------------------------------------------------


def _moves(dtype: str, x: Shape, y: Sequence[int], code: str, what: str, *more: Tensor, **options: object) -> Sample:
    label = f"{code.lower()} {dtype} {shape_text(x)} {what}".rstrip()
    return make_sample(label, code, [make_tensor(x, dtype), *more], make_tensor(y, dtype), **options)


@family
def _copy() -> Iterable[Sample]:
    for dtype in ("int8", "int16", "float32", "int64"):
        image = (1, 16, 16, 8)
        yield _moves(dtype, (32, 48), (48, 32), "TRANSPOSE", "by 1, 0", make_list(1, 0))
        yield _moves(dtype, image, (1, 8, 16, 16), "TRANSPOSE", "to planar", make_list(0, 3, 1, 2))
        yield _moves(dtype, image, (1, 16, 16, 8), "TRANSPOSE", "rows", make_list(0, 2, 1, 3))
        begin, size = make_list(0, 1, 1, 0), make_list(1, 14, 14, 8)
        yield _moves(dtype, image, (1, 14, 14, 8), "SLICE", "inner pixels", begin, size)
        begin, size = make_list(0, 0, 0, 2), make_list(1, 16, 16, 4)
        yield _moves(dtype, image, (1, 16, 16, 4), "SLICE", "channels", begin, size)
        ends = (make_list(0, 0, 0, 0), make_list(1, 16, 16, 8), make_list(1, 2, 2, 1))
        yield _moves(dtype, image, (1, 8, 8, 8), "STRIDED_SLICE", "every second", *ends)
        yield _moves(dtype, image, image, "REVERSE_V2", "columns", make_list(2))
        yield _moves(dtype, (1, 8, 8, 4), (1, 16, 8, 8), "TILE", "", make_list(1, 2, 1, 2))
        yield _moves(dtype, (1, 1, 1, 8), image, "BROADCAST_TO", "", make_list(*image))
        yield _moves(dtype, (1, 8, 8, 16), (1, 16, 16, 4), "DEPTH_TO_SPACE", "", blockSize=2)
        yield _moves(dtype, (1, 16, 16, 4), (1, 8, 8, 16), "SPACE_TO_DEPTH", "", blockSize=2)
        yield _moves(dtype, (1, 8, 8, 8), image, "RESIZE_NEAREST_NEIGHBOR", "twice", make_list(16, 16))
        parts = [make_tensor((1, 12, 12, c), dtype) for c in (8, 4)]
        label = f"concatenation {dtype} 1x12x12x8, 1x12x12x4"
        yield make_sample(label, "CONCATENATION", parts, make_tensor((1, 12, 12, 12), dtype), axis=3)


@family
def _pad() -> Iterable[Sample]:
    for dtype in ("int8", "int16", "float32", "int64"):
        around = make_pairs((0, 0), (1, 1), (1, 1), (0, 0))
        yield _moves(dtype, (1, 14, 14, 8), (1, 16, 16, 8), "PAD", "around", around)
        more = make_pairs((0, 0), (0, 0), (0, 0), (0, 5))
        yield _moves(dtype, (1, 12, 12, 3), (1, 12, 12, 8), "PAD", "channels", more)
        if dtype in ("int16", "float32", "int64"):
            value = make_values(make_tensor((1,), dtype), 300, 300)
            value.values = np.full((1,), 0.3 if dtype == "float32" else 300, dtype)
            yield _moves(dtype, (1, 14, 14, 8), (1, 16, 16, 8), "PADV2", "around", around, value)


@family
def _gather() -> Iterable[Sample]:
    for dtype in ("int8", "float32"):
        for index in ("int32", "int64"):
            for x, axis, count in (((16, 64), 0, 24), ((32, 16), 1, 12), ((200,), 0, 100)):
                places = Tensor((count,), index, limits=(0, x[axis] - 1))
                y = (*x[:axis], count, *x[axis + 1 :])
                what = f"{count} {index} along {axis}"
                yield _moves(dtype, x, y, "GATHER", what, places, axis=axis, batchDims=0)
            for x, depth, count in (((16, 64), 1, 24), ((12, 12, 8), 2, 48)):
                places = Tensor((count, depth), index, limits=(0, 11))
                what = f"{count} of {depth} {index}"
                yield _moves(dtype, x, (count, *x[depth:]), "GATHER_ND", what, places)


@family
def _resize_bilinear() -> Iterable[Sample]:
    for dtype in ("int8", "int16", "uint8", "float32"):
        for channels, size in ((8, (16, 16)), (3, (20, 20))):
            x, y = (1, 8, 8, channels), (1, *size, channels)
            yield _moves(dtype, x, y, "RESIZE_BILINEAR", f"to {shape_text(size)}", make_list(*size))


# ----------------------------------------------------------------------------
# State
# ----------------------------------------------------------------------------


@family
def _variables() -> Iterable[Sample]:
    for number, (dtype, shape) in enumerate((("int8", (1, 16, 32)), ("float32", (1, 4, 5)))):
        name = {"sharedName": f"state{number}"}
        handles = [Tensor((), RESOURCE) for _ in range(2)]
        x, state = make_tensor(shape, dtype), make_tensor(shape, dtype)
        start = make_tensor(shape, dtype)
        start.values = np.zeros(shape, dtype)
        initial = (
            Node("VAR_HANDLE", [], [handles[1]], name),
            Node("ASSIGN_VARIABLE", [handles[1], start], []),
        )
        # The state changes before it is used, so it is copied.
        y = make_tensor((2, *shape[1:]), dtype)
        nodes = (
            Node("VAR_HANDLE", [], [handles[0]], name),
            Node("READ_VARIABLE", [handles[0]], [state]),
            Node("ASSIGN_VARIABLE", [handles[0], x], []),
            Node("CONCATENATION", [x, state], [y], {"axis": 0}),
        )
        yield Sample(f"{dtype} {shape_text(shape)}", nodes, initial)


@family
def _svdf() -> Iterable[Sample]:
    for state_type in ("int8", "int16", "float32"):
        for inner, units, memory in ((40, 32, 8), (64, 16, 10)):
            dtype = "float32" if state_type == "float32" else "int8"
            x, state = make_tensor((1, inner), dtype), Tensor((1, memory * units), state_type, variable=True)
            feature = make_weights((units, inner), -1, dtype)
            time = make_values(Tensor((units, memory), state_type))
            bias, y = make_values(Tensor((units,), "float32")), make_tensor((1, units), dtype, 10)
            if dtype == "int8":
                state.scales, state.zero_points = ((0.05,) if state_type == "int8" else (0.0005,)), (0,)
                time.scales, time.zero_points = (0.01,), (0,)
                bias = make_values(Tensor((units,), "int32", (state.scale * 0.01,), (0,)))
            inputs = [x, feature, time, bias, state]
            label = f"{dtype}, state {state_type}, {inner} -> {units}, memory {memory}"
            yield make_sample(label, "SVDF", inputs, y, rank=1)


@family
def _lstm() -> Iterable[Sample]:
    for dtype in ACTIVATIONS:
        for time, inner, units in ((4, 16, 16), (2, 32, 24)):
            x = make_tensor((1, time, inner), dtype)
            scales = {"int8": (1 / 128,), "int16": (2.0**-15,), "float32": ()}[dtype]
            zeros = (0,) * len(scales)
            hidden = Tensor((1, units), dtype, scales, zeros, variable=True)
            cell = Tensor((1, units), "float32", variable=True)
            if dtype != "float32":
                cell = Tensor((1, units), "int16", (2.0**-11,), (0,), variable=True)
            to_gates = [make_weights((units, inner), -1, "float32" if dtype == "float32" else "int8") for _ in range(4)]
            recurrent = [
                make_weights((units, units), -1, "float32" if dtype == "float32" else "int8") for _ in range(4)
            ]
            bias = [make_bias(units, x, w, False) for w in to_gates]
            inputs = [x, *to_gates, *recurrent, None, None, None, *bias, None, None, hidden, cell]
            options = {
                "fusedActivationFunction": schema.ActivationFunctionType.TANH,
                "cellClip": 10.0,
                "timeMajor": False,
            }
            middle = [Tensor((0,), "float32") for _ in range(4)]
            middle.append(Tensor((0,), dtype, scales, zeros))
            node = Node(
                "UNIDIRECTIONAL_SEQUENCE_LSTM",
                [*inputs, None, None, None, None],
                [Tensor((1, time, units), dtype, scales, zeros)],
                options,
                intermediates=middle if dtype != "float32" else (),
            )
            yield Sample(f"{dtype} {time} steps, {inner} -> {units}", (node,))


@family
def _detection() -> Iterable[Sample]:
    boxes, classes, limit = 64, 4, 10
    anchors = make_values(Tensor((boxes, 4), "float32"), 20, 100)
    places = Tensor((1, boxes, 4), "float32")
    scores = Tensor((1, boxes, classes), "float32", limits=(0.0, 1.0))
    outputs = [Tensor(shape, "float32") for shape in ((1, limit, 4), (1, limit), (1, limit), (1,))]
    options = {
        "max_detections": limit,
        "max_classes_per_detection": 1,
        "nms_score_threshold": 0.5,
        "nms_iou_threshold": 0.5,
        "num_classes": classes - 1,
        "y_scale": 10.0,
        "x_scale": 10.0,
        "h_scale": 5.0,
        "w_scale": 5.0,
    }
    node = Node(
        "TFLite_Detection_PostProcess",
        [places, scores, anchors],
        outputs,
        custom=bytes(flexbuffers.Dumps(options)),
    )
    yield Sample(f"{boxes} boxes, {classes - 1} classes", (node,))
