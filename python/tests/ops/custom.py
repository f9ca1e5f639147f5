# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Custom operators and those that no other family has."""

from __future__ import annotations

from typing import Any

import numpy as np
from flatbuffers import flexbuffers

from ops.builder import Arrays, Case, Node, Tensor
from ops.draw import Draw, int32
from ops.registry import operator


def packed(options: dict[str, Any]) -> bytes:
    """The bytes of a custom operator's options."""
    return bytes(flexbuffers.Dumps(options))


def custom(code: str, inputs: list[Tensor], outputs: list[Tensor], **options: object) -> Node:
    return Node(code, inputs, outputs, options, custom=packed(options))


@operator(
    "EMBEDDING_LOOKUP",
    types=("int8", "float32"),
    litert=("uint8", "int16", "int32", "int64", "bool"),
)
def embedding_lookup(draw: Draw) -> Case:
    rows, count = draw.integer(1, 9), draw.integer(1, 6)
    shape = draw.shape(1, 3, 40)
    ids = Tensor((count,), "int32", limits=(0, rows - 1))
    table = draw.constant(draw.tensor((rows, *shape)))
    if draw.dtype != "int8":
        return Case([Node("EMBEDDING_LOOKUP", [ids, table], [draw.tensor((count, *shape), like=table)])])
    table.zero_points = (0,)
    y = Tensor((count, *shape), "float32")
    return Case([Node("EMBEDDING_LOOKUP", [ids, table], [y])])


@operator("RFFT2D", litert=("float32",))
def rfft2d(draw: Draw) -> Case:
    rows, columns = draw.one_of(1, 2, 4, 8), draw.one_of(2, 4, 8, 16)
    lead = draw.shape(0, 2, 6)
    x = Tensor((*lead, draw.integer(1, rows), draw.integer(1, columns)), "float32")
    if draw.chance(0.7):
        x.shape = (*lead, rows, columns)
    y = Tensor((*lead, rows, columns // 2 + 1), "complex64")
    return Case([Node("RFFT2D", [x, int32(rows, columns)], [y])])


@operator("TFLite_Detection_PostProcess", types=("float32",), litert=("uint8",))
def detection_postprocess(draw: Draw) -> Case:
    boxes, classes = draw.integer(3, 24), draw.integer(1, 6)
    background = draw.integer(0, 1)
    limit = draw.integer(1, 8)
    anchors = Tensor((boxes, 4), "float32")
    centres = draw.rng.uniform(0, 1, (boxes, 2))
    sizes = draw.rng.uniform(0.05, 0.6, (boxes, 2))
    anchors.values = np.concatenate([centres, sizes], 1).astype(np.float32)
    places = draw.tensor((1, boxes, 4), 0.02)
    scores = draw.tensor((1, boxes, classes + background), 1 / 256, zero_point=0)
    scores.limits = (0.0, 1.0) if draw.dtype == "float32" else None
    if draw.dtype == "uint8":
        scale = float(np.float32(0.005))
        levels = np.clip(np.round(anchors.values / scale), 1, 255)
        anchors = Tensor((boxes, 4), "uint8", (scale,), (0,), values=levels.astype(np.uint8))
    outputs = [Tensor(shape, "float32") for shape in ((1, limit, 4), (1, limit), (1, limit), (1,))]
    options = {
        "max_detections": limit,
        "max_classes_per_detection": 1,  # with more, the reference writes past its outputs
        "nms_score_threshold": draw.one_of(0.0, 0.1, 0.5, 1e-8),
        "nms_iou_threshold": draw.one_of(0.3, 0.5, 0.6, 0.9),
        "num_classes": classes,
        "y_scale": 10.0,
        "x_scale": 10.0,
        "h_scale": 5.0,
        "w_scale": 5.0,
    }
    if draw.chance():
        options["use_regular_nms"] = draw.chance()
        options["detections_per_class"] = draw.integer(1, 10)
    node = custom("TFLite_Detection_PostProcess", [places, scores, anchors], outputs, **options)
    return Case([node], meant=detected)


def detected(outputs: Arrays) -> Arrays:
    """The number of detections and so many rows of the rest."""
    *rest, number = outputs
    return (number, *(value[:, : int(number[0])] for value in rest))
