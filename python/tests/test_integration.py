# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The real compiler on real models: bit-exactness, memory, time, determinism."""

from __future__ import annotations

import filecmp
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from shared_models import DIGITS, check_every_tensor, model_figures, model_path

from stm32_mlir.build import (
    STRICT_WARNINGS,
    build_firmware,
    build_host,
    compile_model,
    model_defines,
    sources,
)
from stm32_mlir.graph import load_graph
from stm32_mlir.measure import image_sizes
from stm32_mlir.oracle import Oracle
from stm32_mlir.run import run_cases
from stm32_mlir.targets import CORES, find_core
from stm32_mlir.vectors import Case
from stm32_mlir.workflow import Settings, bench, validate

pytestmark = pytest.mark.compiler

IMAGES = DIGITS.with_name("images.npz")
#: What the example's own documentation says of its 400 images.
DIGITS_RIGHT = 392

SHARED_MODELS = (
    "mlperf_kws_dscnn_int8",
    "mlperf_resnet8_int8",
    "mlperf_ad01_int8",
    "mlperf_vww_mbv1_int8",
    "mlperf_strww_int8",
    "tflm_hello_world_int8",
    "tflm_micro_speech_int8",
    "tflm_person_detect_int8",
    "arduino_magic_wand",
    "tinymaix_mnist_resnet_q",
)
MODELS = ("digits", *SHARED_MODELS)
#: Models with other types, operators, state and several outputs; fewer cores.
MORE_MODELS = (
    "speakers",
    "ambiq_arrhythmia",
    "ambiq_nnid",
    "coral_mbv1_025_128_uint8",
    "emza_ssd_slim_120x160",
    "mlperf_resnet8_fp32",
    "mww_okay_nabu_v2",
    "mww_vad_v2",
    "silabs_fingerprint",
    "silabs_kws_pacman_v3",
    "silabs_rock_paper_scissors",
    "st_nota_mbv2_035_224_pruned",
    "tflm_hello_world_float",
    "tflm_keyword_scrambled_int8",
    "tflm_micro_speech_lstm",
    "tflm_mnist_lstm_int8",
    "tflm_seanet_add0_frag",
    "tflm_seanet_conv0_frag",
    "tflm_seanet_strided_slice0_frag",
    "tflm_seanet_transpose_conv4_frag",
    "tinyengine_detection",
    "tinyengine_vww",
)
GENERIC = tuple(f"generic-{name}" for name, core in CORES.items() if core.emulated)
TARGETS = ("host", *(pytest.param(target, marks=pytest.mark.qemu) for target in GENERIC))

#: Limits of one run of stm32-compile.
MAX_SECONDS = 2.0
MAX_BYTES = 1 << 30


def digit_cases() -> tuple[list[Case], np.ndarray]:
    """All images as the model's inputs, and the labels [400]."""
    with np.load(IMAGES) as data:
        images, labels = data["images"], data["labels"]
    inputs = (15 * images.astype(np.int16) - 128).astype(np.int8)[..., np.newaxis]
    return [Case(f"image{i}", ((x[np.newaxis],),)) for i, x in enumerate(inputs)], labels


@pytest.mark.parametrize("target", TARGETS)
def test_digits_reads_every_image_as_the_oracle_does(target, tmp_path):
    cases, labels = digit_cases()
    generated = compile_model(DIGITS, tmp_path / "c", target, "digits")
    if target == "host":
        program = build_host(generated, tmp_path)
    else:
        program = build_firmware(generated, tmp_path, find_core(target))
    result = run_cases(program, generated.report, cases, tmp_path)
    got = np.concatenate([vector[0][0] for vector in result.outputs])
    oracle = Oracle(load_graph(DIGITS))
    wanted = np.concatenate([oracle.run(case)[0].outputs[0] for case in cases])
    assert np.array_equal(got, wanted)
    assert int((got.argmax(1) == labels).sum()) == DIGITS_RIGHT


def model_targets():
    """Every model of MODELS on every core, MORE_MODELS on the host and two cores."""
    for name in MODELS:
        for target in ("host", *GENERIC):
            yield name, target
    for name in MORE_MODELS:
        for target in ("host", "generic-m4", "generic-m55"):
            yield name, target


@pytest.mark.parametrize(
    ("name", "target"),
    [
        pytest.param(name, target, marks=[] if target == "host" else pytest.mark.qemu)
        for name, target in model_targets()
    ],
)
def test_every_tensor_equals_the_oracle(name, target, tmp_path):
    """Stored vectors, and the extremes and a random one where none are stored."""
    path = model_path(name)
    outcome = check_every_tensor(name, Settings(path, target, tmp_path))
    graph, matching = load_graph(path), outcome.matching
    shown = {t.index for t in graph.computed + graph.outputs}
    found = (matching.compared, matching.input_views, matching.narrowed, matching.fused)
    assert sum(map(len, found)) == len(shown)
    # Every operator of the plan writes a tensor that was compared, but for states,
    # the step between uint8 and int8 at the model's boundary, and tensors without
    # their constant channels.
    written = {op.output for op in outcome.report.operators}
    boundary = {t.name for t in graph.inputs + graph.outputs if t.dtype == np.uint8}
    for index in written - set(matching.compared.values()):
        tensor = outcome.report.tensor(index)
        assert tensor.pool == "states" or tensor.name in (*boundary, *matching.narrowed)


