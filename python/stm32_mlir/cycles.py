# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""An estimate of cycles from a profile: models of Cortex-M4 and Cortex-M7.

docs/Cycles.md has the models, where their figures are from and what they leave
out. Memory answers without wait states. How far they are from a real part is not
known: nobody has compared them with one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stm32_mlir.disassembly import Instruction
from stm32_mlir.run import Executed

# ----------------------------------------------------------------------------
# Cortex-M4: one instruction at a time
# ----------------------------------------------------------------------------

#: Cycles to fill the pipeline behind a taken branch: 1 to 3.
M4_REFILL = 2
#: Cycles of SDIV and UDIV: 2 to 12, by the operands.
M4_DIVIDE = 7
#: Cycles of what is not 1.
_M4 = {"divide": M4_DIVIDE, "load": 2, "float_accumulate": 3, "float_divide": 14}


def m4_cycles(code: Mapping[int, Instruction], profile: Mapping[int, Executed]) -> float:
    """Cycles of a profile on a Cortex-M4."""
    cycles = 0
    before: Instruction | None = None
    for where, executed in sorted(profile.items()):
        instruction = code.get(where)
        if instruction is None:
            cycles += executed.count
            continue
        if before is not None and before.where + before.size != where:
            before = None
        cycles += executed.count * _m4_cost(instruction, before) + executed.taken * M4_REFILL
        before = instruction
    return cycles


def _m4_cost(now: Instruction, before: Instruction | None) -> int:
    """Cycles of an instruction behind another one, without the refill."""
    cost = _M4.get(now.kind, 1)
    if now.kind in ("load_multiple", "store_multiple"):
        cost = 1 + now.registers
    elif now.name.startswith(("tbb", "tbh")):
        cost = 2
    elif now.kind in ("load", "store"):
        # The address of a store with an immediate offset is ready at once.
        if now.kind == "store":
            cost = 2 if len(now.address) > 1 or now.name.startswith("v") else 1
        if now.name.startswith("v"):
            cost += now.registers - 1
    if before is None:
        return cost
    if now.kind in ("load", "store") and before.kind == "load":
        # Loads, and a store behind one, overlap unless the address was loaded.
        loaded = before.writes - before.address
        if cost > 1 and not loaded & now.address and not now.name.startswith("v"):
            cost -= 1
    elif now.address & before.writes and before.kind in ("data", "multiply", "divide"):
        cost += 1
    if before.kind.startswith("float") and not before.name.startswith("vmov"):
        # What is computed can be used a cycle later.
        cost += bool(before.writes & now.reads)
    return cost


# ----------------------------------------------------------------------------
# Cortex-M7: two instructions at a time, in order
# ----------------------------------------------------------------------------

#: Cycles that are lost where a conditional branch goes the way that it goes less often.
M7_MISPREDICTED = 6
#: Cycles of SDIV and UDIV.
M7_DIVIDE = 7
#: Cycles until a result can be read; 1 for all others.
_M7_LATENCY = {"multiply": 2, "float": 3, "float_accumulate": 6, "float_divide": 16}
#: How many of a class begin in one cycle, where that is not two.
_M7_ONE = {"multiply", "store", "branch", "float", "float_accumulate", "float_divide"}
_M7_ALONE = {"divide", "load_multiple", "store_multiple", "other", "vector"}
#: Packed and saturating arithmetic, extension and bit fields: only the first of a pair.
_M7_FIRST = (
    "sadd", "uadd", "ssub", "usub", "sasx", "ssax", "uasx", "usax", "shadd", "shsub", "uhadd",
    "uhsub", "qadd", "qsub", "qdadd", "qdsub", "uqadd", "uqsub", "sel", "usad", "ssat", "usat",
    "sxt", "uxt", "pkh", "rev", "rbit", "sbfx", "ubfx", "bfi", "bfc", "clz",
)  # fmt: skip
#: Uses the one shifter, as shifted operands do.
_M7_SHIFTS = (
    "lsl", "lsr", "asr", "ror", "ssat", "usat", "pkh", "rev", "rbit", "sbfx", "ubfx", "bfi", "bfc",
)  # fmt: skip
_M7_SATURATES = ("ssat", "usat", "qadd", "qsub", "qdadd", "qdsub", "uqadd", "uqsub", "usad")


