# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes a project around a model: the generated C, a board, a demo, a build.

A template is a list of folders of `templates/`. Each file of them becomes a
file of the project, at the same path, without the suffix .j2; one whose name
begins with an underscore is a part of others. All are rendered with the same
facts, which `_facts` lists.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from stm32_mlir.boards import Board, find_board, find_part
from stm32_mlir.build import STRICT_WARNINGS, compile_model, sources
from stm32_mlir.errors import Error
from stm32_mlir.graph import GraphTensor, load_graph
from stm32_mlir.oracle import Oracle
from stm32_mlir.report import Report, load_report
from stm32_mlir.targets import LEVELS
from stm32_mlir.tools import repository
from stm32_mlir.vectors import Case, load_golden, make_cases
from stm32_mlir.workflow import interface_specs

#: Template -> the folders of `templates/` that it consists of, beside the demo's.
TEMPLATES = {
    "cmake": ("common", "bare", "cmake"),
    "makefile": ("common", "bare", "makefile"),
    "cubeide": ("common", "bare", "cubeide"),
    "zephyr": ("common", "zephyr"),
}

#: Demo -> its sources in `app`, which are in a folder of `templates/` of that name.
DEMOS = {
    "check": ("main.c", "text.c", "vectors.c"),
    "rpc": ("main.c", "stm32rt_rpc.c"),
}

#: What the board's UART is in QEMU.
SERIAL = {"check": "stdio", "rpc": "pty"}
#: Bytes for messages of the demo `rpc`.
RPC_BUFFER = 2048

_FOLDER = Path(__file__).resolve().parent / "templates"
_SECTIONS = ("-ffunction-sections", "-fdata-sections")
_SEMIHOSTING = ("-semihosting-config", "enable=on,target=native")
_LINK = ("-nostartfiles", "-Wl,--gc-sections")
#: The vector that a demo runs without stored ones: noise around the zero point,
#: where a last softmax does not saturate.
_CASE = 6


@dataclass(frozen=True, slots=True)
class Vector:
    """What a demo runs the model on, and where that is from.

    `outputs` is None where nobody knows what must come out, which otherwise is
    what `oracle` gives.
    """

    origin: str
    inputs: tuple[np.ndarray, ...]
    outputs: tuple[np.ndarray, ...] | None
    oracle: str


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What to make a project of. `extra` are more options of stm32-compile."""

    model: Path
    board: str
    template: str
    output: Path
    name: str = "network"
    optimize: str = "balanced"
    golden: Path | None = None
    demo: str = "check"
    extra: tuple[str | Path, ...] = ()


def write_project(
    settings: ProjectSettings, progress: Callable[[str], None] = lambda phrase: None
) -> Report:
    """Compiles the model and writes the project; the folder must be new or empty."""
    board = check_template(settings.template, settings.board)
    if "--stream-input" in settings.extra:
        raise Error(
            "the demo of a project hands over whole inputs",
            "leave out --stream-input here, and generate the model with it into model/ later",
        )
    check_demo(settings.demo, settings.golden)
    with new_folder(settings.output) as folder:
        progress(f"compiling {settings.model.name} for {board.target}")
        report = compile_model(
            settings.model,
            folder / "model",
            board.target,
            settings.name,
            settings.optimize,
            settings.extra,
        ).report
        vector = None
        if settings.demo == "check":
            progress("making the demo's vector")
            vector = make_vector(report, settings.model, settings.golden)
        render(settings.template, settings.demo, board, vector, folder)
    return report


def check_demo(demo: str, golden: Path | None) -> None:
    """Error if there is no such demo, or if it cannot use stored vectors."""
    if demo not in DEMOS:
        raise Error(f"unknown demo {demo}", f"known: {', '.join(DEMOS)}")
    if demo != "check" and golden is not None:
        raise Error(f"the demo {demo} runs no stored vectors", "leave out --golden")


def check_template(template: str, board: str) -> Board:
    """The board, if the template can be made for it."""
    if template not in TEMPLATES:
        raise Error(f"unknown template {template}", f"known: {', '.join(TEMPLATES)}")
    found = find_board(board)
    if template == "zephyr" and not found.zephyr:
        raise Error(
            f"Zephyr has no board {found.name}",
            "any other template, or a board of the same part",
        )
    if template == "cubeide" and not found.mcu:
        raise Error(
            f"STM32CubeIDE has no part for {found.name}", "use --template cmake or makefile"
        )
    return found


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder that becomes `path` at the end, and goes away after an error."""
    try:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise Error(
                f"{path} is there and not empty",
                "choose another folder; `stm32-mlir generate ... -o DIR/model` updates the model",
            )
        above = path.absolute().parent
        above.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".stm32-project-", dir=above))
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error
    try:
        yield staging
        staging.chmod(0o755)
        staging.replace(path.absolute())
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def make_vector(report: Report, model: Path | None, golden: Path | None = None) -> Vector:
    """The first of the stored vectors, or one that is made and given to the oracle.

    `model` is the .tflite that the oracle runs; another one, or None, has none.
    """
    inputs: Sequence[GraphTensor] = interface_specs(report.inputs)
    if golden is not None:
        case = load_golden(golden, inputs, interface_specs(report.outputs))[0]
        assert case.expected is not None
        return Vector(
            f"vector {case.kind} of {golden.name}", case.steps[0], case.expected[0], golden.name
        )
    graph = load_graph(model) if model is not None and model.suffix == ".tflite" else None
    case = make_cases(graph.inputs if graph else inputs, _CASE + 1, 1)[_CASE]
    origin = "noise around the zero point"
    if graph is None:
        return Vector(origin, case.steps[0], None, "the model's reference, which is not known,")
    outputs = Oracle(graph).run(Case(case.kind, case.steps))[0].outputs
    return Vector(origin, case.steps[0], outputs, "TensorFlow Lite Micro")


