# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Classes of instructions and estimated cycles, by hand and of programs in QEMU."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from stm32_mlir import run
from stm32_mlir.cycles import M4_DIVIDE, M4_REFILL, M7_MISPREDICTED, estimate_cycles
from stm32_mlir.disassembly import CLASSES, Instruction, count_classes, parse_code, read_code
from stm32_mlir.run import Executed
from stm32_mlir.tools import repository

#: What cycles.s executes between its marks, bx of bench_mark and the last bl included.
KNOWN = {
    "data": 1 + 10 + 1 + 1 + 1 + 2,
    "multiply": 10 + 1,
    "divide": 1,
    "load": 1 + 30,
    "store": 10,
    "load_multiple": 1,
    "store_multiple": 1,
    "branch": 1 + 10 + 1 + 1 + 1,
    "float": 3,
    "float_accumulate": 1,
    "float_divide": 1,
}
#: bx of bench_mark, nine of the loop, cbz, bl.
TAKEN = 1 + 9 + 1 + 1


def assemble(*lines: str) -> dict[int, Instruction]:
    """Instructions as objdump prints them: four bytes each, one after the other."""
    text = [f"    {0x100 + 4 * i:x}:\tf000 0000 \t{line}" for i, line in enumerate(lines)]
    return parse_code("\n".join(text))


def cycles(core: str, lines: Sequence[str], count: int = 1, taken: int = 0) -> int:
    """Cycles of instructions of which the last one jumps `taken` times."""
    code = assemble(*lines)
    profile = {where: Executed(count) for where in code}
    profile[max(code)] = Executed(count, taken)
    found = estimate_cycles(core, code, profile)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("line", "kind", "registers", "reads", "address", "writes"),
    [
        ("add.w\tr0, r1, r2, lsl #2", "data", 1, "r1 r2", "", "r0"),
        ("adds\tr0, #1", "data", 1, "r0", "", "r0"),
        ("mov\tr8, r1", "data", 1, "r1", "", "r8"),
        ("cmp\tr0, #3", "data", 1, "r0", "", ""),
        ("bics\tr0, r1", "data", 1, "r0 r1", "", "r0"),
        ("blt.n\t8020 <f+0x20>", "branch", 1, "", "", ""),
        ("bls.w\t8020 <f+0x20>", "branch", 1, "", "", ""),
        ("blx\tr3", "branch", 1, "r3", "", ""),
        ("bfi\tr0, r1, #4, #4", "data", 1, "r0 r1", "", "r0"),
        ("cbnz\tr2, 8020 <f+0x20>", "branch", 1, "r2", "", ""),
        ("ldr.w\tr0, [r1], #4", "load", 1, "", "r1", "r0 r1"),
        ("ldrsh.w\tr0, [r1, r2, lsl #1]", "load", 1, "", "r1 r2", "r0"),
        ("ldr\tr0, [pc, #12]\t; (8040 <f+0x40>)", "load", 1, "", "pc", "r0"),
        ("str.w\tr0, [r1, #4]!", "store", 1, "r0", "r1", "r1"),
        ("ldrd\tr0, r1, [sp, #8]", "load_multiple", 2, "", "sp", "r0 r1"),
        ("ldmia.w\tr0!, {r4, r5, r6}", "load_multiple", 3, "", "r0", "r0 r4 r5 r6"),
        ("pop\t{r4, pc}", "load_multiple", 2, "", "sp", "sp r4 pc"),
        ("push\t{r4, lr}", "store_multiple", 2, "r4 lr", "sp", "sp"),
        ("vpush\t{d8-d9}", "store_multiple", 4, "d8 d9", "sp", "sp"),
        ("smlad\tr0, r1, r2, r0", "multiply", 1, "r0 r1 r2", "", "r0"),
        ("smlald\tr0, r1, r2, r3", "multiply", 1, "r0 r1 r2 r3", "", "r0 r1"),
        ("smull\tr0, r1, r2, r3", "multiply", 1, "r2 r3", "", "r0 r1"),
        ("mls\tr0, r1, r2, r3", "multiply", 1, "r1 r2 r3", "", "r0"),
        ("udiv\tr0, r1, r2", "divide", 1, "r1 r2", "", "r0"),
        ("vldr\ts0, [r0]", "load", 1, "", "r0", "s0"),
        ("vmul.f32\ts0, s1, s2", "float", 1, "s1 s2", "", "s0"),
        ("vfma.f32\ts0, s1, s2", "float_accumulate", 1, "s0 s1 s2", "", "s0"),
        ("vsqrt.f32\ts0, s1", "float_divide", 1, "s1", "", "s0"),
        ("vmlava.s16\tr0, q1, q2", "vector", 1, "", "", "r0"),
        ("stc\t15, cr5, [r3]", "vector", 1, "", "r3", ""),
        ("bkpt\t0x00ab", "other", 1, "", "", ""),
    ],
)
def test_instructions_are_read(line, kind, registers, reads, address, writes):
    (found,) = assemble(line).values()
    assert (found.kind, found.registers) == (kind, registers)
    if kind != "vector":
        got = [found.reads, found.address, found.writes]
        assert got == [set(names.split()) for names in (reads, address, writes)]


def test_tables_and_titles_are_no_instructions():
    text = "runner.elf:     file format elf32\n\n00008000 <f>:\n"
    text += "    8000:\t4770      \tbx\tlr\n    8004:\t20000010 \t.word\t0x20000010\n"
    (found,) = parse_code(text).values()
    assert (found.where, found.size, found.name) == (0x8000, 2, "bx")


