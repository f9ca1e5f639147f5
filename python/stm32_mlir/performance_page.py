# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The page and the chart of measurements, and what changed since the last ones."""

from __future__ import annotations

import math
from html import escape

from stm32_mlir import svg
from stm32_mlir.performance import BASELINE_BUILDS, MODES, Measurement, Results
from stm32_mlir.performance_goals import find_goals
from stm32_mlir.targets import LEVELS

_TITLES = {
    "m0plus": "Cortex-M0+", "m3": "Cortex-M3", "m4": "Cortex-M4",
    "m7": "Cortex-M7", "m33": "Cortex-M33", "m55": "Cortex-M55",
}
_COLORS = {"time": "#0072b2", "balanced": "#e69f00", "ram": "#009e73", "flash": "#cc79a7"}
#: Pixels of the chart: from the left edge to the bars, their place, what is above a
#: core's bars; a bar, its pitch, and what is between two models.
_LEFT, _WIDTH, _ABOVE, _BAR, _PITCH, _GAP = 190, 560, 62, 10, 12, 10
#: Lines of the scale at most.
_LINES = 8
_STYLE = (
    "text{font:12px sans-serif;fill:#222;stroke:#fff;stroke-width:3;paint-order:stroke}"
    ".sheet{fill:#fff}.grid{stroke:#ddd}.baseline{stroke:#c00;stroke-width:1.5}"
)

_HEAD = """<!-- Written by `utils/performance.py`. -->

# Performance

What generated code takes for whole networks, beside TensorFlow Lite Micro (commit
90b983c2) with CMSIS-NN (4ab83cc3) on the same emulated core.

![Instructions of one run, relative to the baseline]({chart})

## How this is counted

- **Instructions, not time**: those that QEMU executes for one `stm32rt_run`, exact and
  repeatable. There are no caches, wait states or dual issue, and an instruction of MVE
  may take two cycles. Input is the same stream of bytes for both sides
  ([Testing.md](Testing.md) says which). A model is measured only if its outputs equal
  the reference's.
- **Compiler**: the best of {compilers} for Arm:
  for flash the one with the least code, else the one with the fewest instructions;
  {levels}.
  gcc links what either compiled. `{stored}` has what both take.
- **Cycles** are an estimate for memory without wait states, whose error is not known
  ([Cycles.md](Cycles.md)).
- **Baseline**: of several builds (the library's own levels, `-O3`, `-Os`, CMSIS-NN by
  clang 22), for instructions the fastest, for RAM the one with the smallest arena, for
  code the smallest. One build has not all three. Cores without the DSP extension are
  compared with the reference kernels, which were counted on a Cortex-M4; code for M0+
  runs on an emulated M3, which executes the same instructions.
- **RAM**: activations are all pools with inputs, outputs and scratch; context is that
  of the runtime, with variables; the ratio is their sum to the baseline's arena. The
  stack, in use at most during a run, comes on top; the baseline's is known of an M4
  alone, 652 to 1,356 bytes.
- **Flash**: code is all but the weights that the linker keeps of network and runtime.
  The baseline's is its image without the model, in which start-up code and what it
  uses of the C library are counted, too.

Ratios are to the baseline's figure: below 1 is better. MACs are those of the network
as it came. To measure again, all or a part:

    .venv/bin/python utils/performance.py
    .venv/bin/python utils/performance.py --models mlperf_ad01_int8 --cores m4 --modes time

This prints what became better or worse, and puts the new figures into
`{stored}`, from which `--page` writes page and chart without measuring.
Models and the baseline's figures are no part of this source tree; `--shared` names
their folder.
"""


def page_markdown(results: Results, stored: str, chart: str) -> str:
    """The page; `stored` and `chart` are the names of the files beside it."""
    compilers = sorted({row.compiler for row in results.measurements})
    by_level: dict[str, list[str]] = {}
    for mode in MODES:
        by_level.setdefault(LEVELS[mode], []).append(mode)
    levels = ", ".join(f"`{level}` for {' and '.join(modes)}" for level, modes in by_level.items())
    head = _HEAD.format(
        stored=stored, chart=chart, compilers=" and ".join(compilers) or "none", levels=levels
    )
    lines = [head, *_goal_lines(results)]
    for core in _cores(results):
        lines += ["", f"## {_TITLES[core]}", ""]
        lines += _core_table(results, core)
        lines += _baseline_table(results, core)
    return "\n".join([*lines, ""])


