# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The applications of examples/: built as a user does, results equal the oracle's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from conftest import ROOT, real_compiler
from ops.builder import Node
from ops.oracles import run_oracle
from ops.registry import TFLM
from ops.signal import plain
from shared_models import DIGITS, SPEAKERS, golden_path, model_path
from test_signal import SIZE, features_of

from stm32_mlir.build import compile_model
from stm32_mlir.graph import load_graph
from stm32_mlir.oracle import Oracle
from stm32_mlir.tflite_writer import ModelWriter
from stm32_mlir.vectors import Case

pytestmark = pytest.mark.compiler

EXAMPLES = ROOT / "examples"
TO_C = EXAMPLES / "common" / "array_to_c.py"
TIMEOUT = 300

#: The host with sanitizers, and an STM32F405 in QEMU.
ON = pytest.mark.parametrize("on", ["host", pytest.param("qemu", marks=pytest.mark.qemu)])


def make(
    name: str, goal: str, work: Path, **variables: object
) -> subprocess.CompletedProcess[str]:
    """Runs the Makefile of the example `name`, building in `work`."""
    compiler = real_compiler()
    assert compiler is not None
    words = [f"{key}={value}" for key, value in variables.items()]
    return subprocess.run(
        ["make", "-s", "-C", EXAMPLES / name, goal, f"BUILD={work}", f"TOOLS={compiler}", *words],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def run_example(name: str, on: str, work: Path, **variables: object) -> list[str]:
    """The lines that the example prints on the host or in QEMU."""
    done = make(name, "run" if on == "host" else "qemu", work, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def write_header(archive: Path, out: Path, *words: str) -> None:
    subprocess.run([sys.executable, TO_C, archive, out, *words], check=True)


def expect(model: Path, inputs: np.ndarray) -> np.ndarray:
    """The first output of the oracle for each of `inputs`, flat."""
    oracle = Oracle(load_graph(model))
    cases = [Case(str(i), ((x,),)) for i, x in enumerate(inputs)]
    return np.array([oracle.run(case)[0].outputs[0].ravel() for case in cases])


@ON
def test_digits(on, tmp_path):
    with np.load(DIGITS.with_name("images.npz")) as data:
        images, labels = data["images"][:10], data["labels"][:10]
    inputs = (15 * images.astype(np.int16) - 128).astype(np.int8)
    scores = expect(DIGITS, inputs.reshape(10, 1, 8, 8, 1))
    read = scores.argmax(1)
    percent = (scores.max(1).astype(int) + 128) * 100 // 256
    wanted = [
        f"image {i}: {read[i]}, {percent[i]} %" + ("" if read[i] == labels[i] else ", wrong")
        for i in range(10)
    ]
    wanted.append(f"{(read == labels).sum()} of 10 are right")
    assert run_example("digits", on, tmp_path) == wanted


@ON
def test_speakers(on, tmp_path):
    """Frame by frame on the target; whole utterances in the oracle."""
    with np.load(SPEAKERS.with_name("utterances.npz")) as data:
        utterances, labels = data["utterances"], data["labels"]
    scores = expect(SPEAKERS, utterances.reshape(-1, 1, 30, 1, 12))
    spoke = scores.argmax(1)
    # What the example's own documentation says.
    assert (spoke == labels).sum() == 366
    percent = (scores.max(1).astype(int) + 128) * 100 // 256
    wanted = [
        f"utterance {i}: speaker {spoke[i]}, {percent[i]} %"
        + ("" if spoke[i] == labels[i] else ", wrong")
        for i in range(12)
    ]
    wanted.append(f"{(spoke == labels)[:12].sum()} of 12 are right")
    assert run_example("speakers", on, tmp_path) == wanted


@pytest.mark.qemu
@pytest.mark.parametrize(("name", "lines"), [("digits", 11), ("speakers", 13)])
def test_example_in_a_project(name, lines, tmp_path):
    """As examples/README.md says: the example takes the place of a project's demo."""
    example, project = EXAMPLES / name, tmp_path / "demo"
    command = [sys.executable, "-m", "stm32_mlir", "project", example / f"{name}.tflite"]
    command += ["--template", "makefile", "--board", "netduinoplus2", "--name", name]
    subprocess.run([*command, "-o", project], check=True, capture_output=True)
    if name == "speakers":
        options = ["--stream-input"]
        compile_model(SPEAKERS, project / "model", "stm32f405rg", name, extra=options)
    for source in (project / "app").glob("*.c"):
        source.unlink()
    common = EXAMPLES / "common"
    copied = [*example.glob("*.[ch]"), *common.glob("*.h")]
    for source in (*copied, common / "console.c", common / "console_board.c"):
        shutil.copy(source, project / "app")
    sources = " ".join(str(path.relative_to(project)) for path in project.glob("*/*.c"))
    done = subprocess.run(
        ["make", "-s", "-C", project, "run", f"SOURCES={sources}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == f"{lines - 1} of {lines - 1} are right"
    assert len(done.stdout.splitlines()) == lines


def golden(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The first input and output of each stored vector, [N, ...] and [N, scores]."""
    with np.load(golden_path(name)) as data:
        count = sum(key.endswith("_s0_in0") for key in data.files)
        inputs = np.concatenate([data[f"v{i}_s0_in0"] for i in range(count)])
        return inputs, np.concatenate([data[f"v{i}_s0_out0"] for i in range(count)])


def person_lines(scores: np.ndarray) -> list[str]:
    """What examples/person prints for scores int8 [frames, 2]."""
    return [
        f"frame {i}: {'person' if yes > no else 'nobody'}, {(yes + 128) * 100 // 256} %, "
        f"scores {no} {yes}"
        for i, (no, yes) in enumerate(scores.astype(int))
    ]


@pytest.mark.parametrize(
    ("name", "on"),
    [
        ("tflm_person_detect_int8", "host"),
        pytest.param("tflm_person_detect_int8", "qemu", marks=pytest.mark.qemu),
        pytest.param("mlperf_vww_mbv1_int8", "qemu", marks=pytest.mark.qemu),
    ],
)
def test_person_sees_frames_line_by_line(name, on, tmp_path):
    inputs, scores = golden(name)
    frames = (inputs[:3].astype(np.int16) + 128).astype(np.uint8)
    np.savez(tmp_path / "frames.npz", frames=frames)
    variables = {"MODEL": model_path(name), "FRAMES": tmp_path / "frames.npz"}
    assert run_example("person", on, tmp_path / "b", **variables) == person_lines(scores[:3])


def test_person_sees_the_pattern(tmp_path):
    """Images as a whole in memory."""
    model = model_path("tflm_person_detect_int8")
    frame, row, column = np.ogrid[0:3, 0:96, 0:96]
    pixels = (5 * column + 3 * row + 64 * frame) % 256
    scores = expect(model, (pixels - 128).astype(np.int8).reshape(3, 1, 96, 96, 1))
    lines = run_example("person", "host", tmp_path, MODEL=model, OPTIONS="")
    assert lines == person_lines(scores)


def hear(scores: np.ndarray, labels: list[str], percent: int, pause: int) -> list[str]:
    """What examples/keyword prints with KEYWORD_VERBOSE, averaging 3 windows."""
    lines, silent = [], 0
    padded = np.concatenate([np.full((2, scores.shape[1]), -128), scores]).astype(int) + 128
    for i, row in enumerate(scores):
        lines.append(f"window {i}: " + " ".join(map(str, row)))
        sums = padded[i : i + 3].sum(0)
        label, average = labels[sums.argmax()], sums.max() * 100 // (3 * 256)
        if silent > 0:
            silent -= 1
        elif average >= percent and not label.startswith("_"):
            lines.append(f"window {i}: heard {label}, {average} %")
            silent = pause
    return lines


DSCNN_LABELS = "down go left no off on right stop up yes _silence _unknown".split()
MICRO_SPEECH_LABELS = ["_silence", "_unknown", "yes", "no"]


@ON
def test_keyword_hears_a_recording(on, tmp_path):
    """Windows that do not overlap are the stored vectors."""
    inputs, scores = golden("mlperf_kws_dscnn_int8")
    order = [1, 2, 1, 2, 3, 5, 1, 2, 1, 0, 6, 4]
    np.savez(tmp_path / "sound.npz", frames=inputs[order].reshape(-1, 10))
    lines = run_example(
        "keyword",
        on,
        tmp_path / "b",
        MODEL=model_path("mlperf_kws_dscnn_int8"),
        RECORDING=tmp_path / "sound.npz",
        DEFINES="-DKEYWORD_VERBOSE -DKEYWORD_STRIDE=49",
    )
    assert lines == hear(scores[order], DSCNN_LABELS, 60, 4)
    assert "window 1: heard yes, 64 %" in lines


@ON
def test_keyword_hears_the_signal(on, tmp_path):
    """Windows that overlap, of the front end that is there without a recording."""
    model = model_path("tflm_micro_speech_int8")
    frames = np.full((49 + 120, 40), -128, np.int8)
    for i in range(120):
        for away, level in ((0, 100), (-1, 70), (1, 70)):
            at = i // 8 % 40 + away
            if 0 <= at < 40:
                frames[49 + i, at] = level
    windows = np.array([frames[i : i + 49].reshape(1, -1) for i in range(5, 121, 5)])
    scores = expect(model, windows)
    lines = run_example(
        "keyword",
        on,
        tmp_path,
        MODEL=model,
        KEYWORDS="keywords_micro_speech.h",
        DEFINES="-DKEYWORD_VERBOSE",
    )
    assert lines == hear(scores, MICRO_SPEECH_LABELS, 60, 10)
    assert len(lines) > len(scores)


def front_end() -> bytes:
    """A model from int16 [1, 240] to int8 [40], with state."""
    x, y = plain((1, SIZE), "int16"), plain((40,), "int8")
    nodes, features = features_of(x, [3] * 41, 8)
    writer = ModelWriter()
    writer.add(writer.subgraph(), "f", [*nodes, Node("CAST", [features], [y])], [x], [y])
    return writer.pack()


@ON
def test_keyword_hears_samples(on, tmp_path):
    """A model computes the features, of windows that overlap."""
    hop, frames = 100, 60
    time = np.arange(hop * frames)
    audio = np.round(9000 * np.sin(time * time / 12000) + 500 * np.sin(time / 3))
    np.savez(tmp_path / "sound.npz", samples=audio.astype(np.int16))
    (tmp_path / "features.tflite").write_bytes(front_end())

    padded = np.concatenate([np.zeros(SIZE - hop), audio]).astype(np.int16)
    windows = [(padded[i * hop : i * hop + SIZE].reshape(1, SIZE),) for i in range(frames)]
    ((*steps,),) = run_oracle(TFLM, front_end(), [windows], stateful=True)
    features = np.array([step[0] for step in steps])
    assert len(np.unique(features)) > 20

    model = model_path("tflm_micro_speech_int8")
    heard = np.concatenate([np.full((49, 40), -128, np.int8), features])
    inputs = np.array([heard[i : i + 49].reshape(1, -1) for i in range(5, frames + 1, 5)])
    scores = expect(model, inputs)
    assert len(np.unique(scores, axis=0)) > 5
    lines = run_example(
        "keyword",
        on,
        tmp_path / "b",
        MODEL=model,
        FRONTEND=tmp_path / "features.tflite",
        AUDIO=tmp_path / "sound.npz",
        KEYWORDS="keywords_micro_speech.h",
        DEFINES=f"-DKEYWORD_VERBOSE -DKEYWORD_HOP={hop}",
    )
    assert lines == hear(scores, MICRO_SPEECH_LABELS, 60, 10)


@pytest.mark.parametrize(
    ("archive", "header", "count", "arrays"),
    [
        (
            EXAMPLES / "digits" / "images.npz",
            EXAMPLES / "digits" / "images.h",
            10,
            ["digits_images=images", "digits_labels=labels"],
        ),
        (
            EXAMPLES / "speakers" / "utterances.npz",
            EXAMPLES / "speakers" / "utterances.h",
            12,
            ["speech_utterances=utterances", "speech_lengths=lengths", "speech_labels=labels"],
        ),
    ],
)
def test_headers_hold_the_first_items(archive, header, count, arrays, tmp_path):
    write_header(archive, tmp_path / header.name, "--count", str(count), *arrays)
    assert (tmp_path / header.name).read_text() == header.read_text()


@pytest.mark.parametrize(
    ("name", "variables", "message"),
    [
        ("person", {}, "set MODEL to a person detection model, see README.md"),
        ("keyword", {}, "set MODEL to a keyword model, see README.md"),
        ("keyword", {"MODEL": DIGITS}, "KEYWORD_LABELS has not as many labels"),
        ("keyword", {"MODEL": DIGITS, "FRONTEND": DIGITS}, "set AUDIO to sound for the front end"),
        ("person", {"MODEL": SPEAKERS, "OPTIONS": ""}, "the model has not two scores"),
        ("person", {"MODEL": SPEAKERS, "OPTIONS": ""}, "to_input does not know this zero point"),
    ],
)
def test_models_that_do_not_fit(name, variables, message, tmp_path):
    done = make(name, "host", tmp_path, HOST_CC="gcc -fsyntax-only", **variables)
    assert done.returncode != 0
    assert message in done.stderr


def test_arrays_become_exact_constants(tmp_path):
    values = np.array([[0.1, -1e-30], [3.0, 16777217.0]], np.float32)
    words = np.array([-(2**31), 2**31 - 1], np.int32)
    np.savez(tmp_path / "a.npz", values=values, words=words)
    write_header(tmp_path / "a.npz", tmp_path / "a.h", "values=values", "words=words")
    (tmp_path / "a.c").write_text(
        '#include "a.h"\n#include <stdio.h>\n'
        "int main(void) {\n"
        "  fwrite(values, 1, sizeof values, stdout);\n"
        "  fwrite(words, 1, sizeof words, stdout);\n"
        "  return VALUES_COUNT + WORDS_COUNT;\n}\n"
    )
    command = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
    subprocess.run([*command, tmp_path / "a.c", "-o", tmp_path / "a"], check=True)
    done = subprocess.run([tmp_path / "a"], capture_output=True, check=False)
    assert done.returncode == 4
    assert done.stdout == values.tobytes() + words.tobytes()


@pytest.mark.parametrize(
    ("array", "words", "message"),
    [
        (np.zeros(3, np.int8), ["x=other"], "has no array other, only a"),
        (np.zeros(3, np.float64), ["x=a"], "x: type float64 has no counterpart"),
        (np.zeros((0, 3), np.int8), ["x=a"], "x: the array is empty"),
        (np.array([np.nan], np.float32), ["x=a"], "infinity and NaN"),
        (np.zeros(3, np.int8), ["1x=a"], "1x=a is not NAME=ARRAY"),
    ],
)
def test_arrays_that_cannot_be_written(array, words, message, tmp_path):
    np.savez(tmp_path / "a.npz", a=array)
    done = subprocess.run(
        [sys.executable, TO_C, tmp_path / "a.npz", tmp_path / "a.h", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert message in done.stderr
    assert not (tmp_path / "a.h").exists()
