# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What holds a model's memory, and a picture of it: steps by addresses."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from stm32_mlir import svg
from stm32_mlir.report import Buffer, Operator, Pool, Report

#: Pixels of the picture: a lane's height, the widest and the narrowest step.
LANE, WIDEST, NARROWEST = 240, 48, 4
#: Pixels of all steps that make the picture as wide as it should be.
WIDTH = 1000
#: Pixels around the lanes: left for addresses, above and below for text.
LEFT, ABOVE, BELOW = 90, 40, 30
_STYLE = (
    "text{font:12px sans-serif}.lane{fill:#f6f6f6;stroke:#999}"
    ".buffer{stroke:#555;stroke-width:.5}.peak{fill:none;stroke:#c00;stroke-width:2}"
)


@dataclass(frozen=True, slots=True)
class Peak:
    """The step of a pool that holds most: `size` bytes, those shared counted once."""

    pool: Pool
    step: int
    operator: Operator
    size: int
    buffers: tuple[Buffer, ...]


def covered(buffers: Sequence[Buffer]) -> int:
    """Bytes that at least one of the buffers takes."""
    total = end = 0
    for buffer in sorted(buffers, key=lambda b: b.offset):
        begin = max(end, buffer.offset)
        end = max(end, buffer.offset + buffer.size)
        total += max(0, end - begin)
    return total


def alive(pool: Pool, step: int) -> tuple[Buffer, ...]:
    """The buffers of a pool that step needs, the largest first."""
    found = [b for b in pool.buffers if b.first <= step < b.last]
    return tuple(sorted(found, key=lambda b: (-b.size, b.offset)))


def find_peaks(report: Report) -> list[Peak]:
    """The peak of each pool that operators work in; the first step of equal ones."""
    peaks = []
    for pool in report.pools:
        best: Peak | None = None
        for step, index in enumerate(report.order):
            buffers = alive(pool, step)
            size = covered(buffers)
            if buffers and (best is None or size > best.size):
                best = Peak(pool, step, report.operators[index], size, buffers)
        if best is not None:
            peaks.append(best)
    return peaks


def label(buffer: Buffer) -> str:
    """What people call it: of joined names the first, scratch by its operator."""
    name = buffer.name.split(";")[0]
    return f"scratch of {name}" if buffer.scratch else name


def _color(buffer: Buffer) -> str:
    hue = zlib.crc32(buffer.name.encode()) % 360
    return f"hsl({hue} {20 if buffer.scratch else 60}% 75%)"


def _lane(report: Report, pool: Pool, top: int, step_width: float, peak: Peak | None) -> list[str]:
    bottom = top + LANE
    scale = LANE / max(pool.size, 1)
    width = step_width * len(report.order)
    parts = [
        svg.text(LEFT, top - 8, f"{pool.name} in {pool.region}: {pool.size:,} bytes"),
        f'<rect class="lane" x="{LEFT}" y="{top}" width="{width:.1f}" height="{LANE}"/>',
        svg.text(LEFT - 6, bottom, "0", "end"),
        svg.text(LEFT - 6, top + 10, f"{pool.size:,}", "end"),
    ]
    for buffer in pool.buffers:
        x = LEFT + buffer.first * step_width
        y = bottom - (buffer.offset + buffer.size) * scale
        # What no operator needs is a line.
        wide = max((buffer.last - buffer.first) * step_width, 1)
        where = f"bytes {buffer.offset:,} to {buffer.offset + buffer.size:,}"
        when = f"steps {buffer.first} to {buffer.last - 1}"
        parts.append(
            f'<rect class="buffer" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" '
            f'height="{max(buffer.size * scale, 1):.1f}" fill="{_color(buffer)}">'
            f"<title>{escape(label(buffer))}\n{buffer.size:,} bytes, {where}, {when}</title></rect>"
        )
    if peak is not None:
        x = LEFT + peak.step * step_width
        parts.append(
            f'<rect class="peak" x="{x:.1f}" y="{top}" width="{step_width:.1f}" height="{LANE}">'
            f"<title>{escape(describe(peak))}</title></rect>"
        )
        parts.append(svg.text(LEFT, bottom + 16, f"peak: {describe(peak)}"))
    return parts


def describe(peak: Peak) -> str:
    """The operator at the peak and its bytes, in one line."""
    operator = peak.operator
    name = operator.name.split(";")[0]
    return f"{operator.kind} {name} (operator {operator.index}), {peak.size:,} bytes"


def memory_map_svg(report: Report) -> str:
    """An SVG picture: a lane for each pool, steps from left to right, address 0 below."""
    peaks = {peak.pool.name: peak for peak in find_peaks(report)}
    steps = max(len(report.order), 1)
    step_width = min(WIDEST, max(NARROWEST, WIDTH / steps))
    pitch = ABOVE + LANE + BELOW
    width, height = LEFT + step_width * steps + 20, pitch * max(len(report.pools), 1) + 20
    title = f"Memory of {report.name} for {report.target}"
    parts: list[str] = []
    for index, pool in enumerate(report.pools):
        parts += _lane(report, pool, ABOVE + index * pitch, step_width, peaks.get(pool.name))
    return svg.document(width, height, title, _STYLE, parts)


def memory_map_html(report: Report) -> str:
    """The picture and, for each pool, a table of what is alive at its peak."""
    title = escape(f"Memory of {report.name} for {report.target}")
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        "<style>body{font-family:sans-serif}td{padding-right:2em}</style></head><body>",
        f"<h1>{title}</h1>",
        memory_map_svg(report),
    ]
    for peak in find_peaks(report):
        parts.append(f"<h2>{escape(peak.pool.name)}: {escape(describe(peak))}</h2><table>")
        parts.append("<tr><th>alive</th><th>bytes</th><th>offset</th></tr>")
        parts += [
            f"<tr><td>{escape(label(b))}</td><td>{b.size:,}</td><td>{b.offset:,}</td></tr>"
            for b in peak.buffers
        ]
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>", ""])
