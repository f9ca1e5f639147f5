# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models of single operators whose instructions `bench --kernels` counts.

A few typical shapes of each operator and type: enough to see what a kernel costs
for an element, for a run and for a product. Which kernel an operator gets, the
compiler decides; nothing here names one.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers

from stm32_mlir.tflite_writer import RESOURCE, ModelWriter, Node, Tensor

Shape = tuple[int, ...]

#: Types and a scale for each; zero points are 0, which no kernel looks at.
_SCALES = {"int8": 0.05, "uint8": 0.05, "int16": 0.0002}
_ACTIVATIONS = ("int8", "int16", "float32")
_PADDING = schema.Padding


@dataclass(frozen=True, slots=True)
class Sample:
    """One operator; `label` says its shapes and what else matters.

    initial   operators that run once
    """

    label: str
    nodes: tuple[Node, ...]
    initial: tuple[Node, ...] = ()

    def ends(self) -> tuple[list[Tensor], list[Tensor]]:
        """Inputs and outputs: what is only read, what is only written."""
        made = [t for node in self.nodes for t in node.outputs]
        read = [t for node in self.nodes for t in node.inputs if t is not None]
        inputs = [
            t for t in dict.fromkeys(read) if t not in made and t.values is None and not t.variable
        ]
        outputs = [t for t in made if t not in read and t.dtype != RESOURCE]
        return [t for t in inputs if t.dtype != RESOURCE], outputs


#: Family of operators -> its samples. Each becomes a model of its own.
_FAMILIES: dict[str, Callable[[], Iterable[Sample]]] = {}


def family(make: Callable[[], Iterable[Sample]]) -> Callable[[], Iterable[Sample]]:
    """Registers a function that makes samples under its name."""
    _FAMILIES[make.__name__.strip("_")] = make
    return make


def list_families() -> list[str]:
    """Names of the families."""
    importlib.import_module("stm32_mlir.kernel_models_signal")
    return list(_FAMILIES)


def make_samples(family: str) -> list[Sample]:
    """The samples of a family of `list_families`, the same ones each time."""
    return list(_FAMILIES[family]())


def write_samples(samples: Sequence[Sample]) -> bytes:
    """A .tflite of all; the tensors of sample k have names that begin with s<k>_."""
    model = ModelWriter()
    main = model.subgraph()
    for number, sample in enumerate(samples):
        prefix = f"s{number}"
        if sample.initial:
            first = model.subgraph()
            model.add(first, prefix + "i", sample.initial, [], [])
            once = Node("CALL_ONCE", [], [], {"initSubgraphIndex": first})
            model.add(main, prefix, [once], [], [])
        model.add(main, prefix, sample.nodes, *sample.ends())
    return model.pack()


# ----------------------------------------------------------------------------
# Tensors
# ----------------------------------------------------------------------------


def _tensor(shape: Sequence[int], dtype: str, factor: float = 1.0) -> Tensor:
    """An activation; its scale is the type's usual one times `factor`."""
    made = Tensor(tuple(shape), dtype)
    if dtype in _SCALES:
        made.scales = (float(np.float32(_SCALES[dtype] * factor)),)
        made.zero_points = (128 if dtype == "uint8" else 0,)
    return made


def _fixed(shape: Sequence[int], dtype: str, scale: float, zero_point: int) -> Tensor:
    """A result whose quantisation the operator prescribes; floats have none."""
    if dtype not in _SCALES:
        return Tensor(tuple(shape), dtype)
    return Tensor(tuple(shape), dtype, (scale,), (zero_point,))


def _values(tensor: Tensor, low: float = -100, high: float = 100) -> Tensor:
    """The tensor as a constant with values that look like noise."""
    size = math.prod(tensor.shape)
    noise = (np.arange(size, dtype=np.int64) * 2654435761 % 65521) / 65520
    values = low + noise * (high - low)
    if tensor.dtype == "float32":
        values = values / max(abs(low), abs(high))
    elif tensor.dtype == "uint8":
        values = values + 128
    tensor.values = values.astype(tensor.dtype).reshape(tensor.shape)
    return tensor


