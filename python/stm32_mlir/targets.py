# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cores: how to compile for each and which QEMU machine runs it.

Which core a part has is known to stm32-compile alone; it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from stm32_mlir.errors import Error
from stm32_mlir.tools import find_compile, run_tool


@dataclass(frozen=True, slots=True)
class Core:
    """A core. `flags` are those of any of COMPILERS; `machine` and `script` are empty
    on the host.

    `boards` are the targets whose memories the machine and the script have. `uart`
    is the file of runtime/port/qemu for the machine's first UART, then what that
    file is to be told. `isa` is the instruction set of its kernels: c, dsp, mve.
    """

    name: str
    flags: tuple[str, ...]
    machine: str
    script: str
    boards: tuple[str, ...] = ()
    uart: tuple[str, ...] = ()
    isa: str = "c"

    @property
    def emulated(self) -> bool:
        """True if firmware for this core runs in QEMU."""
        return bool(self.machine)


def _cmsdk(uart: int, timer: int | None = None) -> tuple[str, ...]:
    """UART and, if the machine has it, timer of Arm's system design kit."""
    timed = () if timer is None else (f"-DRPC_TIMER={timer:#x}u",)
    return ("rpc_port_cmsdk.c", f"-DRPC_UART={uart:#x}u", *timed)


_MPS2_UART = _cmsdk(0x40004000, 0x40000000)

_RECORDS = (
    Core("host", (), "", ""),
    # QEMU has no M0+ with enough memory; a Cortex-M3 runs the same code.
    Core("m0plus", ("-mcpu=cortex-m0plus", "-mthumb"), "mps2-an385", "mps2.ld", uart=_MPS2_UART),
    Core("m3", ("-mcpu=cortex-m3", "-mthumb"), "mps2-an385", "mps2.ld", uart=_MPS2_UART),
    Core(
        "m4",
        ("-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"),
        "mps2-an386",
        "mps2.ld",
        ("mps2-an386",),
        _MPS2_UART,
        "dsp",
    ),
    Core(
        "m7",
        ("-mcpu=cortex-m7", "-mthumb", "-mfpu=fpv5-d16", "-mfloat-abi=hard"),
        "mps2-an500",
        "mps2.ld",
        uart=_MPS2_UART,
        isa="dsp",
    ),
    Core(
        "m33",
        ("-mcpu=cortex-m33", "-mthumb", "-mfpu=fpv5-sp-d16", "-mfloat-abi=hard"),
        "mps2-an505",
        "an505.ld",
        uart=_cmsdk(0x50200000, 0x50000000),
        isa="dsp",
    ),
    Core(
        "m55",
        ("-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard"),
        "mps3-an547",
        "an547.ld",
        uart=_cmsdk(0x59303000),
        isa="mve",
    ),
)

CORES = {core.name: core for core in _RECORDS}

#: Compilers of firmware. What any of them compiled, gcc links.
COMPILERS = ("gcc", "clang-22")

#: Characters of family and line in a part's name, as in stm32h743.
_LINE_LENGTH = 9

#: Optimisation level that fits what the model was compiled for.
LEVELS = {"time": "-O3", "balanced": "-O2", "ram": "-O2", "flash": "-Os"}


def list_targets() -> dict[str, str]:
    """Target name -> core name, as `stm32-compile --list-targets` prints them."""
    done = run_tool([find_compile(), "--list-targets"], "stm32-compile --list-targets")
    targets = {}
    for line in done.stdout.splitlines():
        words = line.split()
        if len(words) >= 2:
            targets[words[0]] = core_name(words[1])
    return targets


def core_name(text: str) -> str:
    """Short name of a core: cortex-m4f, M4, m4 -> m4, - -> host; Error if unknown."""
    if text == "-":
        return "host"
    name = text.lower().removeprefix("cortex-").replace("+", "plus")
    if name not in CORES and name.endswith("f") and name[:-1] in CORES:
        name = name[:-1]
    if name not in CORES:
        raise Error(f"unknown core {text}", f"known: {', '.join(CORES)}")
    return name


def find_core(target: str) -> Core:
    """The core of a target; Error lists the targets if it is none of them.

    As for stm32-compile, family and line are enough where one part has them
    (stm32h743), in any case.
    """
    targets = list_targets()
    wanted = target.lower()
    known = [name for name in targets if name.lower() == wanted]
    if not known and len(wanted) >= _LINE_LENGTH:
        known = [name for name in targets if name.lower().startswith(wanted)]
    if len(known) != 1:
        raise Error(f"unknown target {target}", f"known: {', '.join(sorted(targets))}")
    return CORES[targets[known[0]]]
