# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""validate and bench on a board that serves its models over a serial line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stm32_mlir.errors import Error
from stm32_mlir.graph import load_graph
from stm32_mlir.report import dtype_of
from stm32_mlir.rpc import BAUD, Client, RemoteModel, connect
from stm32_mlir.run import Result, Written
from stm32_mlir.vectors import Case, make_cases
from stm32_mlir.workflow import (
    Outcome,
    Progress,
    check_cases,
    check_model_file,
    collect_cases,
    interface_specs,
)

#: What --on takes for a board, before the name of its port.
PREFIX = "serial:"


@dataclass(frozen=True, slots=True)
class Board:
    """Where a board is: what `connect` takes, and the speed of its UART."""

    url: str
    baud: int = BAUD


def validate_remote(
    model: Path,
    board: Board,
    vectors: int = 10,
    seed: int = 1,
    golden: Path | None = None,
    all_tensors: bool = False,
    progress: Progress = lambda phrase: None,
) -> Outcome:
    """Compares what a board computes with the oracle, on made and stored vectors.

    The board's firmware must have been generated from `model`. Raises Error where
    something could not be run at all; differences are in the outcome.
    """
    check_model_file(model)
    graph = load_graph(model)
    cases = collect_cases(graph, vectors, seed, golden)
    progress(f"connecting to {board.url}")
    with connect(board.url, board.baud) as client:
        found = find_model(client, model, board.url)
        runner = Remote(client, found)
        outcome = Outcome(str(model), board.url, "", found.report)
        check_cases(outcome, runner.run_cases, graph, cases, all_tensors, progress)
        outcome.seconds = runner.shortest()
    return outcome


def bench_remote(
    model: Path, board: Board, runs: int = 2, progress: Progress = lambda phrase: None
) -> Outcome:
    """Times a model and each of its operators on a board: the shortest of `runs`.

    Nothing is compared.
    """
    progress(f"connecting to {board.url}")
    with connect(board.url, board.baud) as client:
        found = find_model(client, model, board.url)
        if not client.server.timed:
            raise Error(
                f"{board.url}: the firmware has no counter of ticks",
                "give the server's port a `ticks` function, docs/SerialRpc.md",
            )
        runner = Remote(client, found)
        outcome = Outcome(str(model), board.url, "", found.report)
        case = make_cases(interface_specs(found.report.inputs), 6, 1)[-1]
        layers: list[list[int]] = []
        for number in range(runs):
            progress(f"run {number + 1} of {runs}")
            runner.run_cases([case], False)
            if not found.row_size:
                layers.append(runner.time_operators(case))
        outcome.seconds = runner.shortest()
        shortest = [client.server.seconds(min(ticks)) for ticks in zip(*layers, strict=True)]
        outcome.layer_seconds = [time for time in shortest if time is not None]
    return outcome


def find_model(client: Client, path: Path, url: str) -> RemoteModel:
    """The board's model that was generated from the file; Error if there is none."""
    try:
        signature = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error
    models = client.models()
    for model in models:
        if model.signature == signature:
            return model
    known = ", ".join(f"{model.report.name} (of {model.signature[:12]}...)" for model in models)
    raise Error(
        f"{url}: the firmware has no model that was generated from {path.name} "
        f"({signature[:12]}...), it has {known or 'none'}",
        "generate, build and flash the firmware again",
    )


class Remote:
    """Runs vectors on one model of a board and keeps the times."""

    def __init__(self, client: Client, model: RemoteModel) -> None:
        self._client = client
        self._model = model
        self._ticks: list[int] = []

    def shortest(self) -> float | None:
        """Seconds of the fastest run; None if there was none or time is not known."""
        return self._client.server.seconds(min(self._ticks)) if self._ticks else None

    def run_cases(self, cases: Sequence[Case], dump: bool) -> Result:
        """As `run.run_cases`; with `dump` the operators are run one by one."""
        if dump and self._model.row_size:
            raise Error(
                "the tensors of a model whose input comes row by row cannot be looked at "
                "one by one",
                "leave out --all-tensors",
            )
        outputs: list[list[list[np.ndarray]]] = []
        written: list[list[list[Written]]] = []
        for case in cases:
            self._client.reset(self._model.index)
            outputs.append([])
            written.append([])
            for inputs in case.steps:
                if dump:
                    self._write_inputs(inputs)
                    written[-1].append(self._run_operators())
                else:
                    self._ticks.append(self._run(inputs))
                outputs[-1].append(self._read_outputs())
        return Result(outputs, written if dump else [], {}, [], [], [])

    def time_operators(self, case: Case) -> list[int]:
        """Ticks of each operator, in all its steps, of the vector's first run."""
        self._client.reset(self._model.index)
        self._write_inputs(case.steps[0])
        ticks = [0] * len(self._model.report.operators)
        for step, operator in enumerate(self._model.report.order):
            ticks[operator] += self._client.run(self._model.index, step, 1)
        return ticks

    def _run(self, inputs: Sequence[np.ndarray]) -> int:
        if not self._model.row_size:
            self._write_inputs(inputs)
            return self._client.run(self._model.index)
        self._write_inputs(inputs, first=1)
        return self._client.push(self._model, np.ascontiguousarray(inputs[0]).tobytes())

    def _write_inputs(self, inputs: Sequence[np.ndarray], first: int = 0) -> None:
        places = self._model.report.inputs[first:]
        for place, value in zip(places, inputs[first:], strict=True):
            data = np.ascontiguousarray(value).tobytes()
            self._client.write(self._model.index, place.tensor, data)

    def _read(self, tensor: int) -> bytes:
        size = self._model.report.tensors[tensor].size
        return self._client.read(self._model.index, tensor, size)

    def _read_outputs(self) -> list[np.ndarray]:
        return [
            np.frombuffer(self._read(output.tensor), dtype_of(output.type)).reshape(output.shape)
            for output in self._model.report.outputs
        ]

    def _run_operators(self) -> list[Written]:
        """Runs up to the end of each operator in turn and takes what it wrote."""
        order = self._model.report.order
        last = {operator: step for step, operator in enumerate(order)}
        records: list[Written] = []
        begin = 0
        for step, operator in enumerate(order):
            if last[operator] != step:
                continue
            self._client.run(self._model.index, begin, step + 1 - begin)
            begin = step + 1
            for tensor in self._model.report.operators[operator].outputs:
                records.append(Written(operator, tensor, self._read(tensor)))
        return records
