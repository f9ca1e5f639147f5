# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""MISRA C:2012: nothing deviates from a rule that docs/Misra.md does not list."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from conftest import ROOT
from shared_models import DIGITS

from stm32_mlir import build

SCRIPT = ROOT / "utils" / "misra.py"


@pytest.mark.compiler
def test_runtime_and_generated_code(tmp_path):
    build.compile_model(DIGITS, tmp_path / "c", "stm32f407vg", extra=["--api", "tvm"])
    command = [sys.executable, SCRIPT, tmp_path / "c"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # It looked: these are deviated from in plain sight.
    assert re.search(r"^15\.5 +[1-9]", done.stdout, re.MULTILINE)
    assert re.search(r"^8\.9 +[1-9]", done.stdout, re.MULTILINE)


def test_every_deviation_has_its_reason_once():
    text = (ROOT / "docs" / "Misra.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+\.\d+) \|([^|]*)\|([^|]*)\|$", text, re.MULTILINE)
    rules = [rule for rule, _, _ in rows]
    assert len(rules) > 20 and len(set(rules)) == len(rules)
    assert rules == sorted(rules, key=lambda rule: [int(part) for part in rule.split(".")])
    assert all(asks.strip() and reason.strip() for _, asks, reason in rows)
