# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The client of runtime/rpc: runs models of a board over a serial line.

The protocol is described in docs/SerialRpc.md.
"""

from __future__ import annotations

import os
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

from stm32_mlir.errors import Error
from stm32_mlir.report import Interface, Operator, Pool, Report, Step, Tensor

VERSION = 1
#: Speed of a UART if nobody says another one.
BAUD = 115200
#: Seconds until a lost answer is asked for again, and how often.
TIMEOUT = 2.0
TRIES = 4
#: Seconds that a run may take; asked for again once.
RUN_TIMEOUT = 60.0
RUN_TRIES = 2

#: In place of an operator: the rows of the input must have come.
RECEIVE = 0xFFFF
#: As many steps as there are.
ALL = 0xFFFFFFFF

_TYPES = {
    1: "int8",
    2: "uint8",
    3: "int16",
    4: "int32",
    5: "float32",
    6: "bool",
    7: "int64",
    8: "uint32",
    9: "uint64",
    10: "complex64",
}


class Command(IntEnum):
    """As in stm32rt_rpc.h."""

    HELLO = 1
    DESCRIBE = 2
    WRITE = 3
    READ = 4
    RESET = 5
    RUN = 6
    PUSH = 7


_ANSWER = 0x80


class Line(Protocol):
    """What carries bytes; pyserial's objects and those of tests."""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, fewer if they do not come within a moment."""
        ...

    def write(self, data: bytes) -> object: ...


def stuff(data: bytes) -> bytes:
    """The message on the line: without a zero, and one at its end."""
    result = bytearray()
    for part in data.split(b"\0"):
        while len(part) >= 254:
            result += b"\xff" + part[:254]
            part = part[254:]
        result += bytes([len(part) + 1]) + part
    return bytes(result) + b"\0"


def unstuff(data: bytes) -> bytes | None:
    """What `stuff` was given, without the zero at the end; None if it is damaged."""
    result, at, zero = bytearray(), 0, False
    while at < len(data):
        code = data[at]
        block = data[at + 1 : at + code]
        if code == 0 or len(block) != code - 1 or 0 in block:
            return None
        result += (b"\0" if zero else b"") + block
        zero = code != 255
        at += code
    return bytes(result)


def seal(data: bytes) -> bytes:
    """The message with its checksum."""
    return data + struct.pack("<I", zlib.crc32(data))


def unseal(data: bytes | None) -> bytes | None:
    """The message without its checksum; None if that is wrong."""
    if data is None or len(data) < 4:
        return None
    body, sum_ = data[:-4], data[-4:]
    return body if struct.pack("<I", zlib.crc32(body)) == sum_ else None


