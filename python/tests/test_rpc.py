# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The serial line: servers on host and in QEMU, and what docs/SerialRpc.md shows."""

from __future__ import annotations

import json
import os
import random
import re
import select
import socket
import subprocess
from dataclasses import replace

import numpy as np
import pytest

import serve
from shared_models import DIGITS, golden_path, model_path

from stm32_mlir import remote, rpc
from stm32_mlir.build import (
    STRICT_WARNINGS,
    build_rpc_firmware,
    build_rpc_host,
    compile_model,
    model_defines,
    sources,
)
from stm32_mlir.errors import Error
from stm32_mlir.graph import load_graph
from stm32_mlir.oracle import Oracle
from stm32_mlir.targets import CORES
from stm32_mlir.tools import find_program, repository, run_tool
from stm32_mlir.vectors import make_cases

#: A board of QEMU with the peripherals of an STM32F405.
NETDUINO = replace(
    CORES["m4"],
    machine="netduinoplus2",
    script="stm32f405.ld",
    boards=("stm32f405rg",),
    uart=("rpc_port_stm32f4.c",),
)
#: One core of each machine whose UART is at another place; the others with m4's.
MACHINES = (
    ("m3", "m33", "m55")
    if "STM32_ALL_MACHINES" not in os.environ
    else sorted(core.name for core in CORES.values() if core.emulated)
)


# ---------------------------------------------------------------- servers


@pytest.fixture(scope="module")
def build_host(tmp_path_factory):
    """Builds servers for this machine; they share the objects of the runtime."""
    cache = tmp_path_factory.mktemp("cache")

    def build(generated, work):
        return build_rpc_host(generated, work, cache)

    return build


@pytest.fixture(scope="module")
def digits(tmp_path_factory, build_host):
    """The server of the digits example, built once."""
    folder = tmp_path_factory.mktemp("digits")
    generated = compile_model(model_path("digits"), folder / "c", "host", "digits")
    return build_host(generated, folder)


@pytest.mark.compiler
@pytest.mark.parametrize("arguments", [(), ("--pty",)])
def test_validate_on_the_host(digits, command, arguments):
    with serve.on_host(digits, *arguments) as url:
        assert url.startswith("/dev/" if arguments else "socket://127.0.0.1:")
        status, out, _ = command(
            "validate", DIGITS, "--on", f"serial:{url}", "--all-tensors", "--json", "-"
        )
        data = json.loads(out)
        assert (status, data["bit_exact"], data["vectors"], data["target"]) == (0, True, 10, url)
        assert data["tensors_compared"] == 9
        status, out, _ = command("validate", DIGITS, "--on", f"serial:{url}")
        assert status == 0
        assert "equal to the oracle on 10 vectors" in out and "one run: " in out


@pytest.mark.compiler
def test_bench_on_the_host(digits, command):
    with serve.on_host(digits) as url:
        status, out, _ = command("bench", DIGITS, "--on", f"serial:{url}", "--json", "-")
        data = json.loads(out)
        assert status == 0 and data["seconds"] > 0
        assert len(data["layers"]) == 8
        assert all(layer["seconds"] >= 0 for layer in data["layers"])
        assert sum(layer["seconds"] for layer in data["layers"]) > 0
        status, out, _ = command("bench", DIGITS, "--on", f"serial:{url}")
        assert "DEPTHWISE_CONV_2D" in out and "ms" in out


@pytest.mark.compiler
def test_another_model_is_refused(digits, command, tmp_path):
    changed = tmp_path / "other.tflite"
    changed.write_bytes(DIGITS.read_bytes() + b"\0")
    with serve.on_host(digits) as url:
        status, out, err = command("validate", changed, "--on", f"serial:{url}")
    assert (status, out) == (2, "")
    assert "has no model that was generated from other.tflite" in err
    assert "it has digits (of " in err and "flash the firmware again" in err


