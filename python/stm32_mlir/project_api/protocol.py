# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""JSON-RPC 2.0 as TVM's Project API uses it: a request and a reply are one line each."""

from __future__ import annotations

import base64
import json
import traceback
from typing import Any, BinaryIO

from stm32_mlir.errors import Error

#: Of the Project API.
PROTOCOL_VERSION = 1

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
#: Whatever goes wrong in a method; the message says what.
SERVER_ERROR = -32000

_SECONDS = (int, float, type(None))
#: Method -> its parameters and their types. All must be given.
METHODS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "server_info_query": {"tvm_version": str},
    "generate_project": {
        "model_library_format_path": str,
        "standalone_crt_dir": str,
        "project_dir": str,
        "options": dict,
    },
    "build": {"options": dict},
    "flash": {"options": dict},
    "open_transport": {"options": dict},
    "close_transport": {},
    "read_transport": {"n": int, "timeout_sec": _SECONDS},
    "write_transport": {"data": str, "timeout_sec": _SECONDS},
}


class RpcError(Exception):
    """What the client gets in place of a result."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


class TransportClosedError(RpcError):
    """The transport is not open, or the other side has ended."""

    def __init__(self, data: Any = None) -> None:
        # Clients know it by this message.
        super().__init__(SERVER_ERROR, "TransportClosedError", data)


class IoTimeoutError(RpcError):
    """Nothing could be read, or not everything written, in time."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(SERVER_ERROR, "IoTimeoutError", data)


def serve(handler: object, requests: BinaryIO, replies: BinaryIO) -> None:
    """Answers requests, one after the other, until there are no more.

    `handler` has a function for each of METHODS, which takes its parameters by
    name; bytes instead of text for `data`.
    """
    for line in iter(requests.readline, b""):
        reply = answer(handler, line)
        if reply is not None:
            replies.write(json.dumps(reply).encode() + b"\n")
            replies.flush()


def answer(handler: object, line: bytes) -> dict[str, Any] | None:
    """The reply to one request; None for a notification, which has no `id`."""
    request_id, is_notification = None, False
    reply: dict[str, Any] = {}
    try:
        request = _parse_request(line)
        request_id, is_notification = request.get("id"), "id" not in request
        reply = {"result": _call(handler, request["method"], request.get("params", {}))}
    except RpcError as error:
        wrong = {"code": error.code, "message": error.message, "data": error.data}
        reply = {"error": wrong}
    return None if is_notification else {"jsonrpc": "2.0", "id": request_id, **reply}


def _parse_request(line: bytes) -> dict[str, Any]:
    def fail(text: str) -> RpcError:
        return RpcError(INVALID_REQUEST, text)

    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RpcError(PARSE_ERROR, f"not JSON: {error}") from None

    if not isinstance(request, dict):
        raise fail("a request must be an object")
    if request.get("jsonrpc") != "2.0":
        raise fail('"jsonrpc" must be "2.0"')
    if not isinstance(request.get("id"), (str, int, type(None))):
        raise fail('"id" must be a text, a number or null')
    if not isinstance(request.get("method"), str):
        raise fail('"method" must be a text')
    if not isinstance(request.get("params", {}), dict):
        raise fail('"params" must be an object')
    return request


def _call(handler: object, method: str, params: dict[str, Any]) -> Any:
    """Checks types, converts bytes to text and back, and turns errors into RpcError."""
    known = METHODS.get(method)
    if known is None:
        raise RpcError(METHOD_NOT_FOUND, f"no method {method}; known: {', '.join(METHODS)}")
    for name in params:
        if name not in known:
            raise RpcError(INVALID_PARAMS, f"{method}: unknown parameter {name}")
    for name, types in known.items():
        if name not in params:
            raise RpcError(INVALID_PARAMS, f"{method}: parameter {name} is missing")
        if not isinstance(params[name], types) or isinstance(params[name], bool):
            raise RpcError(INVALID_PARAMS, f"{method}: {name} has the wrong type")
    values = dict(params)
    if method == "write_transport":
        try:
            values["data"] = base64.b85decode(params["data"])
        except ValueError as error:
            raise RpcError(INVALID_PARAMS, f"{method}: data is not base85: {error}") from None
    try:
        result = getattr(handler, method)(**values)
    except RpcError:
        raise
    except Error as error:
        raise RpcError(SERVER_ERROR, str(error)) from error
    except Exception as error:  # a client must hear of it
        trace = {"traceback": "".join(traceback.format_exception(error))}
        raise RpcError(SERVER_ERROR, f"calling method {method}: {error!r}", trace) from error
    if method == "read_transport":
        return {"data": base64.b85encode(result).decode("ascii")}
    return result
