# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Costs of kernels, fitted to counts: writes lib/Target/Records/KernelCosts.inc.

A cost is a sum of an operator's features, each times a price that is not negative.
KernelCosts.cpp has the features; here is which of them a kernel's instructions can
depend on, and how prices are found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stm32_mlir.errors import Error
from stm32_mlir.kernel_bench import KernelBench, Measured
from stm32_mlir.targets import CORES

#: Cores whose counts stand for all of their instruction set.
COUNTED = ("m3", "m4", "m55")

_SUMS = (
    "Macs", "Elements", "Pixels", "Once", "Gathered", "PairWords", "Pairs", "ChannelQuads",
    "QuadWords", "QuadBlocks", "SlowElements", "ElementRows", "WindowRows", "Taps", "Lines",
    "Channels", "Words", "PartRows", "RestElements", "RestWords", "SlowWords",
)  # fmt: skip
_SUMS_MVE = (
    "GroupBlocks", "Groups", "CarefulGroups", "GroupCalls", "Calls", "Once", "EightBlocks",
    "Eights", "CarefulEights", "FewBlocks", "FewElements", "LeftElements", "LeftBlocks", "Gathers",
    "Spread", "ColumnBlocks", "Channels",
)  # fmt: skip
_DEPTHWISE = (
    "Macs", "Elements", "Pixels", "Once", "Taps", "ChannelQuads", "SlowElements",
    "WindowRows", "Lines", "Channels", "StripSteps", "LineChannels", "SlowWords",
)  # fmt: skip
_DEPTHWISE_MVE = (
    "QuadChannels", "CarefulQuads", "WideQuads", "Quads", "StripColumns", "StripRows", "Strips",
    "StripBlocks", "LeftElements", "LeftBlocks", "Once", "Lines", "Channels",
)  # fmt: skip
_WINDOW = ("TapElements", "Elements", "Pixels", "Once", "Taps", "WindowRows", "Channels")
_MOVED = ("Copies", "Elements", "Bytes", "Inputs", "Pixels", "Once", "Lines")
#: Operation -> features, the likely ones first.
_FEATURES = {
    "conv_2d": tuple(name.replace("Slow", "SlowPair") for name in _SUMS),
    "transpose_conv_2d": (*_SUMS, "TapElements"),
    "fully_connected": _SUMS,
    "batch_matmul": _SUMS,
    "depthwise_conv_2d": _DEPTHWISE,
    "average_pool_2d": _WINDOW,
    "max_pool_2d": _WINDOW,
    "binary": ("Elements", "Once", "Runs", "FixedElements"),
    "select": ("Elements", "Once", "Runs", "FixedElements"),
    "unary": ("Elements", "Once"),
    "lookup": ("Elements", "Once"),
    "cast": ("Elements", "Once"),
    "quantize": ("Elements", "Once"),
    "dequantize": ("Elements", "Once"),
    "requantize": ("Elements", "Once"),
    "softmax": ("Elements", "Pixels", "Once"),
    "log_softmax": ("Elements", "Pixels", "Once"),
    "l2_normalize": ("Elements", "Pixels", "Once"),
    "reduce": ("Inputs", "Elements", "Once", "Pixels"),
    "strided_copy": _MOVED,
    "svdf": ("Macs", "Elements", "Once", "Inputs"),
    "lstm": ("Macs", "Elements", "Once", "Inputs"),
}
#: The same for kernels of MVE, which compute in other pieces.
_FEATURES_MVE = _FEATURES | {
    "conv_2d": _SUMS_MVE,
    "fully_connected": _SUMS_MVE,
    "depthwise_conv_2d": _DEPTHWISE_MVE,
}
_OTHER = ("Elements", "Bytes", "Inputs", "Once", "Stages", "Pixels")
#: A feature goes if the errors get larger by less than this part, or stay below that
#: part of the counts.
_LOSS = 0.02
_ENOUGH = 0.004
_HEAD = """\
// What kernels cost: written by `stm32-mlir bench --kernels --write-costs`.
// Kernel, instruction set of the core that it was counted on, prices.
"""


