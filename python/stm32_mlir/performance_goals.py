# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The goals for speed and code size that measurements are held against."""

from __future__ import annotations

from dataclasses import dataclass

from stm32_mlir.performance import Measurement, Results

_DSP = {
    "mlperf_resnet8_int8": 11_500_000,
    "mlperf_kws_dscnn_int8": 3_400_000,
    "mlperf_vww_mbv1_int8": 5_400_000,
    "mlperf_ad01_int8": 270_000,
    "mlperf_strww_int8": 950_000,
    "tflm_person_detect_int8": 9_000_000,
    "tflm_micro_speech_int8": 550_000,
}
_MVE = {
    "mlperf_resnet8_int8": 2_600_000,
    "mlperf_kws_dscnn_int8": 800_000,
    "mlperf_vww_mbv1_int8": 1_500_000,
    "mlperf_ad01_int8": 45_000,
    "mlperf_strww_int8": 190_000,
    "tflm_person_detect_int8": 2_600_000,
    "tflm_micro_speech_int8": 250_000,
}
#: Core -> model -> instructions of one run with --optimize time.
_INSTRUCTIONS = {"m4": _DSP, "m7": _DSP, "m33": _DSP, "m55": _MVE}
#: What --optimize balanced may take of these, in per cent.
_BALANCED = 125
#: Cores that may take half of what the baseline takes, in both modes.
_HALF = ("m0plus", "m3")
#: (model, core, mode) -> bytes of code.
_CODE = {
    ("mlperf_kws_dscnn_int8", "m4", "balanced"): 14 * 1024,
    ("mlperf_kws_dscnn_int8", "m4", "flash"): 8 * 1024,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure of a measurement beside what it may be at most."""

    row: Measurement
    unit: str
    value: int
    limit: int

    @property
    def reached(self) -> bool:
        return self.value <= self.limit


def find_goals(results: Results) -> list[Goal]:
    """The goals for all that is measured, reached or not.

    Each is judged by the compiler that does best for its figure.
    """
    goals = []
    for row in results.best("instructions").measurements:
        limit = _instructions(results, row)
        if limit is not None:
            goals.append(Goal(row, "instructions", row.instructions, limit))
    for row in results.best("code").measurements:
        if row.case in _CODE:
            goals.append(Goal(row, "bytes of code", row.code, _CODE[row.case]))
    return goals


def _instructions(results: Results, row: Measurement) -> int | None:
    if row.optimize not in ("time", "balanced"):
        return None
    if row.core in _HALF:
        base = results.baseline(row.model, row.core)
        return None if base is None else base.instructions // 2
    limit = _INSTRUCTIONS.get(row.core, {}).get(row.model)
    if limit is None or row.optimize == "time":
        return limit
    return limit * _BALANCED // 100
