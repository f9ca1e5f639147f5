# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models in several memory regions, at their addresses."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from shared_models import golden_path, model_path

from stm32_mlir.build import (
    STRICT_WARNINGS,
    build_firmware,
    build_host,
    compile_model,
    sources,
)
from stm32_mlir.graph import load_graph
from stm32_mlir.run import run_cases
from stm32_mlir.targets import CORES, find_core
from stm32_mlir.tools import find_compile, find_program, repository, run_tool
from stm32_mlir.vectors import load_golden

pytestmark = pytest.mark.compiler

RESNET = "mlperf_resnet8_int8"
#: A first pool that is too small for the model, and the output in the second.
MEMORY = {
    "pools": [
        {"name": "fast", "region": "sram", "usable_size": 20480},
        {"name": "slow", "region": "psram", "alignment": 64},
    ],
    "pin": {"output:0": "slow"},
}
#: First byte and bytes of the board's memories.
MEMORIES = {"fast": (0x20000000, 4 << 20), "slow": (0x21000000, 16 << 20)}


def spread(tmp_path, memory=MEMORY, optimize="balanced"):
    path = tmp_path / "pools.json"
    path.write_text(json.dumps(memory), encoding="utf-8")
    return compile_model(
        model_path(RESNET),
        tmp_path / "c",
        "mps2-an386",
        "resnet",
        optimize,
        ["--memory", path, "--emit-mlir"],
    )


def check_exact(program, report, tmp_path, name=RESNET, count=None):
    """Runs the first `count` stored vectors, or all."""
    graph = load_graph(model_path(name))
    cases = load_golden(golden_path(name), graph.inputs, graph.outputs)[:count]
    result = run_cases(program, report, cases, tmp_path)
    for case, vector in zip(cases, result.outputs, strict=True):
        for expected, got in zip(case.expected, vector, strict=True):
            assert all(np.array_equal(e, g) for e, g in zip(expected, got, strict=True))


@pytest.mark.parametrize("optimize", ["balanced", "ram"])
def test_two_pools_are_exact_on_host(optimize, tmp_path):
    generated = spread(tmp_path, optimize=optimize)
    pools = {pool.name: pool for pool in generated.report.pools}
    assert set(pools) == {"fast", "slow"}
    assert 0 < pools["fast"].size <= 20480
    output = generated.report.outputs[0]
    assert generated.report.tensor(output.tensor).pool == "slow"
    check_exact(build_host(generated, tmp_path), generated.report, tmp_path)


#: Constants beside the second pool, in one section; the image loads them.
CONSTANTS = {"name": "weights", "region": "psram", "kind": "constants"}


@pytest.mark.qemu
@pytest.mark.parametrize("more", [[], [CONSTANTS]], ids=["flash", "psram"])
def test_two_pools_are_exact_at_their_addresses(more, tmp_path):
    """QEMU's board has both RAMs; the pools lie where they are planned."""
    generated = spread(tmp_path, {**MEMORY, "pools": [*MEMORY["pools"], *more]})
    program = build_firmware(generated, tmp_path, find_core("mps2-an386"))
    symbols = run_tool(["arm-none-eabi-nm", program.executable], "nm").stdout
    for pool in generated.report.pools:
        found = re.search(rf"^(\w+) . RESNET_POOL_{pool.name.upper()}_memory$", symbols, re.M)
        assert found is not None
        begin, size = MEMORIES[pool.name]
        address = int(found[1], 16)
        assert address % pool.alignment == 0
        assert begin <= address and address + pool.size <= begin + size
    found = re.search(r"^(\w+) . resnet_constants$", symbols, re.M)
    assert found is not None
    assert (int(found[1], 16) >= 0x21000000) == bool(more)
    check_exact(program, generated.report, tmp_path)


KWS = "mlperf_kws_dscnn_int8"
VWW = "mlperf_vww_mbv1_int8"


def share(tmp_path, target):
    """resnet8 as `first` and kws as `second`, in one folder."""
    folder = tmp_path / "both"
    command = [find_compile(), model_path(RESNET), model_path(KWS), "-o", folder]
    command += ["--target", target, "--name", "first,second", "--group", "both", "--quiet"]
    run_tool(command, "stm32-compile")
    return folder


def vectors(tmp_path):
    """Writes the inputs of one stored vector of each; the outputs of the three runs."""
    wanted = []
    for name, file in ((RESNET, "first.bin"), (KWS, "second.bin")):
        graph = load_graph(model_path(name))
        case = load_golden(golden_path(name), graph.inputs, graph.outputs)[0]
        (tmp_path / file).write_bytes(case.steps[0][0].tobytes())
        wanted.append(case.expected[0][0].tobytes())
    return wanted[0] + wanted[1] + wanted[0]


def test_a_group_has_one_runtime_and_the_largest_pool(tmp_path):
    folder = share(tmp_path, "host")
    group = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    reports = [
        json.loads((folder / model["report"]).read_text(encoding="utf-8"))
        for model in group["models"]
    ]
    sizes = [report["memory"]["activations"] for report in reports]
    assert [pool["size"] for pool in group["pools"]] == [max(sizes)]
    assert min(sizes) < max(sizes)
    assert set(group["files"]) >= {name for report in reports for name in report["files"]}


