# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The models that tests read where they are present: ours, and the shared ones."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from conftest import ROOT
from stm32_mlir.workflow import Outcome, Settings, validate

SHARED = Path(os.environ.get("STM32_SHARED", ROOT.parent / "shared"))
#: The models of examples/, which are always there.
OWN = {name: ROOT / "examples" / name / f"{name}.tflite" for name in ("digits", "speakers")}
DIGITS, SPEAKERS = OWN.values()


def model_path(name: str) -> Path:
    """The model's file; skips the test, naming what is missing, without it."""
    path = OWN.get(name, SHARED / "models" / f"{name}.tflite")
    if not path.is_file():
        pytest.skip(f"{name}.tflite is not in the shared models (set STM32_SHARED)")
    return path


def golden_path(name: str) -> Path:
    """The model's stored vectors; skips the test without them."""
    path = SHARED / "golden" / f"{name}.npz"
    if not path.is_file():
        pytest.skip(f"{name}.npz is not in the shared vectors (set STM32_SHARED)")
    return path


def model_figures(name: str) -> dict[str, str]:
    """The model's line in models.csv; skips the test without it."""
    path = SHARED / "models" / "models.csv"
    if path.is_file():
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["name"] == name:
                    return row
    pytest.skip(f"{name} is not in models.csv of the shared models (set STM32_SHARED)")


def check_every_tensor(name: str, settings: Settings) -> Outcome:
    """Runs stored vectors, or made ones for our own models; all tensors equal the oracle's."""
    golden = None if name in OWN else golden_path(name)
    outcome = validate(
        settings,
        emulate=settings.target != "host",
        vectors=8 if golden is None else 0,
        golden=golden,
        all_tensors=True,
        count=False,
    )
    assert outcome.bit_exact, outcome.differences[0].describe()
    assert outcome.vectors >= 7
    return outcome