@dataclass(frozen=True, slots=True)
class Server:
    """What the board says of itself. `room` is the largest message in bytes."""

    models: int
    room: int
    timed: bool
    ticks_per_second: int

    def seconds(self, ticks: int) -> float | None:
        """None if the board does not know how long a tick is."""
        return ticks / self.ticks_per_second if self.timed and self.ticks_per_second else None


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A model of the board.

    report       as far as the board knows it; tensors are numbered as it does
    row_size     bytes of a row of the first input, if that comes row by row, else 0
    receives     indices of the steps that wait for rows
    step_count   with those
    """

    index: int
    signature: str
    tool_version: str
    report: Report
    row_size: int
    step_count: int
    receives: tuple[int, ...]


class Client:
    """One line to one board."""

    def __init__(self, line: Line, url: str, timeout: float = TIMEOUT, baud: int = BAUD) -> None:
        """Asks the board for its versions; Error if it does not answer.

        timeout   seconds for an answer, beside what its bytes take at `baud`
        """
        self._line = line
        self._url = url
        self._timeout = timeout
        self._seconds_per_byte = 10 / baud
        self._sequence = os.urandom(1)[0]
        self._received = bytearray()
        self.server = self._hello()

    def _hello(self) -> Server:
        self._send(b"\0")  # ends what the line has sent before
        for _ in range(TRIES):
            # A number that was never sent before: the answer to it is no old one.
            nonce = os.urandom(4)
            answer = self.call(Command.HELLO, nonce, expected=20)
            if len(answer) >= 20 and answer[:4] == nonce:
                break
        else:
            raise Error(f"{self._url}: the answer to HELLO is not that of a server")
        version, models, room, timed, rate = struct.unpack_from("<HHIII", answer, 4)
        if version != VERSION:
            raise Error(
                f"{self._url}: the firmware speaks version {version} of the protocol, "
                f"this program version {VERSION}",
                "build the firmware with the runtime of this version",
            )
        return Server(models, room, bool(timed), rate)

    def call(
        self,
        command: Command,
        payload: bytes = b"",
        expected: int = 0,
        timeout: float | None = None,
        tries: int = TRIES,
    ) -> bytes:
        """The answer to one request, of which `expected` bytes are likely.

        Error if the board refuses it, or does not answer.
        """
        self._sequence = (self._sequence + 1) & 0xFF
        head = bytes([self._sequence, command])
        message = stuff(seal(head + payload))
        wanted = bytes([self._sequence, command | _ANSWER])
        seconds = timeout or self._timeout
        seconds += (len(message) + expected) * self._seconds_per_byte
        heard = False
        for _ in range(tries):
            self._send(message)
            for answer, anything in self._answers(seconds, expected + 7):
                heard |= anything
                if answer is None or answer[:2] != wanted or len(answer) < 3:
                    continue  # damaged, or to an earlier request
                if answer[2] != 0:
                    text = answer[3:].decode("ascii", "replace") or f"error {answer[2]}"
                    raise Error(f"{self._url}: {command.name} was refused: {text}")
                return answer[3:]
        raise self._silence(command, heard, tries)

    def _silence(self, command: Command, heard: bool, tries: int) -> Error:
        if heard:
            return Error(
                f"{self._url}: bytes come, but no answer to {command.name}",
                "check the speed (--baud), and that nothing else is printed on this UART",
            )
        return Error(
            f"{self._url}: no answer to {command.name} in {tries} tries",
            "check that the firmware is a server and runs, that this is its port, the speed "
            "(--baud), and that RX and TX are not exchanged",
        )

    def _send(self, data: bytes) -> None:
        try:
            self._line.write(data)
        except OSError as error:
            raise Error(f"{self._url}: cannot write: {error}", "is the board still connected?") from error

    def _answers(self, timeout: float, expected: int) -> Iterator[tuple[bytes | None, bool]]:
        """The messages that come within the time; None for damaged ones and for none."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                got = self._line.read(max(1, expected + 2 - len(self._received)))
            except OSError as error:
                raise Error(
                    f"{self._url}: cannot read: {error}", "is the board still connected?"
                ) from error
            self._received += got
            if b"\0" not in self._received:
                yield None, bool(got)
            while b"\0" in self._received:
                message, _, rest = bytes(self._received).partition(b"\0")
                self._received = bytearray(rest)
                yield unseal(unstuff(message)), True

    def describe(self, model: int) -> RemoteModel:
        """A model of the board; Error if it has no such model."""
        data = bytearray()
        total = 1
        while len(data) < total:
            piece = self.call(
                Command.DESCRIBE,
                struct.pack("<HI", model, len(data)),
                min(self.server.room - 7, 4 + total - len(data)) if data else 0,
            )
            total = int.from_bytes(piece[:4], "little")
            data += piece[4:]
            if len(piece) <= 4:
                raise Error(f"{self._url}: the description of model {model} ends early")
        return _parse_model(model, bytes(data), self._url)

    def models(self) -> list[RemoteModel]:
        """All models of the board."""
        return [self.describe(index) for index in range(self.server.models)]

    def write(self, model: int, tensor: int, data: bytes) -> None:
        """Writes a whole tensor, or its beginning."""
        piece = self.server.room - 14
        for at in range(0, len(data), piece):
            head = struct.pack("<HHI", model, tensor, at)
            self.call(Command.WRITE, head + data[at : at + piece])

    def read(self, model: int, tensor: int, size: int) -> bytes:
        """The first `size` bytes of a tensor."""
        piece = self.server.room - 7
        result = bytearray()
        while len(result) < size:
            count = min(piece, size - len(result))
            request = struct.pack("<HHII", model, tensor, len(result), count)
            answer = self.call(Command.READ, request, count)
            if len(answer) != count:
                raise Error(f"{self._url}: READ gave {len(answer)} bytes instead of {count}")
            result += answer
        return bytes(result)

    def reset(self, model: int) -> None:
        """Gives the states of a model their first values."""
        self.call(Command.RESET, struct.pack("<H", model))

    def run(self, model: int, first: int = 0, count: int = ALL) -> int:
        """Runs a model, or steps of it; how many ticks it took."""
        request = struct.pack("<HII", model, first, count)
        answer = self.call(Command.RUN, request, 4, RUN_TIMEOUT, RUN_TRIES)
        return int.from_bytes(answer[:4], "little")

    def push(self, model: RemoteModel, rows: bytes) -> int:
        """One run of a model whose first input comes row by row; its ticks."""
        most = (self.server.room - 9) // model.row_size
        if most == 0:
            raise Error(
                f"{self._url}: a row of {model.row_size} bytes does not fit into a message of "
                f"{self.server.room}",
                "give the server of the firmware a larger buffer",
            )
        ticks = 0
        for at in range(0, len(rows), most * model.row_size):
            piece = rows[at : at + most * model.row_size]
            request = struct.pack("<HB", model.index, at == 0) + piece
            answer = self.call(Command.PUSH, request, 4, RUN_TIMEOUT, RUN_TRIES)
            ticks += int.from_bytes(answer[:4], "little")
        return ticks


