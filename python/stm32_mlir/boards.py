# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Boards that projects are made for: each is a record.

A record holds what the part's own record, which stm32-compile has, does not
say: how text gets out (registers and pins of one UART), the clock after reset,
where variables go. Addresses are from the reference manual of the part, pins
from the manual of the board.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from stm32_mlir.errors import Error
from stm32_mlir.targets import CORES, Core, core_name
from stm32_mlir.tools import find_compile, run_tool


@dataclass(frozen=True, slots=True)
class Memory:
    """A memory of a part; bytes."""

    name: str
    address: int
    size: int
    flash: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What stm32-compile knows of a part."""

    name: str
    core: Core
    memories: tuple[Memory, ...]

    @property
    def flash(self) -> Memory:
        """The memory that code and constants are in."""
        return next(memory for memory in self.memories if memory.flash)


@dataclass(frozen=True, slots=True)
class UartKind:
    """Registers of a kind of UART: offsets from its base, bits.

    A byte may be written while `status & tx_mask == tx_ready`, and one has come
    while `status & rx_mask` is not 0. Before its first use `control` is set to
    `enable`, and `divider` to scale * clock / baud.
    """

    status: int
    tx_mask: int
    tx_ready: int
    rx_mask: int
    tx_data: int
    rx_data: int
    divider: int
    scale: int
    control: int
    enable: int


#: STM32F4: one data register, flags in SR.
USART_SR = UartKind(0x00, 1 << 7, 1 << 7, 1 << 5, 0x04, 0x04, 0x08, 1, 0x0C, 0x200C)
#: STM32F7, G0, H7, L4, U5: TDR and RDR, flags in ISR.
USART_ISR = UartKind(0x1C, 1 << 7, 1 << 7, 1 << 5, 0x28, 0x24, 0x0C, 1, 0x00, 0x000D)
#: The low-power UART of the same parts, which divides 256 times the clock.
LPUART = UartKind(0x1C, 1 << 7, 1 << 7, 1 << 5, 0x28, 0x24, 0x0C, 256, 0x00, 0x000D)
#: Arm's CMSDK UART, whose flags are "full".
CMSDK = UartKind(0x04, 1 << 0, 0, 1 << 1, 0x00, 0x00, 0x10, 1, 0x08, 0x0003)


@dataclass(frozen=True, slots=True)
class Bit:
    """A bit that start-up sets, such as the enable bit of a clock."""

    register: str
    address: int
    bit: int
    why: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A pin that start-up gives to the UART: base of its GPIO, alternate function."""

    name: str
    gpio: int
    number: int
    function: int


@dataclass(frozen=True, slots=True)
class Board:
    """A board.

    clock     Hz that the core and the UART have after reset: start-up keeps it
    ram       memory of the part for variables and the stack
    machine   QEMU's name, "" if it has no such board
    zephyr    Zephyr's name, "" if it has no such board
    mcu       STM32CubeIDE's name of the part, "" if it has none
    openocd   OpenOCD's target script, "" if there is nothing to program
    """

    name: str
    title: str
    target: str
    clock: int
    ram: str
    uart_name: str
    uart: int
    kind: UartKind
    bits: tuple[Bit, ...] = ()
    pins: tuple[Pin, ...] = ()
    machine: str = ""
    zephyr: str = ""
    mcu: str = ""
    openocd: str = ""

    @property
    def emulated(self) -> bool:
        """True for a board that is there to run in QEMU."""
        return bool(self.machine)


