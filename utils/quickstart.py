#!/usr/bin/env python3
# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Shows a model on this machine: called by quickstart.sh.

    quickstart.py MODEL.tflite

Compiles the model for TARGET into build/quickstart/c, builds it with gcc for
this machine and with the Arm compiler for its size, runs it and prints what it
computed. The digits example runs on its images; another model on seeded noise.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import numpy as np

from stm32_mlir.build import Generated, build_firmware, build_host, compile_model
from stm32_mlir.errors import Error
from stm32_mlir.graph import load_graph
from stm32_mlir.measure import image_sizes
from stm32_mlir.run import run_cases
from stm32_mlir.show import make_console, print_report
from stm32_mlir.targets import find_core
from stm32_mlir.vectors import Case, make_cases

ROOT = Path(__file__).resolve().parents[1]
DIGITS = ROOT / "examples" / "digits" / "digits.tflite"
TARGET = "stm32f407vg"
#: Elements of each output that are printed for a model other than the example.
SHOWN = 10
#: One character for each brightness 0..16, four levels to a character.
INK = " .:*#"


def draw(image: np.ndarray) -> str:
    """A picture uint8 [8, 8] of 0 (paper) .. 16 (ink) as eight lines of text."""
    return "\n".join("  " + "".join(2 * INK[int(p) // 4] for p in row) for row in image)


def run(generated: Generated, cases: list[Case], work: Path) -> list[list[np.ndarray]]:
    """The outputs of the generated C on this machine, [case][output]."""
    program = build_host(generated, work, sanitize=False)
    result = run_cases(program, generated.report, cases, work)
    return [vector[0] for vector in result.outputs]


def show_digits(generated: Generated, work: Path) -> None:
    """Reads all images of the example and draws the first."""
    with np.load(DIGITS.with_name("images.npz")) as data:
        images, labels = data["images"], data["labels"]
    inputs = (15 * images.astype(np.int16) - 128).astype(np.int8)[..., np.newaxis]
    cases = [Case(f"image {i}", ((x[np.newaxis],),)) for i, x in enumerate(inputs)]
    scores = np.concatenate([outputs[0] for outputs in run(generated, cases, work)])
    digits = scores.argmax(1)
    right = int((digits == labels).sum())
    probability = (int(scores[0].max()) + 128) / 256
    print(f"the first of {len(images)} images:\n")
    print(draw(images[0]))
    print(f"\nrecognised as {digits[0]} with probability {probability:.2f}; it is a {labels[0]}")
    print(f"all images: {right} of {len(labels)} right, {right / len(labels):.2%}\n")


def show_noise(model: Path, generated: Generated, work: Path) -> None:
    """Runs a model on one seeded random vector and prints its first outputs."""
    graph = load_graph(model)
    case = make_cases(graph.inputs, 6, seed=1)[-1]
    (outputs,) = run(generated, [case], work)
    for tensor, value in zip(graph.outputs, outputs, strict=True):
        values = " ".join(map(str, value.ravel()[:SHOWN].tolist()))
        more = " ..." if value.size > SHOWN else ""
        print(f"on random input, seed 1: {tensor.name} {list(value.shape)} = {values}{more}\n")


def main() -> int:
    """Returns the exit status."""
    model = Path(sys.argv[1])
    work = ROOT / "build" / "quickstart"
    work.mkdir(parents=True, exist_ok=True)
    example = model.resolve() == DIGITS.resolve()
    name = "digits" if example else "network"
    words = ["stm32-compile", str(model), "-o", "build/quickstart/c", "--target", TARGET]
    print("$", shlex.join([*words, "--name", name]))
    try:
        generated = compile_model(model, work / "c", TARGET, name)
        if example:
            show_digits(generated, work)
        else:
            show_noise(model, generated, work)
        program = build_firmware(generated, work / "firmware", find_core(TARGET))
        code = image_sizes(program, generated.report).code
        print_report(make_console(), generated.report, code)
        print("\nthe generated C is in build/quickstart/c")
    except Error as error:
        print(error.message("quickstart"), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
