# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""targets: cores and the targets that stm32-compile knows."""

from __future__ import annotations

import pytest

from stm32_mlir import targets
from stm32_mlir.errors import Error
from stm32_mlir.tools import repository


def test_targets_come_from_the_compiler(fake_compiler):
    assert targets.list_targets() == {
        "host": "host",
        "generic-m0plus": "m0plus",
        "generic-m4": "m4",
        "generic-m55": "m55",
        "stm32f407vg": "m4",
    }


def test_core_of_a_part(fake_compiler):
    core = targets.find_core("stm32f407vg")
    assert core.machine == "mps2-an386"
    assert core.emulated
    assert not targets.find_core("host").emulated


@pytest.mark.parametrize("name", ["stm32f407", "STM32F407VG", "Stm32F407v"])
def test_family_and_line_are_enough(fake_compiler, name):
    assert targets.find_core(name).name == "m4"


@pytest.mark.parametrize("name", ["stm32f4", "stm32", "generic-m", ""])
def test_less_than_a_line_is_unknown(fake_compiler, name):
    with pytest.raises(Error, match="unknown target"):
        targets.find_core(name)


def test_unknown_target_lists_the_known(fake_compiler):
    with pytest.raises(Error, match="unknown target stm32x") as caught:
        targets.find_core("stm32x")
    assert "generic-m0plus" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "name"),
    [("m4", "m4"), ("M4F", "m4"), ("cortex-m4f", "m4"), ("Cortex-M0+", "m0plus"), ("host", "host"), ("-", "host")],
)
def test_core_names(text, name):
    assert targets.core_name(text) == name


def test_unknown_core():
    with pytest.raises(Error, match="unknown core riscv"):
        targets.core_name("riscv")


def test_every_machine_has_its_linker_script():
    folder = repository() / "runtime" / "port" / "qemu"
    for core in targets.CORES.values():
        if core.emulated:
            assert f"-mcpu=cortex-{core.name}" in core.flags
            assert "INCLUDE sections.ld" in (folder / core.script).read_text()
