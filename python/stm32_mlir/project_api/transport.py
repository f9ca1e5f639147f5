# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What reaches a board's UART: QEMU with its serial port on pipes, or a serial port."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from stm32_mlir.project_api.protocol import IoTimeoutError, TransportClosedError
from stm32_mlir.rpc import BAUD, open_line


#: Seconds; select takes no more than some hundred years.
_LONGEST = 1e6


class Transport:
    """Bytes in both directions; the file descriptors do not block."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd, self._write_fd = read_fd, write_fd
        for fd in {read_fd, write_fd}:
            os.set_blocking(fd, False)

    def read(self, n: int, timeout: float | None) -> bytes:
        """Bytes that have come, 1 to n, as soon as there are some within `timeout`.

        Without a timeout exactly n bytes, however long that takes.
        """
        data = b""
        end = None if timeout is None else time.monotonic() + timeout
        while len(data) < n:
            if not _wait(self._read_fd, True, end):
                raise IoTimeoutError
            try:
                part = os.read(self._read_fd, n - len(data))
            except BlockingIOError:
                continue
            except OSError as error:
                raise TransportClosedError(str(error)) from error
            if not part:
                raise TransportClosedError("the other side has ended")
            data += part
            if timeout is not None:
                break
        return data

    def write(self, data: bytes, timeout: float | None) -> None:
        """Writes all of it within `timeout`, or raises."""
        end = None if timeout is None else time.monotonic() + timeout
        while data:
            if not _wait(self._write_fd, False, end):
                raise IoTimeoutError
            try:
                data = data[os.write(self._write_fd, data) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise TransportClosedError(str(error)) from error

    def close(self) -> None:
        """Closes the descriptors."""
        for fd in {self._read_fd, self._write_fd}:
            os.close(fd)


def _wait(fd: int, readable: bool, end: float | None) -> bool:
    """True if the descriptor is ready before `end`."""
    left = None if end is None else min(max(0.0, end - time.monotonic()), _LONGEST)
    ready = select.select([fd] if readable else [], [] if readable else [fd], [], left)
    return bool(ready[0] or ready[1])


class Emulator(Transport):
    """QEMU; its end is that of the transport."""

    def __init__(self, command: Sequence[str | Path]) -> None:
        self._process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        super().__init__(self._process.stdout.fileno(), self._process.stdin.fileno())

    def close(self) -> None:
        """Ends QEMU."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


class SerialPort(Transport):
    """A serial port with 115200 baud, 8N1, as it is, or what pyserial takes."""

    def __init__(self, url: str) -> None:
        self._line = open_line(url, BAUD)
        fd = self._line.fileno()
        super().__init__(fd, fd)

    def close(self) -> None:
        """Closes the port."""
        self._line.close()