@pytest.mark.parametrize(
    ("wanted", "lines"),
    [
        (3, ["adds\tr0, #1", "muls\tr0, r1", "smlal\tr0, r1, r2, r3"]),
        (3, ["ldr\tr0, [r4]", "ldr\tr1, [r5]"]),
        (4, ["ldr\tr0, [r4]", "ldr\tr1, [r0]"]),
        (4, ["ldr\tr0, [r4]", "ldr\tr1, [r5]", "ldr\tr2, [r6]"]),
        (3, ["ldr\tr0, [r4]", "str\tr0, [r5, #4]"]),
        (3, ["ldr\tr0, [r4]", "str\tr0, [r5, r6]"]),
        (2, ["str\tr0, [r5, r6]"]),
        (3, ["adds\tr4, #4", "str\tr0, [r4]"]),
        (4, ["ldmia\tr0!, {r1, r2, r3}"]),
        (3, ["ldrd\tr0, r1, [r2]"]),
        (M4_DIVIDE, ["sdiv\tr0, r1, r2"]),
        (15, ["vdiv.f32\ts0, s1, s2", "vmov\tr0, s3"]),
        (16, ["vdiv.f32\ts0, s1, s2", "vmov\tr0, s0"]),
    ],
)
def test_m4(wanted, lines):
    assert cycles("m4", lines) == wanted
    assert cycles("m4", lines, 7) == 7 * wanted


def test_m4_fills_its_pipeline_behind_branches():
    assert cycles("m4", ["subs\tr0, #1", "bne.n\t100 <f>"], 10, 9) == 20 + 9 * M4_REFILL
    assert cycles("m4", ["pop\t{r4, pc}"], 1, 1) == 3 + M4_REFILL


@pytest.mark.parametrize(
    ("wanted", "lines"),
    [
        (1, ["adds\tr0, #1", "adds\tr1, #1"]),
        (2, ["adds\tr0, #1", "adds\tr0, #1"]),
        (2, ["adds\tr0, #1", "adds\tr1, #1", "adds\tr2, #1"]),
        (1, ["ldr\tr0, [r4]", "ldr\tr1, [r5]"]),
        (2, ["ldr\tr0, [r4]", "adds\tr0, #1"]),
        (3, ["ldrb\tr0, [r4]", "adds\tr0, #1"]),
        (3, ["ldr\tr0, [r4]", "ldr\tr1, [r0]"]),
        (2, ["str\tr0, [r4]", "str\tr1, [r5]"]),
        (1, ["adds\tr0, #1", "str\tr0, [r5]"]),
        (2, ["mul\tr0, r1, r2", "mul\tr3, r1, r2"]),
        (3, ["mul\tr0, r1, r2", "adds\tr0, #1"]),
        (2, ["smlad\tr0, r1, r2, r0", "smlad\tr0, r3, r4, r0"]),
        (2, ["adds\tr0, #1", "sxtb16\tr1, r2"]),
        (1, ["sxtb16\tr1, r2", "adds\tr0, #1"]),
        (2, ["add\tr0, r1, r2, lsl #2", "add\tr3, r4, r5, lsl #2"]),
        (3, ["ldmia\tr0!, {r1, r2, r3, r4}", "adds\tr5, #1"]),
        (8, ["sdiv\tr0, r1, r2", "adds\tr3, #1"]),
    ],
)
def test_m7(wanted, lines):
    assert cycles("m7", lines) == wanted
    assert cycles("m7", lines, 7) == 7 * wanted


def test_m7_pays_for_the_rarer_way_of_a_branch():
    loop = ["subs\tr0, #1", "nop", "bne.n\t100 <f>"]
    assert cycles("m7", loop, 10, 9) == 20 + M7_MISPREDICTED
    assert cycles("m7", loop, 10, 2) == 20 + 2 * M7_MISPREDICTED


def test_other_cores_have_no_model():
    assert estimate_cycles("m55", {}, {}) is None


@pytest.mark.qemu
def test_a_program_of_known_instructions(tmp_path):
    qemu = repository() / "runtime" / "port" / "qemu"
    command = ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16"]
    command += ["-mfloat-abi=hard", "-nostartfiles", f"-L{qemu}", "-T", "mps2.ld"]
    sources = [Path(__file__).with_name("cycles.s"), qemu / "startup.c"]
    subprocess.run([*command, *sources, "-o", tmp_path / "a.elf"], check=True)
    (tmp_path / "plugin.so").symlink_to(run.find_plugin())
    emulator = ["qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-monitor", "none"]
    emulator += ["-serial", "none", "-semihosting-config", "enable=on,target=native"]
    emulator += ["-kernel", "a.elf", "-plugin", "./plugin.so,out=counts.txt,profile=on"]
    done = subprocess.run(emulator, cwd=tmp_path, check=False)
    assert done.returncode == 5
    counts, profiles = run.read_counts(tmp_path / "counts.txt", 1)
    code = read_code(tmp_path / "a.elf")
    classes = count_classes(code, profiles[0])
    assert classes == dict.fromkeys(CLASSES, 0) | KNOWN
    assert sum(classes.values()) == counts[0]
    assert sum(executed.taken for executed in profiles[0].values()) == TAKEN
    loop = 10 * (2 + 1 + 1 + 1 + 1 + 1 + 1) + 9 * M4_REFILL
    before = 1 + M4_REFILL + 2 + 1
    behind = 1 + M4_REFILL + 4 + 1 + 4 + 1 + M4_DIVIDE + 1 + 1 + 1 + 1 + 1
    floats = 1 + 1 + 2 + 4 + 15 + 1 + M4_REFILL
    assert estimate_cycles("m4", code, profiles[0]) == before + loop + behind + floats