def test_models_take_turns_in_one_pool_on_host(tmp_path):
    folder = share(tmp_path, "host")
    port = repository() / "runtime" / "port"
    main = repository() / "python" / "tests" / "group_main.c"
    program = tmp_path / "both.elf"
    command = [find_program("gcc"), "-std=c11", *STRICT_WARNINGS, "-fsanitize=address,undefined"]
    command += ["-g", f"-I{folder}", f"-I{port}", main, port / "host" / "port_host.c"]
    run_tool([*command, *sources(folder), "-lm", "-o", program], "gcc")
    wanted = vectors(tmp_path)
    run_tool([program], "both", cwd=tmp_path)
    assert (tmp_path / "out.bin").read_bytes() == wanted


@pytest.mark.qemu
def test_models_take_turns_in_one_pool_of_an_stm32f405(tmp_path):
    folder = share(tmp_path, "stm32f405rg")
    port = repository() / "runtime" / "port"
    qemu = port / "qemu"
    main = repository() / "python" / "tests" / "group_main.c"
    program = tmp_path / "both.elf"
    core = replace(CORES["m4"], machine="netduinoplus2", script="stm32f405.ld")
    command = [find_program("arm-none-eabi-gcc"), "-std=c11", "-O2", *core.flags, "-DPLACED"]
    command += ["-ffunction-sections", "-fdata-sections", "-nostartfiles", f"-L{qemu}"]
    command += ["-T", core.script, "-T", folder / "both.ld"]
    command += ["-Wl,--gc-sections", "-Wl,--no-warn-rwx-segments", f"-I{folder}", f"-I{port}"]
    command += [main, qemu / "startup.c", qemu / "port_qemu.c", *sources(folder), "-lm"]
    run_tool([*command, "-o", program], "arm-none-eabi-gcc")
    symbols = run_tool(["arm-none-eabi-nm", program], "nm").stdout
    assert re.search(r"^20000000 . pool$", symbols, re.M)
    wanted = vectors(tmp_path)
    command = [find_program("qemu-system-arm"), "-M", core.machine, "-display", "none"]
    command += ["-monitor", "none", "-serial", "none", "-kernel", program]
    command += ["-semihosting-config", "enable=on,target=native,arg=both"]
    run_tool(command, "QEMU", cwd=tmp_path)
    assert (tmp_path / "out.bin").read_bytes() == wanted


#: Constants in slow flash that stream into the pool of the activations.
STREAM = {
    "regions": [{"name": "xflash", "address": "0x90000000", "size": 1 << 24, "latency": 8}],
    "pools": [
        {"name": "fast", "region": "ram"},
        {"name": "rom", "region": "xflash", "kind": "constants", "stream": "fast"},
    ],
}


def streamed(name, tmp_path, optimize="balanced", target="generic-m4", memory=STREAM):
    path = tmp_path / "pools.json"
    path.write_text(json.dumps(memory), encoding="utf-8")
    options = ["--memory", path, "--emit-mlir"]
    return compile_model(model_path(name), tmp_path / "c", target, "net", optimize, options)


@pytest.mark.parametrize(
    ("name", "optimize"),
    [(RESNET, "balanced"), (RESNET, "ram"), (KWS, "balanced"), (KWS, "ram"), (VWW, "ram")],
)
def test_streamed_constants_are_exact(name, optimize, tmp_path):
    """Copied at once by the runtime, and as late as it allows by another copier."""
    generated = streamed(name, tmp_path, optimize)
    transfers = json.loads((tmp_path / "c" / "report.json").read_text("utf-8"))["transfers"]
    assert len(transfers) >= 4
    assert all(entry["start"] <= entry["use"] for entry in transfers)
    if optimize == "balanced":
        # The operator before has the time of the copy.
        assert all(entry["start"] + 1 == entry["use"] for entry in transfers[1:])
        # Two blocks at a time, not all of them.
        plain = compile_model(model_path(name), tmp_path / "plain", "generic-m4", "net")
        extra = generated.report.activations - plain.report.activations
        largest = sorted(entry["size"] for entry in transfers)[-2:]
        assert extra <= sum(largest) + 64
    for number, flags in enumerate(([], ["-DRUNNER_LATE_COPIES"])):
        work = tmp_path / str(number)
        work.mkdir()
        program = build_host(generated, work, flags=flags)
        check_exact(program, generated.report, work, name, 3)


@pytest.mark.qemu
def test_constants_stream_between_two_memories_at_their_addresses(tmp_path):
    """Activations in both RAMs, constants from the far one through the near one."""
    far = {**CONSTANTS, "stream": "fast"}
    memory = {
        "regions": [{"name": "psram", "address": "0x21000000", "size": 16 << 20, "latency": 8}],
        "pools": [*MEMORY["pools"], far],
        "pin": MEMORY["pin"],
    }
    generated = spread(tmp_path, memory)
    transfers = json.loads((tmp_path / "c" / "report.json").read_text("utf-8"))["transfers"]
    assert transfers and all(entry["pool"] == "fast" for entry in transfers)
    assert {t.pool for t in generated.report.tensors} == {"fast", "slow"}
    for number, flags in enumerate(([], ["-DRUNNER_LATE_COPIES"])):
        work = tmp_path / str(number)
        work.mkdir()
        program = build_firmware(generated, work, find_core("mps2-an386"), flags)
        check_exact(program, generated.report, work)


def test_no_live_byte_is_overwritten_by_a_copy(tmp_path):
    streamed(RESNET, tmp_path, "ram")
    opt = find_compile().with_name("stm32-opt")
    run_tool([opt, tmp_path / "c" / "net.L4.mlir", "--stm32-simulate-memory", "-o", "/dev/null"], "stm32-opt")
