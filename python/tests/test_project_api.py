# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The server of the Project API, from its two pipes to the board's UART."""

from __future__ import annotations

import base64
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from api_client import Client, Failure
from conftest import ROOT
from hypothesis import given, strategies
from project_tools import FIRST, check_text, digits_lines
from shared_models import DIGITS

import stm32_mlir.project_api as package
from stm32_mlir import rpc
from stm32_mlir.build import compile_library
from stm32_mlir.graph import load_graph
from stm32_mlir.oracle import Oracle
from stm32_mlir.project_api.handler import Handler, Project
from stm32_mlir.project_api.protocol import METHODS, answer
from stm32_mlir.vectors import make_cases

TEMPLATE = Path(package.__file__).parent / "microtvm_api_server.py"


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("api") / "digits.tar"
    compile_library(DIGITS, path, "stm32f405rg", "digits")
    return path


@pytest.fixture(scope="module")
def golden(tmp_path_factory) -> Path:
    """The vector of digits_lines, with the oracle's outputs."""
    graph = load_graph(DIGITS)
    case = make_cases(graph.inputs, 7, 1)[6]
    path = tmp_path_factory.mktemp("golden") / "digits.npz"
    outputs = Oracle(graph).run(case)[0].outputs
    np.savez(path, v0_s0_in0=case.steps[0][0], v0_s0_out0=outputs[0])
    return path


def generate(client: Client, archive: Path, folder: Path, **options: Any) -> None:
    result = client(
        "generate_project",
        model_library_format_path=str(archive),
        standalone_crt_dir="/nowhere",
        project_dir=str(folder),
        options={"board": "netduinoplus2", **options},
    )
    assert result is None


@pytest.mark.qemu
@pytest.mark.compiler
@pytest.mark.parametrize("kind", ["makefile", "cmake"])
def test_from_an_archive_to_the_text_of_the_board(archive, golden, tmp_path, kind):
    folder = tmp_path / "a project"
    with Client(TEMPLATE) as client:
        info = client("server_info_query", tvm_version="0.18.0")
        assert (info["is_template"], info["model_library_format_path"]) == (True, None)
        generate(client, archive, folder, golden=str(golden), project_type=kind)
    with Client(folder / "microtvm_api_server.py") as client:
        info = client("server_info_query", tvm_version="0.18.0")
        assert (info["protocol_version"], info["platform_name"]) == (1, "stm32")
        assert info["is_template"] is False
        assert Path(info["model_library_format_path"]).read_bytes() == archive.read_bytes()
        options = {"board": "netduinoplus2", "golden": str(golden)}  # TVM repeats all
        assert client("build", options=options) is None
        assert client("flash", options=options) is None
        timeouts = client("open_transport", options=options)["timeouts"]
        assert set(timeouts) == {
            "session_start_retry_timeout_sec",
            "session_start_timeout_sec",
            "session_established_timeout_sec",
        }
        with pytest.raises(Failure, match="the transport is open; close_transport comes first"):
            client("open_transport", options={})
        first = client.read_until("equal\r\n")
        check_text(first, FIRST.format(board="netduinoplus2"), digits_lines(), "equal")
        with pytest.raises(Failure) as caught:
            client("read_transport", n=1, timeout_sec=0.2)
        assert (caught.value.code, caught.value.message) == (-32000, "IoTimeoutError")

        # A key, and the demo runs again.
        data = base64.b85encode(b"x").decode()
        assert client("write_transport", data=data, timeout_sec=5.0) is None
        again = client.read_until("equal\r\n")
        check_text(again, FIRST.format(board="netduinoplus2"), digits_lines(), "equal")
        # Without a timeout exactly as many bytes as were asked for.
        client("write_transport", data=data, timeout_sec=None)
        reply = client("read_transport", n=20, timeout_sec=None)
        assert base64.b85decode(reply["data"]) == FIRST[:10].encode() + b"netduinopl"
        assert client("close_transport") is None
        assert client("close_transport") is None
        for call in ({"n": 1}, {"data": data}):
            with pytest.raises(Failure) as caught:
                method = "read_transport" if "n" in call else "write_transport"
                client(method, timeout_sec=1.0, **call)
            assert (caught.value.code, caught.value.message) == (-32000, "TransportClosedError")


