# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The program: serves one client on two file descriptors."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from stm32_mlir.project_api.handler import Handler, Project
from stm32_mlir.project_api.protocol import serve


def main(project: Project | None = None, arguments: Sequence[str] | None = None) -> None:
    """Serves until the client closes its end; then the transport is closed."""
    parser = argparse.ArgumentParser(
        prog="microtvm_api_server", description="A server of TVM's Project API."
    )
    parser.add_argument("--read-fd", type=int, default=0, help="where requests are read")
    parser.add_argument("--write-fd", type=int, default=1, help="where replies are written")
    parser.add_argument("--debug", action="store_true", help="for clients of TVM; says nothing")
    chosen = parser.parse_args(arguments)
    handler = Handler(project)
    try:
        with (
            os.fdopen(chosen.read_fd, "rb") as requests,
            os.fdopen(chosen.write_fd, "wb") as replies,
        ):
            serve(handler, requests, replies)
    except OSError as error:
        sys.exit(f"microtvm_api_server: error: {error.strerror}: --read-fd or --write-fd")
    finally:
        handler.close_transport()
