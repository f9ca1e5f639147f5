# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fixtures: the stand-in compiler, the tiny model, the command line, an empty PATH."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import tiny_model
from stm32_mlir import cli
from stm32_mlir.tools import TOOLS_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
TINY = Path(__file__).resolve().parent / "tiny"

#: The random cases of test_ops.py take long: only on request, with their number.
collect_ignore = [] if "STM32_OPS_CASES" in os.environ else ["test_ops.py"]


def real_compiler() -> Path | None:
    """The built stm32-compile, or None."""
    chosen = os.environ.get(TOOLS_VARIABLE)
    path = Path(chosen) if chosen else ROOT / "build" / "bin"
    return path if os.access(path / "stm32-compile", os.X_OK) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips, with the reason, what this machine cannot run."""
    reasons = {}
    if real_compiler() is None:
        reasons["compiler"] = "stm32-compile is not built (utils/build.sh)"
    for program in ("qemu-system-arm", "arm-none-eabi-gcc"):
        if shutil.which(program) is None:
            reasons["qemu"] = f"{program} is not installed"
    for item in items:
        for name, reason in reasons.items():
            if name in item.keywords:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def fake_compiler(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes the package use the stand-in compiler; its directory."""
    monkeypatch.setenv(TOOLS_VARIABLE, str(TINY))
    monkeypatch.setenv("TINY_RUNTIME", str(ROOT / "runtime"))
    monkeypatch.delenv("TINY_FAULT", raising=False)
    return TINY


@pytest.fixture
def tiny(tmp_path: Path, fake_compiler: Path) -> Path:
    """The tiny model as a .tflite file, in a folder with a blank in its name."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    path = folder / "tiny.tflite"
    path.write_bytes(tiny_model.make())
    return path


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty PATH; the directory that is in it."""
    empty = tmp_path / "bin"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    return empty


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs the command line in this process: (status, stdout, stderr)."""

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["stm32-mlir", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        captured = capsys.readouterr()
        return caught.value.code or 0, captured.out, captured.err

    return call
