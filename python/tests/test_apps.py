# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Applications as firmware has them, compiled unchanged on host and for QEMU."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from app_build import ADDRESS, THREADS, App, Builder, run_in_qemu
from stm32_mlir.tools import run_tool

pytestmark = pytest.mark.compiler

STAI = ("--api", "stai")
APPLICATIONS = [
    App("ai_bare"),
    App("ai_params"),
    App("ai_observer"),
    App("ai_two_models", ("network", "mixer")),
    App("ai_two_instances", defines=("-DAI_NETWORK_INSTANCES=2",)),
    App("ai_weights", defines=('-DNETWORK_WEIGHTS_SECTION=".ext_flash"',)),
    App("ai_builtin", defines=("-DAI_NETWORK_ALLOCATE_ACTIVATIONS",)),
    App("ai_builtin", defines=("-DOWN_POOL",)),
    App("ai_multi_io", ("mixer",)),
    App("ai_bare", options=("--stream-input",)),
    App("stai_bare", options=STAI),
    App("stai_bare", options=(*STAI, "--stream-input")),
    App("stai_profile", options=STAI),
    App("stai_contexts", options=STAI),
    App("stai_two_models", ("network", "mixer"), options=STAI),
    App("stai_weights", options=STAI),
    App("stai_states", ("counter",), options=STAI, steps=6),
    App("stai_builtin", defines=("-DAI_NETWORK_ALLOCATE_ACTIVATIONS",), options=STAI),
    App("stai_errors", options=STAI),
    App("ai_bare", shared="mlperf_kws_dscnn_int8"),
    App("ai_observer", shared="mlperf_resnet8_int8"),
    App("stai_profile", options=STAI, shared="tflm_person_detect_int8"),
]


@pytest.fixture(scope="module")
def builder(tmp_path_factory):
    return Builder(tmp_path_factory.mktemp("apps"))


def memories(folder: Path) -> list[str]:
    """A linker script with the sections of the external flash and of built-in pools."""
    script = folder / "more.ld"
    script.write_text(
        "SECTIONS\n{\n  .ext_flash : { *(.ext_flash) } > PSRAM\n"
        "  .sram (NOLOAD) : { *(.sram .sram.*) } > RAM\n}\n",
        encoding="ascii",
    )
    return ["-T", str(script)]


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("app", APPLICATIONS, ids=lambda app: app.label)
def test_on_host(builder, app, compiler, tmp_path):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    builder.run_on_host(app, tmp_path, compiler, ADDRESS)


@pytest.mark.qemu
@pytest.mark.parametrize("app", APPLICATIONS, ids=lambda app: app.label)
def test_in_qemu(builder, app, tmp_path):
    program = builder.build_for(app, tmp_path, "m4", memories(tmp_path))
    if app.file == "ai_weights":
        symbols = run_tool(["arm-none-eabi-nm", program], "nm").stdout
        found = re.search(r"^(\w+) . network_constants$", symbols, re.MULTILINE)
        assert found is not None and int(found[1], 16) >= 0x21000000
    run_in_qemu(program, "m4")


@pytest.mark.qemu
@pytest.mark.parametrize("core", ["m4", "m33"])
def test_preempted_by_the_tick(builder, core, tmp_path):
    app = App("preempt_tick", ("network", "waves"), options=STAI)
    text = run_in_qemu(builder.build_for(app, tmp_path, core), core)
    counts = [int(n) for n in re.findall(r"preemptions of the \w+ network (\d+)", text)]
    assert len(counts) == 2 and min(counts) >= 400
    stepped = re.search(r"runs in steps (\d+)", text)
    assert stepped is not None and int(stepped[1]) > 10
    refused = re.search(r"refused (\d+)", text)
    assert refused is not None and int(refused[1]) > 400


@pytest.mark.parametrize("options", [ADDRESS, THREADS], ids=["address", "thread"])
def test_threads(builder, options, tmp_path):
    text = builder.run_on_host(App("preempt_threads"), tmp_path, "gcc", (*options, "-pthread"))
    shared = re.search(r"shared runs (\d+)", text)
    assert shared is not None and int(shared[1]) > 0
