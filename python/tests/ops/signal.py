# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The audio operators of TensorFlow Lite Micro; the type is that of the samples."""

from __future__ import annotations

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from ops.builder import Arrays, Case, Tensor
from ops.custom import custom
from ops.draw import Draw
from ops.recurrent import STEPS
from ops.registry import operator


def list16(values: np.ndarray | list[int]) -> Tensor:
    """A constant list of int16."""
    made = np.asarray(values).astype(np.int16)
    return Tensor(made.shape, "int16", values=made)


def plain(shape: tuple[int, ...], dtype: str, bits: int | None = None) -> Tensor:
    """An unquantised tensor; `bits` bounds the values of an input."""
    limits = None if bits is None else (0, (1 << bits) - 1)
    return Tensor(shape, dtype, limits=limits)


def enumerated(dtype: str) -> int:
    return getattr(schema.TensorType, dtype.upper())


@operator("SignalWindow", types=("int16",))
def window(draw: Draw) -> Case:
    size = draw.integer(1, 40)
    lead = draw.shape(0, 2, 6)
    x = plain((*lead, size), "int16")
    weights = list16(draw.rng.integers(0, 4096, size))
    y = plain(x.shape, "int16")
    return Case([custom("SignalWindow", [x, weights], [y], shift=draw.integer(8, 14))])


