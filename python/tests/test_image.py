# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Images that firmware loads: results, what they say, what is refused."""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import subprocess
import zlib
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from shared_models import DIGITS, check_every_tensor, model_path

from stm32_mlir.build import STRICT_WARNINGS, build_firmware, build_host, compile_model
from stm32_mlir.cli import app
from stm32_mlir.errors import Error
from stm32_mlir.graph import load_graph
from stm32_mlir.image import HEADER, POOL, describe_machine, parse_image, read_image
from stm32_mlir.run import run_cases
from stm32_mlir.targets import find_core
from stm32_mlir.tools import repository, run_tool
from stm32_mlir.vectors import make_cases
from stm32_mlir.workflow import Settings

pytestmark = pytest.mark.compiler

MLPERF = ("mlperf_kws_dscnn_int8", "mlperf_resnet8_int8")
#: More that a descriptor may have: states, 64-bit types and floats, a custom operator.
HOST_MODELS = ("mww_vad_v2", "tflm_micro_speech_lstm", "mlperf_resnet8_fp32")
TARGETS = ("host", *(pytest.param(f"generic-{core}", marks=pytest.mark.qemu)
                     for core in ("m0plus", "m4", "m55")))


def check_loaded(name, target, place, work, optimize="balanced"):
    """Every tensor of a loaded model equals the oracle's."""
    check_every_tensor(name, Settings(model_path(name), target, work, optimize, image=place))