def render(
    template: str,
    demo: str,
    board: Board,
    vector: Vector | None,
    folder: Path,
    more: Sequence[str] = (),
) -> None:
    """Writes the files around the folder's `model`, which is complete.

    The demo `check` needs a vector. `more` are further folders of `templates/`.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["bytes_of_c"] = _bytes_of_c
    environment.tests["match_start"] = str.startswith
    facts = _facts(template, demo, board, vector, folder / "model")
    for part in (*TEMPLATES[template], demo, *more):
        for source in sorted((_FOLDER / part).rglob("*.j2")):
            if source.name.startswith("_"):
                continue
            target = folder / source.relative_to(_FOLDER / part).with_suffix("")
            target.parent.mkdir(parents=True, exist_ok=True)
            text = environment.get_template(source.relative_to(_FOLDER).as_posix()).render(facts)
            target.write_text(text, encoding="utf-8")
    if demo == "rpc":
        for name in ("stm32rt_rpc.h", "stm32rt_rpc.c"):
            shutil.copyfile(repository() / "runtime" / "rpc" / name, folder / "app" / name)


def _facts(
    template: str, demo: str, board: Board, vector: Vector | None, model: Path
) -> dict[str, Any]:
    """What templates know. Paths are relative to the project's folder."""
    report = load_report(model)
    part = find_part(board.target)
    found = [path.name for path in sources(model)]
    return {
        "template": template,
        "demo": demo,
        "bare": "bare" in TEMPLATES[template],
        "name": report.name,
        "report": report,
        "pools": report.pools,
        "board": board,
        "kind": board.kind,
        "part": part,
        "has_fragment": (model / f"{report.name}.ld").is_file(),
        "model_sources": found,
        "model_paths": [f"model/{name}" for name in found],
        "app_sources": DEMOS[demo],
        "demo_sources": [
            *(f"app/{name}" for name in DEMOS[demo]),
            "board/board.c",
            "board/startup.c",
        ],
        **_vector_facts(report, vector),
        "rpc_buffer": RPC_BUFFER,
        "flags": {
            "cpu": part.core.flags,
            "level": LEVELS[report.optimize],
            "sections": _SECTIONS,
            "common": (LEVELS[report.optimize], "-g", *_SECTIONS),
            "warnings": tuple(flag for flag in STRICT_WARNINGS if flag != "-Werror"),
            "link": _LINK,
        },
        "run_command": (
            " ".join([*emulator_command(board, SERIAL[demo]), *_SEMIHOSTING])
            if board.emulated
            else ""
        ),
        "flash_command": (
            f"openocd -f interface/stlink.cfg -f target/{board.openocd}.cfg"
            if board.openocd
            else ""
        ),
    }


def _vector_facts(report: Report, vector: Vector | None) -> dict[str, Any]:
    """What the demo `check` must know."""
    if vector is None:
        return {"outputs": []}
    floats = any(output.type == "float32" for output in report.outputs)
    return {
        "origin": vector.origin,
        "oracle": vector.oracle,
        "inputs": [np.ascontiguousarray(value).tobytes() for value in vector.inputs],
        "outputs": [np.ascontiguousarray(value).tobytes() for value in vector.outputs or ()],
        "float_outputs": floats and vector.outputs is not None,
    }


def emulator_command(board: Board, serial: str = "stdio") -> list[str]:
    """Starts QEMU with the board's UART on stdin and stdout; -kernel is left."""
    words = f"qemu-system-arm -M {board.machine} -display none -monitor none -serial {serial}"
    return words.split()


def _bytes_of_c(data: bytes) -> str:
    """The elements of an array of bytes."""
    rows = [data[at : at + 20] for at in range(0, len(data), 20)]
    return "\n".join("    " + ",".join(str(byte) for byte in row) + "," for row in rows)