@pytest.mark.compiler
def test_a_wrong_model_is_found(tmp_path, command, build_host):
    """One weight of the firmware differs from the model's."""
    generated = compile_model(model_path("digits"), tmp_path / "c", "host", "digits")
    path = tmp_path / "c" / "digits_data.c"
    text = path.read_text()
    at = text.index(".op_3")
    begin = text.index("{", text.index("weights", at)) + 1
    end = text.index(",", begin)
    path.write_text(text[:begin] + str(-int(text[begin:end]) ^ 1) + text[end:])
    with serve.on_host(build_host(generated, tmp_path)) as url:
        status, out, _ = command("validate", DIGITS, "--on", f"serial:{url}", "--all-tensors")
    assert status == 1
    assert "first difference: layer 3 (CONV_2D)" in out
    assert "vectors differ from the oracle" in out


@pytest.mark.compiler
def test_states_and_rows(tmp_path, build_host):
    """A model with states is reset for each vector; one that streams gets its rows."""
    path = model_path("tflm_mnist_lstm_int8")
    generated = compile_model(path, tmp_path / "lstm", "host", "lstm")
    with serve.on_host(build_host(generated, tmp_path)) as url:
        board = remote.Board(url)
        assert remote.validate_remote(path, board, 3, all_tensors=True).bit_exact
    streamed = compile_model(
        DIGITS, tmp_path / "rows", "host", "rows", "ram", ["--stream-input"]
    )
    with serve.on_host(build_host(streamed, tmp_path)) as url:
        board = remote.Board(url)
        assert remote.validate_remote(DIGITS, board, 6).bit_exact
        assert remote.bench_remote(DIGITS, board).seconds > 0
        with pytest.raises(Error, match="leave out --all-tensors"):
            remote.validate_remote(DIGITS, board, 6, all_tensors=True)


@pytest.mark.compiler
def test_operators_in_bands(tmp_path, build_host):
    """Steps of operators that take turns, run one by one."""
    generated = compile_model(DIGITS, tmp_path / "c", "host", "digits", "ram")
    assert generated.report.steps
    with serve.on_host(build_host(generated, tmp_path)) as url:
        board = remote.Board(url)
        assert remote.validate_remote(DIGITS, board, 4, all_tensors=True).bit_exact
        assert len(remote.bench_remote(DIGITS, board, 1).layer_seconds) == 8


@pytest.mark.compiler
def test_a_server_survives_noise(digits):
    """Random bytes and damaged requests; then a client works as ever."""
    draw = random.Random(5)
    with serve.on_host(digits) as url:
        host, port = url.removeprefix("socket://").split(":")
        for _ in range(20):
            with socket.create_connection((host, int(port))) as line:
                for _ in range(50):
                    payload = bytes([draw.randrange(256), draw.randrange(9)]) + draw.randbytes(
                        draw.randrange(20)
                    )
                    message = bytearray(rpc.stuff(rpc.seal(payload)))
                    if draw.randrange(2):
                        message[draw.randrange(len(message))] ^= 1 << draw.randrange(8)
                    line.sendall(message if draw.randrange(3) else draw.randbytes(40))
                line.shutdown(socket.SHUT_WR)
                while line.recv(4096):
                    pass
        assert remote.validate_remote(DIGITS, remote.Board(url), 3).bit_exact


def test_lines_that_cannot_be_opened(command, tmp_path):
    model = model_path("digits")
    status, _, err = command("validate", model, "--on", "serial:/dev/nothing")
    assert status == 2 and "cannot open /dev/nothing" in err and "is connected" in err
    status, _, err = command("validate", model, "--on", "serial:what://x")
    assert status == 2 and "cannot open what://x" in err
    other = tmp_path / "m.mlir"
    other.write_text("")
    status, _, err = command("validate", other, "--on", "serial:/dev/nothing")
    assert status == 2 and "needs a .tflite model" in err
    for words in (("--on", "serial:"), ("--on", "moon"), ("--on", "serial:x", "--baud", "0")):
        status, _, err = command("validate", model, *words)
        assert status == 2 and "Usage" in err
    status, _, err = command("bench", model, "--on", "host", "--target", "host")
    assert status == 2 and "--on serial:PORT" in err