def m7_cycles(code: Mapping[int, Instruction], profile: Mapping[int, Executed]) -> float:
    """Cycles of a profile on a Cortex-M7."""
    cycles = 0
    issue: _Issue | None = None
    before: tuple[int, Executed] | None = None
    for where, executed in sorted(profile.items()):
        instruction = code.get(where)
        if instruction is None:
            cycles += executed.count
            before = None
            continue
        # What ran more or less often was jumped to or from: the pipeline is taken
        # to be empty there.
        if issue is None or before is None or before != (where, executed):
            issue = _Issue()
        cycles += executed.count * issue.add(instruction)
        straight = executed.taken == 0 and instruction.kind != "branch"
        before = (where + instruction.size, executed) if straight else None
        if instruction.kind == "branch":
            cycles += M7_MISPREDICTED * min(executed.taken, executed.count - executed.taken)
    return cycles


@dataclass(slots=True)
class _Issue:
    """Instructions that begin one after the other, up to two in a cycle.

    cycle   the last one in which something began; -1 at first
    free    the first in which something may begin
    begun   the classes of what began in `cycle`
    ready   register -> the cycle in which its value can be read
    """

    cycle: int = -1
    free: int = 0
    begun: list[str] = field(default_factory=list)
    shifts: int = 0
    alone: bool = False
    ready: dict[str, int] = field(default_factory=dict)

    def add(self, now: Instruction) -> int:
        """Cycles between the beginning of the last instruction and of this one, at
        least 0; 1 or more for the first."""
        shifts = now.shifted or now.name.startswith(_M7_SHIFTS)
        at = max(self.cycle, self.free, self._operands(now))
        if at == self.cycle and not self._fits(now, shifts):
            at += 1
        cost = at - self.cycle
        if cost:
            self.begun, self.shifts = [], 0
        self.cycle = at
        self.begun.append(now.kind)
        self.shifts += shifts
        self.alone = now.kind in _M7_ALONE or now.name.startswith(("tbb", "tbh"))
        if now.kind == "divide":
            self.free = at + M7_DIVIDE
        elif now.kind in ("load_multiple", "store_multiple"):
            # 64 bits at a time.
            self.free = at + (now.registers + 1) // 2
        for register in now.writes:
            self.ready[register] = max(at, self.free - 1) + _m7_latency(now, register)
        return cost

    def _operands(self, now: Instruction) -> int:
        """The first cycle in which all operands can be read in time."""
        early = 1 if now.shifted else -2 if now.kind == "store" else 0
        sums: frozenset[str] = frozenset()
        if now.kind == "float_accumulate" or (now.kind == "multiply" and "ml" in now.name):
            # The sum is wanted later than the factors.
            sums, early = now.writes, -1 if now.kind == "multiply" else -3
        need = [0]
        for register in now.reads & self.ready.keys():
            need.append(self.ready[register] + (early if not sums or register in sums else 0))
        need += [self.ready[register] + 1 for register in now.address & self.ready.keys()]
        return max(need)

    def _fits(self, now: Instruction, shifts: bool) -> bool:
        """True if it can begin together with what began in the cycle."""
        if len(self.begun) != 1 or self.alone or now.kind in _M7_ALONE:
            return False
        if now.kind in _M7_ONE and now.kind.split("_")[0] == self.begun[0].split("_")[0]:
            return False
        return not now.name.startswith(_M7_FIRST) and not (shifts and self.shifts)


def _m7_latency(now: Instruction, register: str) -> int:
    if now.kind in ("load", "store", "load_multiple", "store_multiple"):
        if register in now.address:
            return 0 if now.kind in ("load", "store") else 1
        # Bytes and halves come a cycle later.
        return 2 if now.name.startswith(("ldrb", "ldrh", "ldrs")) else 1
    if now.name.startswith(_M7_SATURATES):
        return 2
    return _M7_LATENCY.get(now.kind, 1)


#: Core -> its model.
MODELS: dict[str, Callable[[Mapping[int, Instruction], Mapping[int, Executed]], float]] = {
    "m4": m4_cycles,
    "m7": m7_cycles,
}


def estimate_cycles(
    core: str, code: Mapping[int, Instruction], profile: Mapping[int, Executed]
) -> int | None:
    """Cycles of a profile on a core; None if there is no model of it."""
    model = MODELS.get(core)
    return None if model is None else round(model(code, profile))