@pytest.mark.parametrize("place", ["buffer", "flash"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_loaded_model_equals_the_oracle(target, place, tmp_path):
    check_loaded("digits", target, place, tmp_path)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", MLPERF)
def test_larger_models_stay_in_flash(name, target, tmp_path):
    check_loaded(name, target, "flash", tmp_path)


@pytest.mark.parametrize("name", HOST_MODELS)
def test_states_and_floats_are_loaded_too(name, tmp_path):
    check_loaded(name, "host", "buffer", tmp_path)


@pytest.mark.qemu
@pytest.mark.parametrize("optimize", ["time", "ram", "flash"])
def test_every_aim_can_be_an_image(optimize, tmp_path):
    check_loaded("digits", "generic-m4", "flash", tmp_path, optimize)


@pytest.fixture(scope="module")
def loadable(tmp_path_factory):
    """The digits model for the host, with its image."""
    folder = tmp_path_factory.mktemp("loadable")
    return compile_model(DIGITS, folder / "c", "host", "digits", extra=["--relocatable"])


def image_of(generated):
    return generated.directory / f"{generated.report.name}.img"


def sealed(data):
    """With the checksum made right."""
    return data[:-4] + struct.pack("<I", zlib.crc32(data[:-4]))


def test_an_image_says_what_it_needs(loadable):
    image = read_image(image_of(loadable))
    assert image.name == "digits"
    assert image.size == image_of(loadable).stat().st_size
    wanted = [(pool.name, pool.size, pool.alignment) for pool in loadable.report.pools]
    assert [(pool.name, pool.size, pool.alignment) for pool in image.pools] == wanted
    assert describe_machine(image.machine).split(", ")[1] == "64 bits"
    assert loadable.report.constants < image.code_size < image.size
    assert image.tables_size % 8 == 0


@pytest.mark.parametrize(
    ("target", "machine"),
    [
        ("generic-m0plus", "Arm, 32 bits"),
        ("generic-m3", "Arm, 32 bits, v7-M"),
        ("generic-m4", "Arm, 32 bits, v7-M, DSP, float"),
        ("generic-m7", "Arm, 32 bits, v7-M, DSP, float, double"),
        ("generic-m33", "Arm, 32 bits, v7-M, v8-M, DSP, float"),
        ("generic-m55", "Arm, 32 bits, v7-M, v8-M, DSP, float, double, MVE, MVE float"),
    ],
)
@pytest.mark.qemu
def test_the_machine_is_that_of_the_part(target, machine, tmp_path):
    generated = compile_model(DIGITS, tmp_path, target, "digits", extra=["--relocatable"])
    assert describe_machine(read_image(image_of(generated)).machine) == machine


@pytest.mark.qemu
@pytest.mark.parametrize(
    ("made_for", "runs_on", "message"),
    [
        ("generic-m4", "generic-m0plus", "needs another core or extensions"),
        ("generic-m55", "generic-m33", "needs another core or extensions"),
        ("host", "generic-m4", "needs another core or extensions"),
        ("generic-m0plus", "generic-m4", None),
        ("generic-m3", "generic-m7", None),
    ],
)
def test_a_core_runs_only_what_it_can(made_for, runs_on, message, tmp_path):
    """An image for less runs; one for more is refused before any of it runs."""
    image = compile_model(DIGITS, tmp_path / "c", made_for, "digits", extra=["--relocatable"])
    cases = make_cases(load_graph(DIGITS).inputs, 2, 1)
    program = build_firmware(image, tmp_path, find_core(runs_on), image="buffer")
    if message is None:
        run_cases(program, image.report, cases, tmp_path)
        return
    with pytest.raises(Error, match=message):
        run_cases(program, image.report, cases, tmp_path)


@pytest.mark.parametrize(
    ("change", "loader", "tool"),
    [
        (lambda d: d[:-1], "the image is not complete", "but should have"),
        (lambda d: b"x" + d[1:], "this is no image", "is no image"),
        (lambda d: sealed(d[:8] + b"\2" + d[9:]), "another version", "has format 2"),
        (lambda d: d[:500] + b"\xff\xff\xff" + d[503:], "is damaged", "is damaged"),
        (lambda d: sealed(d[:32] + b"\0\0\0\0" + d[36:]), "offset in the image", "malformed"),
        (lambda d: d[:20], "not complete", "less than"),
    ],
)
def test_what_is_wrong_is_said(loadable, tmp_path, change, loader, tool):
    """By the loader in the runner, and by the tool that prints images."""
    program = build_host(loadable, tmp_path, image="buffer")
    broken = tmp_path / "broken.img"
    broken.write_bytes(change(image_of(loadable).read_bytes()))
    with pytest.raises(Error, match=tool):
        read_image(broken)
    program = replace(program, image=broken)
    cases = make_cases(load_graph(DIGITS).inputs, 1, 1)
    with pytest.raises(Error, match=loader):
        run_cases(program, loadable.report, cases, tmp_path)


def test_a_model_that_is_linked_has_no_image(tmp_path):
    generated = compile_model(DIGITS, tmp_path / "c", "host", "digits")
    with pytest.raises(Error, match="digits.img: no such file"):
        build_host(generated, tmp_path, image="flash")


def test_the_layout_is_that_of_the_header():
    """The loader's header file is the source; these are its sizes."""
    assert (HEADER.size, POOL.size) == (80, 32)
    with pytest.raises(ValueError, match="is no image"):
        parse_image(b"")


def test_image_info(loadable, command):
    status, out, _ = command("image-info", image_of(loadable))
    assert status == 0
    assert "digits" in out and "64 bits" in out and "activations" in out
    status, out, _ = command("image-info", image_of(loadable), "--json", "-")
    assert status == 0
    data = json.loads(out)
    assert data["tables_size"] == read_image(image_of(loadable)).tables_size
    assert data["pools"][0]["name"] == "activations"
    status, _, err = command("image-info", DIGITS)
    assert status == 2
    assert "digits.tflite: is no image of a model" in err


def test_validate_loads_on_request(tmp_path):
    run = CliRunner().invoke
    words = ["validate", str(DIGITS), "--image", "flash", "--vectors", "2"]
    done = run(app, [*words, "--keep", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "c" / "network.img").is_file()
    refused = run(app, [*words, "--on", "serial:/dev/null"])
    assert refused.exit_code == 1
    assert "--image loads the model on the host or in QEMU" in str(refused.exception)


@pytest.mark.skipif(shutil.which("clang-22") is None, reason="clang-22 is not installed")
def test_changed_images_do_no_harm(loadable, tmp_path):
    """libFuzzer changes images; STM32_IMAGE_FUZZ_SECONDS asks for more than 20 s."""
    seconds = os.environ.get("STM32_IMAGE_FUZZ_SECONDS", "20")
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    shutil.copy(image_of(loadable), seeds)
    models = repository() / "test" / "Driver" / "Inputs"
    for name in ("stream.mlir", "bands.mlir"):
        extra = ["--relocatable"]
        made = compile_model(models / name, tmp_path / name, "host", name[:-5], extra=extra)
        shutil.copy(image_of(made), seeds)
    runtime = repository() / "runtime"
    fuzzer = tmp_path / "image_fuzz"
    command = ["clang-22", *STRICT_WARNINGS, "-std=c11", "-g", "-O1"]
    command += ["-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"]
    command += [f"-I{runtime / 'include'}", f"-I{runtime / 'image'}"]
    command += [runtime / "test" / "image_fuzz.c", runtime / "image" / "stm32rt_image.c"]
    run_tool([*command, runtime / "src" / "stm32rt.c", "-o", fuzzer], "clang-22 image_fuzz.c")
    command = [fuzzer, f"-max_total_time={seconds}", "-seed=1", "-max_len=65536"]
    command += ["-timeout=10", "-print_final_stats=1", seeds]
    done = subprocess.run(
        [str(word) for word in command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    executed = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    assert executed is not None
    assert int(executed[1]) > 1000