@pytest.mark.compiler
@pytest.mark.parametrize("name", ["mlperf_kws_dscnn_int8", "mlperf_ad01_int8"])
def test_stored_vectors_on_the_host(tmp_path, name, build_host):
    path, golden = model_path(name), golden_path(name)
    generated = compile_model(path, tmp_path / "c", "host")
    with serve.on_host(build_host(generated, tmp_path)) as url:
        outcome = remote.validate_remote(path, remote.Board(url), 0, golden=golden)
    assert outcome.bit_exact and outcome.vectors > 0


@pytest.mark.compiler
@pytest.mark.qemu
@pytest.mark.parametrize("core", [*MACHINES, "netduinoplus2"])
def test_every_machine(tmp_path, core):
    on_netduino = core == "netduinoplus2"
    target = "stm32f405rg" if on_netduino else f"generic-{core}"
    generated = compile_model(DIGITS, tmp_path / "c", target, "digits")
    record = NETDUINO if on_netduino else CORES[core]
    program = build_rpc_firmware(generated, tmp_path, record)
    with serve.in_qemu(program, tcp=core == "m3") as url:
        board = remote.Board(url)
        outcome = remote.validate_remote(DIGITS, board, 3, all_tensors=True)
        assert outcome.bit_exact
        if core == "m55":
            assert outcome.seconds is None
            with pytest.raises(Error, match="has no counter of ticks"):
                remote.bench_remote(DIGITS, board)
        else:
            times = remote.bench_remote(DIGITS, board)
            assert 0 < times.seconds < 10 and sum(times.layer_seconds) > 0


@pytest.mark.compiler
@pytest.mark.qemu
@pytest.mark.parametrize("name", ["mlperf_kws_dscnn_int8", "mlperf_ad01_int8"])
def test_stored_vectors_in_qemu(tmp_path, name, command):
    path, golden = model_path(name), golden_path(name)
    generated = compile_model(path, tmp_path / "c", "generic-m4")
    with serve.in_qemu(build_rpc_firmware(generated, tmp_path, CORES["m4"])) as url:
        status, out, _ = command(
            "validate", path, "--on", f"serial:{url}", "--vectors", 0, "--golden", golden, "--json", "-"
        )
    assert status == 0 and json.loads(out)["bit_exact"]


def test_no_firmware_for_the_host(tmp_path):
    with pytest.raises(Error, match="no UART"):
        build_rpc_firmware(None, tmp_path, CORES["host"])


def test_random_lines_under_sanitizers(tmp_path):
    """runtime/test/rpc_test.c: every command, wrong ones, noise and damage.

    STM32_RPC_CASES asks for more of the random ones.
    """
    runtime = repository() / "runtime"
    command = [find_program("gcc"), "-std=c11", "-O1", "-g", "-fsanitize=address,undefined"]
    command += ["-fno-sanitize-recover=all", f"-I{runtime / 'include'}", f"-I{runtime / 'rpc'}"]
    command += [runtime / "test" / "rpc_test.c", runtime / "rpc" / "stm32rt_rpc.c"]
    run_tool([*command, runtime / "src" / "stm32rt.c", "-o", tmp_path / "rpc_test"], "gcc")
    cases = os.environ.get("STM32_RPC_CASES", "30000")
    done = run_tool([tmp_path / "rpc_test", cases], "rpc_test")
    assert re.search(r"^rpc: [1-9]\d{5,} passed, 0 failed$", done.stdout, re.MULTILINE)


# ---------------------------------------------------------------- the documentation

#: A UART on the standard streams, for the code that docs/SerialRpc.md shows.
PIPES = """
#include <poll.h>
#include <unistd.h>
int uart_has_byte(void) {
  struct pollfd line = {0, POLLIN, 0};
  return poll(&line, 1, 1) == 1;
}
uint8_t uart_get(void) {
  uint8_t byte;
  if (read(0, &byte, 1) != 1)
    _exit(0);
  return byte;
}
void uart_put(uint8_t byte) {
  if (write(1, &byte, 1) != 1)
    _exit(0);
}
uint32_t cycle_count(void) { return 0; }
int main(void) { return serve(); }
"""


