# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a runner program on the host or in QEMU and reads what it wrote."""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stm32_mlir.build import Program
from stm32_mlir.errors import Error
from stm32_mlir.report import Report, dtype_of
from stm32_mlir.tools import cache_folder, find_program, repository, run_tool, summarize
from stm32_mlir.vectors import Case, to_bytes

#: Seconds after which a run is taken to hang.
TIMEOUT = 600.0


@dataclass(frozen=True, slots=True)
class Written:
    """The bytes of one tensor (by id) after an operator that wrote to it."""

    operator: int
    tensor: int
    data: bytes


class Executed(NamedTuple):
    """How often an instruction was executed, and how often it jumped."""

    count: int
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What one run of the runner gave.

    outputs    [vector][step][output], in the order of the cases
    written    [vector][step], in the order of execution; empty without a dump
    stats      context and stack in bytes (stack 0: not measured)
    labels     names of the counted intervals in their order
    counts     instructions of each counted interval, if the plugin counted
    profile    for each counted interval, address -> what was executed there
    """

    outputs: list[list[list[np.ndarray]]]
    written: list[list[list[Written]]]
    stats: dict[str, int]
    labels: list[str]
    counts: list[int]
    profile: list[dict[int, Executed]]


def run_cases(
    program: Program,
    report: Report,
    cases: Sequence[Case],
    work: Path,
    dump: bool = False,
    count: bool = False,
    profile: bool = False,
) -> Result:
    """Runs all cases, which must have the same number of steps, in one program.

    dump asks for every operator's result, count for instructions (QEMU only),
    profile for instructions by address. Raises Error if the program fails; a
    sanitizer's report is quoted.
    """
    steps = len(cases[0].steps)
    if any(len(case.steps) != steps for case in cases):
        raise Error("the vectors of one run have different numbers of steps")
    (work / "in.bin").write_bytes(to_bytes(cases))
    arguments = ["--steps", str(steps), "--stats", "stats.txt"]
    arguments += ["--dump", "dump.bin"] if dump else []
    arguments += ["--bench"] if count else []
    if program.reads_image and program.image is not None:
        shutil.copyfile(program.image, work / "model.img")
        arguments += ["--image", "model.img"]
    arguments += ["in.bin", "out.bin"]
    if program.core.emulated:
        _run_qemu(program, arguments, work, count, profile)
    else:
        _execute([program.executable, *arguments], work, "the program")
    outputs = _read_outputs(report, (work / "out.bin").read_bytes(), len(cases), steps)
    written = _read_dump(report, work / "dump.bin", len(cases), steps) if dump else []
    stats, labels = _read_stats((work / "stats.txt").read_text(encoding="ascii"))
    counts, by_address = read_counts(work / "counts.txt", len(labels)) if count else ([], [])
    return Result(outputs, written, stats, labels, counts, by_address)


def _run_qemu(
    program: Program, arguments: Sequence[str], work: Path, count: bool, profile: bool
) -> None:
    words = ",".join(f"arg={word}" for word in ["runner", *arguments])
    command: list[str | Path] = [find_program("qemu-system-arm"), "-M", program.core.machine]
    command += ["-display", "none", "-monitor", "none", "-serial", "none"]
    command += ["-semihosting-config", f"enable=on,target=native,{words}"]
    command += ["-kernel", program.executable.resolve()]
    if count:
        # A comma in a file name would end QEMU's option: a link has none.
        link = work / "insncount.so"
        link.unlink(missing_ok=True)
        link.symlink_to(find_plugin())
        option = "insncount.so,out=counts.txt" + (",profile=on" if profile else "")
        command += ["-plugin", "./" + option]
    _execute(command, work, f"QEMU ({program.core.machine})")


def _execute(command: Sequence[str | Path], work: Path, what: str) -> None:
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=work,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Error(f"{what} did not end within {TIMEOUT:.0f} s") from error
    if done.returncode != 0:
        raise Error(f"{what} failed: {summarize(done.stderr, done.returncode)}")


def _read_outputs(
    report: Report, data: bytes, vectors: int, steps: int
) -> list[list[list[np.ndarray]]]:
    sizes = [report.tensor(output.tensor).size for output in report.outputs]
    if len(data) != vectors * steps * sum(sizes):
        raise Error(
            f"the program wrote {len(data)} bytes of outputs instead of "
            f"{vectors * steps * sum(sizes)}"
        )
    at = 0
    result: list[list[list[np.ndarray]]] = []
    for _ in range(vectors):
        result.append([])
        for _ in range(steps):
            values = []
            for output, size in zip(report.outputs, sizes, strict=True):
                flat = np.frombuffer(data[at : at + size], dtype_of(output.type))
                values.append(flat.reshape(output.shape))
                at += size
            result[-1].append(values)
    return result


def _read_dump(report: Report, path: Path, vectors: int, steps: int) -> list[list[list[Written]]]:
    data = path.read_bytes()
    records, at = [], 0
    while at < len(data):
        operator, index, size = struct.unpack_from("<III", data, at)
        at += 12
        tensor = report.tensors[index].id
        records.append(Written(operator, tensor, data[at : at + size]))
        at += size
    per_step, rest = divmod(len(records), vectors * steps)
    if rest or at != len(data) or per_step < len(report.operators):
        raise Error(f"{path.name} has {len(records)} records for {vectors * steps} runs")
    runs = [records[i * per_step : (i + 1) * per_step] for i in range(vectors * steps)]
    return [runs[i * steps : (i + 1) * steps] for i in range(vectors)]


def _read_stats(text: str) -> tuple[dict[str, int], list[str]]:
    stats, labels = {}, []
    for line in text.splitlines():
        key, value = line.split(" ", 1)
        if key == "interval":
            labels.append(value)
        else:
            stats[key] = int(value)
    return stats, labels


def read_counts(path: Path, labels: int) -> tuple[list[int], list[dict[int, Executed]]]:
    """The plugin's counts of the intervals that the runner measured.

    The runner calls bench_mark in pairs, so the odd intervals are measured and
    the even ones lie between.
    """
    counts: dict[int, int] = {}
    profile: dict[int, dict[int, Executed]] = {}
    for line in path.read_text(encoding="ascii").splitlines():
        words = line.split()
        if words[0] == "interval":
            counts[int(words[1])] = int(words[2])
        else:
            executed = Executed(int(words[3]), int(words[4]))
            profile.setdefault(int(words[1]), {})[int(words[2], 16)] = executed
    if len(counts) != 2 * labels:
        raise Error(
            f"the counting plugin saw {len(counts)} marks, the runner made {2 * labels}"
        )
    measured = range(1, 2 * labels, 2)
    return [counts[i] for i in measured], [profile.get(i, {}) for i in measured]


def layer_counts(result: Result, report: Report) -> list[int]:
    """Instructions of each operator in all its steps, without what measuring costs."""
    return layer_sums(result, report, result.counts)


def layer_sums(result: Result, report: Report, values: Sequence[int]) -> list[int]:
    """As layer_counts, for a value of each counted interval."""
    found = [v for label, v in zip(result.labels, values, strict=True) if label == "layer"]
    # The first interval with the observer is an operator that does nothing.
    empty, *steps = found
    sums = [0] * len(report.operators)
    for operator, value in zip(report.order, steps, strict=True):
        sums[operator] += value - empty
    return sums


def find_plugin() -> Path:
    """The counting plugin, compiled into the user's cache when it is not there."""
    source = repository() / "runtime" / "port" / "qemu" / "insncount.c"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    plugin = cache_folder() / f"insncount-{digest}.so"
    if not plugin.is_file():
        # Another process may do the same: the rename is what makes it appear.
        built = plugin.with_suffix(f".{os.getpid()}.tmp")
        command = [find_program("gcc"), "-shared", "-fPIC", "-O2", source, "-o", built]
        run_tool(command, "compiling the counting plugin")
        built.replace(plugin)
    return plugin