def _cores(results: Results) -> list[str]:
    """The cores that are measured, in order."""
    return list(dict.fromkeys(row.core for row in results.measurements))


def _ratio(value: int, base: int | None) -> str:
    return f"{value / base:.2f}" if base else "-"


def _table(head: str, rows: list[list[str]], texts: int) -> list[str]:
    """A table whose first `texts` columns are text and the others numbers."""
    columns = head.count("|") + 1
    marks = "---|" * texts + "--:|" * (columns - texts)
    return [f"| {head} |", f"|{marks}", *(f"| {' | '.join(row)} |" for row in rows)]


def _core_table(results: Results, core: str) -> list[str]:
    rows = []
    for row in results.best().measurements:
        if row.core != core:
            continue
        base = results.baseline(row.model, core)
        rows.append([
            row.model,
            row.optimize,
            row.key[-1],
            f"{row.instructions:,}",
            _ratio(row.instructions, base.macs if base else row.macs),
            _ratio(row.instructions, base and base.instructions),
            "-" if row.cycles is None else f"{row.cycles:,}",
            f"{row.activations:,}",
            f"{row.context:,}",
            f"{row.stack:,}",
            _ratio(row.activations + row.context, base and base.arena),
            f"{row.code:,}",
            _ratio(row.code, base and base.code),
            f"{row.weights:,}",
        ])
    head = (
        "network | for | by | instructions | per MAC | ratio | cycles | activations | context "
        "| stack | RAM ratio | code | code ratio | weights"
    )
    return _table(head, rows, 3)


def _baseline_table(results: Results, core: str) -> list[str]:
    """What the core's networks take with the baseline."""
    rows = []
    for model in dict.fromkeys(row.model for row in results.measurements if row.core == core):
        base = results.baseline(model, core)
        if base is not None:
            rows.append([
                model,
                f"{base.macs:,}",
                f"{base.instructions:,}",
                _ratio(base.instructions, base.macs),
                base.fastest,
                f"{base.arena:,}",
                f"{base.code:,}",
                base.smallest,
            ])
    if not rows:
        return []
    head = "baseline | MACs | instructions | per MAC | build | arena | code | build"
    return ["", *_table(head, rows, 1)]


def _goal_lines(results: Results) -> list[str]:
    """The goals that are not reached, those that are furthest away first."""
    goals = find_goals(results)
    missed = sorted((g for g in goals if not g.reached), key=lambda g: -g.value / g.limit)
    lines = [
        "## Goals",
        "",
        "For `--optimize time` there is a goal for each network, less than half of the",
        "baseline's instructions on most; `balanced` may take 1.25 times as many. On M0+ and",
        "M3 it is half of the reference kernels' in both modes. For keyword spotting on M4",
        "the code is to be 14 KB at most, 8 KB with `flash`.",
        "",
        f"Reached: {len(goals) - len(missed)} of {len(goals)} for what is measured.",
    ]
    if missed:
        rows = [
            [
                goal.row.model,
                _TITLES[goal.row.core],
                goal.row.optimize,
                goal.row.key[-1],
                goal.unit,
                f"{goal.value:,}",
                f"{goal.limit:,}",
                f"{goal.value / goal.limit:.2f}",
            ]
            for goal in missed
        ]
        head = "not reached | core | for | by | of | measured | goal | times the goal"
        lines += ["", *_table(head, rows, 5)]
    return lines


