# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that copy elements to other places, in any type."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from ops.builder import Case, Node, Tensor
from ops.draw import Draw, int32, scalar
from ops.registry import operator

USUAL = ("int8", "int16", "float32")
WIDE = ("int32", "int64", "bool")
ANY = (*USUAL, *WIDE)


def one(code: str, inputs: list[Tensor | None], y: Tensor, **options: object) -> Case:
    return Case([Node(code, inputs, [y], options)])


def moved(draw: Draw, code: str, x: Tensor, shape: object, *more: Tensor, **options: object) -> Case:
    """One result of another shape in the quantisation of its input."""
    dims = tuple(int(d) for d in shape)  # type: ignore[attr-defined]
    return one(code, [x, *more], draw.tensor(dims, like=x), **options)


@operator("CONCATENATION", types=ANY, litert=("uint8",))
def concatenation(draw: Draw) -> Case:
    shape = list(draw.shape(1, 4, 120))
    axis = draw.axis(len(shape))
    first = draw.tensor(shape)
    parts = []
    for _ in range(draw.integer(1, 5)):
        dims = list(shape)
        dims[axis] = draw.integer(1, 4)
        if draw.dtype == "uint8":  # the only type that is requantised
            part = draw.tensor(dims, draw.near(first.scale))
        else:
            part = draw.tensor(dims, like=first)
        parts.append(draw.maybe_constant(part, 0.2 if parts else 0))
    if draw.chance(0.1):
        parts.append(parts[0])
    dims = list(shape)
    dims[axis] = sum(part.shape[axis] for part in parts)
    return one("CONCATENATION", parts, draw.tensor(dims, like=first), axis=axis)


@operator("RESHAPE", types=(*ANY, "uint8"))
def reshape(draw: Draw) -> Case:
    x = draw.tensor(draw.shape(0, 5))
    shape, rest = [], int(np.prod(x.shape))
    while rest > 1 and len(shape) < 4:
        factor = draw.one_of(*[f for f in range(1, rest + 1) if rest % f == 0])
        shape.append(factor)
        rest //= factor
    shape += [rest] if rest > 1 else [1] * draw.integer(0, 1)
    asked = list(shape)
    if shape and draw.chance(0.3):
        asked[draw.integer(0, len(shape) - 1)] = -1
    if draw.chance(0.2):
        return moved(draw, "RESHAPE", x, shape, newShape=asked)
    return moved(draw, "RESHAPE", x, shape, int32(*asked), newShape=shape)


@operator("SQUEEZE", types=(*ANY, "uint8"))
def squeeze(draw: Draw) -> Case:
    shape = draw.shape(1, 5)
    ones = [i for i, d in enumerate(shape) if d == 1]
    if not ones:
        shape, ones = (*shape, 1), [len(shape)]
    chosen = [i for i in ones if draw.chance(0.6)]
    kept = [d for i, d in enumerate(shape) if i not in (chosen or ones)]
    asked = [i - (len(shape) if draw.chance(0.3) else 0) for i in chosen]
    return moved(draw, "SQUEEZE", draw.tensor(shape), kept, squeezeDims=asked)


@operator("EXPAND_DIMS", types=USUAL, litert=("uint8", *WIDE))
def expand_dims(draw: Draw) -> Case:
    shape = list(draw.shape(1, 4))
    axis = draw.integer(-len(shape) - 1, len(shape))
    x = draw.tensor(shape)
    shape.insert(axis if axis >= 0 else axis + len(shape) + 1, 1)
    return moved(draw, "EXPAND_DIMS", x, shape, draw.one_of(scalar(axis), int32(axis)))


@operator("PACK", types=(*USUAL, "int32", "int64"), litert=("uint8",))
def pack(draw: Draw) -> Case:
    shape = draw.shape(0, 3, 120)
    count, rank = draw.integer(1, 5), len(shape)
    axis = draw.integer(-rank - 1, rank)
    first = draw.tensor(shape)
    parts = [first] + [
        draw.maybe_constant(draw.tensor(shape, like=first), 0.2) for _ in range(count - 1)
    ]
    dims = list(shape)
    dims.insert(axis if axis >= 0 else axis + rank + 1, count)
    return one("PACK", parts, draw.tensor(dims, like=first), valuesCount=count, axis=axis)