@pytest.mark.parametrize("name", MODELS)
def test_made_vectors_on_host(name, tmp_path):
    outcome = validate(Settings(model_path(name), "host", tmp_path), False, vectors=8, seed=11)
    assert outcome.bit_exact, outcome.differences[0].describe()


@pytest.mark.parametrize("optimize", ["time", "balanced", "ram", "flash"])
@pytest.mark.parametrize("target", ["host", "stm32f407vg", "stm32n657x0"])
def test_every_mode_is_exact_on_host(optimize, target, tmp_path):
    """Kernels for other cores run on the host through their C model."""
    settings = Settings(DIGITS, target, tmp_path, optimize)
    outcome = validate(settings, False, vectors=8, all_tensors=True)
    assert outcome.bit_exact, outcome.differences[0].describe()


@pytest.mark.parametrize("name", SHARED_MODELS)
def test_tensors_fit_the_bound(name, tmp_path):
    """No plan is above the best that whole tensors allow."""
    bound = int(model_figures(name)["sram_lb_plain"])
    report = compile_model(model_path(name), tmp_path / "c", "generic-m4").report
    assert 0 < report.planned_tensors <= bound
    assert report.activations >= report.lower_bound


@pytest.mark.parametrize("name", MODELS)
def test_compile_is_quick_and_small(name, tmp_path):
    path = model_path(name)
    # The best of three: other programs run on this machine, too.
    runs = [compile_model(path, tmp_path / str(i), "generic-m7") for i in range(3)]
    assert min(run.seconds for run in runs) < MAX_SECONDS
    assert max(run.peak_bytes for run in runs) < MAX_BYTES


@pytest.mark.parametrize("name", MODELS)
def test_same_input_same_bytes(name, tmp_path):
    """Neither time nor the place of model or output leave a trace."""
    path = model_path(name)
    moved = tmp_path / "elsewhere" / path.name
    moved.parent.mkdir()
    shutil.copy(path, moved)
    one = compile_model(path, tmp_path / "one", "generic-m4").directory
    two = compile_model(moved, tmp_path / "a" / "two", "generic-m4").directory
    names = sorted(file.name for file in one.iterdir())
    assert names == sorted(file.name for file in two.iterdir())
    same, different, failed = filecmp.cmpfiles(one, two, names, shallow=False)
    assert (sorted(same), different, failed) == (names, [], [])


TWO_MODELS = """
#include "one.h"
#include "two.h"
#include <stdio.h>
#include <string.h>

static STM32RT_ALIGNED(64) uint8_t pools[2][POOL_BYTES];

int main(void) {
  const stm32rt_model *models[2] = {&one_model, &two_model};
  stm32rt_context contexts[2];
  for (uint32_t i = 0; i < 2; ++i) {
    stm32rt_memory memory[STM32RT_MAX_POOLS];
    uint32_t at = 0;
    for (uint32_t p = 0; p < models[i]->pool_count; ++p) {
      memory[p].address = pools[i] + at;
      memory[p].size = models[i]->pools[p].size;
      at += (models[i]->pools[p].size + 63u) / 64u * 64u;
    }
    if (stm32rt_create(&contexts[i], models[i], memory, models[i]->pool_count, NULL) != STM32RT_OK)
      return 1;
    memset(stm32rt_input(&contexts[i], 0), 7, models[i]->tensors[models[i]->inputs[0]].size);
  }
  /* Both are alive at once; neither disturbs the other. */
  for (uint32_t i = 0; i < 2; ++i)
    if (stm32rt_run(&contexts[i]) != STM32RT_OK)
      return 2;
  const uint32_t size = one_model.tensors[one_model.outputs[0]].size;
  if (memcmp(stm32rt_output(&contexts[0], 0), stm32rt_output(&contexts[1], 0), size) != 0)
    return 3;
  puts(models[1]->name);
  return 0;
}
"""