@operator("SignalRfft", types=("int16", "int32", "float32"))
def rfft(draw: Draw) -> Case:
    length = draw.one_of(16, 32, 64, 128, 256, 512)
    lead = draw.shape(0, 2, 4)
    x = plain((*lead, draw.one_of(length, length, draw.integer(1, length))), draw.dtype)
    if draw.dtype == "int32":
        x.limits = (-(1 << 24), 1 << 24)
    y = plain((*lead, 2 * (length // 2 + 1)), draw.dtype)
    return Case([custom("SignalRfft", [x], [y], T=enumerated(draw.dtype), fft_length=length)])


@operator("SignalIrfft", types=("int16", "int32", "float32"))
def irfft(draw: Draw) -> Case:
    length = draw.one_of(16, 32, 64, 128, 256, 512)
    lead = draw.shape(0, 2, 4)
    x = plain((*lead, 2 * (length // 2 + 1)), draw.dtype)
    if draw.dtype == "int32":
        x.limits = (-(1 << 24), 1 << 24)
    y = plain((*lead, length), draw.dtype)
    return Case([custom("SignalIrfft", [x], [y], T=enumerated(draw.dtype), fft_length=length)])


@operator("SignalFftAutoScale", types=("int16",))
def fft_auto_scale(draw: Draw) -> Case:
    x = plain((draw.integer(1, 64),), "int16")
    x.limits = draw.one_of(None, (-100, 100), (0, 9))
    outputs = [plain(x.shape, "int16"), plain((), "int32")]
    return Case([custom("SignalFftAutoScale", [x], outputs)])


@operator("SignalEnergy", types=("int16",))
def energy(draw: Draw) -> Case:
    size = draw.integer(1, 64)
    x, y = plain((2 * size,), "int16"), plain((size,), "uint32")
    return Case([custom("SignalEnergy", [x], [y], start_index=0, end_index=size)])


@operator("SignalFilterBank", types=("uint32",))
def filter_bank(draw: Draw) -> Case:
    channels = draw.integer(1, 12)
    widths = draw.rng.integers(1, 9, channels + 1)
    weight_starts = np.concatenate([[0], np.cumsum(widths)[:-1]])
    frequencies = weight_starts + draw.integer(0, 4)
    total = int(widths.sum())
    weights = draw.rng.integers(0, 4097, total)
    x = plain((int(frequencies[-1] + widths[-1]),), "uint32", draw.one_of(12, 24, 32))
    lists = [weights, 4096 - weights, frequencies, weight_starts, widths]
    y = plain((channels,), "uint64")
    inputs = [x, *(list16(values) for values in lists)]
    return Case([custom("SignalFilterBank", inputs, [y], num_channels=channels)])


@operator("SignalFilterBankSquareRoot", types=("uint64",))
def filter_bank_square_root(draw: Draw) -> Case:
    x = plain((draw.integer(1, 20),), "uint64", draw.one_of(8, 30, 40, 62))
    bits = plain((), "int32", 3)
    return Case([custom("SignalFilterBankSquareRoot", [x, bits], [plain(x.shape, "uint32")])])


@operator("SignalFilterBankSpectralSubtraction", types=("uint32",))
def filter_bank_spectral_subtraction(draw: Draw) -> Case:
    channels, bits = draw.integer(1, 12), 14
    x = plain((channels,), "uint32", draw.one_of(10, 16, 17))
    smoothing, alternate = draw.integer(100, 4000), draw.integer(100, 4000)
    options = {
        "alternate_one_minus_smoothing": (1 << bits) - alternate,
        "alternate_smoothing": alternate,
        "clamping": draw.chance(),
        "min_signal_remaining": draw.integer(0, 4000),
        "num_channels": channels,
        "one_minus_smoothing": (1 << bits) - smoothing,
        "smoothing": smoothing,
        "smoothing_bits": draw.integer(0, 10),
        "spectral_subtraction_bits": bits,
    }
    outputs = [plain(x.shape, "uint32"), plain(x.shape, "uint32")]
    return Case([custom("SignalFilterBankSpectralSubtraction", [x], outputs, **options)], STEPS)


@operator("SignalPCAN", types=("uint32",))
def pcan(draw: Draw) -> Case:
    channels = draw.integer(1, 12)
    x = plain((channels,), "uint32", draw.one_of(8, 16, 20))
    noise = plain((channels,), "uint32", draw.one_of(8, 16, 20))
    table = list16(draw.rng.integers(-3000, 30000, 125))
    y = plain((channels,), "uint32")
    return Case([custom("SignalPCAN", [x, noise, table], [y], snr_shift=draw.integer(0, 8))])


@operator("SignalFilterBankLog", types=("uint32",))
def filter_bank_log(draw: Draw) -> Case:
    x = plain((draw.integer(1, 20),), "uint32", draw.one_of(3, 12, 24))
    options = {"output_scale": draw.one_of(64, 1600), "input_correction_bits": draw.integer(0, 5)}
    return Case([custom("SignalFilterBankLog", [x], [plain(x.shape, "int16")], **options)])


def if_valid(outputs: Arrays) -> Arrays:
    """The flag; the frame only if the flag says that there is one."""
    frame, valid = outputs
    return (valid, frame) if valid else (valid,)


@operator("SignalFramer", types=("int16",))
def framer(draw: Draw) -> Case:
    step = draw.integer(1, 12)
    size, frames = step + draw.integer(0, 20), draw.integer(1, 3)
    lead = draw.shape(0, 1, 3)
    x = plain((*lead, step * frames), "int16")
    outputs = [plain((*lead, frames, size), "int16"), plain((), "bool")]
    options = {"frame_size": size, "frame_step": step, "prefill": draw.chance(0.7)}
    return Case([custom("SignalFramer", [x], outputs, **options)], STEPS, meant=if_valid)


@operator("SignalStacker", types=("int16",))
def stacker(draw: Draw) -> Case:
    channels, left, right = draw.integer(1, 8), draw.integer(0, 3), draw.integer(0, 2)
    x = plain((channels,), "int16")
    outputs = [plain((channels * (left + right + 1),), "int16"), plain((), "bool")]
    options = {
        "num_channels": channels,
        "stacker_left_context": left,
        "stacker_right_context": right,
        "stacker_step": draw.integer(1, left + right + 1),
    }
    return Case([custom("SignalStacker", [x], outputs, **options)], STEPS, meant=if_valid)


@operator("SignalDelay", types=("int16",))
def delay(draw: Draw) -> Case:
    x = plain(draw.shape(1, 2, 40), "int16")
    node = custom("SignalDelay", [x], [plain(x.shape, "int16")], delay_length=draw.integer(1, 12))
    return Case([node], STEPS)


@operator("SignalOverlapAdd", types=("int16", "float32"))
def overlap_add(draw: Draw) -> Case:
    step = draw.integer(1, 8)
    size, frames = step + draw.integer(0, 12), draw.integer(1, 3)
    lead = draw.shape(0, 1, 3)
    x, y = plain((*lead, frames, size), draw.dtype), plain((*lead, frames * step), draw.dtype)
    options = {"T": enumerated(draw.dtype), "frame_step": step}
    return Case([custom("SignalOverlapAdd", [x], [y], **options)], STEPS)