@dataclass(frozen=True, slots=True)
class CostRow:
    """Feature -> price of a kernel on cores of an instruction set: c, dsp or mve."""

    kernel: str
    core: str
    prices: Mapping[str, float]

    def predict(self, features: Mapping[str, float]) -> float:
        """Instructions for an operator with these features."""
        return sum(price * features.get(name, 0) for name, price in self.prices.items())


def fit_costs(bench: KernelBench) -> list[CostRow]:
    """A row for each kernel and core that was counted; Error for another core."""
    for core in bench.cores:
        if core not in COUNTED:
            raise Error(f"no costs are kept for {core}", f"known: {', '.join(COUNTED)}")
    records = {record.name: record for record in bench.records}
    groups: dict[tuple[str, str], list[Measured]] = {}
    for row in bench.rows:
        groups.setdefault((row.kernel, row.core), []).append(row)
    fitted = []
    for (kernel, core), rows in groups.items():
        record = records[kernel]
        features = _FEATURES_MVE if record.isa == "mve" else _FEATURES
        names = features.get(record.operation.removeprefix("stm32."), _OTHER)
        fitted.append(CostRow(kernel, CORES[core].isa, _fit(names, rows)))
    return fitted


def _fit(names: Sequence[str], rows: Sequence[Measured]) -> dict[str, float]:
    """Prices with small errors, relative to the counts, from few features.

    All features at first; then those go without which the errors are hardly larger,
    and so many that there are two samples for each that stays.
    """
    counts = np.array([row.instructions for row in rows], float)
    table = np.array([[row.features.get(name, 0) for name in names] for row in rows], float)
    table /= counts[:, None]

    def solve(chosen: list[int]) -> tuple[float, np.ndarray]:
        prices = non_negative(table[:, chosen], np.ones(len(rows)))
        return float(np.sqrt(np.mean((table[:, chosen] @ prices - 1) ** 2))), prices

    chosen = [i for i in range(len(names)) if table[:, i].any()]
    error, prices = solve(chosen)
    while len(chosen) > 1:
        tried = [(solve([i for i in chosen if i != out])[0], out) for out in chosen]
        least = min(tried)[0]
        if len(chosen) <= (len(rows) + 1) // 2 and least > max(error * (1 + _LOSS), _ENOUGH):
            break
        # Of several that are as useless the unlikely one.
        gone = max(out for loss, out in tried if loss <= least * 1.01 + 1e-9)
        chosen = [i for i in chosen if i != gone]
        error, prices = solve(chosen)
    return {names[i]: float(f"{p:.4g}") for i, p in zip(chosen, prices, strict=True) if p > 0}


def non_negative(table: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The x >= 0 with the least |table x - wanted|: Lawson and Hanson's active sets."""
    scale = np.linalg.norm(table, axis=0)
    scale[scale == 0] = 1.0
    a = table / scale
    x = np.zeros(a.shape[1])
    active = np.zeros(a.shape[1], bool)
    for _ in range(3 * a.shape[1] + 1):
        slope = np.where(active, -np.inf, a.T @ (wanted - a @ x))
        if slope.max(initial=-np.inf) <= 1e-9:
            break
        active[int(slope.argmax())] = True
        while True:
            trial = np.zeros_like(x)
            trial[active] = np.linalg.lstsq(a[:, active], wanted, rcond=None)[0]
            low = active & (trial <= 0)
            if not low.any():
                break
            # As far towards the trial as all stay positive.
            step = min(x[i] / (x[i] - trial[i]) for i in np.flatnonzero(low))
            x = x + step * (trial - x)
            active &= x > 1e-12
            x[~active] = 0.0
        x = trial
    return x / scale


def costs_text(rows: Sequence[CostRow]) -> str:
    """The file, a line for each kernel and core."""
    lines = [_HEAD]
    for row in sorted(rows, key=lambda r: (r.kernel, r.core)):
        prices = ", ".join(f"{{{name}, {price:g}}}" for name, price in row.prices.items())
        lines.append(f'{{"{row.kernel}", Isa::{row.core.upper()}, {{{prices}}}}},\n')
    return "".join(lines)
