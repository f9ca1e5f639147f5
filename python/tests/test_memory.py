# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Memory of whole models: how much, that it is right, and what it costs."""

from __future__ import annotations

import re
import subprocess

import pytest
from shared_models import DIGITS, check_every_tensor, model_figures, model_path
from test_integration import MODELS, MORE_MODELS

from stm32_mlir.build import compile_model
from stm32_mlir.tools import find_compile
from stm32_mlir.workflow import Settings, bench

pytestmark = pytest.mark.compiler

ALL = (*MODELS, *MORE_MODELS)
SHARED = tuple(name for name in ALL if name != "digits")

#: Bytes of activations, inputs, outputs and scratch with --optimize ram, at most.
#: They are what was reached, rounded up a little: a rise is a step back.
RAM = {
    "mlperf_resnet8_int8": 18_000,
    "mlperf_kws_dscnn_int8": 5_600,
    "mlperf_vww_mbv1_int8": 29_000,
    "tflm_person_detect_int8": 15_000,
    "st_nota_mbv2_035_224_pruned": 158_000,
    "emza_ssd_slim_120x160": 54_500,
    "silabs_rock_paper_scissors": 29_000,
    "silabs_kws_pacman_v3": 12_000,
    "coral_mbv1_025_128_uint8": 51_000,
    "tinyengine_vww": 78_000,
}
#: Instructions that this may cost, in percent of --optimize balanced, whose kernels
#: may take more scratch.
MORE_INSTRUCTIONS = {
    "digits": 10,
    "mlperf_resnet8_int8": 10,
    "mlperf_kws_dscnn_int8": 17,
    "mlperf_vww_mbv1_int8": 15,
    "tflm_person_detect_int8": 10,
}
#: The same on M55: kernels with MVE compute four rows together, of which bands have
#: one or two.
MORE_WITH_MVE = {
    "digits": 25,
    "mlperf_resnet8_int8": 15,
    "mlperf_kws_dscnn_int8": 95,
    "mlperf_vww_mbv1_int8": 25,
    "tflm_person_detect_int8": 25,
}
#: Scratch of a layer, unless time is what matters most.
MOST_SCRATCH = 4096


@pytest.mark.parametrize("name", SHARED)
def test_balanced_is_below_the_bound_of_whole_tensors(name, tmp_path):
    bound = int(model_figures(name)["sram_lb_inplace"])
    report = compile_model(model_path(name), tmp_path, "generic-m4").report
    scratch = max((op.scratch for op in report.operators), default=0)
    states = sum(pool.size for pool in report.pools if pool.states)
    assert report.activations - states <= bound + scratch
    # The hybrid kernels of LSTM and SVDF keep their sums there.
    assert scratch <= MOST_SCRATCH or "lstm" in name


@pytest.mark.parametrize("name", SHARED)
def test_the_planner_reaches_the_bound_of_whole_tensors(name, tmp_path):
    """Without overlaps the max-live bound is reached, which proves the plan."""
    compile_model(
        model_path(name), tmp_path, "generic-m4", "net", "balanced", ["--emit-mlir"]
    )
    opt = find_compile().with_name("stm32-opt")
    command = [opt, tmp_path / "net.L3.mlir", "--stm32-bufferize=target=generic-m4"]
    command += ["--stm32-plan-memory=overlap=false", "-o", tmp_path / "plan.mlir"]
    subprocess.run([str(word) for word in command], check=True)
    pools = [
        line
        for line in (tmp_path / "plan.mlir").read_text(encoding="utf-8").splitlines()
        if "stm32.certificate" in line
    ]
    assert pools
    for line in pools:
        size = re.search(r"size\((\d+)\) align", line)
        bound = re.search(r"stm32.lower_bound = (\d+)", line)
        assert 'certificate = "bound-reached"' in line
        assert size[1] == bound[1]


@pytest.mark.parametrize("name", sorted(RAM))
def test_cascades_reach_what_they_reached(name, tmp_path):
    report = compile_model(
        model_path(name), tmp_path, "generic-m4", optimize="ram"
    ).report
    assert report.activations <= RAM[name]


