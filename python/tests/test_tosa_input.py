# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""TOSA that tosa-converter-for-tflite makes gives the network of the .tflite itself."""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from shared_models import DIGITS, model_path

from stm32_mlir.build import Generated, build_host, compile_model
from stm32_mlir.errors import Error
from stm32_mlir.graph import load_graph
from stm32_mlir.run import run_cases
from stm32_mlir.vectors import STATEFUL_STEPS, Case, make_cases

CONVERTER = shutil.which(
    "tosa-converter-for-tflite",
    path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
)

pytestmark = [
    pytest.mark.compiler,
    pytest.mark.skipif(CONVERTER is None, reason="tosa-converter-for-tflite is not installed"),
]


#: Models whose operators are all recovered, but for what docs/TosaInput.md says
#: is lost: MUL (ambiq_arrhythmia), AVERAGE_POOL_2D of uint8 (coral).
MODELS = (
    "digits",
    "arduino_magic_wand",
    "emza_ssd_slim_120x160",
    "mlperf_ad01_int8",
    "mlperf_kws_dscnn_int8",
    "mlperf_resnet8_fp32",
    "mlperf_resnet8_int8",
    "mlperf_strww_int8",
    "mlperf_vww_mbv1_int8",
    "mww_okay_nabu_v2",
    "mww_vad_v2",
    "silabs_fingerprint",
    "silabs_kws_pacman_v3",
    "silabs_rock_paper_scissors",
    "st_nota_mbv2_035_224_pruned",
    "tflm_hello_world_float",
    "tflm_hello_world_int8",
    "tflm_micro_speech_int8",
    "tflm_person_detect_int8",
    "tflm_seanet_add0_frag",
    "tflm_seanet_conv0_frag",
    "tflm_seanet_strided_slice0_frag",
    "tflm_seanet_transpose_conv4_frag",
    "tinyengine_vww",
    "tinymaix_mnist_resnet_q",
)

#: Vectors for each model, the extremes among them.
VECTORS = 8


def convert(model: Path, folder: Path, *options: str) -> Path:
    """The model in TOSA: bytecode, or what the options say."""
    path = folder / f"{'_'.join([model.stem, *options])}.mlir"
    command = [CONVERTER, model, *options, "-o", path]
    subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)
    return path


def outputs(generated: Generated, cases: list[Case], work: Path) -> list[np.ndarray]:
    """What the generated C gives on this machine, with sanitizers."""
    work.mkdir()
    result = run_cases(build_host(generated, work), generated.report, cases, work)
    return [value for vector in result.outputs for step in vector for value in step]


@pytest.mark.parametrize("name", MODELS)
def test_tosa_gives_the_outputs_of_the_model(name, tmp_path):
    path = model_path(name)
    graph = load_graph(path)
    cases = make_cases(graph.inputs, VECTORS, 1, STATEFUL_STEPS if graph.stateful else 1)
    direct = compile_model(path, tmp_path / "direct", "host")
    converted = compile_model(convert(path, tmp_path), tmp_path / "tosa", "host")
    wanted = outputs(direct, cases, tmp_path / "direct_run")
    got = outputs(converted, cases, tmp_path / "tosa_run")
    assert len(got) == len(wanted)
    for mine, theirs in zip(got, wanted, strict=True):
        assert mine.dtype == theirs.dtype and mine.shape == theirs.shape
        assert mine.tobytes() == theirs.tobytes()
    assert converted.report.activations == direct.report.activations


def test_what_tosa_has_lost_is_a_step_at_most(tmp_path):
    path = model_path("coral_mbv1_025_128_uint8")
    cases = make_cases(load_graph(path).inputs, VECTORS, 1)
    direct = compile_model(path, tmp_path / "direct", "host")
    converted = compile_model(convert(path, tmp_path), tmp_path / "tosa", "host")
    wanted = outputs(direct, cases, tmp_path / "direct_run")
    got = outputs(converted, cases, tmp_path / "tosa_run")
    for mine, theirs in zip(got, wanted, strict=True):
        assert np.abs(mine.astype(np.int32) - theirs).max() <= 1


def test_text_and_bytecode_give_the_same_files(tmp_path):
    folders = [tmp_path / "bytecode", tmp_path / "text"]
    compile_model(convert(DIGITS, tmp_path), folders[0], "stm32f407vg")
    compile_model(convert(DIGITS, tmp_path, "--text"), folders[1], "stm32f407vg")
    names = sorted(path.name for path in folders[0].iterdir())
    assert names == sorted(path.name for path in folders[1].iterdir())
    assert filecmp.cmpfiles(*folders, names, shallow=False)[0] == names


def test_text_with_names_gives_the_names_of_the_model(tmp_path):
    direct = compile_model(DIGITS, tmp_path / "direct", "stm32f407vg").report
    text = convert(DIGITS, tmp_path, "--text", "--emit-debug-info")
    named = compile_model(text, tmp_path / "named", "stm32f407vg").report
    assert [(o.name, o.kernel) for o in named.operators] == [
        (o.name, o.kernel) for o in direct.operators
    ]
    assert [io.name for io in named.inputs] == [io.name for io in direct.inputs]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tflm_micro_speech_lstm", "'tfl.unidirectional_sequence_lstm'"),
        ("tinyengine_detection", "tosa.resize"),
    ],
)
def test_what_cannot_be_recovered_is_one_error(name, said, tmp_path):
    path = convert(model_path(name), tmp_path, "--text")
    with pytest.raises(Error) as caught:
        compile_model(path, tmp_path / "c", "host")
    assert said in "\n".join([str(caught.value), *caught.value.details])
    assert not (tmp_path / "c").exists()