_RECORDS = (
    Board(
        "netduinoplus2",
        "Netduino Plus 2, which QEMU emulates",
        target="stm32f405rg",
        clock=16_000_000,
        ram="sram2",
        uart_name="USART1",
        uart=0x40011000,
        kind=USART_SR,
        bits=(
            Bit("RCC_AHB1ENR", 0x40023830, 0, "clock of GPIOA"),
            Bit("RCC_APB2ENR", 0x40023844, 4, "clock of USART1"),
        ),
        pins=(Pin("PA9", 0x40020000, 9, 7), Pin("PA10", 0x40020000, 10, 7)),
        machine="netduinoplus2",
        mcu="STM32F405RGTx",
    ),
    Board(
        "nucleo-f401re",
        "NUCLEO-F401RE",
        target="stm32f401re",
        clock=16_000_000,
        ram="sram1",
        uart_name="USART2",
        uart=0x40004400,
        kind=USART_SR,
        bits=(
            Bit("RCC_AHB1ENR", 0x40023830, 0, "clock of GPIOA"),
            Bit("RCC_APB1ENR", 0x40023840, 17, "clock of USART2"),
        ),
        pins=(Pin("PA2", 0x40020000, 2, 7), Pin("PA3", 0x40020000, 3, 7)),
        zephyr="nucleo_f401re",
        mcu="STM32F401RETx",
        openocd="stm32f4x",
    ),
    Board(
        "disco-f746ng",
        "32F746GDISCOVERY",
        target="stm32f746ng",
        clock=16_000_000,
        ram="dtcm",
        uart_name="USART1",
        uart=0x40011000,
        kind=USART_ISR,
        bits=(
            Bit("RCC_AHB1ENR", 0x40023830, 0, "clock of GPIOA"),
            Bit("RCC_AHB1ENR", 0x40023830, 1, "clock of GPIOB"),
            Bit("RCC_APB2ENR", 0x40023844, 4, "clock of USART1"),
        ),
        pins=(Pin("PA9", 0x40020000, 9, 7), Pin("PB7", 0x40020400, 7, 7)),
        zephyr="stm32f746g_disco",
        mcu="STM32F746NGHx",
        openocd="stm32f7x",
    ),
    Board(
        "nucleo-h743zi",
        "NUCLEO-H743ZI",
        target="stm32h743zi",
        clock=64_000_000,
        ram="dtcm",
        uart_name="USART3",
        uart=0x40004800,
        kind=USART_ISR,
        bits=(
            Bit("RCC_AHB4ENR", 0x580244E0, 3, "clock of GPIOD"),
            Bit("RCC_APB1LENR", 0x580244E8, 18, "clock of USART3"),
        ),
        pins=(Pin("PD8", 0x58020C00, 8, 7), Pin("PD9", 0x58020C00, 9, 7)),
        zephyr="nucleo_h743zi",
        mcu="STM32H743ZITx",
        openocd="stm32h7x",
    ),
    Board(
        "nucleo-l4r5zi",
        "NUCLEO-L4R5ZI",
        target="stm32l4r5zi",
        clock=4_000_000,
        ram="sram1",
        uart_name="LPUART1",
        uart=0x40008000,
        kind=LPUART,
        bits=(
            Bit("RCC_APB1ENR1", 0x40021058, 28, "clock of PWR"),
            Bit("PWR_CR2", 0x40007004, 9, "supply of the pins PG2 to PG15"),
            Bit("RCC_AHB2ENR", 0x4002104C, 6, "clock of GPIOG"),
            Bit("RCC_APB1ENR2", 0x4002105C, 0, "clock of LPUART1"),
        ),
        pins=(Pin("PG7", 0x48001800, 7, 8), Pin("PG8", 0x48001800, 8, 8)),
        zephyr="nucleo_l4r5zi",
        mcu="STM32L4R5ZITx",
        openocd="stm32l4x",
    ),
    Board(
        "nucleo-u575zi-q",
        "NUCLEO-U575ZI-Q",
        target="stm32u575zi",
        clock=4_000_000,
        ram="sram1",
        uart_name="USART1",
        uart=0x40013800,
        kind=USART_ISR,
        bits=(
            Bit("RCC_AHB2ENR1", 0x46020C8C, 0, "clock of GPIOA"),
            Bit("RCC_APB2ENR", 0x46020CA4, 14, "clock of USART1"),
        ),
        pins=(Pin("PA9", 0x42020000, 9, 7), Pin("PA10", 0x42020000, 10, 7)),
        zephyr="nucleo_u575zi_q",
        mcu="STM32U575ZITxQ",
        openocd="stm32u5x",
    ),
    Board(
        "nucleo-g0b1re",
        "NUCLEO-G0B1RE",
        target="stm32g0b1re",
        clock=16_000_000,
        ram="sram",
        uart_name="USART2",
        uart=0x40004400,
        kind=USART_ISR,
        bits=(
            Bit("RCC_IOPENR", 0x40021034, 0, "clock of GPIOA"),
            Bit("RCC_APBENR1", 0x4002103C, 17, "clock of USART2"),
        ),
        pins=(Pin("PA2", 0x50000000, 2, 1), Pin("PA3", 0x50000000, 3, 1)),
        zephyr="nucleo_g0b1re",
        mcu="STM32G0B1RETx",
        openocd="stm32g0x",
    ),
    Board(
        "mps2-an386",
        "Arm MPS2 with a Cortex-M4, which QEMU emulates",
        target="mps2-an386",
        clock=25_000_000,
        ram="sram",
        uart_name="UART0",
        uart=0x40004000,
        kind=CMSDK,
        machine="mps2-an386",
        zephyr="mps2/an386",
    ),
)

BOARDS = {board.name: board for board in _RECORDS}


def find_board(name: str) -> Board:
    """The board of that name, in any case; Error lists all."""
    board = BOARDS.get(name.lower())
    if board is None:
        raise Error(f"unknown board {name}", f"known: {', '.join(BOARDS)}")
    return board


def find_part(target: str) -> Part:
    """The part of that name; Error if stm32-compile has no record of it."""
    done = run_tool([find_compile(), "--list-parts"], "stm32-compile --list-parts")
    for entry in json.loads(done.stdout):
        if entry["name"] == target:
            memories = tuple(
                Memory(m["name"], int(m["address"]), int(m["size"]), bool(m["flash"]))
                for m in entry["memories"]
            )
            return Part(target, CORES[core_name(entry["core"])], memories)
    raise Error(f"stm32-compile has no part {target}", "is it of the same version as this package?")