def code_of(language):
    """The pieces of code of that language in docs/SerialRpc.md."""
    text = (repository() / "docs" / "SerialRpc.md").read_text(encoding="utf-8")
    return [part.split("```")[0] for part in text.split(f"```{language}\n")[1:]]


class Pipes:
    """A line to a process."""

    def __init__(self, process):
        self.process = process

    def write(self, data):
        self.process.stdin.write(data)

    def read(self, size):
        ready, _, _ = select.select([self.process.stdout], [], [], 0.05)
        return os.read(self.process.stdout.fileno(), size) if ready else b""


@pytest.mark.compiler
@pytest.mark.parametrize("buffer", ["2048", "128"])
def test_the_documented_server(tmp_path, buffer):
    """Also with the smallest buffer, for which all is cut into pieces."""
    generated = compile_model(DIGITS, tmp_path / "c", "host", "network")
    [code] = code_of("c")
    assert "buffer[2048]" in code
    code = code.replace("buffer[2048]", f"buffer[{buffer}]")
    (tmp_path / "c" / "server.c").write_text(code + PIPES)
    rpc_folder = repository() / "runtime" / "rpc"
    command = ["gcc", "-std=c11", "-D_DEFAULT_SOURCE", *STRICT_WARNINGS, "-O1"]
    command += ["-fsanitize=address,undefined", f"-I{generated.directory}", f"-I{rpc_folder}"]
    command += [*sources(generated.directory), rpc_folder / "stm32rt_rpc.c", "-lm", "-o"]
    subprocess.run([*command, tmp_path / "server"], check=True)
    with subprocess.Popen(
        [tmp_path / "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        client_ = rpc.Client(Pipes(process), "pipes")
        model = remote.find_model(client_, DIGITS, "pipes")
        graph = load_graph(DIGITS)
        [case] = make_cases(graph.inputs, 6, 3)[5:]
        result = remote.Remote(client_, model).run_cases([case], dump=False)
        wanted = Oracle(graph).run(case)
        assert np.array_equal(result.outputs[0][0][0], wanted[0].outputs[0])
        assert client_.server.room == int(buffer) // 2
        process.stdin.close()


@pytest.mark.compiler
def test_the_documented_client(digits, capsys):
    code = code_of("python")[-1]
    with serve.on_host(digits) as url:
        exec(code.replace("/dev/ttyACM0", url), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("digits ") and lines[1].startswith("0 CONV_2D stm32rt_conv")
    assert len(lines) == 11 and float(lines[9]) > 0


@pytest.mark.compiler
@pytest.mark.qemu
def test_the_documented_firmware(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.tflite").write_bytes(DIGITS.read_bytes())
    exec(code_of("python")[0], {})
    assert capsys.readouterr().out == "server/runner.elf\n"


# ---------------------------------------------------------------- warnings

FILES = ("rpc/stm32rt_rpc.c", "port/rpc_main.c")


def strict(compiler, source, *options):
    runtime = repository() / "runtime"
    words = [find_program(compiler), "-std=c11", "-fsyntax-only", *STRICT_WARNINGS, *options]
    words += [f"-I{runtime / folder}" for folder in ("include", "rpc", "port")]
    done = subprocess.run([*words, runtime / source], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("compiler", ["gcc", "clang-22"])
@pytest.mark.parametrize("source", [*FILES, "port/host/rpc_port_host.c"])
def test_strict_warnings(tiny, tmp_path, compiler, source):
    generated = compile_model(tiny, tmp_path / "c", "host", "tiny")
    strict(compiler, source, f"-I{generated.directory}", *model_defines(generated.report))


@pytest.mark.qemu
@pytest.mark.parametrize("core", ["m0plus", "m4", "m55"])
@pytest.mark.parametrize(
    "source", [*FILES, "port/qemu/rpc_port_cmsdk.c", "port/qemu/rpc_port_stm32f4.c"]
)
def test_strict_warnings_of_arm(tiny, tmp_path, core, source):
    generated = compile_model(tiny, tmp_path / "c", "host", "tiny")
    options = [*CORES[core].flags, *CORES[core].uart[1:], f"-I{generated.directory}"]
    strict("arm-none-eabi-gcc", source, *options, *model_defines(generated.report))
