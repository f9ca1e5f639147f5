# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A client of the Project API, for its tests."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


class Failure(Exception):
    """The error of a reply."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code, self.message, self.data = error["code"], error["message"], error["data"]


class Client:
    """Starts a server as TVM does and calls its methods."""

    def __init__(self, script: Path) -> None:
        request, self._requests = os.pipe()
        self._replies, reply = os.pipe()
        words = [sys.executable, script, "--read-fd", request, "--write-fd", reply]
        self.process = subprocess.Popen(
            [str(word) for word in words], pass_fds=(request, reply), cwd=script.parent
        )
        os.close(request)
        os.close(reply)
        self._lines = os.fdopen(self._replies, "rb")
        self._id = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        """The end of the requests is the end of the server."""
        os.close(self._requests)
        assert self.process.wait(20) == 0
        assert self._lines.read() == b""
        self._lines.close()

    def __call__(self, method: str, **params: Any) -> Any:
        self._id += 1
        request = {"jsonrpc": "2.0", "id": self._id, "method": method, "params": params}
        os.write(self._requests, json.dumps(request).encode() + b"\n")
        reply = json.loads(self._lines.readline())
        assert (reply["jsonrpc"], reply["id"]) == ("2.0", self._id)
        if "error" in reply:
            raise Failure(reply["error"])
        return reply["result"]

    def read_until(self, end: str, seconds: float = 60) -> str:
        """What the transport gives, up to a line."""
        text = b""
        limit = time.monotonic() + seconds
        while not text.endswith(end.encode()):
            assert time.monotonic() < limit, text
            reply = self("read_transport", n=64, timeout_sec=20.0)
            part = base64.b85decode(reply["data"])
            assert 1 <= len(part) <= 64
            text += part
        return text.decode()
