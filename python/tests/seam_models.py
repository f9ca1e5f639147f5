# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small models in MLIR (level L2) for the seams: bands, layouts, pools.

Each model exists in a plain form and in one that uses the seam; both must give
the same bytes.
"""

from __future__ import annotations

import numpy as np

_REQUANT = "#stm32.requant<[{m}], [{s}], zp = {zp}, clamp = [{low}, {high}]>"


def _dense(values: np.ndarray, element: str) -> str:
    shape = "x".join(map(str, values.shape))
    return f"dense<{values.tolist()}> : tensor<{shape}x{element}>"


def _quad(values: tuple[int, ...]) -> str:
    return f"array<i64: {', '.join(map(str, values))}>"


class Layer:
    """A convolution with random weights and a multiplier for each channel."""

    def __init__(
        self,
        seed: int,
        kind: str,
        x: tuple[int, ...],
        channels: int,
        window: tuple[int, int],
        strides: tuple[int, int],
        padding: tuple[int, int, int, int],
    ) -> None:
        rng = np.random.default_rng(seed)
        self.kind, self.window, self.strides, self.padding = kind, window, strides, padding
        self.x = x
        rows = (x[1] + padding[0] + padding[1] - window[0]) // strides[0] + 1
        columns = (x[2] + padding[2] + padding[3] - window[1]) // strides[1] + 1
        self.y = (1, rows, columns, channels)
        depthwise = kind == "depthwise_conv_2d"
        shape = (1, *window, channels) if depthwise else (channels, *window, x[3])
        self.weights = rng.integers(-127, 128, shape)
        self.bias = rng.integers(-3000, 3000, channels)
        self.multiplier = rng.integers(1 << 30, (1 << 31) - 1, channels)
        self.shift = rng.integers(38, 41, channels)
        self.zero_point = int(rng.integers(-20, 20))

    def constants(self, name: str) -> str:
        return (
            f"  %{name}w = stm32.constant {_dense(self.weights, 'i8')}\n"
            f"  %{name}b = stm32.constant {_dense(self.bias, 'i32')}\n"
        )

    def operation(self, name: str, x: str, x_type: str, y_type: str, extra: str = "") -> str:
        """`%name = …` reading `%x`; the types may carry a layout."""
        requant = _REQUANT.format(
            m=", ".join(map(str, self.multiplier)),
            s=", ".join(map(str, self.shift)),
            zp=self.zero_point,
            low=-128,
            high=127,
        )
        weights = "x".join(map(str, self.weights.shape))
        return (
            f"  %{name} = stm32.{self.kind} %{x} weights(%{name}w) bias(%{name}b) {{"
            f"dilations = array<i64: 1, 1>, input_zp = 5 : i32, pad_value = 5 : i32, "
            f"padding = {_quad(self.padding)}, requant = {requant}, "
            f"strides = {_quad(self.strides)}, window = {_quad(self.window)}{extra}}} : "
            f"({x_type}, tensor<{weights}xi8>, tensor<{len(self.bias)}xi32>) -> {y_type} "
            f'loc("{name}")\n'
        )


def tensor(shape: tuple[int, ...], planar: bool = False) -> str:
    """The type of an int8 tensor."""
    layout = ", #stm32.layout<planar>" if planar else ""
    return f"tensor<{'x'.join(map(str, shape))}xi8{layout}>"


def model(
    layers: list[Layer],
    cascade: int = 0,
    planar: frozenset[int] = frozenset(),
    pool_of: dict[int, str] | None = None,
    declarations: str = "",
) -> str:
    """The chain of `layers` as one model.

    cascade  runs the whole chain band by band, that many rows at a time
    planar   indices of the layers whose results are kept planar
    pool_of  index of a layer -> pool of its result
    """
    names = [f"layer{i}" for i in range(len(layers))]
    body = "".join(layer.constants(name) for layer, name in zip(layers, names, strict=True))
    chain, previous, x_type = "", "x" if not cascade else "a", tensor(layers[0].x)
    for i, (layer, name) in enumerate(zip(layers, names, strict=True)):
        y_type = tensor(layer.y, i in planar)
        extra = f", stm32.pool = @{pool_of[i]}" if pool_of and i in pool_of else ""
        chain += layer.operation(name, previous, x_type, y_type, extra)
        previous, x_type = name, y_type
    first, last = tensor(layers[0].x), tensor(layers[-1].y)
    if cascade:
        chain = (
            f"  %r = stm32.cascade %x rows({cascade}) : ({first}) -> {last} {{\n"
            f"  ^bb1(%a: {first}):\n{chain}  stm32.yield %{previous} : {last}\n  }}\n"
        )
        previous = "r"
    return (
        f"{declarations}"
        'stm32.model @seam inputs([#stm32.io<"x", 1.0 : f32, 5>])\n'
        '    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {\n'
        f"^bb0(%x: {first}):\n{body}{chain}  stm32.output %{previous} : {last}\n}}\n"
    )


class _Residual:
    """The text of `residual`."""

    height, row = 6, "x5x3xi8"

    def __init__(self, rows: bool) -> None:
        self.rows, self.views = rows, 0
        self.held = {"x": 0, "a": 3, "b": 1, "y": 0} if rows else dict.fromkeys("xaby", 0)
        self.text = (
            "stm32.memory_region @ram size(65536)\n"
            "stm32.pool @activations in @ram align(16)\n"
            'stm32.model @seam inputs([#stm32.io<"x", 1.0 : f32, 5>])\n'
            '    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {\n'
        )
        for number, name in enumerate(self.held):
            mark = " input(0)" if name == "x" else ""
            self.text += (
                f"  %{name} = stm32.buffer @activations tensor({number}){mark} : "
                f'{self.type(name)} loc("{name}")\n'
            )

    def type(self, name: str) -> str:
        ring = f", rows = {self.held[name]}" if self.held[name] else ""
        return f"!stm32.buffer<1x{self.height}{self.row}{ring}>"

    def at(self, name: str, row: int) -> tuple[str, str]:
        """Value and type of a row of a tensor, or of all of it without rows."""
        if not self.rows:
            return f"%{name}", self.type(name)
        self.views += 1
        value, kind = f"%v{self.views}", f"!stm32.buffer<1x1{self.row}>"
        self.text += f"  {value} = stm32.rows %{name} band({row}, 1) : {self.type(name)} to {kind}\n"
        return value, kind

    def requantize(self, row: int) -> None:
        (x, kind), (a, _) = self.at("x", row), self.at("a", row)
        requant = _REQUANT.format(m=1610612736, s=31, zp=-3, low=-128, high=127)
        self.text += (
            f"  stm32.requantize {x} into {a} {{input_zp = 5 : i32, requant = {requant}, "
            f'kernel = "stm32rt_requantize_s8_s8"}} : ({kind}, {kind}) -> ()\n'
        )

    def pool(self, row: int) -> None:
        band = f"band = #stm32.band<{row}, 1>, " if self.rows else ""
        self.text += (
            f"  stm32.max_pool_2d %a into %b {{{band}clamp = array<i32: -128, 127>, "
            f"padding = {_quad((1, 1, 1, 1))}, strides = {_quad((1, 1))}, window = {_quad((3, 3))}, "
            f'kernel = "stm32rt_max_pool_2d_s8"}} : ({self.type("a")}, {self.type("b")}) -> ()\n'
        )

    def add(self, row: int) -> None:
        (x, kind), (b, _), (y, _) = self.at("x", row), self.at("b", row), self.at("y", row)
        requant = _REQUANT.format(m=1073741824, s=49, zp=0, low=-128, high=127)
        self.text += (
            f"  stm32.binary add {x}, {b} into {y} {{left_shift = 20 : i32, "
            "lhs_zp = 5 : i32, lhs_scale = array<i32: 1073741824, 31>, "
            "rhs_zp = -3 : i32, rhs_scale = array<i32: 1610612736, 31>, "
            f'requant = {requant}, kernel = "stm32rt_add_s8"}} : ({kind}, {kind}, {kind}) -> ()\n'
        )


def residual(rows: bool) -> str:
    """y = x + pool(requantize(x)) on buffers (level L4).

    rows  one row at a time: rings in between, and `stm32.rows` for the operators
          that know no bands
    """
    model = _Residual(rows)
    done = 0
    for row in range(model.height if rows else 1):
        while done < min(row + 2, model.height if rows else 1):
            model.requantize(done)
            done += 1
        model.pool(row)
        model.add(row)
    return model.text + f"  stm32.output %y : {model.type('y')}\n}}\n"


def mean(cascade: int) -> str:
    """The mean over the image of clamp(pool(x) + constant), `cascade` rows at a time.

    All operators run by rows: the pool with bands of its output, the sum row by
    row, its constant included, the mean with bands of its input. 0: as a whole.
    """
    rng = np.random.default_rng(3)
    x, y = tensor((1, 9, 7, 6)), tensor((1, 1, 1, 6))
    requant = _REQUANT.format(m=1073741824, s=49, zp=7, low=-128, high=127)
    source = "%i" if cascade else "%x"
    body = (
        f"  %p = stm32.max_pool_2d {source} {{clamp = array<i32: -128, 127>, padding = {_quad((1, 1, 1, 1))}, "
        f"strides = {_quad((1, 1))}, window = {_quad((3, 3))}}} : ({x}) -> {x} loc(\"p\")\n"
        "  %s = stm32.binary add %p, %k {left_shift = 20 : i32, lhs_zp = 60 : i32, "
        "lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32, "
        f"rhs_scale = array<i32: 1073741824, 31>, requant = {requant}}} : ({x}, {x}) -> {x} loc(\"s\")\n"
        f"  %m = stm32.average_pool_2d %s {{clamp = array<i32: -128, 127>, padding = {_quad((0, 0, 0, 0))}, "
        f"strides = {_quad((1, 1))}, window = {_quad((9, 7))}}} : ({x}) -> {y} loc(\"m\")\n"
    )
    if cascade:
        body = (
            f"  %r = stm32.cascade %x rows({cascade}) : ({x}) -> {y} {{\n"
            f"  ^bb0(%i: {x}):\n{body}  stm32.yield %m : {y}\n  }}\n"
        )
    constant = _dense(rng.integers(-128, 128, (1, 9, 7, 6)), "i8")
    return (
        'stm32.model @seam inputs([#stm32.io<"x", 1.0 : f32, 5>])\n'
        '    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {\n'
        f"^bb0(%x: {x}):\n  %k = stm32.constant {constant}\n{body}"
        f"  stm32.output %{'r' if cascade else 'm'} : {y}\n}}\n"
    )
