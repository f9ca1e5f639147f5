# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The command line: every option, every kind of error, exit statuses."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

import tiny_model
from stm32_mlir import show, workflow
from stm32_mlir.graph import Graph
from stm32_mlir.report import Step
from stm32_mlir.vectors import make_cases

KEYS = {
    "bit_exact",
    "vectors",
    "mismatches",
    "instructions",
    "macs",
    "ram_activations",
    "ram_runtime",
    "stack",
    "flash_weights",
    "flash_code",
    "layers",
    "target",
    "model",
}


@pytest.fixture
def golden(tmp_path):
    """Stored vectors of the tiny model; the outputs are numpy's."""
    arrays = {}
    for k, case in enumerate(make_cases(Graph(tiny_model.make()).inputs, 6, 9)):
        image = case.steps[0][0]
        arrays[f"v{k}_s0_in0"] = image
        arrays[f"v{k}_s0_out0"] = tiny_model.reference(image.reshape(4, 4))[1].reshape(1, 4)
    path = tmp_path / "golden.npz"
    np.savez(path, **arrays)
    return path


def failed(result, *texts):
    """Asserts status 2, nothing on stdout and one line of error with the texts."""
    status, out, err = result
    assert status == 2
    assert out == ""
    lines = err.strip().splitlines()
    assert lines[0].startswith("stm32-mlir: error: ")
    assert all(line.startswith("stm32-mlir: help: ") for line in lines[1:])
    assert len(lines) <= 2
    for text in texts:
        assert text in err
    assert "Traceback" not in err


def test_version_and_help(command):
    assert command("--version")[:2] == (0, "stm32-mlir 0.1.0\n")
    status, out, _ = command("--help")
    assert status == 0
    for name in ("generate", "analyze", "report", "validate", "bench", "targets"):
        assert name in out


def test_module_runs_as_a_program():
    done = subprocess.run(
        [sys.executable, "-m", "stm32_mlir", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "stm32-mlir 0.1.0\n"


def test_targets(command, fake_compiler):
    status, out, _ = command("targets")
    assert status == 0
    assert ["stm32f407vg", "m4"] in [line.split() for line in out.splitlines()]


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate",),
        ("validate",),
        ("validate", "m.tflite", "--on", "moon"),
        ("validate", "m.tflite", "--vectors", "-1"),
        ("validate", "m.tflite", "--optimize", "luck"),
        ("bench", "m.tflite"),
        ("bench", "m.tflite", "--target", "x", "--runs", "0"),
        ("generate", "m.tflite", "--target", "x"),
        ("analyze", "m.tflite"),
    ],
)
def test_usage_errors_have_status_2(command, words):
    status, out, err = command(*words)
    assert status == 2
    assert out == ""
    assert err


def test_validate_on_host(command, tiny):
    status, out, _ = command("validate", tiny)
    assert status == 0
    assert "network for host: equal to the oracle on 10 vectors" in out


def test_validate_options(command, tiny, golden, tmp_path):
    result, keep = tmp_path / "r.json", tmp_path / "keep"
    status, out, _ = command(
        "validate", tiny, "--on", "host", "--target", "stm32f407vg", "--golden", golden,
        "--all-tensors", "--json", result, "--vectors", "3", "--seed", "7",
        "--optimize", "ram", "--name", "net", "--cflags", "-DX=1 -O2", "--keep", keep,
    )
    assert status == 0
    assert "tensors: 3 compared (1 of them views), 0 views of an input, 0 fused" in out
    data = json.loads(result.read_text())
    assert KEYS <= set(data)
    assert data["bit_exact"] is True
    assert (data["vectors"], data["mismatches"]) == (9, 0)
    assert (data["target"], data["optimize"]) == ("stm32f407vg", "ram")
    assert data["views"] == ["result"]
    assert data["instructions"] is None and data["stack"] is None
    assert "-DX=1" in data["flags"]
    assert (keep / "c" / "net.c").is_file()
    assert (keep / "runner.elf").is_file()


@pytest.mark.qemu
def test_validate_in_qemu(command, tiny, golden):
    status, out, _ = command("validate", tiny, "--on", "qemu", "--golden", golden, "--json", "-")
    assert status == 0
    data = json.loads(out)
    assert KEYS <= set(data)
    assert data["target"] == "generic-m4"
    assert data["vectors"] == 16
    assert data["instructions"] > 100
    assert data["stack"] > 0 and data["ram_runtime"] >= 48
    assert data["flash_code"] > 500 and data["flash_weights"] == 48
    assert [layer["instructions"] > 0 for layer in data["layers"]] == [True, True]


