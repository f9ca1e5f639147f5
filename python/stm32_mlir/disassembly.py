# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The instructions of a program: their classes and the registers that they use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stm32_mlir.run import Executed
from stm32_mlir.tools import find_program, run_tool

#: Classes of instructions, in the order of reports. The multiple ones have `registers`.
CLASSES = (
    "data",
    "multiply",
    "divide",
    "load",
    "store",
    "load_multiple",
    "store_multiple",
    "branch",
    "float",
    "float_accumulate",
    "float_divide",
    "vector",
    "other",
)

_CONDITION = "(?:eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?"
#: The first that matches names the class; what begins like no other is "data".
_PATTERNS = [
    (name, re.compile(pattern))
    for name, pattern in (
        ("load_multiple", r"ldm|ldrd|pop|vldm|vpop"),
        ("store_multiple", r"stm|strd|push|vstm|vpush"),
        ("load", r"v?ldr"),
        ("store", r"v?str"),
        ("branch", rf"(?:bl?x?{_CONDITION}|cbn?z|tb[bh]|le|letp|[dw]lstp|[dw]ls|lctp)$"),
        ("divide", r"[su]div"),
        ("multiply", r"mul|ml[as]|sm[ulm]|um[ula]"),
        ("float_divide", r"vdiv|vsqrt"),
        ("float_accumulate", r"vn?ml[as]|vfn?m[as]"),
        ("float", r"v"),
        ("other", r"mrs|msr|dmb|dsb|isb|cps|svc|bkpt|wf[ie]|sev|udf|ldaex|clrex"),
    )
]
_LINE = re.compile(r"^ *([0-9a-f]+):\t([0-9a-f]{4}(?: [0-9a-f]{4})?) *\t([a-z][\w.]*)\s*([^;@<]*)")
#: What objdump does not know of MVE, it shows as instructions of a coprocessor.
_VECTOR = re.compile(
    r"\bq[0-7]\b|^v[a-z]+\.[suif]?(?:8|16)\b|^vp(?:t|st)|^vctp|^(?:ldc|stc|cdp|mcr|mrc|mcrr|mrrc)"
)
_REGISTER = re.compile(r"\b(r\d+|sl|fp|ip|sp|lr|pc|[sd]\d+)\b")
_RANGE = re.compile(r"\b([rsd])(\d+)-[rsd](\d+)\b")
_SHIFTED = re.compile(r", (?:lsl|lsr|asr|ror|rrx)\b")
#: Reads its first operand and writes none.
_NO_RESULT = re.compile(r"cmp|cmn|tst|teq|vcmp|it")
#: Writes its first operand and does not read it, though it has only two.
_MOVES = re.compile(
    r"mov(?!t)|mvn|[su]xt|clz|rev|rbit|neg|rsb|adr|vmov|vcvt|vabs|vneg|vsqrt|vmrs|vrint"
)
_LONG = re.compile(r"[su]mull|[su]mlal|smls?ld|smlald|umaal")
_ACCUMULATES = re.compile(r"[su]mlal|smlald|smlsld|umaal|bfi|bfc|movt|vn?ml[as]|vfn?m[as]")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a program.

    where       its address
    size        in bytes
    name        without .w and .n
    kind        one of CLASSES
    registers   of a list or a pair, else 1
    reads       registers, without those of the address
    address     registers that an address is made of
    writes      registers
    shifted     an operand is shifted
    """

    where: int
    size: int
    name: str
    kind: str
    registers: int
    reads: frozenset[str]
    address: frozenset[str]
    writes: frozenset[str]
    shifted: bool


def read_code(executable: Path) -> dict[int, Instruction]:
    """Address -> instruction, by address, of all code of a program."""
    objdump = find_program("arm-none-eabi-objdump")
    done = run_tool([objdump, "-d", executable], "arm-none-eabi-objdump")
    return parse_code(done.stdout)


def parse_code(text: str) -> dict[int, Instruction]:
    """The same from the output of objdump -d."""
    found = (_LINE.match(line) for line in text.splitlines())
    return {
        int(match[1], 16): parse_instruction(
            int(match[1], 16), len(match[2].replace(" ", "")) // 2, match[3], match[4].strip()
        )
        for match in found
        if match
    }


def parse_instruction(where: int, size: int, name: str, operands: str) -> Instruction:
    """What objdump calls `name` with its operands."""
    name = name.removesuffix(".n").removesuffix(".w")
    kind = _kind(name, operands)
    before, _, after = operands.partition("[")
    lists = _names(operands.partition("{")[2])
    first = _names(before)
    reads: set[str] = set()
    address = set(_names(after))
    writes: set[str] = set()
    if kind in ("load_multiple", "store_multiple") and "{" in operands:
        # push and pop have no base in their operands.
        address = set(_names(operands.partition("{")[0])) or {"sp"}
        first = lists
        if "!" in operands or name.startswith(("push", "pop", "vpush", "vpop")):
            writes |= address
    elif kind in ("load", "store", "load_multiple", "store_multiple"):
        if "!" in after or "]," in after:
            writes.add(_names(after)[0])
    if kind in ("load", "load_multiple"):
        writes |= set(first)
    elif kind in ("store", "store_multiple", "branch", "other") or _NO_RESULT.match(name):
        reads |= set(first)
    else:
        results = 2 if _LONG.match(name) else 1
        writes |= set(first[:results])
        reads |= set(first[results:])
        if _ACCUMULATES.match(name) or (operands.count(",") == 1 and not _MOVES.match(name)):
            reads |= set(first[:results])
    count = len(first) if kind in ("load_multiple", "store_multiple") else 1
    if first and first[0][0] == "d":
        count *= 2
    return Instruction(
        where,
        size,
        name,
        kind,
        count,
        frozenset(reads),
        frozenset(address),
        frozenset(writes),
        _SHIFTED.search(before) is not None,
    )


def _kind(name: str, operands: str) -> str:
    if _VECTOR.search(f"{name} {operands}"):
        return "vector"
    return next((kind for kind, pattern in _PATTERNS if pattern.match(name)), "data")


def _names(text: str) -> list[str]:
    """The registers of a text, those of ranges included."""

    def spread(match: re.Match[str]) -> str:
        return ", ".join(f"{match[1]}{i}" for i in range(int(match[2]), int(match[3]) + 1))

    return _REGISTER.findall(_RANGE.sub(spread, text))


def count_classes(
    code: Mapping[int, Instruction], profile: Mapping[int, Executed]
) -> dict[str, int]:
    """Class -> instructions executed; the sum is that of the profile."""
    counts = dict.fromkeys(CLASSES, 0)
    for where, executed in profile.items():
        instruction = code.get(where)
        counts["other" if instruction is None else instruction.kind] += executed.count
    return counts
