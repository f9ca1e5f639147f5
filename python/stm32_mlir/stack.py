# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How much stack a run takes at most, from the compiler's call graph.

gcc writes the frame of each function and who calls whom (-fcallgraph-info=su).
The one call through a pointer that stm32rt_run makes is that of an operator;
observers, copiers and functions of the user are not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from stm32_mlir.build import sources
from stm32_mlir.errors import Error
from stm32_mlir.report import Report
from stm32_mlir.targets import LEVELS, Core
from stm32_mlir.tools import find_program, run_tool

#: What a function of the C library or of the compiler is taken to need: memcpy,
#: memset and the division of 64 bits save at most eight registers.
LIBRARY_FRAME = 32
_NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "([^"]*)"', re.MULTILINE)
_EDGE = re.compile(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"', re.MULTILINE)
_FRAME = re.compile(r"(\d+) bytes \((static|dynamic(?:,bounded)?)\)")
_INDIRECT = "__indirect_call"


@dataclass(frozen=True, slots=True)
class CallGraph:
    """Frames in bytes by function, and the functions that each one calls."""

    frames: dict[str, int]
    calls: dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class StackUse:
    """Bytes of stack: of stm32rt_run and all below it, and of each operator alone."""

    run: int
    operators: list[int]
    frames: list[tuple[str, int]]


def read_graph(texts: Iterable[str]) -> CallGraph:
    """Joins .ci files; Error where a frame has no bound."""
    frames: dict[str, int] = {}
    calls: dict[str, set[str]] = {}
    for text in texts:
        for title, label in _NODE.findall(text):
            frame = _FRAME.search(label)
            if frame is None:
                continue
            if frame[2] == "dynamic":
                raise Error(f"{title}: the frame has no bound", "no alloca, no array of variable length")
            frames[title] = int(frame[1])
        for caller, callee in _EDGE.findall(text):
            calls.setdefault(caller, set()).add(callee)
    return CallGraph(frames, calls)


def depth(graph: CallGraph, function: str, indirect: int = 0, above: tuple[str, ...] = ()) -> int:
    """Bytes of `function` and of the deepest chain below it.

    `indirect` is what a call through a pointer needs. Error if functions call
    each other in a circle.
    """
    if function == _INDIRECT:
        return indirect
    if function in above:
        raise Error(f"{function} calls itself: {' -> '.join(above)}")
    chain = (*above, function)
    below = [depth(graph, callee, indirect, chain) for callee in graph.calls.get(function, ())]
    return graph.frames.get(function, LIBRARY_FRAME) + max(below, default=0)


def stack_use(directory: Path, report: Report, core: Core, work: Path) -> StackUse:
    """Compiles what stm32-compile wrote for `core` and adds frames up."""
    flags = [*core.flags, LEVELS.get(report.optimize, "-O2"), "-std=c11", f"-I{directory}"]
    compiler = find_program("arm-none-eabi-gcc" if core.flags else "gcc")
    texts = []
    for source in sources(directory):
        output = work / f"{source.stem}.o"
        command = [compiler, *flags, "-fcallgraph-info=su", "-c", source, "-o", output]
        run_tool(command, source.name)
        texts.append(output.with_suffix(".ci").read_text(encoding="utf-8"))
    graph = read_graph(texts)
    prefix = f"{directory / report.name}.c:{report.name}_op_"
    operators = [depth(graph, f"{prefix}{operator.index}") for operator in report.operators]
    frames = sorted(graph.frames.items(), key=lambda item: (-item[1], item[0]))
    run = depth(graph, "stm32rt_run", max(operators, default=0))
    return StackUse(run, operators, [(name.rpartition(":")[2], size) for name, size in frames])