def test_two_models_in_one_program(tmp_path):
    units: dict[str, Path] = {}
    for name in ("one", "two"):
        generated = compile_model(DIGITS, tmp_path / name, "host", name)
        units.update({path.name: path for path in sources(generated.directory)})
    main = tmp_path / "main.c"
    main.write_text(TWO_MODELS)
    room = 2 * generated.report.activations + 64 * 8
    command = ["gcc", "-std=c11", "-O1", f"-DPOOL_BYTES={room}", "-fsanitize=address,undefined"]
    command += ["-fno-sanitize-recover=all", f"-I{tmp_path / 'one'}", f"-I{tmp_path / 'two'}"]
    command += [str(path) for path in units.values()]
    subprocess.run([*command, str(main), "-o", str(tmp_path / "both")], check=True)
    done = subprocess.run([tmp_path / "both"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "two\n", "")


#: Compiler, its options, target.
COMPILERS = [
    ("gcc", (), "host"),
    ("clang-22", (), "host"),
    ("gcc", (), "generic-m4"),
    ("clang-22", (), "generic-m55"),
    *(
        pytest.param("arm-none-eabi-gcc", CORES[name.removeprefix("generic-")].flags, name,
                     marks=pytest.mark.qemu)
        for name in GENERIC
    ),
]


@pytest.mark.parametrize(("compiler", "flags", "target"), COMPILERS)
@pytest.mark.parametrize("name", ["digits", "mlperf_kws_dscnn_int8", "mlperf_ad01_int8"])
def test_no_warning(name, compiler, flags, target, tmp_path):
    """Every generated file compiles under the strict warnings, as C11 and optimised."""
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    generated = compile_model(model_path(name), tmp_path / "c", target)
    command = [compiler, "-std=c11", "-O2", *flags, *STRICT_WARNINGS, "-c"]
    command += [path.name for path in sources(generated.directory)]
    done = subprocess.run(
        command, cwd=generated.directory, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["digits", "mlperf_kws_dscnn_int8"])
def test_headers_serve_cplusplus(name, tmp_path):
    generated = compile_model(model_path(name), tmp_path / "c", "host")
    user = tmp_path / "user.cpp"
    user.write_text(
        '#include "network.h"\n#include "network_data.h"\n'
        "const stm32rt_model *model() { return &network_model; }\n"
    )
    command = ["g++", "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]
    done = subprocess.run(
        [*command, f"-I{generated.directory}", user], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.qemu
@pytest.mark.parametrize("target", ["generic-m0plus", "generic-m4", "generic-m55"])
def test_bench_of_digits(target, tmp_path):
    outcome = bench(Settings(DIGITS, target, tmp_path), profile=True)
    data = outcome.to_json()
    assert data["bit_exact"] is True
    assert data["macs"] == 45312
    layers = sum(layer["instructions"] for layer in data["layers"])
    assert all(layer["instructions"] > 0 for layer in data["layers"])
    assert 0.95 * data["instructions"] < layers <= data["instructions"]
    assert data["instructions_runs"][0] == data["instructions"]
    assert sum(f["instructions"] for f in data["functions"]) >= data["instructions"]
    assert 0 < data["stack"] < 4096
    assert data["ram_activations"] == sum(pool.size for pool in outcome.report.pools)
    assert data["flash_weights"] >= 3216 + 4 * 58
    assert 1000 < data["flash_code"] < 64 * 1024
    again = bench(Settings(DIGITS, target, tmp_path))
    assert again.instructions == outcome.instructions


@pytest.mark.qemu
@pytest.mark.parametrize("optimize", ["time", "flash"])
@pytest.mark.parametrize("target", ["generic-m0plus", "generic-m4", "generic-m55"])
def test_digits_at_other_levels_of_the_compiler(target, optimize, tmp_path):
    outcome = validate(Settings(DIGITS, target, tmp_path, optimize), True, vectors=3, count=False)
    assert outcome.bit_exact is True


#: Bytes of code on Cortex-M4 that a network takes at most, by --optimize.
CODE = {
    ("mlperf_kws_dscnn_int8", "balanced"): 14336,
    ("mlperf_kws_dscnn_int8", "flash"): 8192,
}


@pytest.mark.qemu
@pytest.mark.parametrize(("name", "optimize"), CODE)
def test_code_is_small(name, optimize, tmp_path):
    generated = compile_model(
        model_path(name), tmp_path / "c", "generic-m4", optimize=optimize
    )
    program = build_firmware(generated, tmp_path, find_core("generic-m4"))
    code = image_sizes(program, generated.report).code
    assert 4000 < code <= CODE[name, optimize]


def test_pool_macros_are_in_the_header(tmp_path):
    generated = compile_model(DIGITS, tmp_path / "c", "stm32f407vg", "digits")
    header = (generated.directory / "digits.h").read_text()
    for pool in generated.report.pools:
        macro = f"DIGITS_POOL_{pool.name.upper()}"
        assert f"{macro}_SIZE {pool.size}" in " ".join(header.replace("u", "").split())
        assert f"{macro}_ALIGN {pool.alignment}" in " ".join(header.replace("u", "").split())
    assert "-DMODEL=digits_model" in model_defines(generated.report)
