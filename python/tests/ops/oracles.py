# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs an oracle in a process of its own, since it may abort."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

# Both interpreters are loaded here, once: a fork has them already.
import ai_edge_litert.interpreter  # noqa: F401
import tflite_micro  # noqa: F401
from ai_edge_litert import schema_py_generated as schema

from ops.builder import Arrays
from ops.registry import LITERT
from stm32_mlir.errors import Error
from stm32_mlir.oracle import LiteRT, Micro

#: Seconds after which an oracle is taken to hang.
TIMEOUT = 120.0


def run_oracle(
    oracle: str, model: bytes, vectors: Sequence[Sequence[Arrays]], stateful: bool
) -> list[list[Arrays]]:
    """Outputs as [vector][step][output]; Error if the oracle refuses or dies."""
    kind = LiteRT if oracle == LITERT else Micro
    return _in_child(_run, kind, model, vectors, stateful)


def _run(
    kind: type[Micro] | type[LiteRT],
    model: bytes,
    vectors: Sequence[Sequence[Arrays]],
    stateful: bool,
) -> list[list[Arrays]]:
    outputs = schema.Model.GetRootAsModel(model, 0).Subgraphs(0).OutputsLength()
    interpreter, results = kind(model), []
    for vector in vectors:
        if stateful and results:
            interpreter = kind(model)
        results.append([tuple(interpreter.run(inputs, outputs)) for inputs in vector])
    return results


def _in_child(function: Callable[..., Any], *arguments: Any) -> Any:
    """function(*arguments) in a fork; Error with what it printed if it fails."""
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    with tempfile.TemporaryFile() as log:
        child = context.Process(target=_child, args=(send, log.fileno(), function, arguments))
        child.start()
        send.close()
        try:
            good, value = receive.recv() if receive.poll(TIMEOUT) else (False, "it hangs")
        except EOFError:
            good, value = False, ""
        receive.close()
        if not good:
            child.kill()
        child.join()
        if good:
            return value
        log.seek(0)
        printed = [line for line in log.read().decode("utf-8", "replace").splitlines() if line]
        status = "" if value else f"exit status {child.exitcode}"
        said = [w for w in (value or status, *_telling(printed)) if w]
        raise Error(": ".join(dict.fromkeys(said)))


def _telling(lines: list[str]) -> list[str]:
    """The lines that say why, without what every failure prints."""
    noise = ("Failed starting model", "AllocateTensors() failed", "INFO:", "INVALID:")
    return [line for line in lines if not any(word in line for word in noise)][:2]


def _child(send: Any, log: int, function: Callable[..., Any], arguments: Any) -> None:
    faulthandler.disable()  # pytest's would print where it died
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        send.send((True, function(*arguments)))
    except Exception as error:  # whatever an interpreter raises is a refusal
        send.send((False, str(error) or type(error).__name__))
    finally:
        send.close()
        os._exit(0)