def chart_svg(results: Results) -> str:
    """Bars of instructions relative to the baseline: a part for each core, a bar for
    each mode; the line at 1 is the baseline."""
    results = results.best("instructions")
    ratios = {
        row.key: row.instructions / base.instructions
        for row in results.measurements
        if (base := results.baseline(row.model, row.core)) is not None
    }
    parts: list[str] = []
    top = 0.0
    for core in _cores(results):
        rows = [r for r in results.measurements if r.core == core and r.key in ratios]
        if rows:
            top = _chart_part(parts, core, rows, ratios, top)
    width, height = _LEFT + _WIDTH + 60, top + 10
    sheet = f'<rect class="sheet" width="{width}" height="{height:.0f}"/>'
    title = "Instructions of one run, relative to the baseline"
    return svg.document(width, height, title, _STYLE, [sheet, *parts])


def _chart_part(
    parts: list[str],
    core: str,
    rows: list[Measurement],
    ratios: dict[tuple[str, ...], float],
    top: float,
) -> float:
    """Adds the bars of one core below `top`, on a scale of their own; where they end."""
    longest = max([1.0, *(ratios[row.key] for row in rows)])
    step = next((s for s in (0.25, 0.5, 1.0) if longest / s <= _LINES), math.ceil(longest / _LINES))
    axis = [step * i for i in range(math.ceil(longest / step) + 1)]
    scale = _WIDTH / axis[-1]
    kind = "reference kernels" if BASELINE_BUILDS[core].endswith("ref") else "baseline"
    parts.append(svg.text(10, top + 22, f"{_TITLES[core]}: instructions, {kind} = 1"))
    modes = [mode for mode in MODES if any(row.optimize == mode for row in rows)]
    for place, mode in enumerate(modes):
        x = _LEFT + _WIDTH - 90 * (len(modes) - place)
        parts.append(
            f'<rect x="{x}" y="{top + 13:.1f}" width="{_BAR}" height="{_BAR}" fill="{_COLORS[mode]}"/>'
        )
        parts.append(svg.text(x + _BAR + 5, top + 22, mode))
    bars: list[str] = []
    labels: list[str] = []
    y = top + _ABOVE
    for model in dict.fromkeys(row.model for row in rows):
        mine = [row for row in rows if row.model == model]
        middle = y + len(mine) * _PITCH / 2 + 4
        labels.append(svg.text(_LEFT - 8, middle, model, "end"))
        for row in mine:
            ratio = ratios[row.key]
            bars.append(
                f'<rect class="bar" x="{_LEFT}" y="{y:.1f}" width="{ratio * scale:.1f}" '
                f'height="{_BAR}" fill="{_COLORS[row.optimize]}">'
                f"<title>{escape(f'{row.model}, {row.optimize}')}: "
                f"{row.instructions:,} instructions</title></rect>"
            )
            labels.append(svg.text(_LEFT + ratio * scale + 4, y + _BAR, f"{ratio:.2f}"))
            y += _PITCH
        y += _GAP

    def line(kind: str, ratio: float) -> str:
        x = _LEFT + ratio * scale
        return f'<line class="{kind}" x1="{x:.1f}" y1="{top + _ABOVE - 6:.1f}" x2="{x:.1f}" y2="{y:.1f}"/>'

    for ratio in axis:
        parts.append(line("grid", ratio))
        labels.append(svg.text(_LEFT + ratio * scale, top + _ABOVE - 10, f"{ratio:g}", "middle"))
    parts += [*bars, line("baseline", 1.0), *labels]
    return y


def changes(old: Results, new: Results) -> list[str]:
    """A line for each measurement of `new` that differs from the one of `old`."""
    before = {row.key: row for row in old.measurements}
    lines = []
    for row in new.measurements:
        was = before.get(row.key)
        if was is None or was == row:
            continue
        found = []
        for name in ("instructions", "cycles", "activations", "context", "stack", "code", "weights"):
            past, now = getattr(was, name), getattr(row, name)
            if past is not None and now is not None and past != now:
                word = "better" if now < past else "worse"
                share = f" ({now / past - 1:+.1%})" if past else ""
                found.append(f"{name} {past:,} -> {now:,}{share} {word}")
        if was.compiler != row.compiler:
            found.append(f"{was.compiler} -> {row.compiler}")
        lines.append(f"{', '.join(row.key)}: {'; '.join(found) or 'other MACs'}")
    return lines