@operator("UNPACK", types=(*USUAL, "int32"), litert=("uint8", "bool"))
def unpack(draw: Draw) -> Case:
    shape = draw.shape(1, 4)
    axis = draw.axis(len(shape))
    x, dims = draw.tensor(shape), list(shape)
    count = dims.pop(axis)
    parts = [draw.tensor(dims, like=x) for _ in range(count)]
    return Case([Node("UNPACK", [x], parts, {"num": count, "axis": axis})])


@operator("SPLIT", types=(*USUAL, "int32"), litert=("uint8", "int64"))
def split(draw: Draw) -> Case:
    shape = list(draw.shape(1, 4, 120))
    axis, count = draw.axis(len(shape)), draw.integer(1, 4)
    part = list(shape)
    shape[axis] *= count
    x = draw.tensor(shape)
    parts = [draw.tensor(part, like=x) for _ in range(count)]
    return Case([Node("SPLIT", [scalar(axis), x], parts, {"numSplits": count})])


@operator("SPLIT_V", types=(*USUAL, "int32"), litert=("uint8", "int64"))
def split_v(draw: Draw) -> Case:
    shape = list(draw.shape(1, 4, 120))
    axis = draw.axis(len(shape))
    sizes = [draw.integer(1, 4) for _ in range(draw.integer(1, 4))]
    shape[axis] = sum(sizes)
    x, parts = draw.tensor(shape), []
    for size in sizes:
        dims = list(shape)
        dims[axis] = size
        parts.append(draw.tensor(dims, like=x))
    if draw.chance(0.3):
        sizes[draw.integer(0, len(sizes) - 1)] = -1
    node = Node("SPLIT_V", [x, int32(*sizes), scalar(axis)], parts, {"numSplits": len(sizes)})
    return Case([node])


@operator("TRANSPOSE", types=USUAL, litert=("uint8", *WIDE))
def transpose(draw: Draw) -> Case:
    x = draw.tensor(draw.shape(1, 5))
    order = [int(i) for i in draw.rng.permutation(len(x.shape))]
    return moved(draw, "TRANSPOSE", x, [x.shape[i] for i in order], int32(*order))


def pairs(values: list[tuple[int, int]]) -> Tensor:
    """A constant [rank, 2], as padding and crops are given."""
    return Tensor((len(values), 2), "int32", values=np.array(values, np.int32))


@operator("PAD", types=(*USUAL, "int32"), litert=("uint8", "int64", "bool"))
def pad(draw: Draw) -> Case:
    x, amounts, shape = _padded(draw)
    return moved(draw, "PAD", x, shape, pairs(amounts))


@operator("PADV2", types=(*USUAL, "int32"), litert=("uint8", "int64", "bool"))
def padv2(draw: Draw) -> Case:
    x, amounts, shape = _padded(draw)
    value = draw.constant(draw.tensor(draw.one_of((), (1,)), like=x))
    return moved(draw, "PADV2", x, shape, pairs(amounts), value)


def _padded(draw: Draw) -> tuple[Tensor, list[tuple[int, int]], list[int]]:
    x = draw.tensor(draw.shape(1, 5, 120))
    most = 3 if len(x.shape) < 4 else 2
    amounts = [
        (draw.integer(0, most), draw.integer(0, most)) if draw.chance(0.6) else (0, 0)
        for _ in x.shape
    ]
    return x, amounts, [d + a + b for d, (a, b) in zip(x.shape, amounts, strict=True)]


@operator("MIRROR_PAD", types=("int8", "float32"), litert=("uint8", "int16", *WIDE))
def mirror_pad(draw: Draw) -> Case:
    mode = draw.one_of(schema.MirrorPadMode.REFLECT, schema.MirrorPadMode.SYMMETRIC)
    x = draw.tensor(draw.shape(1, 4, 120))
    amounts = []
    for size in x.shape:
        most = size - 1 if mode == schema.MirrorPadMode.REFLECT else size
        amounts.append((draw.integer(0, min(most, 3)), draw.integer(0, min(most, 3))))
    shape = [d + a + b for d, (a, b) in zip(x.shape, amounts, strict=True)]
    return moved(draw, "MIRROR_PAD", x, shape, pairs(amounts), mode=mode)


