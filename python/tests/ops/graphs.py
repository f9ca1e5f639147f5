# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small random graphs: operators that feed each other, share inputs, branch and join.

A graph grows from one to three inputs. Each step takes tensors that are there
already, mostly late ones, and adds an operator whose shapes fit them, so that
tensors are read by several operators, by one twice, or by none. Some of what is
read further on is an output too, now and then an input is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ops.activations import fixed, free
from ops.builder import RESOURCE, Case, Node, Tensor
from ops.conv import PADDING, bias, result, weights
from ops.draw import Draw, int32, scalar
from ops.movement import pairs
from ops.registry import operator

#: Runs of one vector.
STEPS = 2

#: Elements that no tensor exceeds.
LARGEST = 1500

#: Operators that give each element of one input a value, and the types that have them.
_UNARY = {
    "RELU": ("int8", "int16", "uint8", "float32"),
    "RELU6": ("int8", "int16", "uint8", "float32"),
    "LEAKY_RELU": ("int8", "int16", "uint8", "float32"),
    "HARD_SWISH": ("int8", "uint8", "float32"),
    "LOGISTIC": ("int8", "int16", "uint8", "float32"),
    "TANH": ("int8", "int16", "uint8", "float32"),
    "ELU": ("int8", "float32"),
    "ABS": ("int8", "int16", "float32"),
}


class Graph:
    """The graph so far: what there is to read, and the operators in order."""

    #: Output channels of operators with weights that change their number.
    most_channels = 9

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.nodes: list[Node] = []
        self.initial: list[Node] = []
        self.inputs = [draw.tensor(self._start()) for _ in range(draw.one_of(1, 1, 1, 2, 3))]
        #: What an operator may read.
        self.tensors = list(self.inputs)
        if draw.chance(0.3):  # a second input that can be added to the first
            self.inputs.append(draw.tensor(self.inputs[0].shape))
            self.tensors.append(self.inputs[-1])

    def _start(self) -> tuple[int, ...]:
        draw = self.draw
        if draw.chance(0.3):
            return draw.shape(1, 3, 120)
        return (draw.one_of(1, 1, 1, 2), draw.integer(2, 9), draw.integer(1, 9), draw.integer(1, 9))

    def pick(self, rank: int | None = None) -> Tensor | None:
        """A tensor to read, of that rank; late ones are likelier. None if there is none."""
        fitting = [t for t in self.tensors if rank is None or len(t.shape) == rank]
        if not fitting:
            return None
        return fitting[-1 - min(int(self.draw.rng.geometric(0.45)) - 1, len(fitting) - 1)]

    def add(self, code: str, inputs: Sequence[Tensor | None], y: Tensor, **options: object) -> Tensor:
        """Appends an operator that writes `y`, whose scale is brought into a usual range."""
        if y.scales:
            steps = 200 if y.dtype == "int16" else 1
            y.scales = (float(np.float32(min(max(y.scale, 1e-3 / steps), 1 / steps))),)
        version = 3 if code == "TRANSPOSE_CONV" else 1
        self.nodes.append(Node(code, inputs, [y], options, version=version))
        self.tensors.append(y)
        return y

    def like(self, x: Tensor, shape: Sequence[int]) -> Tensor:
        return self.draw.tensor(tuple(int(d) for d in shape), like=x)

    def case(self) -> Case:
        """The graph with its outputs: all ends, and others at random."""
        draw = self.draw
        read = {t for node in self.nodes for t in node.inputs}
        made = {t for node in self.nodes for t in node.outputs}
        shown = [t for t in self.tensors if t in read and draw.chance(0.06 if t not in made else 0.15)]
        # Graphs with and without state share a model.
        return Case(self.nodes, STEPS, self.initial, shown=shown)


Growth = Callable[[Graph], None]
_growths: list[tuple[float, tuple[str, ...], Growth]] = []


def growth(weight: float, types: tuple[str, ...] = ("int8", "int16", "uint8", "float32")) -> Callable[[Growth], Growth]:
    """Registers a step, with how often it is chosen. It does nothing if no tensor suits it."""

    def register(step: Growth) -> Growth:
        _growths.append((weight, types, step))
        return step

    return register


