# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small models for the applications of runtime/test/apps, and their vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from shared_models import DIGITS, golden_path, model_path
from stm32_mlir.graph import load_graph
from stm32_mlir.kernel_models import Sample, make_tensor, make_values, write_samples
from stm32_mlir.oracle import Oracle
from stm32_mlir.tflite_writer import RESOURCE, Node, Tensor
from stm32_mlir.vectors import Case, load_golden, make_cases

SAME = schema.Padding.SAME


def _mixer() -> bytes:
    """int8 a, b -> a + b and the larger one of each."""
    a, b = (Tensor((1, 4, 4, 3), "int8", (0.05,), (3,)) for _ in range(2))
    total = Tensor(a.shape, "int8", (0.1,), (-4,))
    larger = Tensor(a.shape, "int8", (0.05,), (3,))
    nodes = (Node("ADD", [a, b], [total]), Node("MAXIMUM", [a, b], [larger]))
    return write_samples([Sample("mixer", nodes)])


def _waves() -> bytes:
    """A float network: a convolution, a product, exponentials."""
    x, hidden, flat = (Tensor(s, "float32") for s in ((1, 8, 8, 2), (1, 8, 8, 4), (1, 256)))
    logits, y = Tensor((1, 6), "float32"), Tensor((1, 6), "float32")
    shape = Tensor((2,), "int32", values=np.array([1, 256], np.int32))
    conv = [make_values(Tensor(s, "float32")) for s in ((4, 3, 3, 2), (4,))]
    dense = [make_values(Tensor(s, "float32")) for s in ((6, 256), (6,))]
    window = {"padding": SAME, "strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
    nodes = (
        Node("CONV_2D", [x, *conv], [hidden], window),
        Node("LOGISTIC", [hidden], [activated := Tensor(hidden.shape, "float32")]),
        Node("RESHAPE", [activated, shape], [flat]),
        Node("FULLY_CONNECTED", [flat, *dense], [logits]),
        Node("SOFTMAX", [logits], [y], {"beta": 1.0}),
    )
    return write_samples([Sample("waves", nodes)])


def _counter() -> bytes:
    """int8 x -> x + what it gave the run before."""
    handles = [Tensor((), RESOURCE) for _ in range(2)]
    x, state, start = (make_tensor((1, 16), "int8") for _ in range(3))
    y = make_tensor((1, 16), "int8")
    start.values = np.arange(16, dtype=np.int8).reshape(1, 16)
    name = {"sharedName": "sum"}
    initial = (
        Node("VAR_HANDLE", [], [handles[1]], name),
        Node("ASSIGN_VARIABLE", [handles[1], start], []),
    )
    nodes = (
        Node("VAR_HANDLE", [], [handles[0]], name),
        Node("READ_VARIABLE", [handles[0]], [state]),
        Node("ADD", [x, state], [total := make_tensor((1, 16), "int8")]),
        Node("ASSIGN_VARIABLE", [handles[0], total], []),
        Node("MAXIMUM", [total, x], [y]),
    )
    return write_samples([Sample("counter", nodes, initial)])


_MADE: dict[str, Callable[[], bytes]] = {"mixer": _mixer, "waves": _waves, "counter": _counter}


def write_model(name: str, folder: Path, shared: str = "") -> Path:
    """The file of `network` (digits, or one of the shared models) or of a model here."""
    if name == "network":
        return model_path(shared) if shared else DIGITS
    path = folder / f"{name}.tflite"
    path.write_bytes(_MADE[name]())
    return path


def _cases(name: str, path: Path, steps: int) -> list[Case]:
    if name != "network":
        return make_cases(load_graph(path).inputs, 7, 5, steps)
    images = np.load(DIGITS.parent / "images.npz")["images"][:5].astype(np.int16)
    pixels = (15 * images - 128).astype(np.int8).reshape(-1, 1, 8, 8, 1)
    return [Case("digit", ((image,),)) for image in pixels]


def _pairs(
    name: str, path: Path, steps: int, shared: str
) -> list[tuple[Sequence[np.ndarray], Sequence[np.ndarray]]]:
    """Inputs and outputs of each run."""
    graph = load_graph(path)
    if shared:
        cases = load_golden(golden_path(shared), graph.inputs, graph.outputs)[:2]
        return [(c.steps[0], c.expected[0]) for c in cases if c.expected is not None]
    oracle = Oracle(graph)
    return [
        (inputs, step.outputs)
        for case in _cases(name, path, steps)[: 1 if steps > 1 else None]
        for inputs, step in zip(case.steps, oracle.run(case), strict=True)
    ]


def write_vectors(
    name: str, path: Path, folder: Path, steps: int = 1, shared: str = ""
) -> None:
    """<name>_vectors.h; a stateful model has `steps` vectors, one run after the other."""
    pairs = _pairs(name, path, steps, shared)
    lines = [f"#define {name.upper()}_VECTORS {len(pairs)}"]
    columns = {
        "in": zip(*(inputs for inputs, _ in pairs), strict=True),
        "out": zip(*(outputs for _, outputs in pairs), strict=True),
    }
    for kind, tensors in columns.items():
        for number, values in enumerate(tensors, 1):
            rows = [np.ascontiguousarray(value).tobytes() for value in values]
            lines.append(
                f"static const uint8_t {name}_{kind}_{number}[{len(rows)}][{len(rows[0])}] = {{"
            )
            lines += ["  {" + ", ".join(map(str, row)) + "}," for row in rows]
            lines.append("};")
    (folder / f"{name}_vectors.h").write_text("\n".join(lines) + "\n", encoding="ascii")