@pytest.mark.parametrize("name", ALL)
def test_cascades_are_exact_on_host(name, tmp_path):
    """Every stored vector and every tensor that exists as a whole."""
    check_every_tensor(name, Settings(model_path(name), "host", tmp_path, "ram"))


@pytest.mark.qemu
@pytest.mark.parametrize("target", ["generic-m4", "generic-m55"])
@pytest.mark.parametrize("name", sorted(MORE_INSTRUCTIONS))
def test_cascades_cost_few_instructions(name, target, tmp_path):
    """Exact on the emulated core, and little slower than whole tensors."""
    path = model_path(name)
    counts = []
    for optimize in ("balanced", "ram"):
        folder = tmp_path / optimize
        folder.mkdir()
        outcome = bench(Settings(path, target, folder, optimize), runs=1)
        assert outcome.bit_exact
        counts.append(outcome.instructions)
    more = MORE_WITH_MVE if target == "generic-m55" else MORE_INSTRUCTIONS
    most = more.get(name, MORE_INSTRUCTIONS[name])
    assert counts[1] <= counts[0] * (1 + most / 100)


@pytest.mark.parametrize("optimize", ["balanced", "ram"])
@pytest.mark.parametrize("name", ALL)
def test_no_live_byte_is_overwritten(name, optimize, tmp_path):
    """Each plan, replayed on tagged bytes."""
    compile_model(
        model_path(name), tmp_path, "generic-m4", "net", optimize, ["--emit-mlir"]
    )
    opt = find_compile().with_name("stm32-opt")
    command = [opt, tmp_path / "net.L4.mlir", "--stm32-simulate-memory", "-o", "/dev/null"]
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_wrong_plan_is_found(tmp_path):
    """A tensor moved by hand onto another one does not pass the replay."""
    compile_model(DIGITS, tmp_path, "generic-m4", "net", "balanced", ["--emit-mlir"])
    text = (tmp_path / "net.L4.mlir").read_text(encoding="utf-8")
    wrong = re.sub(r"offset\(\d+\) storage", "offset(0) storage", text)
    assert wrong != text
    path = tmp_path / "wrong.mlir"
    path.write_text(wrong, encoding="utf-8")
    opt = find_compile().with_name("stm32-opt")
    done = subprocess.run(
        [str(opt), str(path), "--stm32-simulate-memory", "-o", "/dev/null"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "which holds" in done.stderr


#: Bytes of activations where the input comes row by row, at most.
STREAMED = {
    "mlperf_resnet8_int8": 14_000,
    "mlperf_kws_dscnn_int8": 5_500,
    "mlperf_vww_mbv1_int8": 15_000,
    "tflm_person_detect_int8": 14_000,
    "st_nota_mbv2_035_224_pruned": 51_000,
}


@pytest.mark.parametrize("name", sorted(STREAMED))
def test_streamed_inputs_are_exact_on_host(name, tmp_path):
    """Rows are handed over in groups of one to three."""
    settings = Settings(model_path(name), "host", tmp_path, "ram", stream_input=True)
    outcome = check_every_tensor(name, settings)
    assert outcome.report.activations <= STREAMED[name]


@pytest.mark.qemu
@pytest.mark.parametrize("target", ["generic-m4", "generic-m55"])
def test_streamed_inputs_cost_few_instructions(target, tmp_path):
    path = model_path("mlperf_vww_mbv1_int8")
    counts = []
    for stream in (False, True):
        folder = tmp_path / str(stream)
        folder.mkdir()
        settings = Settings(
            path, target, folder, "ram" if stream else "balanced", stream_input=stream
        )
        outcome = bench(settings, runs=1)
        assert outcome.bit_exact
        counts.append(outcome.instructions)
    assert outcome.report.activations <= 20_000
    assert counts[1] <= (1.3 if target == "generic-m55" else 1.15) * counts[0]
