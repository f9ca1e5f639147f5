# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The operators of audio front ends, in the sizes of a keyword spotter."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers

from stm32_mlir.kernel_models import Sample, family
from stm32_mlir.tflite_writer import Node, Tensor

_CHANNELS, _FRAME, _STEP, _LENGTH = 40, 480, 320, 512


def _signal(code: str, inputs: list[Tensor], outputs: list[Tensor], label: str, **options: object) -> Sample:
    packed = bytes(flexbuffers.Dumps(options))
    return Sample(label, (Node(code, inputs, outputs, custom=packed),))


def _list(values: object) -> Tensor:
    made = np.asarray(values).astype(np.int16)
    return Tensor(made.shape, "int16", values=made)


def _flat(size: int, dtype: str, bits: int = 0) -> Tensor:
    limits = (0, (1 << bits) - 1) if bits else None
    return Tensor((size,), dtype, limits=limits)


@family
def _signal_samples() -> Iterable[Sample]:
    frames = [_flat(_STEP, "int16"), Tensor((1, _FRAME), "int16"), Tensor((), "bool")]
    yield _signal(
        "SignalFramer",
        frames[:1],
        frames[1:],
        f"framer {_FRAME} step {_STEP}",
        frame_size=_FRAME,
        frame_step=_STEP,
        prefill=True,
    )
    window = _list(np.full(_FRAME, 2000))
    yield _signal(
        "SignalWindow",
        [_flat(_FRAME, "int16"), window],
        [_flat(_FRAME, "int16")],
        f"window {_FRAME}",
        shift=12,
    )
    yield _signal(
        "SignalFftAutoScale",
        [_flat(_FRAME, "int16")],
        [_flat(_FRAME, "int16"), Tensor((), "int32")],
        f"auto scale {_FRAME}",
    )
    yield _signal(
        "SignalDelay",
        [_flat(_FRAME, "int16")],
        [_flat(_FRAME, "int16")],
        f"delay {_FRAME}",
        delay_length=160,
    )
    yield _signal(
        "SignalStacker",
        [_flat(_CHANNELS, "int16")],
        [_flat(3 * _CHANNELS, "int16"), Tensor((), "bool")],
        f"stacker {_CHANNELS}",
        num_channels=_CHANNELS,
        stacker_left_context=1,
        stacker_right_context=1,
        stacker_step=2,
    )
    for dtype in ("int16", "float32"):
        yield _signal(
            "SignalOverlapAdd",
            [Tensor((2, _FRAME), dtype)],
            [_flat(2 * _STEP, dtype)],
            f"overlap add {dtype} 2x{_FRAME}",
            T=getattr(schema.TensorType, dtype.upper()),
            frame_step=_STEP,
        )


@family
def _signal_transforms() -> Iterable[Sample]:
    for dtype in ("int16", "int32", "float32"):
        number = getattr(schema.TensorType, dtype.upper())
        time, spectrum = _flat(_LENGTH, dtype), _flat(_LENGTH + 2, dtype)
        yield _signal(
            "SignalRfft",
            [time],
            [spectrum],
            f"rfft {dtype} {_LENGTH}",
            T=number,
            fft_length=_LENGTH,
        )
        yield _signal(
            "SignalIrfft",
            [_flat(_LENGTH + 2, dtype)],
            [_flat(_LENGTH, dtype)],
            f"irfft {dtype} {_LENGTH}",
            T=number,
            fft_length=_LENGTH,
        )
    x, y = Tensor((1, 8, 64), "float32"), Tensor((1, 8, 33), "complex64")
    lengths = Tensor((2,), "int32", values=np.array([8, 64], np.int32))
    yield Sample("rfft2d 8x64", (Node("RFFT2D", [x, lengths], [y]),))


@family
def _signal_filter_bank() -> Iterable[Sample]:
    bins = _LENGTH // 2 + 1
    yield _signal(
        "SignalEnergy",
        [_flat(2 * bins, "int16")],
        [_flat(bins, "uint32")],
        f"energy {bins}",
        start_index=0,
        end_index=bins,
    )
    widths = np.full(_CHANNELS + 1, 6)
    starts = 6 * np.arange(_CHANNELS + 1)
    weights = np.full(int(widths.sum()), 2000)
    lists = [_list(v) for v in (weights, 4096 - weights, starts, starts, widths)]
    yield _signal(
        "SignalFilterBank",
        [_flat(bins, "uint32", 24), *lists],
        [_flat(_CHANNELS, "uint64")],
        f"filter bank {bins} -> {_CHANNELS}",
        num_channels=_CHANNELS,
    )
    yield _signal(
        "SignalFilterBankSquareRoot",
        [_flat(_CHANNELS, "uint64", 40), Tensor((), "int32", limits=(0, 7))],
        [_flat(_CHANNELS, "uint32")],
        f"square root {_CHANNELS}",
    )
    yield _signal(
        "SignalFilterBankSpectralSubtraction",
        [_flat(_CHANNELS, "uint32", 16)],
        [_flat(_CHANNELS, "uint32"), _flat(_CHANNELS, "uint32")],
        f"spectral subtraction {_CHANNELS}",
        alternate_one_minus_smoothing=15400,
        alternate_smoothing=984,
        clamping=False,
        min_signal_remaining=819,
        num_channels=_CHANNELS,
        one_minus_smoothing=15974,
        smoothing=410,
        smoothing_bits=10,
        spectral_subtraction_bits=14,
    )
    yield _signal(
        "SignalPCAN",
        [_flat(_CHANNELS, "uint32", 16), _flat(_CHANNELS, "uint32", 16), _list(np.full(125, 9000))],
        [_flat(_CHANNELS, "uint32")],
        f"pcan {_CHANNELS}",
        snr_shift=6,
    )
    yield _signal(
        "SignalFilterBankLog",
        [_flat(_CHANNELS, "uint32", 20)],
        [_flat(_CHANNELS, "int16")],
        f"log {_CHANNELS}",
        output_scale=1600,
        input_correction_bits=3,
    )