@operator("GRAPH", types=("int8", "int16", "float32"), litert=("uint8",), is_graph=True)
def graph(draw: Draw) -> Case:
    draw.extreme = False  # scales at the ends are for single operators
    made = Graph(draw)
    known = [(weight, step) for weight, types, step in _growths if draw.dtype in types]
    odds = np.array([weight for weight, _ in known])
    wanted = draw.integer(2, 14)
    for _ in range(4 * wanted):
        if len(made.nodes) >= wanted:
            break
        known[int(draw.rng.choice(len(known), p=odds / odds.sum()))][1](made)
    if not made.nodes:
        made.add("RESHAPE", [made.inputs[0], int32(-1)], made.like(made.inputs[0], [np.prod(made.inputs[0].shape)]), newShape=[-1])
    return made.case()


#
# Windows
#


def _window(g: Graph, x: Tensor, transposed: bool = False) -> tuple[dict[str, int], tuple[int, int], tuple[int, int]]:
    """Options, size of the window and of the result."""
    draw = g.draw
    same = draw.chance(0.6) or transposed
    size = tuple(draw.integer(1, min(4, d + (2 if same else 0))) for d in x.shape[1:3])
    stride = draw.one_of((1, 1), (1, 1), (2, 2), (draw.integer(1, 2), draw.integer(1, 3)))
    if transposed:
        image = tuple(d * s for d, s in zip(x.shape[1:3], stride, strict=True))
    else:
        image = tuple(
            -(-d // s) if same else -(-(d - k + 1) // s)
            for d, k, s in zip(x.shape[1:3], size, stride, strict=True)
        )
    padding = PADDING.SAME if same else PADDING.VALID
    return {"padding": padding, "strideH": stride[0], "strideW": stride[1]}, size, image


def _fused(g: Graph, y: Tensor) -> dict[str, int]:
    """A fused activation. Only the scale of `y`, which is new, may be changed for it."""
    return g.draw.fused(y)


@growth(3)
def conv_2d(g: Graph) -> None:
    x = g.pick(4)
    if x is None:
        return
    options, size, image = _window(g, x)
    if g.draw.chance(0.4):  # pointwise
        options, size, image = {"padding": 0, "strideH": 1, "strideW": 1}, (1, 1), x.shape[1:3]
    channels = g.draw.integer(1, g.most_channels) if g.draw.chance(0.6) else x.shape[3]
    w = weights(g.draw, (channels, *size, x.shape[3]), 0)
    y = result(g.draw, (x.shape[0], *image, channels), x, w, x.shape[3] * int(np.prod(size)))
    offset = bias(g.draw, channels, x, w, g.draw.dtype != "uint8")
    g.add("CONV_2D", [x, w, offset], y, **options, **_fused(g, y), dilationHFactor=1, dilationWFactor=1)


@growth(2)
def depthwise_conv_2d(g: Graph) -> None:
    x = g.pick(4)
    if x is None:
        return
    options, size, image = _window(g, x)
    multiplier = g.draw.one_of(1, 1, 1, 2)
    channels = x.shape[3] * multiplier
    w = weights(g.draw, (1, *size, channels), 3)
    y = result(g.draw, (x.shape[0], *image, channels), x, w, int(np.prod(size)))
    offset = bias(g.draw, channels, x, w, optional=False)
    more = {"depthMultiplier": multiplier, "dilationHFactor": 1, "dilationWFactor": 1}
    g.add("DEPTHWISE_CONV_2D", [x, w, offset], y, **options, **more, **_fused(g, y))


@growth(0.7)
def transpose_conv(g: Graph) -> None:
    x = g.pick(4)
    if x is None or np.prod(x.shape) > LARGEST // 6:
        return
    options, size, image = _window(g, x, transposed=True)
    channels = g.draw.integer(1, 6)
    w = weights(g.draw, (channels, *size, x.shape[3]), 0)
    y = result(g.draw, (x.shape[0], *image, channels), x, w, x.shape[3] * int(np.prod(size)))
    offset = bias(g.draw, channels, x, w)
    g.add("TRANSPOSE_CONV", [int32(*y.shape), w, x, *([] if offset is None else [offset])], y, **options)


@growth(1)
def pool(g: Graph) -> None:
    x = g.pick(4)
    if x is None:
        return
    options, (height, width), image = _window(g, x)
    y = g.like(x, (x.shape[0], *image, x.shape[3]))
    code = g.draw.one_of("AVERAGE_POOL_2D", "MAX_POOL_2D")
    activation = {"fusedActivationFunction": g.draw.one_of(0, 0, 0, 1, 3)}
    g.add(code, [x], y, filterHeight=height, filterWidth=width, **options, **activation)


@growth(1)
def dilated(g: Graph) -> None:
    """A convolution between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND, as converters write it."""
    x = g.pick(4)
    if x is None or g.draw.dtype not in ("int8", "float32"):
        return
    block = g.draw.integer(2, 3)
    n, h, w, c = x.shape
    around = [(block, block + (-d) % block) for d in (h, w)]
    small = [(d + a + b) // block for d, (a, b) in zip((h, w), around, strict=True)]
    if n * block * block * int(np.prod(small)) * c > 3 * LARGEST:
        return
    s = g.add("SPACE_TO_BATCH_ND", [x, int32(block, block), pairs(around)], g.like(x, (n * block * block, *small, c)))
    k = weights(g.draw, (1, 3, 3, c), 3)
    y = result(g.draw, (s.shape[0], small[0] - 2, small[1] - 2, c), s, k, 9)
    if min(y.shape) < 1:
        return
    more = {"depthMultiplier": 1, "dilationHFactor": 1, "dilationWFactor": 1, "strideH": 1, "strideW": 1, "padding": PADDING.VALID}
    g.add("DEPTHWISE_CONV_2D", [s, k, bias(g.draw, c, s, k, optional=False)], y, **more, **_fused(g, y))
    wide = [d * block for d in y.shape[1:3]]
    crops = [(0, max(0, d - want)) for d, want in zip(wide, (h, w), strict=True)]
    shape = (n, *(d - b for d, (_, b) in zip(wide, crops, strict=True)), c)
    g.add("BATCH_TO_SPACE_ND", [y, int32(block, block), pairs(crops)], g.like(y, shape))


@growth(1.2)
def pad(g: Graph) -> None:
    x = g.pick()
    if x is None or not x.shape or len(x.shape) > 4:
        return
    amounts = [(0, 0)] * len(x.shape)
    for i in range(1, 3) if len(x.shape) == 4 else range(len(x.shape)):
        amounts[i] = (g.draw.integer(0, 2), g.draw.integer(0, 2))
    shape = [d + a + b for d, (a, b) in zip(x.shape, amounts, strict=True)]
    if np.prod(shape) > LARGEST:
        return
    if g.draw.chance(0.2):
        value = g.draw.constant(g.draw.tensor((), like=x))
        g.add("PADV2", [x, pairs(amounts), value], g.like(x, shape))
    else:
        g.add("PAD", [x, pairs(amounts)], g.like(x, shape))


@growth(0.7)
def resize(g: Graph) -> None:
    x = g.pick(4)
    if x is None or np.prod(x.shape) > LARGEST // 4:
        return
    code = g.draw.one_of("RESIZE_NEAREST_NEIGHBOR", "RESIZE_BILINEAR")
    if g.draw.dtype == "int16":
        code = "RESIZE_NEAREST_NEIGHBOR"
    size = (x.shape[1] * 2, x.shape[2] * g.draw.integer(1, 2))
    options = {"halfPixelCenters": g.draw.chance()}
    g.add(code, [x, int32(*size)], g.like(x, (x.shape[0], *size, x.shape[3])), **options)


#
# Matrices and rows
#


@growth(1.5)
def fully_connected(g: Graph) -> None:
    x = g.pick()
    if x is None or not x.shape:
        return
    keep = g.draw.chance(0.5)
    depth, channels = x.shape[-1], g.draw.integer(1, 12)
    if g.draw.chance(0.2) and x.shape[0] == 1:  # rows of another length, as after a flatten
        keep, depth = False, int(np.prod(x.shape))
    w = weights(g.draw, (channels, depth), 0)
    lead = x.shape[:-1] if keep else (int(np.prod(x.shape)) // depth,)
    y = result(g.draw, (*lead, channels), x, w, depth)
    offset = bias(g.draw, channels, x, w)
    g.add("FULLY_CONNECTED", [x, w, offset], y, keepNumDims=keep, **_fused(g, y))


@growth(0.6, ("int8", "int16", "float32"))
def self_attention(g: Graph) -> None:
    """x x^T, its softmax, and the product with x."""
    x = g.pick(3)
    if x is None or x.shape[1] > 12:
        return
    n, rows, depth = x.shape
    scores = result(g.draw, (n, rows, rows), x, x, depth)
    g.add("BATCH_MATMUL", [x, x], scores, adjY=True)
    p = g.add("SOFTMAX", [scores], fixed(g.draw, scores.shape, 8, False), beta=1.0)
    g.add("BATCH_MATMUL", [p, x], result(g.draw, x.shape, p, x, rows))


@growth(0.7)
def softmax(g: Graph) -> None:
    x = g.pick()
    if x is not None and 1 <= len(x.shape) <= 4:
        g.add("SOFTMAX", [x], fixed(g.draw, x.shape, 8, False), beta=1.0)


@growth(1)
def mean(g: Graph) -> None:
    x = g.pick()
    if x is None or not 2 <= len(x.shape) <= 4:
        return
    rank = len(x.shape)
    axes = g.draw.one_of([1, 2], [rank - 1]) if rank == 4 else [rank - 1]
    keep = g.draw.chance()
    shape = [1 if i in axes else d for i, d in enumerate(x.shape) if keep or i not in axes]
    code = g.draw.one_of("MEAN", "MEAN", "SUM", "REDUCE_MAX")
    if code == "REDUCE_MAX" and g.draw.dtype == "int16":
        code = "MEAN"
    y = g.like(x, shape)
    if code != "REDUCE_MAX" and x.scales:
        y = g.draw.tensor(shape, g.draw.near(x.scale))
    g.add(code, [x, int32(*axes)], y, keepDims=keep)


#
# Elements
#


@growth(2.5)
def unary(g: Graph) -> None:
    x = g.pick()
    if x is None or not x.shape:
        return
    code = g.draw.one_of(*[code for code, types in _UNARY.items() if g.draw.dtype in types])
    options: dict[str, object] = {}
    if code == "LOGISTIC":
        y = fixed(g.draw, x.shape, 8, False)
    elif code == "TANH":
        y = fixed(g.draw, x.shape, 7, True)
    elif code == "RELU6":
        y = g.like(x, x.shape)
    else:
        y = free(g.draw, x, low=code == "RELU")
    if code == "LEAKY_RELU":
        options["alpha"] = g.draw.one_of(0.1, 0.2, 0.3)
    g.add(code, [x], y, **options)


@growth(4)
def binary(g: Graph) -> None:
    """Two tensors that fit, one of them perhaps a constant, a row, or the other itself."""
    draw = g.draw
    a = g.pick()
    if a is None or not a.shape or len(a.shape) > 4:
        return
    fitting = [t for t in g.tensors if _joined(a.shape, t.shape)]
    if not fitting:
        return
    b = draw.one_of(*fitting)
    code = draw.one_of("ADD", "ADD", "ADD", "SUB", "MUL", "MUL", "MAXIMUM", "MINIMUM")
    if draw.chance(0.2):
        b = draw.constant(draw.tensor(draw.one_of(a.shape, a.shape[-1:], (1,))))
        b.scales = tuple(s for s in (draw.near(a.scale),)) if a.scales else ()
    if code in ("MAXIMUM", "MINIMUM"):
        if b.scales != a.scales or b.zero_points != a.zero_points:
            return
        g.add(code, [a, b], g.like(a, np.broadcast_shapes(a.shape, b.shape)))
        return
    if draw.chance(0.3):
        a, b = b, a
    scale = None
    if a.scales:
        size = 3000 if draw.dtype == "int16" else 50
        scale = draw.near(a.scale * b.scale * size if code == "MUL" else max(a.scale, b.scale), -0.1, 0.5)
    y = draw.tensor(np.broadcast_shapes(a.shape, b.shape), scale)
    g.add(code, [a, b], y, **_fused(g, y))


def _joined(a: Sequence[int], b: Sequence[int]) -> bool:
    """True if the shapes can be broadcast to one that is not too large."""
    try:
        return int(np.prod(np.broadcast_shapes(tuple(a), tuple(b)))) <= LARGEST and 0 < len(b) <= 4
    except ValueError:
        return False


@growth(0.8, ("int8", "int16", "uint8"))
def requantize(g: Graph) -> None:
    x = g.pick()
    if x is not None and x.shape:
        g.add("QUANTIZE", [x], g.draw.tensor(x.shape, g.draw.near(x.scale)))


#
# Movement
#


@growth(2)
def reshape(g: Graph) -> None:
    x = g.pick()
    if x is None:
        return
    rest, shape = int(np.prod(x.shape)), []
    for _ in range(g.draw.integer(0, 3)):
        shape.append(g.draw.one_of(*[f for f in range(1, rest + 1) if rest % f == 0]))
        rest //= shape[-1]
    shape.append(rest)
    g.add("RESHAPE", [x, int32(*shape)], g.like(x, shape), newShape=shape)


@growth(1)
def transpose(g: Graph) -> None:
    x = g.pick()
    if x is None or not 2 <= len(x.shape) <= 5:
        return
    order = [int(i) for i in g.draw.rng.permutation(len(x.shape))]
    g.add("TRANSPOSE", [x, int32(*order)], g.like(x, [x.shape[i] for i in order]))


@growth(3)
def concatenation(g: Graph) -> None:
    """Of what there is, in any order and perhaps twice, with a constant now and then."""
    draw = g.draw
    x = g.pick()
    if x is None or not x.shape:
        return
    rank = len(x.shape)
    axis = draw.one_of(rank - 1, draw.integer(0, rank - 1))
    around = x.shape[:axis], x.shape[axis + 1 :]
    fitting = [
        t for t in g.tensors
        if len(t.shape) == rank and (t.shape[:axis], t.shape[axis + 1 :]) == around
        and (draw.dtype == "uint8" or (t.scales, t.zero_points) == (x.scales, x.zero_points))
    ]
    parts = [x] + [draw.one_of(*fitting) for _ in range(draw.integer(0, 3))]
    if draw.chance(0.15):
        parts.append(draw.constant(g.like(x, (*around[0], draw.integer(1, 3), *around[1]))))
    order = draw.rng.permutation(len(parts))
    parts = [parts[int(i)] for i in order]
    shape = (*around[0], sum(p.shape[axis] for p in parts), *around[1])
    if np.prod(shape) <= LARGEST:
        g.add("CONCATENATION", parts, g.like(x, shape), axis=axis - (rank if draw.chance(0.3) else 0))


@growth(1.5)
def split(g: Graph) -> None:
    draw = g.draw
    x = g.pick()
    if x is None or not x.shape:
        return
    rank = len(x.shape)
    axis = draw.one_of(rank - 1, draw.integer(0, rank - 1))
    size = x.shape[axis]
    if draw.chance(0.3) and size <= 5 and rank <= 4:
        parts = [g.like(x, (*x.shape[:axis], *x.shape[axis + 1 :])) for _ in range(size)]
        g.nodes.append(Node("UNPACK", [x], parts, {"num": size, "axis": axis}))
    else:
        cuts = sorted({draw.integer(1, size - 1) for _ in range(2)}) if size > 1 else []
        sizes = np.diff([0, *cuts, size]).tolist()
        parts = [g.like(x, (*x.shape[:axis], n, *x.shape[axis + 1 :])) for n in sizes]
        g.nodes.append(
            Node("SPLIT_V", [x, int32(*sizes), scalar(axis)], parts, {"numSplits": len(sizes)})
        )
    g.tensors += parts


@growth(1)
def pack(g: Graph) -> None:
    draw = g.draw
    x = g.pick()
    if x is None or not 1 <= len(x.shape) <= 3:
        return
    fitting = [t for t in g.tensors if (t.shape, t.scales, t.zero_points) == (x.shape, x.scales, x.zero_points)]
    parts = [x, *(draw.one_of(*fitting) for _ in range(draw.integer(0, 2)))]
    axis = draw.integer(0, len(x.shape))
    shape = (*x.shape[:axis], len(parts), *x.shape[axis:])
    if np.prod(shape) <= LARGEST:
        g.add("PACK", parts, g.like(x, shape), axis=axis, valuesCount=len(parts))


@growth(1.5)
def strided_slice(g: Graph) -> None:
    draw = g.draw
    x = g.pick()
    if x is None or not 1 <= len(x.shape) <= 4:
        return
    begin = [draw.integer(0, d - 1) if draw.chance(0.5) else 0 for d in x.shape]
    step = [draw.one_of(1, 1, 1, 2) for _ in x.shape]
    shape = [len(range(b, d, s)) for b, d, s in zip(begin, x.shape, step, strict=True)]
    g.add("STRIDED_SLICE", [x, int32(*begin), int32(*x.shape), int32(*step)], g.like(x, shape))


@growth(0.5)
def channel_shuffle(g: Graph) -> None:
    x = g.pick(4)
    if x is None:
        return
    n, h, w, c = x.shape
    groups = g.draw.one_of(*[f for f in range(1, c + 1) if c % f == 0])
    apart, mixed = (n, h, w, groups, c // groups), (n, h, w, c // groups, groups)
    x1 = g.add("RESHAPE", [x, int32(*apart)], g.like(x, apart), newShape=list(apart))
    x2 = g.add("TRANSPOSE", [x1, int32(0, 1, 2, 4, 3)], g.like(x, mixed))
    g.add("RESHAPE", [x2, int32(*x.shape)], g.like(x, x.shape), newShape=list(x.shape))


@growth(0.4)
def squeeze_excite(g: Graph) -> None:
    x = g.pick(4)
    if x is None:
        return
    n, c = x.shape[0], x.shape[3]
    small = g.draw.tensor((n, 1, 1, c), g.draw.near(x.scale) if x.scales else None)
    g.add("MEAN", [x, int32(1, 2)], small, keepDims=True)
    gate = g.add("LOGISTIC", [small], fixed(g.draw, small.shape, 8, False))
    y = g.draw.tensor(x.shape, g.draw.near(x.scale) if x.scales else None)
    g.add("MUL", [x, gate] if g.draw.chance() else [gate, x], y, fusedActivationFunction=0)


@growth(0.8)
def delay_line(g: Graph) -> None:
    """A variable that holds the last rows: read, put before the new ones, written back."""
    draw = g.draw
    x = g.pick()
    if x is None or not 2 <= len(x.shape) <= 4 or np.prod(x.shape) > LARGEST // 4:
        return
    axis = 1
    new, kept = x.shape[axis], draw.integer(1, 5)

    def sized(rows: int) -> Tensor:
        return g.like(x, (*x.shape[:axis], rows, *x.shape[axis + 1 :]))

    # Cases add what makes it their own.
    name = {"sharedName": f"state{len(g.initial)}"}
    handles = [Tensor((), RESOURCE) for _ in range(3)]
    start = draw.constant(sized(kept))
    g.initial.append(Node("VAR_HANDLE", [], [handles[0]], name))
    g.initial.append(Node("ASSIGN_VARIABLE", [handles[0], start], []))
    old = sized(kept)
    g.nodes.append(Node("VAR_HANDLE", [], [handles[1]], name))
    g.nodes.append(Node("READ_VARIABLE", [handles[1]], [old]))
    both = g.add("CONCATENATION", [old, x], sized(kept + new), axis=axis)
    begin = [0] * len(x.shape)
    begin[axis] = new
    code_inputs = [both, int32(*begin), int32(*both.shape), int32(*[1] * len(x.shape))]
    last = g.add("STRIDED_SLICE", code_inputs, sized(kept))
    g.nodes.append(Node("ASSIGN_VARIABLE", [handles[1], last], []))