@operator("SLICE", types=(*USUAL, "int32", "bool"), litert=("uint8", "int64"))
def slice_(draw: Draw) -> Case:
    x = draw.tensor(draw.shape(1, 5))
    begin = [draw.integer(0, d - 1) for d in x.shape]
    size = [draw.integer(1, d - b) for d, b in zip(x.shape, begin, strict=True)]
    asked = [
        -1 if b + s == d and draw.chance() else s
        for d, b, s in zip(x.shape, begin, size, strict=True)
    ]
    return moved(draw, "SLICE", x, size, int32(*begin), int32(*asked))


@operator("STRIDED_SLICE", types=(*USUAL, "int32", "bool"), litert=("uint8", "int64"))
def strided_slice(draw: Draw) -> Case:
    x = draw.tensor(draw.shape(1, 4))
    masks = {"beginMask": 0, "endMask": 0, "shrinkAxisMask": 0}
    begin, end, stride, shape = [], [], [], []
    for i, size in enumerate(x.shape):
        if draw.chance(0.2):
            masks["shrinkAxisMask"] |= 1 << i
            at = draw.integer(0, size - 1)
            begin.append(at - (size if draw.chance(0.3) else 0))
            end.append(begin[-1] + 1 if draw.chance(0.7) else begin[-1])
            stride.append(1)
            continue
        step = draw.one_of(1, 1, 2, 3, -1, -2)
        first, last = sorted((draw.integer(0, size - 1), draw.integer(0, size - 1)))
        low, high = (first, last + 1) if step > 0 else (last, first - 1)
        for name, chosen in (("beginMask", draw.chance(0.2)), ("endMask", draw.chance(0.2))):
            masks[name] |= chosen << i
        begin.append(low - (size if draw.chance(0.3) else 0))
        # What is one before the first element has no negative form.
        end.append(high - (size if high < 0 or (high < size and draw.chance(0.3)) else 0))
        stride.append(step)
        start = None if masks["beginMask"] >> i & 1 else begin[-1]
        stop = None if masks["endMask"] >> i & 1 else end[-1]
        if high < 0:
            end[-1] = stop = -size - 1 if stop is not None else None
            end[-1] = -size - 1
        shape.append(len(range(size)[start:stop:step]))
    y = shape if len(shape) else []
    return moved(draw, "STRIDED_SLICE", x, y, int32(*begin), int32(*end), int32(*stride), **masks)


@operator("TILE", litert=(*ANY, "uint8"))
def tile(draw: Draw) -> Case:
    x = draw.tensor(draw.shape(1, 4, 60))
    times = [draw.integer(1, 3) for _ in x.shape]
    shape = [d * n for d, n in zip(x.shape, times, strict=True)]
    return moved(draw, "TILE", x, shape, int32(*times))


@operator("BROADCAST_TO", types=(*ANY, "uint8"))
def broadcast_to(draw: Draw) -> Case:
    shape = draw.shape(1, 5)
    x = draw.tensor(draw.broadcast(shape))
    return moved(draw, "BROADCAST_TO", x, shape, int32(*shape))


@operator("GATHER", types=("int8", "float32"), litert=("uint8", "int16", *WIDE))
def gather(draw: Draw) -> Case:
    x = draw.tensor(draw.shape(1, 4, 120))
    rank = len(x.shape)
    axis = draw.integer(0, rank - 1)
    shared = draw.integer(0, min(axis, 1)) if draw.chance(0.3) else 0
    shape = (*x.shape[:shared], *draw.shape(0, 2, 12))
    places = Tensor(shape, "int32", limits=(0, x.shape[axis] - 1))
    draw.maybe_constant(places, 0.5)
    result = (*x.shape[:axis], *shape[shared:], *x.shape[axis + 1 :])
    asked = axis - (rank if draw.chance(0.3) else 0)
    return moved(draw, "GATHER", x, result, places, axis=asked, batchDims=shared)


