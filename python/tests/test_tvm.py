# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""tvmgen_<name>_run: exact on stored vectors, on host and in QEMU; its surface."""

from __future__ import annotations

import re
import subprocess

import numpy as np
import pytest

from shared_models import DIGITS, golden_path, model_path

from stm32_mlir import build
from stm32_mlir.build import STRICT_WARNINGS, compile_model, model_defines, sources
from stm32_mlir.graph import load_graph
from stm32_mlir.oracle import Oracle
from stm32_mlir.run import run_cases
from stm32_mlir.targets import CORES
from stm32_mlir.tools import find_program, repository, run_tool
from stm32_mlir.vectors import STATEFUL_STEPS, load_golden, make_cases

pytestmark = pytest.mark.compiler

TESTS = repository() / "python" / "tests"
PORT = repository() / "runtime" / "port"
API = ("--api", "tvm")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Objects of the runtime for this machine."""
    return tmp_path_factory.mktemp("cache")


def build_program(generated, work, core, cache, flags=()):
    """tvm_main.c with the model, for host (with sanitizers) or an emulated core."""
    main = [TESTS / "tvm_main.c"]
    flags = [f"-DNAME={generated.report.name}", *flags]
    if core == "host":
        options = ["-std=c11", *build._SANITIZE]
        main.append(PORT / "host" / "port_host.c")
        return build._build(generated, work, CORES[core], build._HOST, options, main, flags, [], cache)
    main += [PORT / "qemu" / "startup.c", PORT / "qemu" / "port_qemu.c"]
    return build._build_image(generated, work, CORES[core], [], main, flags)


def check(path, work, core, cache, cases, options=(), flags=(), optimize="balanced"):
    """Compiles, runs the cases through tvmgen_run, compares with the oracle or as stored."""
    target = "host" if core == "host" else f"generic-{core}"
    generated = compile_model(path, work / "c", target, "network", optimize, [*API, *options])
    program = build_program(generated, work, core, cache, flags)
    result = run_cases(program, generated.report, cases, work)
    oracle = None
    for case, got in zip(cases, result.outputs, strict=True):
        wanted = case.expected
        if wanted is None:
            oracle = oracle or Oracle(load_graph(path))
            wanted = [step.outputs for step in oracle.run(case)]
        for want, have in zip(wanted, got, strict=True):
            assert all(np.array_equal(w, h) for w, h in zip(want, have, strict=True))
    return generated


def stored(name):
    """The model and its vectors; of digits, some of its images, with the oracle's results."""
    path = model_path(name)
    graph = load_graph(path)
    if name == "digits":
        return path, make_cases(graph.inputs, 40, 7)
    return path, load_golden(golden_path(name), graph.inputs, graph.outputs)


@pytest.mark.parametrize("core", ["host", pytest.param("m4", marks=pytest.mark.qemu)])
@pytest.mark.parametrize("name", ["digits", "mlperf_kws_dscnn_int8", "mlperf_ad01_int8"])
def test_stored_vectors(tmp_path, cache, name, core):
    path, cases = stored(name)
    check(path, tmp_path, core, cache, cases)


@pytest.mark.parametrize("core", ["host", pytest.param("m55", marks=pytest.mark.qemu)])
def test_pools_of_the_application(tmp_path, cache, core):
    path, cases = stored("digits")
    check(path, tmp_path, core, cache, cases[:8], flags=["-DOWN_POOLS"])


def test_states(tmp_path, cache):
    path = model_path("tflm_mnist_lstm_int8")
    graph = load_graph(path)
    check(path, tmp_path, "host", cache, make_cases(graph.inputs, 6, 1, STATEFUL_STEPS))


@pytest.mark.parametrize("options", [(), ("--stream-input",)], ids=["bands", "rows"])
def test_operators_in_bands(tmp_path, cache, options):
    path, cases = stored("digits")
    generated = check(path, tmp_path, "host", cache, cases[:8], options, optimize="ram")
    text = (generated.directory / "network.h").read_text()
    assert re.search(r"tvmgen_network_conv_2d_0\([^;]*uint32_t first, +uint32_t count\);", text)


