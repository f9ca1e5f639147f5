# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the servers of docs/SerialRpc.md: of this machine, and in QEMU."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from stm32_mlir.build import Program
from stm32_mlir.tools import find_program


@contextmanager
def running(command: list) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextmanager
def on_host(program: Program, *arguments: str) -> Iterator[str]:
    """What --on serial: takes, while the server runs."""
    with running([program.executable, *arguments]) as process:
        yield process.stdout.readline().strip()


@contextmanager
def in_qemu(program: Program, tcp: bool = False) -> Iterator[str]:
    """The same for firmware: the machine's first UART is a terminal or a TCP port."""
    command = [find_program("qemu-system-arm"), "-M", program.core.machine, "-display", "none"]
    command += ["-monitor", "none", "-semihosting-config", "enable=on,target=native"]
    command += ["-kernel", program.executable]
    if not tcp:
        with running([*command, "-serial", "pty"]) as process:
            yield re.search(r"redirected to (\S+)", process.stdout.readline())[1]
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running([*command, "-serial", f"tcp:127.0.0.1:{port},server=on,wait=on"]) as process:
        assert "waiting for connection" in process.stdout.readline()
        yield f"socket://127.0.0.1:{port}"
