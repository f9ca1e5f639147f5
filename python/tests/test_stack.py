# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Stack from frames and the call graph, against what a run was seen to take."""

from __future__ import annotations

import pytest
from shared_models import DIGITS

from stm32_mlir import build, run
from stm32_mlir.errors import Error
from stm32_mlir.graph import load_graph
from stm32_mlir.stack import LIBRARY_FRAME, depth, read_graph, stack_use
from stm32_mlir.targets import CORES, find_core
from stm32_mlir.vectors import make_cases

GRAPH = """graph: { title: "a.c"
node: { title: "a" label: "a\\na.c:1:1\\n16 bytes (static)" }
node: { title: "a.c:b" label: "b\\na.c:2:2\\n40 bytes (static)" }
node: { title: "memcpy" label: "memcpy\\nstring.h:3:3" shape : ellipse }
edge: { sourcename: "a" targetname: "a.c:b" label: "a.c:1:9" }
edge: { sourcename: "a" targetname: "__indirect_call" label: "a.c:1:9" }
edge: { sourcename: "a.c:b" targetname: "memcpy" label: "a.c:2:9" }
}
"""


def test_depth():
    graph = read_graph([GRAPH])
    assert depth(graph, "a.c:b") == 40 + LIBRARY_FRAME
    assert depth(graph, "a") == 16 + 40 + LIBRARY_FRAME
    assert depth(graph, "a", indirect=1000) == 1016


def test_what_has_no_bound():
    with pytest.raises(Error, match="a.c:b: the frame has no bound"):
        read_graph([GRAPH.replace("40 bytes (static)", "40 bytes (dynamic)")])
    circle = 'edge: { sourcename: "a.c:b" targetname: "a" label: "a.c:2:9" }\n}'
    with pytest.raises(Error, match="calls itself"):
        depth(read_graph([GRAPH.replace("}\n}", "}\n" + circle)]), "a")


@pytest.mark.compiler
@pytest.mark.qemu
@pytest.mark.parametrize("core", ["m0plus", "m4", "m55"])
def test_bounds_what_a_run_takes(core, tmp_path):
    """Never less than the high-water mark in QEMU, which has the runner's frame in it."""
    generated = build.compile_model(DIGITS, tmp_path / "c", f"generic-{core}")
    (tmp_path / "work").mkdir()
    use = stack_use(generated.directory, generated.report, CORES[core], tmp_path / "work")
    program = build.build_firmware(generated, tmp_path, find_core(f"generic-{core}"))
    cases = make_cases(load_graph(DIGITS).inputs, 1, 1)
    seen = run.run_cases(program, generated.report, cases, tmp_path).stats["stack"]
    # Vectors that do not fit into registers are on the stack.
    assert max(use.operators) < use.run < (1600 if core == "m55" else 1000)
    # What saves registers on the way to stm32rt_run is not part of it.
    assert seen - 64 <= use.run <= 2 * seen + 200
