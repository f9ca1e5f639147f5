# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The client of the serial line: messages, and a server that lies to it."""

from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given, settings, strategies

from stm32_mlir import rpc
from stm32_mlir.errors import Error


# ---------------------------------------------------------------- messages


@given(strategies.binary(max_size=800) | strategies.binary(max_size=5).map(lambda b: b * 200))
def test_stuffing_there_and_back(data):
    line = rpc.stuff(data)
    assert line.count(0) == 1 and line.endswith(b"\0")
    assert len(line) <= len(data) + 3 + len(data) // 254
    assert rpc.unstuff(line[:-1]) == data
    assert rpc.unseal(rpc.seal(data)) == data


@given(strategies.binary(max_size=600))
def test_unstuffing_takes_anything(data):
    got = rpc.unstuff(data)
    assert got is None or len(got) <= len(data)


@pytest.mark.parametrize("data", [b"\x05ab", b"\x02\x00", b"\x00", b"\x03a\x00"])
def test_damaged_messages(data):
    assert rpc.unstuff(data) is None
    assert rpc.unseal(data) is None


# ---------------------------------------------------------------- the client alone


def hello(version=rpc.VERSION, models=1, room=512, timed=1, rate=1000):
    return struct.pack("<HHIII", version, models, room, timed, rate)


class FakeBoard:
    """Answers as `reply(command, payload)` says; `damage` may change what is sent."""

    def __init__(self, reply, damage=lambda number, data: data):
        self.reply, self.damage = reply, damage
        self.sent, self.waiting, self.requests = 0, b"", []

    def write(self, data):
        for message in data.split(b"\0"):
            body = rpc.unseal(rpc.unstuff(message)) if message else None
            if body is None:
                continue
            self.requests.append(body)
            answer = self.reply(body[1], body[2:])
            if answer is not None:
                out = rpc.stuff(rpc.seal(bytes([body[0], body[1] | 0x80]) + answer))
                self.waiting += self.damage(self.sent, out)
                self.sent += 1

    def read(self, size):
        got, self.waiting = self.waiting[:size], self.waiting[size:]
        return got


def polite(command, payload):
    return b"\0" + payload + hello() if command == rpc.Command.HELLO else b"\0"


def client(board, timeout=0.02):
    return rpc.Client(board, "line", timeout)


def test_hello():
    assert client(FakeBoard(polite)).server == rpc.Server(1, 512, True, 1000)
    assert rpc.Server(1, 512, True, 1000).seconds(500) == 0.5
    assert rpc.Server(1, 512, False, 1000).seconds(500) is None


def test_no_answer():
    with pytest.raises(Error, match="no answer to HELLO in 4 tries; check that .*--baud"):
        client(FakeBoard(lambda command, payload: None))


def test_other_text_on_the_line():
    board = FakeBoard(polite, lambda number, data: b"starting up\r\n")
    with pytest.raises(Error, match="bytes come, but no answer to HELLO; check the speed"):
        client(board)


def test_another_version():
    board = FakeBoard(lambda command, payload: b"\0" + payload + hello(version=9))
    with pytest.raises(Error, match="speaks version 9 of the protocol, this program version 1"):
        client(board)


def test_old_answers_are_no_answers():
    board = FakeBoard(lambda command, payload: b"\0abcd" + hello())
    with pytest.raises(Error, match="not that of a server"):
        client(board)


def test_one_old_answer_is_passed_over():
    replies = iter([b"\0abcd" + hello()])
    board = FakeBoard(lambda command, payload: next(replies, b"\0" + payload + hello()))
    assert client(board).server.models == 1


def test_slow_lines_get_their_time():
    """At 300 baud an answer of 27 bytes takes most of a second."""
    board = FakeBoard(polite)
    late = time.monotonic() + 0.6
    quick = board.read
    board.read = lambda size: quick(size) if time.monotonic() > late else b""
    assert rpc.Client(board, "line", 0.02, baud=300).server.models == 1
    assert len(board.requests) == 1


def test_refusal_is_quoted():
    board = FakeBoard(lambda c, p: polite(c, p) if c == 1 else b"\3there is no such model")
    with pytest.raises(Error, match="RESET was refused: there is no such model"):
        client(board).reset(5)


@pytest.mark.parametrize(
    "damage",
    [
        lambda number, data: b"" if number in (0, 2, 3) else data,
        lambda number, data: data[:-4] + b"\0" if number % 2 == 0 else data,
        lambda number, data: b"\xff\x07" + data if number == 0 else data,
        lambda number, data: bytes([data[0] ^ 1]) + data[1:] if number == 1 else data,
        lambda number, data: data + data,
    ],
    ids=["lost", "cut", "noise before", "bit", "twice"],
)
def test_the_client_asks_again(damage):
    board = FakeBoard(polite, damage)
    client(board).reset(0)
    sequences = [request[0] for request in board.requests if request[1] == rpc.Command.RESET]
    assert len(set(sequences)) == 1


@given(strategies.binary(max_size=300))
@settings(max_examples=60)
def test_descriptions_of_any_bytes(data):
    """Whatever a board says of a model is a model or an Error."""
    total = struct.pack("<I", len(data))
    board = FakeBoard(
        lambda c, p: polite(c, p) if c == 1 else b"\0" + total + data[int.from_bytes(p[2:6], "little") :]
    )
    try:
        client(board).describe(0)
    except Error as error:
        assert "description" in str(error)
