# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What pictures have in common: a document, and text in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def text(x: float, y: float, content: str, anchor: str = "start") -> str:
    """One line of text; `anchor` is the end that lies at x: start, middle or end."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(content)}</text>'


def document(width: float, height: float, title: str, style: str, parts: Sequence[str]) -> str:
    """The file: elements `parts` on a sheet of width by height pixels."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}">'
    )
    lines = [head, f"<style>{style}</style>", f"<title>{escape(title)}</title>", *parts, "</svg>", ""]
    return "\n".join(lines)