def _list(*values: int) -> Tensor:
    """A constant list of int32."""
    return Tensor((len(values),), "int32", values=np.array(values, np.int32))


def _pairs(*pairs: tuple[int, int]) -> Tensor:
    return Tensor((len(pairs), 2), "int32", values=np.array(pairs, np.int32))


def _scalar(value: int) -> Tensor:
    return Tensor((), "int32", values=np.array(value, np.int32))


def _text(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape)) or "1"


def _sample(label: str, code: str, inputs: Sequence[Tensor | None], *outputs: Tensor, **options: object) -> Sample:
    return Sample(label, (Node(code, inputs, outputs, options),))


# ----------------------------------------------------------------------------
# Products with weights, and pools
# ----------------------------------------------------------------------------


def _bias(channels: int, x: Tensor, w: Tensor, narrow: bool) -> Tensor:
    """The bias of a product; int16 with a `narrow` one is the older form."""
    if x.dtype == "float32":
        return _values(Tensor((channels,), "float32"))
    dtype = "int64" if x.dtype == "int16" and not narrow else "int32"
    scales = tuple(float(np.float32(x.scale * s)) for s in w.scales)
    return _values(Tensor((channels,), dtype, scales, (0,) * len(scales)), -2000, 2000)


def _weights(shape: Sequence[int], axis: int, kind: str) -> Tensor:
    """Constant weights, per channel where `axis` is not negative."""
    if kind == "float32":
        return _values(Tensor(tuple(shape), "float32"))
    if kind == "uint8":
        return _values(Tensor(tuple(shape), "uint8", (0.01,), (120,)))
    count = shape[axis] if axis >= 0 else 1
    return _values(Tensor(tuple(shape), "int8", (0.01,) * count, (0,) * count, max(axis, 0)))


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
        for h, w, inner, outer, window, stride, groups in shapes:
            if groups > 1 and (kind[2] or kind[:2] == ("float32", "int8")):
                continue
            x = _tensor((1, h, w, inner), kind[0])
            weights = _weights((outer, *window, inner // groups), 0, kind[1])
            terms = inner // groups * math.prod(window)
            y = _tensor((1, -(-h // stride), -(-w // stride), outer), kind[0], terms**0.5 * 0.5)
            options = {
                "padding": _PADDING.SAME,
                "strideH": stride,
                "strideW": stride,
                "dilationHFactor": 1,
                "dilationWFactor": 1,
            }
            label = f"{_kind_name(kind)} {h}x{w}x{inner} -> {outer}, {_text(window)}"
            label += f" / {stride}" if stride > 1 else ""
            label += f", {groups} groups" if groups > 1 else ""
            inputs = [x, weights, _bias(outer, x, weights, kind[2])]
            yield _sample(label, "CONV_2D", inputs, y, **options)


@family
def _depthwise_conv_2d() -> Iterable[Sample]:
    # rows, columns, channels, multiplier, window, stride
    shapes = (
        (8, 8, 16, 1, (3, 3), 1),
        (16, 16, 8, 1, (3, 3), 2),
        (32, 1, 16, 1, (9, 1), 1),
        (8, 8, 8, 2, (3, 3), 1),
    )
    for kind in _KINDS:
        if kind[2]:
            continue
        for h, w, inner, multiplier, window, stride in shapes:
            outer = inner * multiplier
            x = _tensor((1, h, w, inner), kind[0])
            weights = _weights((1, *window, outer), 3, kind[1])
            y = _tensor((1, -(-h // stride), -(-w // stride), outer), kind[0])
            options = {
                "padding": _PADDING.SAME,
                "strideH": stride,
                "strideW": stride,
                "depthMultiplier": multiplier,
                "dilationHFactor": 1,
                "dilationWFactor": 1,
            }
            label = f"{_kind_name(kind)} {h}x{w}x{inner}, {_text(window)}"
            label += f" / {stride}" if stride > 1 else ""
            label += f", times {multiplier}" if multiplier > 1 else ""
            inputs = [x, weights, _bias(outer, x, weights, kind[2])]
            yield _sample(label, "DEPTHWISE_CONV_2D", inputs, y, **options)


@family
def _transpose_conv() -> Iterable[Sample]:
    for kind in _KINDS[:5]:
        if kind[2]:
            continue
        for h, w, inner, outer, window, stride in ((6, 6, 16, 8, 3, 2), (8, 8, 8, 4, 2, 2)):
            x = _tensor((1, h, w, inner), kind[0])
            weights = _weights((outer, window, window, inner), 0, kind[1])
            y = _tensor((1, h * stride, w * stride, outer), kind[0])
            options = {"padding": _PADDING.SAME, "strideH": stride, "strideW": stride}
            node = Node(
                "TRANSPOSE_CONV",
                [_list(*y.shape), weights, x, _bias(outer, x, weights, kind[2])],
                [y],
                options,
                version=3,
            )
            label = f"{_kind_name(kind)} {h}x{w}x{inner} -> {outer}, {window}x{window} / {stride}"
            yield Sample(label, (node,))


@family
def _fully_connected() -> Iterable[Sample]:
    for kind in _KINDS:
        for rows, depth, outer in ((1, 256, 32), (1, 64, 10), (8, 32, 16)):
            x = _tensor((rows, depth), kind[0])
            weights = _weights((outer, depth), -1, kind[1])
            y = _tensor((rows, outer), kind[0], depth**0.5 * 0.5)
            inputs = [x, weights, _bias(outer, x, weights, kind[2])]
            label = f"{_kind_name(kind)} {rows}x{depth} -> {outer}"
            yield _sample(label, "FULLY_CONNECTED", inputs, y)


@family
def _batch_matmul() -> Iterable[Sample]:
    for dtype in _ACTIVATIONS:
        for batch, rows, depth, columns, swap in ((1, 16, 32, 16, False), (4, 8, 32, 8, True)):
            a = _tensor((batch, rows, depth), dtype)
            b = _tensor((batch, *((columns, depth) if swap else (depth, columns))), dtype)
            y = _tensor((batch, rows, columns), dtype, 40)
            label = f"{dtype} {_text(a.shape)} * {_text(b.shape)}{' transposed' if swap else ''}"
            yield _sample(label, "BATCH_MATMUL", [a, b], y, adjX=False, adjY=swap)


@family
def _pool_2d() -> Iterable[Sample]:
    # rows, columns, channels, window, stride
    shapes = ((16, 16, 16, (2, 2), 2), (12, 12, 16, (3, 3), 1), (8, 8, 32, (8, 8), 8), (25, 5, 8, (25, 5), 1))
    for code in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        for dtype in _ACTIVATIONS:
            for h, w, channels, window, stride in shapes:
                x = _tensor((1, h, w, channels), dtype)
                size = [(n - k) // stride + 1 for n, k in zip((h, w), window, strict=True)]
                options = {"filterHeight": window[0], "filterWidth": window[1]}
                options |= {"strideH": stride, "strideW": stride, "padding": _PADDING.VALID}
                label = f"{dtype} {h}x{w}x{channels}, {_text(window)} / {stride}"
                yield _sample(label, code, [x], _tensor((1, *size, channels), dtype), **options)


# ----------------------------------------------------------------------------
# Element by element
# ----------------------------------------------------------------------------

#: Shapes of two operands: equal, a value for each channel, one value, rows.
_BROADCASTS = (
    ((1, 16, 16, 8), (1, 16, 16, 8)),
    ((1, 12, 12, 16), (16,)),
    ((1, 16, 16, 8), (1,)),
    ((1, 16, 16, 3), (1, 16, 16, 1)),
)


def _pairs_of(code: str, dtype: str, shapes: object, result: str = "", **more: float) -> Iterable[Sample]:
    """An operator on two tensors; `result` is its type, `more` limits and factors."""
    for shape_a, shape_b in shapes:  # type: ignore[attr-defined]
        a = _tensor(shape_a, dtype)
        b = _tensor(shape_b, dtype, more.get("factor", 1.1))
        if "low" in more:
            b.limits = (more["low"], more["high"])
        y = _tensor(np.broadcast_shapes(shape_a, shape_b), result or dtype, more.get("y", 1.3))
        label = f"{dtype} {_text(shape_a)}, {_text(shape_b)}"
        label += ", one scale" if more.get("factor") == 1.0 and a.scales else ""
        yield _sample(label, code, [a, b], y)


@family
def _arithmetic() -> Iterable[Sample]:
    for code in ("ADD", "SUB"):
        for dtype in ("int8", "int16"):
            yield from _pairs_of(code, dtype, _BROADCASTS)
    for dtype, y in (("int8", 2.5), ("int16", 3.0)):
        yield from _pairs_of("MUL", dtype, _BROADCASTS, y=y)
    for dtype in ("int8", "int16"):
        yield from _pairs_of("SQUARED_DIFFERENCE", dtype, _BROADCASTS[:2], y=2.0)
    for dtype in ("int8", "int16"):
        yield from _pairs_of("DIV", dtype, _BROADCASTS[:2], low=5, high=120)


@family
def _arithmetic_32() -> Iterable[Sample]:
    shapes = _BROADCASTS[:2]
    for dtype in ("float32", "int32"):
        low = 1 if dtype == "int32" else 0.1
        for code in ("ADD", "SUB", "MUL", "SQUARED_DIFFERENCE"):
            yield from _pairs_of(code, dtype, shapes)
        for code in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
            yield from _pairs_of(code, dtype, shapes, low=low, high=15)
    for code in ("FLOOR_DIV", "FLOOR_MOD"):
        for dtype in ("int8", "int16"):
            yield from _pairs_of(code, dtype, shapes, factor=1.0, y=1.0, low=1, high=15)
    for code in ("LOGICAL_AND", "LOGICAL_OR"):
        yield from _pairs_of(code, "bool", shapes)


@family
def _prelu() -> Iterable[Sample]:
    for dtype in _ACTIVATIONS:
        for shape in ((1, 12, 12, 16), (1, 8, 64)):
            slopes = "int8" if dtype == "int16" else dtype
            x, alpha = _tensor(shape, dtype), _values(_tensor(shape[-1:], slopes, 0.1))
            label = f"{dtype} {_text(shape)}, {_text(alpha.shape)}"
            yield _sample(label, "PRELU", [x, alpha], _tensor(shape, dtype, 1.1))


@family
def _extremes() -> Iterable[Sample]:
    for code in ("MINIMUM", "MAXIMUM"):
        for dtype in ("int8", "int16", "int32", "int64", "float32"):
            yield from _pairs_of(code, dtype, _BROADCASTS[:3], factor=1.0, y=1.0)


@family
def _comparisons() -> Iterable[Sample]:
    for code in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL"):
        for dtype in ("int8", "int16", "int32", "int64", "float32"):
            for factor in (1.0, 1.1) if dtype in _SCALES else (1.0,):
                yield from _pairs_of(code, dtype, _BROADCASTS[:2], "bool", factor=factor)
    for code in ("EQUAL", "NOT_EQUAL"):
        yield from _pairs_of(code, "bool", _BROADCASTS[:2])


@family
def _select() -> Iterable[Sample]:
    for dtype in ("int8", "int16", "float32", "int64"):
        for shape, shape_c in (
            ((1, 12, 12, 8), (1, 12, 12, 8)),
            ((1, 12, 12, 8), (1, 12, 12, 1)),
            ((1, 12, 12, 8), (8,)),
        ):
            a, b, c = _tensor(shape, dtype), _tensor(shape, dtype), Tensor(shape_c, "bool")
            label = f"{dtype} {_text(shape)}, condition {_text(shape_c)}"
            yield _sample(label, "SELECT_V2", [c, a, b], _tensor(shape, dtype))


@family
def _unary() -> Iterable[Sample]:
    for shape in ((1, 16, 16, 8), (1, 100)):
        for code in ("LOGISTIC", "TANH"):
            for dtype in _ACTIVATIONS:
                scale = 2.0**-15 if dtype == "int16" else 2.0 ** (-8 if code == "LOGISTIC" else -7)
                zero = -128 if (code, dtype) == ("LOGISTIC", "int8") else 0
                yield _unary_sample(code, shape, dtype, _fixed(shape, dtype, scale, zero))
        for code in ("LEAKY_RELU", "ABS", "RELU", "RELU6"):
            for dtype in _ACTIVATIONS:
                yield _unary_sample(code, shape, dtype, _tensor(shape, dtype, 1.2))
        for code in ("HARD_SWISH", "ELU"):
            for dtype in ("int8", "float32"):
                yield _unary_sample(code, shape, dtype, _tensor(shape, dtype))
        for code in ("NEG", "SQUARE", "SQRT", "RSQRT", "EXP", "LOG", "SIN", "COS", "FLOOR", "CEIL", "ROUND"):
            yield _unary_sample(code, shape, "float32", _tensor(shape, "float32"))
        for code in ("NEG", "RSQRT", "EXP"):
            yield _unary_sample(code, shape, "int16", _tensor(shape, "int16"))
        for dtype in ("int16", "float32"):
            for approximate in (False, True):
                x, y = _tensor(shape, dtype), _tensor(shape, dtype)
                label = f"gelu {dtype} {_text(shape)}" + (" approximate" if approximate else "")
                yield _sample(label, "GELU", [x], y, approximate=approximate)
        for code, dtype in (("ABS", "int32"), ("NEG", "int32"), ("NEG", "int64"), ("LOGICAL_NOT", "bool")):
            yield _unary_sample(code, shape, dtype, _tensor(shape, dtype))


def _unary_sample(code: str, shape: Shape, dtype: str, y: Tensor) -> Sample:
    x = _tensor(shape, dtype)
    if code in ("SQRT", "RSQRT", "LOG"):
        x.limits = (0.1, 20.0)
    elif dtype == "float32":
        x.limits = (-6.0, 6.0)
    options = {"alpha": 0.1} if code == "LEAKY_RELU" else {}
    return _sample(f"{code.lower()} {dtype} {_text(shape)}", code, [x], y, **options)


@family
def _cast() -> Iterable[Sample]:
    shape = (1, 8, 8, 16)
    types = ("bool", "int8", "uint8", "int16", "int32", "int64", "float32")
    for source in types:
        for target in types:
            if target == source:
                continue
            x = Tensor(shape, source, limits=(0, 100) if source == "float32" else None)
            label = f"{source} to {target} {_text(shape)}"
            yield _sample(label, "CAST", [x], Tensor(shape, target))


@family
def _quantize() -> Iterable[Sample]:
    wide = (0.0000001,)
    pairs = [("float32", t) for t in ("int8", "uint8", "int16")]
    pairs += [("int8", t) for t in ("int8", "uint8", "int16", "int32")] + [("uint8", "int8")]
    pairs += [("int16", t) for t in ("int8", "int16", "int32")] + [("int32", t) for t in ("int8", "int16")]
    for shape in ((1, 16, 16, 8), (1, 100)):
        for source, target in pairs:
            x, y = _tensor(shape, source), _tensor(shape, target, 1.1)
            for tensor in (x, y):
                if tensor.dtype == "int32":
                    tensor.scales, tensor.zero_points = wide, (0,)
            label = f"quantize {source} to {target} {_text(shape)}"
            yield _sample(label, "QUANTIZE", [x], y)
        for source in ("int8", "uint8", "int16", "int32"):
            x = _tensor(shape, source)
            if source == "int32":
                x.scales, x.zero_points = wide, (0,)
            label = f"{source} {_text(shape)}"
            yield _sample(label, "DEQUANTIZE", [x], Tensor(shape, "float32"))


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
                label = f"{dtype} {_text(shape)} along {_text(axes)}"
                inputs = [_tensor(shape, dtype), _list(*axes)]
                yield _sample(label, code, inputs, _tensor(rest, dtype, factor), keepDims=False)
        if dtype == "int16":
            continue
        for code in ("ARG_MAX", "ARG_MIN"):
            for shape, axis in (((8, 64), 1), ((1, 16, 8), 1)):
                rest = [d for i, d in enumerate(shape) if i != axis]
                label = f"{dtype} {_text(shape)} along {axis}"
                inputs = [_tensor(shape, dtype), _scalar(axis)]
                yield _sample(label, code, inputs, Tensor(tuple(rest), "int32"), outputType=2)


@family
def _rows() -> Iterable[Sample]:
    for shape in ((1, 10), (8, 32), (1, 200)):
        for dtype, y in (
            ("int8", ("int8", 2.0**-8, -128)),
            ("int8", ("int16", 2.0**-16, -32768)),
            ("int16", ("int16", 2.0**-15, 0)),
            ("float32", ("float32", 0.0, 0)),
        ):
            label = f"{dtype} {_text(shape)}{' to int16' if y[0] != dtype else ''}"
            yield _sample(label, "SOFTMAX", [_tensor(shape, dtype)], _fixed(shape, *y), beta=1.0)
        for dtype in ("int8", "float32"):
            x, label = _tensor(shape, dtype), f"{dtype} {_text(shape)}"
            yield _sample(label, "LOG_SOFTMAX", [x], _fixed(shape, dtype, 1 / 16, 127))
            yield _sample(label, "L2_NORMALIZATION", [x], _fixed(shape, dtype, 1 / 128, 0))


# ----------------------------------------------------------------------------
# Movement
# ----------------------------------------------------------------------------


def _moves(dtype: str, x: Shape, y: Sequence[int], code: str, what: str, *more: Tensor, **options: object) -> Sample:
    label = f"{code.lower()} {dtype} {_text(x)} {what}".rstrip()
    return _sample(label, code, [_tensor(x, dtype), *more], _tensor(y, dtype), **options)


@family
def _copy() -> Iterable[Sample]:
    for dtype in ("int8", "int16", "float32", "int64"):
        image = (1, 16, 16, 8)
        yield _moves(dtype, (32, 48), (48, 32), "TRANSPOSE", "by 1, 0", _list(1, 0))
        yield _moves(dtype, image, (1, 8, 16, 16), "TRANSPOSE", "to planar", _list(0, 3, 1, 2))
        yield _moves(dtype, image, (1, 16, 16, 8), "TRANSPOSE", "rows", _list(0, 2, 1, 3))
        begin, size = _list(0, 1, 1, 0), _list(1, 14, 14, 8)
        yield _moves(dtype, image, (1, 14, 14, 8), "SLICE", "inner pixels", begin, size)
        begin, size = _list(0, 0, 0, 2), _list(1, 16, 16, 4)
        yield _moves(dtype, image, (1, 16, 16, 4), "SLICE", "channels", begin, size)
        ends = (_list(0, 0, 0, 0), _list(1, 16, 16, 8), _list(1, 2, 2, 1))
        yield _moves(dtype, image, (1, 8, 8, 8), "STRIDED_SLICE", "every second", *ends)
        yield _moves(dtype, image, image, "REVERSE_V2", "columns", _list(2))
        yield _moves(dtype, (1, 8, 8, 4), (1, 16, 8, 8), "TILE", "", _list(1, 2, 1, 2))
        yield _moves(dtype, (1, 1, 1, 8), image, "BROADCAST_TO", "", _list(*image))
        yield _moves(dtype, (1, 8, 8, 16), (1, 16, 16, 4), "DEPTH_TO_SPACE", "", blockSize=2)
        yield _moves(dtype, (1, 16, 16, 4), (1, 8, 8, 16), "SPACE_TO_DEPTH", "", blockSize=2)
        yield _moves(dtype, (1, 8, 8, 8), image, "RESIZE_NEAREST_NEIGHBOR", "twice", _list(16, 16))
        parts = [_tensor((1, 12, 12, c), dtype) for c in (8, 4)]
        label = f"concatenation {dtype} 1x12x12x8, 1x12x12x4"
        yield _sample(label, "CONCATENATION", parts, _tensor((1, 12, 12, 12), dtype), axis=3)


@family
def _pad() -> Iterable[Sample]:
    for dtype in ("int8", "int16", "float32", "int64"):
        around = _pairs((0, 0), (1, 1), (1, 1), (0, 0))
        yield _moves(dtype, (1, 14, 14, 8), (1, 16, 16, 8), "PAD", "around", around)
        more = _pairs((0, 0), (0, 0), (0, 0), (0, 5))
        yield _moves(dtype, (1, 12, 12, 3), (1, 12, 12, 8), "PAD", "channels", more)
        if dtype in ("int16", "float32", "int64"):
            value = _values(_tensor((1,), dtype), 300, 300)
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
            yield _moves(dtype, x, y, "RESIZE_BILINEAR", f"to {_text(size)}", _list(*size))


# ----------------------------------------------------------------------------
# State
# ----------------------------------------------------------------------------


@family
def _variables() -> Iterable[Sample]:
    for number, (dtype, shape) in enumerate((("int8", (1, 16, 32)), ("float32", (1, 4, 5)))):
        name = {"sharedName": f"state{number}"}
        handles = [Tensor((), RESOURCE) for _ in range(2)]
        x, state = _tensor(shape, dtype), _tensor(shape, dtype)
        start = _tensor(shape, dtype)
        start.values = np.zeros(shape, dtype)
        initial = (
            Node("VAR_HANDLE", [], [handles[1]], name),
            Node("ASSIGN_VARIABLE", [handles[1], start], []),
        )
        # The state changes before it is used, so it is copied.
        y = _tensor((2, *shape[1:]), dtype)
        nodes = (
            Node("VAR_HANDLE", [], [handles[0]], name),
            Node("READ_VARIABLE", [handles[0]], [state]),
            Node("ASSIGN_VARIABLE", [handles[0], x], []),
            Node("CONCATENATION", [x, state], [y], {"axis": 0}),
        )
        yield Sample(f"{dtype} {_text(shape)}", nodes, initial)


@family
def _svdf() -> Iterable[Sample]:
    for state_type in ("int8", "int16", "float32"):
        for inner, units, memory in ((40, 32, 8), (64, 16, 10)):
            dtype = "float32" if state_type == "float32" else "int8"
            x, state = _tensor((1, inner), dtype), Tensor((1, memory * units), state_type, variable=True)
            feature = _weights((units, inner), -1, dtype)
            time = _values(Tensor((units, memory), state_type))
            bias, y = _values(Tensor((units,), "float32")), _tensor((1, units), dtype, 10)
            if dtype == "int8":
                state.scales, state.zero_points = ((0.05,) if state_type == "int8" else (0.0005,)), (0,)
                time.scales, time.zero_points = (0.01,), (0,)
                bias = _values(Tensor((units,), "int32", (state.scale * 0.01,), (0,)))
            inputs = [x, feature, time, bias, state]
            label = f"{dtype}, state {state_type}, {inner} -> {units}, memory {memory}"
            yield _sample(label, "SVDF", inputs, y, rank=1)


@family
def _lstm() -> Iterable[Sample]:
    for dtype in _ACTIVATIONS:
        for time, inner, units in ((4, 16, 16), (2, 32, 24)):
            x = _tensor((1, time, inner), dtype)
            scales = {"int8": (1 / 128,), "int16": (2.0**-15,), "float32": ()}[dtype]
            zeros = (0,) * len(scales)
            hidden = Tensor((1, units), dtype, scales, zeros, variable=True)
            cell = Tensor((1, units), "float32", variable=True)
            if dtype != "float32":
                cell = Tensor((1, units), "int16", (2.0**-11,), (0,), variable=True)
            to_gates = [_weights((units, inner), -1, "float32" if dtype == "float32" else "int8") for _ in range(4)]
            recurrent = [_weights((units, units), -1, "float32" if dtype == "float32" else "int8") for _ in range(4)]
            bias = [_bias(units, x, w, False) for w in to_gates]
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
    anchors = _values(Tensor((boxes, 4), "float32"), 20, 100)
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