def test_two_models(tmp_path):
    """Both of a group, in one program, each in its own name."""
    out = tmp_path / "c"
    command = [build.find_compile(), DIGITS, DIGITS, "-o", out, "--target", "host", *API]
    run_tool([*command, "--name", "one,two", "--group", "both", "--quiet"], "stm32-compile")
    main = tmp_path / "main.c"
    main.write_text(
        '#include "tvmgen_one.h"\n#include "tvmgen_two.h"\n#include <string.h>\n'
        "int main(void) {\n"
        "  static signed char image[64] = {1, 99, 5}, a[10], b[10];\n"
        "  struct tvmgen_one_inputs in1 = {image};\n  struct tvmgen_one_outputs out1 = {a};\n"
        "  struct tvmgen_two_inputs in2 = {image};\n  struct tvmgen_two_outputs out2 = {b};\n"
        "  if (tvmgen_one_run(&in1, &out1) != 0 || tvmgen_two_run(&in2, &out2) != 0)\n"
        "    return 1;\n"
        "  int sum = 0;\n  for (int i = 0; i < 10; i++)\n    sum += a[i] + 128;\n"
        "  return sum == 0 || memcmp(a, b, 10) != 0;\n}\n"
    )
    command = [find_program("gcc"), "-std=c11", *STRICT_WARNINGS, *build._SANITIZE, f"-I{out}"]
    run_tool([*command, main, *sources(out), "-lm", "-o", tmp_path / "both"], "gcc")
    run_tool([tmp_path / "both"], "both")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("mlperf_resnet8_int8", ()),
        ("tflm_micro_speech_lstm", ()),
        ("tflm_seanet_conv0_frag", ()),
        ("emza_ssd_slim_120x160", ()),
        ("mww_vad_v2", ("--optimize", "ram")),
        ("mlperf_vww_mbv1_int8", ("--optimize", "ram")),
    ],
)
def test_models_of_all_kinds_compile(tmp_path, name, options):
    """States, several outputs, constant operands, bands; names of tensors are fields."""
    generated = compile_model(model_path(name), tmp_path, "host", "net", extra=[*API, *options])
    for compiler in ("gcc", "clang-22"):
        for defines in (["-DTVMGEN_NET_FUNCTIONS"], ["-DTVMGEN_NET_WORKSPACE_POOLS"]):
            words = [find_program(compiler), "-std=c11", "-fsyntax-only", *STRICT_WARNINGS]
            done = subprocess.run(
                [*words, *defines, f"-I{tmp_path}", tmp_path / "net.c"],
                capture_output=True,
                text=True,
                check=False,
            )
            assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / "net.h").read_text()
    assert len(re.findall(r"^int32_t tvmgen_net_\w+_\d+\(", text, re.M)) == len(
        generated.report.operators
    )
    fields = re.findall(r"^  void \*(\w+);", text, re.M)
    report = generated.report
    assert len(fields) == len(report.inputs) + len(report.outputs) + len(report.pools)
    assert len(set(fields)) == len(fields)


@pytest.mark.qemu
def test_no_names_in_firmware(tmp_path):
    """No text of a name and no lookup in an image that does not ask for the table."""
    path, _ = stored("digits")
    generated = compile_model(path, tmp_path / "c", "generic-m4", "network", extra=API)
    program = build_program(generated, tmp_path, "m4", None)
    image = program.executable.read_bytes()
    symbols = run_tool([find_program("arm-none-eabi-nm"), program.executable], "nm").stdout
    model = run_tool([find_program("arm-none-eabi-nm"), program.objects / "network.o"], "nm").stdout
    assert re.search(r" T tvmgen_network_conv_2d_0$", model, re.M)
    for absent in ("TVMFuncGetGlobal", "TVMFuncCall", "stm32rt_tvm_unpack", "network_packed_0"):
        assert absent not in symbols
    # The string table of the ELF file is behind its sections of code and data.
    copy = [find_program("arm-none-eabi-objcopy"), "-O", "binary", program.executable]
    run_tool([*copy, tmp_path / "image.bin"], "objcopy")
    assert b"tvmgen_" in image and b"tvmgen_" not in (tmp_path / "image.bin").read_bytes()


@pytest.mark.parametrize("compiler", ["gcc", "clang-22", "arm-none-eabi-gcc"])
def test_strict_warnings(tmp_path, compiler):
    generated = compile_model(DIGITS, tmp_path, "host", "network", extra=API)
    words = [find_program(compiler), "-std=c11", "-fsyntax-only", *STRICT_WARNINGS]
    words += [f"-I{tmp_path}", f"-I{PORT}", "-DNAME=network", *model_defines(generated.report)]
    for source in (tmp_path / "stm32rt_tvm.c", TESTS / "tvm_main.c"):
        done = subprocess.run([*words, source], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