class _Reader:
    """The fields of a description."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def numbers(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def number(self, layout: str) -> int:
        return self.numbers(layout)[0]

    def text(self) -> str:
        size = self.number("H")
        if self._at + size > len(self._data):
            raise struct.error("a text is longer than the description")
        self._at += size
        return self._data[self._at - size : self._at].decode("utf-8", "replace")

    @property
    def ended(self) -> bool:
        return self._at == len(self._data)


def _parse_model(index: int, data: bytes, url: str) -> RemoteModel:
    try:
        reader = _Reader(data)
        model = _read_model(index, reader)
        if reader.ended:
            return model
        problem = "bytes are left"
    except (struct.error, IndexError, KeyError) as error:
        problem = str(error)
    raise Error(f"{url}: the description of model {index} cannot be read: {problem}")


def _read_model(index: int, r: _Reader) -> RemoteModel:
    name, tool_version, signature = r.text(), r.text(), r.text()
    _abi, macs, weights, row_size, rows = r.numbers("IQIII")
    inputs, outputs, pool_count, tensor_count, operator_count, step_count = r.numbers("HHHHII")
    input_ids, output_ids = r.numbers(f"{inputs}H"), r.numbers(f"{outputs}H")
    pools = [Pool(r.text(), r.text(), *r.numbers("II")) for _ in range(pool_count)]
    tensors: list[Tensor] = []
    interfaces: list[Interface] = []
    for number in range(tensor_count):
        tensor_name = r.text()
        kind, rank, pool, offset, size = r.numbers("BBHII")
        shape = r.numbers(f"{rank}i")
        scale, zero_point = r.numbers("fi")
        type_ = _TYPES[kind]
        tensors.append(Tensor(number, tensor_name, type_, shape, pools[pool].name, offset, size))
        interfaces.append(Interface(tensor_name, type_, shape, scale, zero_point, number))
    described = [(r.text(), r.text(), r.text(), r.numbers("IHH")) for _ in range(operator_count)]
    steps = [r.numbers("HHH") for _ in range(step_count)]
    turns = [step[0] for step in steps]
    operators = [
        Operator(
            number, op_name, kind, kernel, op_macs, (), first, 0, 0,
            tuple(range(first, first + count)), max(1, turns.count(number)),
        )
        for number, (op_name, kind, kernel, (op_macs, first, count)) in enumerate(described)
    ]
    report = Report(
        name, "", "", macs,
        tuple(interfaces[i] for i in input_ids), tuple(interfaces[i] for i in output_ids),
        tuple(pools), weights, None, "", 0, 0, tuple(operators), tuple(tensors),
        tuple(Step(*step) for step in steps if step[0] != RECEIVE),
    )
    receives = tuple(i for i, turn in enumerate(turns) if turn == RECEIVE)
    return RemoteModel(
        index, signature, tool_version, report, row_size if rows else 0,
        step_count or operator_count, receives,
    )


@contextmanager
def connect(url: str, baud: int = BAUD, timeout: float = TIMEOUT) -> Iterator[Client]:
    """A client on the line of that name; Error if nobody answers."""
    with open_line(url, baud) as line:
        yield Client(line, url, timeout, baud)


def open_line(url: str, baud: int = BAUD) -> Any:
    """A device (/dev/ttyACM0, COM3), or what pyserial takes: socket://host:port.

    Error if it cannot be opened.
    """
    import serial

    try:
        return serial.serial_for_url(url, baudrate=baud, timeout=0.05, write_timeout=10)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = "check the name of the port and that the board is connected"
        if getattr(error, "errno", None) == 13:
            hint = "add yourself to the group that owns the device, on Debian dialout"
        raise Error(f"cannot open {url}: {reason}", hint) from error
