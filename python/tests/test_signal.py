# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A whole audio front end, from samples to features, over several steps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ops.builder import Case, Node, Tensor, write_model
from ops.custom import custom
from ops.oracles import run_oracle
from ops.registry import TFLM
from ops.signal import list16, plain
from stm32_mlir.build import build_firmware, build_host, compile_model
from stm32_mlir.run import run_cases
from stm32_mlir.targets import find_core
from stm32_mlir.vectors import Case as Vector

pytestmark = pytest.mark.compiler

STEP, SIZE, LENGTH, CHANNELS, STEPS = 160, 240, 256, 10, 6


def features_of(
    frame: Tensor, widths: Sequence[int], scale: int
) -> tuple[list[Node], Tensor]:
    """From int16[1, SIZE] to the features int16[channels], one less than `widths`.

    A channel is two neighbouring bands of `widths` lines of the spectrum.
    """
    rng = np.random.default_rng(3)
    channels = len(widths) - 1
    windowed, flat = plain((1, SIZE), "int16"), plain((SIZE,), "int16")
    hann = np.round(4096 * np.sin(np.pi * (np.arange(SIZE) + 0.5) / SIZE) ** 2)
    shape = Tensor((1,), "int32", values=np.array([SIZE], np.int32))
    scaled, bits = plain((SIZE,), "int16"), plain((), "int32")
    spectrum, energy = plain((LENGTH + 2,), "int16"), plain((LENGTH // 2 + 1,), "uint32")
    starts = np.concatenate([[0], np.cumsum(widths)[:-1]])
    weights = rng.integers(0, 4097, sum(widths))
    lists = [list16(v) for v in (weights, 4096 - weights, 3 + starts, starts, widths)]
    sums, roots = plain((channels,), "uint64"), plain((channels,), "uint32")
    clean, noise = plain((channels,), "uint32"), plain((channels,), "uint32")
    gains = list16(np.round(30000 / np.sqrt(1 + np.arange(125))))
    gained, features = plain((channels,), "uint32"), plain((channels,), "int16")
    subtraction = {
        "alternate_one_minus_smoothing": 15400,
        "alternate_smoothing": 984,
        "clamping": False,
        "min_signal_remaining": 819,
        "num_channels": channels,
        "one_minus_smoothing": 15974,
        "smoothing": 410,
        "smoothing_bits": 10,
        "spectral_subtraction_bits": 14,
    }
    log = {"output_scale": scale, "input_correction_bits": 3}
    transform = {"T": 7, "fft_length": LENGTH}  # int16
    band = {"start_index": 0, "end_index": LENGTH // 2 + 1}
    nodes = [
        custom("SignalWindow", [frame, list16(hann)], [windowed], shift=12),
        Node("RESHAPE", [windowed, shape], [flat], {"newShape": [SIZE]}),
        custom("SignalFftAutoScale", [flat], [scaled, bits]),
        custom("SignalRfft", [scaled], [spectrum], **transform),
        custom("SignalEnergy", [spectrum], [energy], **band),
        custom("SignalFilterBank", [energy, *lists], [sums], num_channels=channels),
        custom("SignalFilterBankSquareRoot", [sums, bits], [roots]),
        custom("SignalFilterBankSpectralSubtraction", [roots], [clean, noise], **subtraction),
        custom("SignalPCAN", [clean, noise, gains], [gained], snr_shift=6),
        custom("SignalFilterBankLog", [gained], [features], **log),
    ]
    return nodes, features


def front_end() -> Case:
    """int16[160] -> int16[10], with the state of a framer and of a noise estimate."""
    x, frame, valid = plain((STEP,), "int16"), plain((1, SIZE), "int16"), plain((), "bool")
    framing = {"frame_size": SIZE, "frame_step": STEP, "prefill": True}
    nodes, _ = features_of(frame, range(2, 2 + CHANNELS + 1), 1600)
    return Case([custom("SignalFramer", [x], [frame, valid], **framing), *nodes], STEPS)


def samples() -> list[list[tuple[np.ndarray, ...]]]:
    """[vector][step][input]: silence, noise, and tones that grow."""
    rng = np.random.default_rng(5)
    time = np.arange(STEPS * STEP)
    tones = np.sin(time * 0.21) + 0.3 * np.sin(time * 0.9)
    waves = [
        np.zeros(STEPS * STEP),
        rng.normal(0, 900, STEPS * STEP),
        tones * np.linspace(50, 24000, STEPS * STEP),
        rng.integers(-32768, 32768, STEPS * STEP),
    ]
    return [
        [(part,) for part in np.clip(wave, -32768, 32767).astype(np.int16).reshape(STEPS, STEP)]
        for wave in waves
    ]


@pytest.mark.parametrize(
    "target", ["host", pytest.param("generic-m4", marks=pytest.mark.qemu)]
)
def test_front_end_equals_the_oracle(target: str, tmp_path: Path) -> None:
    model, vectors = write_model([("c0", front_end())]), samples()
    wanted = run_oracle(TFLM, model, vectors, stateful=True)
    assert len({step[-1].tobytes() for vector in wanted for step in vector}) > STEPS
    path = tmp_path / "audio.tflite"
    path.write_bytes(model)
    generated = compile_model(path, tmp_path / "c", target, "audio")
    if target == "host":
        program = build_host(generated, tmp_path)
    else:
        program = build_firmware(generated, tmp_path, find_core(target))
    cases = [Vector(str(i), tuple(vector)) for i, vector in enumerate(vectors)]
    result = run_cases(program, generated.report, cases, tmp_path)
    for vector, (wants, gots) in enumerate(zip(wanted, result.outputs, strict=True)):
        for step, (want, got) in enumerate(zip(wants, gots, strict=True)):
            for a, b in zip(want, got, strict=True):
                np.testing.assert_array_equal(b.reshape(a.shape), a, f"{vector}, {step}")