@operator("GATHER_ND", types=("int8", "float32"), litert=("uint8", "int16", *WIDE))
def gather_nd(draw: Draw) -> Case:
    x = draw.tensor(draw.shape(1, 4, 120))
    depth = draw.integer(1, len(x.shape))
    lead = draw.shape(1, 2, 12)
    limit = min(x.shape[:depth]) - 1
    places = Tensor((*lead, depth), "int32", limits=(0, limit))
    if draw.chance():
        columns = [draw.rng.integers(0, d, lead) for d in x.shape[:depth]]
        places.values = np.stack(columns, -1).astype(np.int32)
    return moved(draw, "GATHER_ND", x, (*lead, *x.shape[depth:]), places)


@operator("DEPTH_TO_SPACE", types=("int8", "float32"), litert=("uint8", "int32", "int64"))
def depth_to_space(draw: Draw) -> Case:
    block = draw.integer(1, 4)
    n, h, w, c = draw.image(3, 5)
    x = draw.tensor((n, h, w, c * block * block))
    shape = (n, h * block, w * block, c)
    return moved(draw, "DEPTH_TO_SPACE", x, shape, blockSize=block)


@operator("SPACE_TO_DEPTH", types=("int8", "float32"), litert=("uint8", "int32", "int64"))
def space_to_depth(draw: Draw) -> Case:
    block = draw.integer(1, 4)
    n, h, w, c = draw.image(3, 5)
    x = draw.tensor((n, h * block, w * block, c))
    return moved(draw, "SPACE_TO_DEPTH", x, (n, h, w, c * block * block), blockSize=block)


@operator("SPACE_TO_BATCH_ND", types=("int8", "float32"), litert=("uint8", "int16", *WIDE))
def space_to_batch_nd(draw: Draw) -> Case:
    blocks, batch, image, rest = _blocks(draw)
    around = [(draw.integer(0, 2), 0) for _ in blocks]
    padded = [(a, b + (-(n + a) % k)) for n, k, (a, b) in zip(image, blocks, around, strict=True)]
    x = draw.tensor((batch, *image, *rest))
    small = [(n + a + b) // k for n, k, (a, b) in zip(image, blocks, padded, strict=True)]
    shape = (batch * int(np.prod(blocks)), *small, *rest)
    return moved(draw, "SPACE_TO_BATCH_ND", x, shape, int32(*blocks), pairs(padded))


@operator("BATCH_TO_SPACE_ND", types=("int8", "float32"), litert=("uint8", "int16", *WIDE))
def batch_to_space_nd(draw: Draw) -> Case:
    blocks, batch, image, rest = _blocks(draw)
    x = draw.tensor((batch * int(np.prod(blocks)), *image, *rest))
    large = [n * k for n, k in zip(image, blocks, strict=True)]
    crops = []
    for size in large:
        before = draw.integer(0, min(2, size - 1))
        crops.append((before, draw.integer(0, min(2, size - 1 - before))))
    cut = [n - a - b for n, (a, b) in zip(large, crops, strict=True)]
    return moved(
        draw, "BATCH_TO_SPACE_ND", x, (batch, *cut, *rest), int32(*blocks), pairs(crops)
    )


def _blocks(draw: Draw) -> tuple[list[int], int, list[int], tuple[int, ...]]:
    """Block sizes, batch, the dimensions that they divide, the rest."""
    rank = draw.one_of(1, 2, 2, 2)
    blocks = [draw.integer(1, 3) for _ in range(rank)]
    return blocks, draw.integer(1, 3), [draw.integer(1, 6) for _ in blocks], (draw.integer(1, 4),)


@operator("REVERSE_V2", types=(*ANY, "uint8"))
def reverse_v2(draw: Draw) -> Case:
    x = draw.tensor(draw.shape(1, 4))
    return moved(draw, "REVERSE_V2", x, x.shape, int32(draw.axis(len(x.shape))))


@operator("SHAPE", types=(*ANY, "uint8"))
def shape_(draw: Draw) -> Case:
    x = draw.tensor(draw.shape(1, 5))
    made, more, y = (Tensor((len(x.shape),), "int32", limits=(-99, 99)) for _ in range(3))
    # Alone it would be a constant and the model nothing at all.
    nodes = [
        Node("SHAPE", [x], [made], {"outType": schema.TensorType.INT32}),
        Node("ADD", [made, more], [y]),
    ]
    return Case(nodes)
