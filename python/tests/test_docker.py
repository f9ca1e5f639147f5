# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""docker/Dockerfile: from Debian 12, by the scripts that everybody uses."""

from __future__ import annotations

import json
import os
import shlex

from conftest import ROOT


def instructions() -> list[tuple[str, str]]:
    """(instruction, arguments) of the file."""
    lines = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    words = [line.split(" ", 1) for line in lines if line and not line.startswith("#")]
    return [(word[0], word[1]) for word in words]


def test_dockerfile() -> None:
    made = instructions()
    assert made[0] == ("FROM", "debian:12")
    runs = [value for key, value in made if key == "RUN"]
    assert runs == ["utils/install-deps.sh", "utils/build.sh"]
    (command,) = (json.loads(value) for key, value in made if key == "CMD")
    for program in (*runs, *command):
        assert os.access(ROOT / program, os.X_OK), program
    for key, value in made:
        if key == "COPY":
            assert (ROOT / shlex.split(value)[0]).exists(), value


def test_layer_of_dependencies_has_what_it_needs() -> None:
    """install-deps.sh reads nothing outside of what is copied before it runs."""
    made = instructions()
    before = made[: made.index(("RUN", "utils/install-deps.sh"))]
    copied = [shlex.split(value)[0] for key, value in before if key == "COPY"]
    text = (ROOT / "utils" / "install-deps.sh").read_text(encoding="utf-8")
    for word in ("requirements.lock", "pyproject.toml"):
        assert f"$root/python/{word}" in text
    assert copied == ["utils/install-deps.sh", "python"]