class ApiLine:
    """The transport of a project as the line of an RPC client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(self, size: int) -> bytes:
        try:
            reply = self._client("read_transport", n=size, timeout_sec=0.5)
        except Failure as error:
            assert error.message == "IoTimeoutError"
            return b""
        return base64.b85decode(reply["data"])

    def write(self, data: bytes) -> None:
        text = base64.b85encode(data).decode()
        self._client("write_transport", data=text, timeout_sec=5.0)


@pytest.mark.compiler
@pytest.mark.qemu
def test_server_of_a_model_behind_the_transport(archive, golden, tmp_path):
    """Archive, project with the demo rpc, build, QEMU; then operators one by one."""
    with Client(TEMPLATE) as client:
        generate(client, archive, tmp_path / "p", demo="rpc")
    with Client(tmp_path / "p" / "microtvm_api_server.py") as client:
        client("build", options={})
        client("open_transport", options={})
        board = rpc.Client(ApiLine(client), "the board")
        (model,) = board.models()
        assert model.report.name == "digits"
        assert len(model.report.operators) == 8
        with np.load(golden) as vectors:
            image, scores = vectors["v0_s0_in0"], vectors["v0_s0_out0"]
        board.write(model.index, model.report.inputs[0].tensor, image.tobytes())
        for operator in range(8):
            board.run(model.index, operator, 1)
        output = model.report.outputs[0].tensor
        assert board.read(model.index, output, scores.nbytes) == scores.tobytes()
        client("close_transport")


@pytest.mark.compiler
@pytest.mark.qemu
def test_emulator_ends_with_the_server(archive, tmp_path):
    """Also when the client goes away without a word."""
    with Client(TEMPLATE) as client:
        generate(client, archive, tmp_path / "p")
    with Client(tmp_path / "p" / "microtvm_api_server.py") as client:
        client("build", options={"verbose": False})
        client("open_transport", options={})
        assert "not compared" in client.read_until("not compared\r\n")
        (child,) = children(client.process.pid)
        assert "qemu" in (Path("/proc") / child / "comm").read_text()
    assert not (Path("/proc") / child).exists()


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.compiler
def test_emulator_that_dies_closes_the_transport(archive, tmp_path, monkeypatch):
    """A stand-in for QEMU says something and ends."""
    handler = Handler()
    handler.generate_project(str(archive), "", str(tmp_path / "p"), {"board": "netduinoplus2"})
    (tmp_path / "p" / "build").mkdir()
    (tmp_path / "p" / "build" / "digits_demo.elf").touch()
    fake(tmp_path, monkeypatch, "qemu-system-arm", "echo hello")
    project = Handler(Project(tmp_path / "p", "makefile", "netduinoplus2", "digits"))
    project.open_transport({})
    text = ""
    reply: dict[str, Any] = {}
    while "error" not in reply:
        reply = call(project, "read_transport", n=100, timeout_sec=5)
        if "result" in reply:
            text += base64.b85decode(reply["result"]["data"]).decode()
    assert text == "hello\n"
    assert reply["error"]["message"] == "TransportClosedError"
    project.close_transport()


def fake(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, body: str) -> Path:
    """A program of that name, the only one in PATH beside those of `keep`; its log."""
    (folder / "bin").mkdir(exist_ok=True)
    program = folder / "bin" / name
    log = folder / f"{name}.log"
    program.write_text(f'#!/bin/sh\nfor word in "$@"; do echo "$word"; done > "{log}"\n{body}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder / "bin"))
    return log


@pytest.fixture
def real_board(archive, tmp_path) -> Handler:
    """A built project for a board that has to be programmed."""
    compile_library(DIGITS, tmp_path / "l4.tar", "stm32l4r5zi", "digits")
    options = {"board": "nucleo-l4r5zi"}
    Handler().generate_project(str(tmp_path / "l4.tar"), "", str(tmp_path / "p"), options)
    handler = Handler(Project(tmp_path / "p", "makefile", "nucleo-l4r5zi", "digits"))
    with pytest.raises(Exception, match="digits_demo.elf: no such file; build comes first"):
        handler.flash({})
    (tmp_path / "p" / "build").mkdir()
    (tmp_path / "p" / "build" / "digits_demo.elf").touch()
    return handler


@pytest.mark.compiler
def test_flash_calls_openocd(real_board, tmp_path, monkeypatch):
    log = fake(tmp_path, monkeypatch, "openocd", "exit 0")
    real_board.flash({})
    assert log.read_text().splitlines() == [
        "-f", "interface/stlink.cfg", "-f", "target/stm32l4x.cfg",
        "-c", f"program {{{tmp_path}/p/build/digits_demo.elf}} verify reset exit",
    ]  # fmt: skip
    fake(tmp_path, monkeypatch, "openocd", 'echo "Error: open failed" >&2; exit 1')
    reply = call(real_board, "flash", options={})
    assert reply["error"]["message"] == "programming nucleo-l4r5zi: Error: open failed"


@pytest.mark.compiler
def test_flash_calls_st_flash_where_there_is_no_openocd(real_board, tmp_path, monkeypatch):
    objcopy = fake(tmp_path, monkeypatch, "arm-none-eabi-objcopy", "exit 0")
    log = fake(tmp_path, monkeypatch, "st-flash", "exit 0")
    real_board.flash({})
    image = f"{tmp_path}/p/build/digits_demo.hex"
    assert objcopy.read_text().splitlines()[:2] == ["-O", "ihex"]
    assert log.read_text().splitlines() == ["--reset", "--format", "ihex", "write", image]


@pytest.mark.compiler
def test_flash_without_a_tool(real_board, no_programs):
    reply = call(real_board, "flash", options={})
    assert reply["error"] == {
        "code": -32000,
        "message": "neither openocd nor st-flash is in PATH; "
        "install one: apt-get install openocd, or stlink-tools",
        "data": None,
    }


@pytest.mark.compiler
def test_serial_port(real_board, tmp_path):
    """A pseudo terminal stands for the board."""
    reply = call(real_board, "open_transport", options={})
    assert reply["error"]["message"] == 'nucleo-l4r5zi needs a serial port; give the option "port"'
    board, terminal = pty.openpty()
    assert "result" in call(real_board, "open_transport", options={"port": os.ttyname(terminal)})
    os.write(board, b"a\nb\r\x00\xff")
    reply = call(real_board, "read_transport", n=6, timeout_sec=1e300)
    assert len(base64.b85decode(reply["result"]["data"])) == 6
    os.write(board, b"a\nb\r\x00\xff")
    reply = call(real_board, "read_transport", n=6, timeout_sec=None)
    assert base64.b85decode(reply["result"]["data"]) == b"a\nb\r\x00\xff"
    data = bytes(range(256))
    call(real_board, "write_transport", data=base64.b85encode(data).decode(), timeout_sec=1)
    got = b""
    while len(got) < len(data):
        got += os.read(board, 256)
    assert got == data
    call(real_board, "close_transport")
    os.close(board)
    os.close(terminal)
    reply = call(real_board, "open_transport", options={"port": str(tmp_path / "none")})
    assert f"cannot open {tmp_path}/none: " in reply["error"]["message"]
    reply = call(real_board, "open_transport", options={"port": "/dev/null"})
    assert "cannot open /dev/null: " in reply["error"]["message"]


# Errors


def call(handler: Handler, method: str, **params: Any) -> dict[str, Any]:
    request = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    reply = answer(handler, json.dumps(request).encode())
    assert reply is not None and reply["id"] == 7
    return reply


@pytest.mark.parametrize(
    "line, code, request_id",
    [
        (b"{", -32700, None),
        (b"\xff\n", -32700, None),
        (b"[" * 100_000, -32700, None),
        (b"[]", -32600, None),
        (b'{"id": 1, "method": "build"}', -32600, None),
        (b'{"jsonrpc": "1.0", "id": 1, "method": "build"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": [], "method": "build"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 3}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "build", "params": []}', -32600, None),
    ],
)
def test_malformed_requests(line, code, request_id):
    reply = answer(Handler(), line)
    assert reply is not None
    assert (reply["error"]["code"], reply["id"]) == (code, request_id)


@pytest.mark.parametrize(
    "method, params, code, message",
    [
        ("frob", {}, -32601, "no method frob; known: server_info_query, "),
        ("__init__", {}, -32601, "no method __init__"),
        ("build", {}, -32602, "build: parameter options is missing"),
        ("build", {"options": 3}, -32602, "build: options has the wrong type"),
        ("build", {"options": {}, "x": 1}, -32602, "build: unknown parameter x"),
        ("build", {"options": {"x": "y"}}, -32602, "build: unknown option x; known: board, "),
        ("build", {"options": {"verbose": "yes"}}, -32602, "option verbose must be a bool"),
        ("build", {"options": {}}, -32000, "this is a template"),
        ("flash", {"options": {}}, -32000, "this is a template"),
        ("open_transport", {"options": {}}, -32000, "this is a template"),
        ("read_transport", {"n": 0, "timeout_sec": 1}, -32602, "n must be at least 1"),
        ("read_transport", {"n": True, "timeout_sec": 1}, -32602, "n has the wrong type"),
        ("read_transport", {"n": 1, "timeout_sec": "1"}, -32602, "timeout_sec has the wrong type"),
        ("read_transport", {"n": 1, "timeout_sec": 1}, -32000, "TransportClosedError"),
        ("write_transport", {"data": "\u20ac", "timeout_sec": 1}, -32602, "data is not base85"),
        ("write_transport", {"data": "\"\"", "timeout_sec": 1}, -32602, "data is not base85"),
    ],
)
def test_wrong_calls(method, params, code, message):
    error = call(Handler(), method, **params)["error"]
    assert error["code"] == code
    assert message in error["message"]


VALUES = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(),
    lambda inner: strategies.lists(inner) | strategies.dictionaries(strategies.text(), inner),
    max_leaves=5,
)
#: Those that write no files.
CALLS = strategies.sampled_from([name for name in METHODS if name != "generate_project"])


@given(
    strategies.binary()
    | VALUES.map(lambda value: json.dumps(value).encode())
    | strategies.fixed_dictionaries(
        {
            "jsonrpc": strategies.just("2.0"),
            "id": strategies.just(1),
            "method": CALLS | strategies.text(),
        },
        optional={
            "params": strategies.dictionaries(
                strategies.sampled_from(["options", "n", "timeout_sec", "data", "x"]), VALUES
            )
        },
    ).map(lambda request: json.dumps(request).encode())
)
def test_any_line_has_a_reply(line):
    """A template can do little: nearly all of them are errors with a code."""
    reply = answer(Handler(), line)
    if reply is not None and "error" in reply:
        assert reply["error"]["code"] in (-32700, -32600, -32601, -32602, -32000)
        assert "traceback" not in str(reply["error"]["data"])
        json.dumps(reply)


def test_a_fault_of_ours_is_told_with_a_traceback(monkeypatch):
    def fault(self, tvm_version):
        raise ZeroDivisionError

    monkeypatch.setattr(Handler, "server_info_query", fault)
    error = call(Handler(), "server_info_query", tvm_version="1")["error"]
    assert error["code"] == -32000
    assert "calling method server_info_query: ZeroDivisionError()" in error["message"]
    assert "in fault" in error["data"]["traceback"]


def test_notifications_have_no_reply():
    line = b'{"jsonrpc": "2.0", "method": "close_transport", "params": {}}'
    assert answer(Handler(), line) is None
    assert answer(Handler(), line.replace(b"close_transport", b"frob")) is None


@pytest.mark.compiler
@pytest.mark.parametrize(
    "options, message",
    [
        ({}, "option board is needed"),
        ({"board": "mps2-an386"}, "is for stm32f405rg, but mps2-an386 has a mps2-an386"),
        ({"board": "pluto"}, "option board must be one of netduinoplus2, "),
        ({"board": "netduinoplus2", "project_type": "zephyr"}, "must be one of makefile, cmake"),
        ({"board": "netduinoplus2", "golden": "/none.npz"}, "/none.npz: cannot read golden vectors"),
        (
            {"board": "netduinoplus2", "golden": "/none.npz", "demo": "rpc"},
            "the demo rpc runs no stored vectors",
        ),
    ],
)
def test_projects_that_cannot_be_made(options, message, archive, tmp_path):
    params = {"standalone_crt_dir": "", "project_dir": str(tmp_path / "p"), "options": options}
    reply = call(Handler(), "generate_project", model_library_format_path=str(archive), **params)
    assert message in reply["error"]["message"]
    assert not list(tmp_path.iterdir())


@pytest.mark.compiler
def test_archive_of_two_models(tmp_path):
    other = tmp_path / "other.tflite"
    shutil.copy(DIGITS, other)
    words = [ROOT / "build" / "bin" / "stm32-compile", DIGITS, other, "-o", tmp_path / "two.tar"]
    words += ["--emit", "mlf", "--name", "one,two", "--target", "stm32f405rg"]
    subprocess.run([str(word) for word in words], check=True, capture_output=True)
    params = {"standalone_crt_dir": "", "project_dir": str(tmp_path / "p")}
    params["model_library_format_path"] = str(tmp_path / "two.tar")
    reply = call(Handler(), "generate_project", options={"board": "netduinoplus2"}, **params)
    assert reply["error"]["message"].endswith("holds 2 models: one, two; a project is for one")


@pytest.mark.compiler
@pytest.mark.qemu
def test_build_error_is_quoted(archive, tmp_path):
    folder = tmp_path / "p"
    Handler().generate_project(str(archive), "", str(folder), {"board": "netduinoplus2"})
    (folder / "app" / "main.c").write_text("int main(void) { return frob; }\n", encoding="utf-8")
    project = Handler(Project(folder, "makefile", "netduinoplus2", "digits"))
    error = call(project, "build", options={})["error"]
    assert error["message"].startswith("building digits: ")
    assert "'frob' undeclared" in error["message"]
    other = call(project, "generate_project", model_library_format_path="", standalone_crt_dir="",
                 project_dir="", options={})  # fmt: skip
    assert "this is a project, and no template" in other["error"]["message"]


def test_server_on_its_standard_streams():
    """Without options; a line that is no JSON does not end it."""
    request = {"jsonrpc": "2.0", "id": "a", "method": "server_info_query"}
    lines = "frob\n" + json.dumps({**request, "params": {"tvm_version": ""}}) + "\n"
    done = subprocess.run(
        [sys.executable, "-m", "stm32_mlir.project_api"],
        input=lines, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["id"] for reply in replies] == [None, "a"]
    assert replies[0]["error"]["code"] == -32700
    for option in replies[1]["result"]["project_options"]:
        assert {"name", "choices", "default", "type", "required", "optional", "help"} == set(option)
        assert option["required"] or option["optional"]


def test_file_descriptor_that_is_not_open():
    done = subprocess.run(
        [sys.executable, "-m", "stm32_mlir.project_api", "--read-fd", "77"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == (
        "microtvm_api_server: error: Bad file descriptor: --read-fd or --write-fd\n"
    )