@pytest.mark.qemu
def test_validate_no_count(command, tiny):
    words = ("validate", tiny, "--on", "qemu", "--no-count", "--vectors", "1", "--json", "-")
    data = json.loads(command(*words)[1])
    assert data["instructions"] is None
    assert data["flash_code"] > 500


def test_progress_on_a_terminal(tiny):
    """stderr is a terminal: the steps are shown there, and not in the result."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "stm32_mlir", "validate", tiny, "--vectors", "3"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:  # Linux's way of saying that the other side is closed
        pass
    os.close(ours)
    out = process.communicate()[0]
    assert process.returncode == 0
    # A step that is over before the next frame is not drawn; building takes long.
    assert b"building the runner" in shown
    assert out == b"network for host: equal to the oracle on 3 vectors\n"


def test_vectors_zero_with_golden_only(command, tiny, golden):
    words = ("validate", tiny, "--vectors", "0", "--golden", golden, "--json", "-")
    assert json.loads(command(*words)[1])["vectors"] == 6


@pytest.mark.parametrize("place", ["host", pytest.param("qemu", marks=pytest.mark.qemu)])
def test_difference_has_status_1_and_names_the_layer(command, tiny, monkeypatch, place, tmp_path):
    monkeypatch.setenv("TINY_FAULT", "second")
    path = tmp_path / "r.json"
    status, out, _ = command("validate", tiny, "--on", place, "--all-tensors", "--json", path)
    assert status == 1
    assert (
        "first difference: layer 1 (MAX_POOL_2D) second[0, 1, 0, 0]: expected -128, got -127; "
        "1 of 4 elements differ (vector min, step 0)" in out
    )
    assert "10 of 10 vectors differ" in out
    data = json.loads(path.read_text())
    assert data["bit_exact"] is False
    assert data["mismatches"] == 10
    assert data["first_difference"]["operator"] == 1
    assert [layer["mismatches"] > 0 for layer in data["layers"]] == [False, True]


def test_difference_without_all_tensors_names_the_output(command, tiny, monkeypatch):
    monkeypatch.setenv("TINY_FAULT", "second")
    status, out, _ = command("validate", tiny)
    assert status == 1
    assert "first difference: output result[0, 2]: expected -128, got -127" in out


def test_golden_is_compared_with_what_is_stored(command, tiny, golden):
    arrays = dict(np.load(golden))
    arrays["v2_s0_out0"][0, 3] ^= 1
    np.savez(golden, **arrays)
    status, out, _ = command("validate", tiny, "--golden", golden, "--vectors", "0")
    assert status == 1
    assert "1 of 6 vectors differ" in out
    assert "vector golden2" in out


def test_sanitizer_report_is_an_error(command, tiny, monkeypatch):
    monkeypatch.setenv("TINY_FAULT", "overrun")
    failed(command("validate", tiny), "SUMMARY: AddressSanitizer: global-buffer-overflow")


@pytest.mark.qemu
def test_bench(command, tiny, tmp_path):
    path = tmp_path / "b.json"
    status, out, _ = command(
        "bench", tiny, "--target", "generic-m55", "--optimize", "flash", "--runs", "3",
        "--profile", "--json", path, "--name", "n", "--cflags", "-DY", "--keep", tmp_path / "k",
    )
    assert status == 0
    for text in ("instructions  ", "correctness   equal to the oracle on 6 vectors", "second"):
        assert text in out
    data = json.loads(path.read_text())
    assert KEYS <= set(data)
    assert "-Os" in data["flags"] and "-DY" in data["flags"]
    assert len(data["instructions_runs"]) == 3
    assert data["instructions"] == data["instructions_runs"][0]
    assert 0 < sum(layer["instructions"] for layer in data["layers"]) < data["instructions"]
    assert data["instructions_create"] > 20
    names = [function["name"] for function in data["functions"]]
    assert {"first", "second", "stm32rt_run"} <= set(names)
    assert sum(data["classes"].values()) == data["instructions"]
    assert data["cycles"] is None and "cycles" not in data["layers"][0]


@pytest.mark.qemu
def test_bench_of_mlir_has_no_oracle(command, tiny, tmp_path):
    model = tmp_path / "tiny.mlir"
    model.write_text("")
    status, out, _ = command("bench", model, "--target", "generic-m4")
    assert status == 0
    assert "correctness   not checked" in out
    data = json.loads(command("bench", model, "--target", "generic-m4", "--json", "-")[1])
    assert data["bit_exact"] is None and data["mismatches"] is None
    assert data["stack"] > 0 and data["instructions"] > 100
    # On a Cortex-M4 nothing takes less than a cycle, and little takes more than three.
    assert sum(data["classes"].values()) == data["instructions"]
    assert data["instructions"] < data["cycles"] < 3 * data["instructions"]
    assert sum(layer["cycles"] for layer in data["layers"]) < data["cycles"]
    assert "cycles        about" in out


@pytest.mark.qemu
def test_bench_finds_a_difference(command, tiny, monkeypatch):
    monkeypatch.setenv("TINY_FAULT", "second")
    status, out, _ = command("bench", tiny, "--target", "generic-m4")
    assert status == 1
    assert "5 of 5 vectors differ" in out


def test_bench_counts_without_what_measuring_costs(tiny, tmp_path):
    class Fake:
        labels = ["overhead", "create", "run", "run", "layer", "layer", "layer"]
        counts = [4, 104, 1004, 1014, 30, 530, 480]

    from stm32_mlir.build import compile_model

    report = compile_model(tiny, tmp_path / "c", "host").report
    outcome = workflow.Outcome("m", "t", "balanced", report)
    workflow._take_counts(outcome, Fake())
    assert outcome.instructions_create == 100
    assert outcome.instructions_runs == [1000, 1010]
    assert outcome.layer_instructions == [500, 450]


def test_bench_adds_up_the_steps_of_an_operator(tiny, tmp_path):
    class Fake:
        labels = ["overhead", "create", "run", *["layer"] * 4]
        counts = [4, 104, 1004, 30, 530, 480, 130]

    from stm32_mlir.build import compile_model

    report = compile_model(tiny, tmp_path / "c", "host").report
    first, second = report.operators
    steps = (Step(0, 0, 2), Step(1, 0, 2), Step(0, 2, 1))
    banded = replace(report, operators=(replace(first, bands=2), second), steps=steps)
    outcome = workflow.Outcome("m", "t", "balanced", banded)
    workflow._take_counts(outcome, Fake())
    assert outcome.layer_instructions == [500 + 100, 450]
    table = show.layer_table(banded, outcome.layer_instructions)
    assert [list(column.cells) for column in table.columns if column.header == "bands"] == [
        ["2", "-"]
    ]


def test_generate(command, tiny, tmp_path):
    out_dir = tmp_path / "out put"
    status, out, _ = command(
        "generate", tiny, "-o", out_dir, "--target", "host", "--name", "net",
        "--optimize", "time", "--echo", "passed on",
    )
    assert status == 0
    assert "2 operators, 0 MACs, RAM 32 bytes, weights 48 bytes" in out
    assert (out_dir / "net.c").is_file()
    assert (out_dir / "echo.txt").read_text() == "passed on"
    assert json.loads((out_dir / "report.json").read_text())["optimize"] == "time"


def test_analyze(command, tiny, tmp_path):
    path = tmp_path / "a.json"
    status, out, _ = command(
        "analyze", tiny, "--target", "stm32f407vg", "--json", path, "--optimize", "ram", "--name", "n"
    )
    assert status == 0
    assert "n for stm32f407vg, optimized for ram" in out
    for text in ("MAX_POOL_2D  1x3x3x1", "pool sram in ram: 32 bytes", "weights 48 bytes", "lower bound 25"):
        assert text in out
    data = json.loads(path.read_text())
    assert KEYS <= set(data)
    assert data["bit_exact"] is None
    assert data["layers"][1]["shape"] == [1, 2, 2, 1]


def test_report_command(command, tiny, tmp_path):
    folder = tmp_path / "c"
    command("generate", tiny, "-o", folder, "--target", "host")
    assert command("report", folder, "-o", tmp_path / "map.svg")[0] == 0
    ElementTree.parse(tmp_path / "map.svg")
    assert command("report", folder, "-o", tmp_path / "map.html")[0] == 0
    assert "<svg" in (tmp_path / "map.html").read_text(encoding="utf-8")
    status, _, err = command("report", folder, "-o", tmp_path / "map.pdf")
    assert status == 2
    assert "map.pdf: unknown kind of picture" in err
    status, _, err = command("report", tmp_path, "-o", tmp_path / "map.svg")
    assert status == 2
    assert "generate the model first" in err


ERRORS = [
    (("validate", "none.tflite"), ("none.tflite: No such file",)),
    (("validate", "{mlir}"), ("validate needs a .tflite model", "no oracle")),
    (("validate", "{tiny}", "--vectors", "0"), ("no vectors to compare", "--golden")),
    (("validate", "{tiny}", "--golden", "none.npz"), ("none.npz: cannot read golden vectors",)),
    (("validate", "{bad}"), ("bad.tflite: not a .tflite model",)),
    (("validate", "{tiny}", "--on", "qemu", "--target", "host"), ("target host has no QEMU machine",)),
    (("validate", "{tiny}", "--on", "qemu", "--target", "stm32x"), ("unknown target stm32x", "known: generic-m0plus")),
    (("validate", "{tiny}", "--name", "1x"), ("--name 1x: not a C identifier",)),
    (("validate", "{tiny}", "--keep", "{bad}"), ("bad.tflite: File exists",)),
    (("validate", "{tiny}", "--json", "no/where.json"), ("no/where.json: No such file",)),
    (("validate", "{tiny}", "--compiler", "clang-22"), ("--compiler clang-22", "--on qemu")),
    (("bench", "none.tflite", "--target", "generic-m4"), ("none.tflite: no such file",)),
    (("bench", "{tiny}", "--target", "host"), ("target host has no QEMU machine", "generic-m*")),
    (("bench", "{tiny}", "--target", "generic-m4", "--name", "a-b"), ("--name a-b",)),
    (("generate", "none.tflite", "-o", "{mlir}.d", "--target", "host"), ("none.tflite: no such file",)),
    (("generate", "{tiny}", "-o", "{mlir}.d", "--target", "host", "--name", "a b"), ("--name a b",)),
    (("analyze", "none.tflite", "--target", "host"), ("none.tflite: no such file",)),
    (("analyze", "{tiny}", "--target", "host", "--name", ""), ("not a C identifier",)),
]


@pytest.mark.parametrize(("words", "texts"), ERRORS, ids=lambda value: " ".join(value)[:60])
def test_errors(command, tiny, tmp_path, monkeypatch, words, texts):
    bad, mlir = tmp_path / "bad.tflite", tmp_path / "m.mlir"
    bad.write_bytes(b"not a model at all")
    mlir.write_text("")
    monkeypatch.chdir(tmp_path)
    names = {"tiny": tiny, "bad": bad, "mlir": mlir}
    status, out, err = command(*(word.format(**names) for word in words))
    if "--json" in words:
        out = ""  # the result was shown before it could not be written
    failed((status, out, err), *texts)


def test_compiler_error_and_broken_report(command, tiny, monkeypatch):
    monkeypatch.setenv("TINY_FAULT", "compile")
    status, out, err = command("validate", tiny)
    lines = err.splitlines()
    assert (status, out) == (2, "")
    assert lines[0] == "stm32-mlir: error: tiny.tflite: 40 operators are not supported"
    assert lines[30] == "stm32-mlir: note: FROB at position 29"
    assert lines[31:] == ["stm32-mlir: note: and 10 more"]
    monkeypatch.setenv("TINY_FAULT", "report")
    failed(command("analyze", tiny, "--target", "host"), "missing or malformed: 'pools'", "same version")


def test_no_compiler(command, tiny, monkeypatch, tmp_path):
    monkeypatch.setenv("STM32_MLIR_TOOLS", str(tmp_path))
    failed(command("validate", tiny), "no program stm32-compile", "STM32_MLIR_TOOLS")


@pytest.mark.parametrize(
    ("words", "package"),
    [
        (("validate", "{tiny}"), "install it: apt-get install gcc"),
        (("bench", "{tiny}", "--target", "generic-m4"), "apt-get install gcc-arm-none-eabi"),
    ],
)
def test_missing_programs_name_their_package(command, tiny, tmp_path, monkeypatch, words, package):
    # The stand-in compiler needs python3; nothing else is in PATH.
    folder = tmp_path / "only python"
    folder.mkdir()
    (folder / "python3").symlink_to(os.path.realpath(sys.executable))
    monkeypatch.setenv("PATH", str(folder))
    failed(command(*(word.format(tiny=tiny) for word in words)), "is not in PATH", package)
