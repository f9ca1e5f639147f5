# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Projects: each template is built, and run where QEMU has the board."""

from __future__ import annotations

import filecmp
import json
import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import serve
from conftest import ROOT
from project_tools import (
    FIRST,
    call,
    check_text,
    cmake,
    digits_lines,
    make,
    output_line,
    write,
)
from shared_models import DIGITS, golden_path, model_path

from stm32_mlir.boards import BOARDS, find_part
from stm32_mlir.build import STRICT_WARNINGS
from stm32_mlir.errors import Error
from stm32_mlir.graph import load_graph
from stm32_mlir.oracle import Oracle
from stm32_mlir.project import DEMOS, TEMPLATES, ProjectSettings, make_vector, write_project
from stm32_mlir.report import Report, load_report
from stm32_mlir.tflite_writer import ModelWriter, Node, Tensor
from stm32_mlir.tools import find_compile, run_tool
from stm32_mlir.vectors import make_cases

pytestmark = pytest.mark.compiler

REAL = [name for name, board in BOARDS.items() if not board.emulated]


@pytest.fixture(scope="module")
def netduino(tmp_path_factory) -> Path:
    """The Makefile's project for netduinoplus2, built."""
    folder = tmp_path_factory.mktemp("netduino") / "a project"
    write(folder, "makefile", "netduinoplus2")
    done = make(folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder


@pytest.mark.qemu
def test_makefile_runs_on_netduinoplus2(netduino):
    done = make(netduino, "-s", "run")
    assert done.returncode == 0, done.stderr
    cycles = check_text(done.stdout, FIRST.format(board="netduinoplus2"), digits_lines(), "equal")
    assert 0 < cycles < 1 << 31


@pytest.mark.qemu
def test_cmake_runs_on_mps2_an386(tmp_path):
    folder = tmp_path / "p"
    write(folder, "cmake", "mps2-an386")
    done = cmake(folder)
    assert done.returncode == 0, done.stderr + done.stdout
    run = run_tool([*qemu("mps2-an386"), folder / "build" / "digits_demo.elf"], "QEMU")
    check_text(run.stdout, FIRST.format(board="mps2-an386"), digits_lines(), "equal")


def qemu(machine: str) -> list[str]:
    words = f"qemu-system-arm -M {machine} -display none -monitor none -serial stdio"
    return [*words.split(), "-semihosting-config", "enable=on,target=native", "-kernel"]


@pytest.mark.qemu
def test_a_difference_is_told(netduino, tmp_path):
    """One expected byte is wrong: text and exit status say so."""
    vectors = netduino / "app" / "vectors.c"
    good = vectors.read_text(encoding="utf-8")
    wrong = re.sub(r"(output_0\[10\] = {\n +)(\d+)", lambda m: f"{m[1]}{int(m[2]) ^ 1}", good)
    assert wrong != good
    try:
        vectors.write_text(wrong, encoding="utf-8")
        done = make(netduino, "-s", "run")
    finally:
        vectors.write_text(good, encoding="utf-8")
    assert done.returncode != 0
    assert "Error 1" in done.stderr
    check_text(done.stdout, FIRST.format(board="netduinoplus2"), digits_lines(), "differs")


@pytest.mark.qemu
@pytest.mark.parametrize("board", REAL)
def test_other_boards_are_linked_into_their_memories(board, tmp_path):
    """Strict warnings; variables, stack, pools and code are where the part has memory."""
    folder = tmp_path / "p"
    write(folder, "makefile", board)
    done = make(folder)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    part = find_part(BOARDS[board].target)
    places = symbols(folder / "build" / "digits_demo.elf")
    pool = load_report(folder / "model").pools[0]
    wanted = {
        "pool_activations": pool.region,
        "context": BOARDS[board].ram,
        "__stack_top": BOARDS[board].ram,
        "Reset_Handler": "flash",
        "digits_constants": "flash",
    }
    for symbol, name in wanted.items():
        (memory,) = (m for m in part.memories if m.name == name)
        assert memory.address <= places[symbol] < memory.address + memory.size, symbol
    # A stack that overflows must not reach variables.
    assert places["__stack_top"] <= places["context"]
    assert places["vectors"] == part.flash.address


def symbols(program: Path) -> dict[str, int]:
    done = run_tool(["arm-none-eabi-nm", program], "nm")
    words = [line.split() for line in done.stdout.splitlines()]
    return {entry[2]: int(entry[0], 16) & ~1 for entry in words if len(entry) == 3}


@pytest.mark.qemu
def test_variables_that_do_not_fit_are_an_error_of_the_linker(netduino, tmp_path):
    done = call(
        "make", "LDFLAGS=-nostartfiles -Lmodel -Tboard/memory.ld -Wl,--defsym=__stack_size=0x4000",
        "PROGRAM=build/large.elf", cwd=netduino,
    )
    assert done.returncode != 0
    assert "region `SRAM2' overflowed" in done.stderr


@pytest.mark.qemu
def test_model_folder_is_a_module_of_cmake(tmp_path):
    """Another project adds it and links stm32nn::digits."""
    write(tmp_path / "p", "cmake", "mps2-an386")
    own = tmp_path / "own"
    own.mkdir()
    (own / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.20)\n"
        "set(CMAKE_TOOLCHAIN_FILE ../p/toolchain-arm-none-eabi.cmake)\n"
        "project(own LANGUAGES C)\n"
        "add_subdirectory(../p/model model)\n"
        "add_executable(own main.c ../p/board/startup.c ../p/board/board.c)\n"
        "target_include_directories(own PRIVATE ../p/app)\n"
        "target_link_libraries(own PRIVATE stm32nn::digits)\n"
        "target_link_options(own PRIVATE -nostartfiles -T${CMAKE_SOURCE_DIR}/../p/board/memory.ld)\n",
        encoding="utf-8",
    )
    (own / "main.c").write_text(
        '#include "board.h"\n#include "digits.h"\n'
        "int main(void);\n"
        "int main(void) {\n"
        "  board_init();\n"
        "  board_print(digits_model.name);\n"
        "  return (int)digits_model.operator_count;\n"
        "}\n",
        encoding="utf-8",
    )
    done = cmake(own)
    assert done.returncode == 0, done.stdout
    run = call(*qemu("mps2-an386"), own / "build" / "own", cwd=own)
    assert (run.returncode, run.stdout) == (8, "digits")


def float_model(path: Path) -> Path:
    """y = x + x, as floats; and as integers of 16 bits."""
    x, y = Tensor((1, 20), "float32", name="x"), Tensor((1, 20), "float32", name="y")
    q = Tensor((1, 20), "int16", (2.0**-14,), (0,), name="q")
    writer = ModelWriter()
    nodes = [Node("ADD", [x, x], [y]), Node("QUANTIZE", [y], [q])]
    writer.add(writer.subgraph(), "t", nodes, [x], [y, q])
    path.write_bytes(writer.pack())
    return path


@pytest.mark.qemu
@pytest.mark.parametrize("change, last", [(0.0, "equal"), (1e-7, "equal"), (1e-3, "differs")])
def test_floats_are_compared_with_a_tolerance(change, last, tmp_path):
    """As for validate; integers of 16 bits are exact and printed as numbers."""
    model = float_model(tmp_path / "f.tflite")
    graph = load_graph(model)
    case = make_cases(graph.inputs, 1, 1)[0]
    y, q = Oracle(graph).run(case)[0].outputs
    golden = {"v0_s0_in0": case.steps[0][0], "v0_s0_out0": y + np.float32(change)}
    np.savez(tmp_path / "g.npz", **golden, v0_s0_out1=q)
    folder = tmp_path / "p"
    write(folder, "makefile", "netduinoplus2", model, golden=tmp_path / "g.npz")
    run = make(folder, "-s", "run")
    bits = " ".join(f"0x{word:08x}" for word in y.view(np.uint32).ravel()[:16])
    lines = run.stdout.replace("\r", "").splitlines()
    assert lines[2].startswith(f"output 0: {bits} ... (crc32 ")
    assert lines[3] == output_line(1, q)
    assert lines[-1] == last
    assert run.returncode == (0 if last == "equal" else 2)


@pytest.mark.qemu
@pytest.mark.parametrize("name", ["mlperf_ad01_int8", "mww_vad_v2"])
def test_stored_vectors_of_shared_models(name, tmp_path):
    """The first stored vector; mww_vad_v2 has states."""
    folder = tmp_path / "p"
    golden = golden_path(name)
    write(folder, "makefile", "mps2-an386", model_path(name), golden=golden)
    run = make(folder, "-s", "run")
    assert run.returncode == 0, run.stderr + run.stdout
    with np.load(golden) as stored:
        expected = output_line(0, stored["v0_s0_out0"])
    assert expected in run.stdout.replace("\r", "").splitlines()
    assert f"vector golden0 of {golden.name}" in (folder / "app" / "vectors.c").read_text("utf-8")


@pytest.mark.qemu
@pytest.mark.parametrize("board", ["netduinoplus2", "mps2-an386"])
def test_server_demo_is_compared_with_the_oracle(board, tmp_path, command):
    """validate --on serial: with the program of the project, every tensor."""
    folder = tmp_path / "p"
    write(folder, "makefile", board, demo="rpc")
    done = make(folder)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    emulator = shlex.split(make(folder, "-s", "-n", "run").stdout)
    with serve.running([*emulator[:-1], folder / emulator[-1]]) as process:
        port = re.search(r"redirected to (\S+)", process.stdout.readline())[1]
        words = ["validate", DIGITS, "--on", f"serial:{port}", "--vectors", "2"]
        words += ["--all-tensors", "--json", tmp_path / "v.json"]
        status, _, error = command(*words)
    assert not status, error
    result = json.loads((tmp_path / "v.json").read_text("utf-8"))
    assert (result["bit_exact"], result["vectors"], result["mismatches"]) == (True, 2, 0)


@pytest.mark.qemu
@pytest.mark.skipif(shutil.which("clang-22") is None, reason="clang-22 is not installed")
@pytest.mark.parametrize("demo", DEMOS)
@pytest.mark.parametrize("model", ["digits", "floats"])
def test_clang_has_no_warning_either(demo, model, tmp_path):
    path = DIGITS if model == "digits" else float_model(tmp_path / "f.tflite")
    write(tmp_path / "p", "makefile", "nucleo-l4r5zi", path, demo=demo)
    # The C library of arm-none-eabi-gcc.
    found = run_tool(["arm-none-eabi-gcc", "-print-sysroot"], "gcc").stdout.strip()
    places = [Path(found, "include"), Path("/usr/include/newlib")]
    headers = next(place for place in places if (place / "string.h").is_file())
    command = ["clang-22", "--target=arm-none-eabi", "-mcpu=cortex-m4", "-mthumb", "-std=c11"]
    command += [*STRICT_WARNINGS, "-isystem", str(headers), "-fsyntax-only", "-Iapp", "-Imodel"]
    files = [*(tmp_path / "p").glob("app/*.c"), *(tmp_path / "p").glob("board/*.c")]
    assert len(files) == (5 if demo == "check" else 4)
    done = call(*command, *files, cwd=tmp_path / "p")
    assert done.returncode == 0, done.stderr


@pytest.mark.qemu
def test_project_with_an_accelerator(tmp_path):
    """Its sources and its pool are there; the result is exact."""
    folder = tmp_path / "p"
    accelerator = ROOT / "examples" / "accelerator" / "conv_engine.json"
    write(folder, "makefile", "netduinoplus2", extra=("--accelerator", accelerator))
    run = make(folder, "-s", "run")
    assert run.returncode == 0, run.stderr
    check_text(run.stdout, FIRST.format(board="netduinoplus2"), digits_lines(), "equal")
    places = symbols(folder / "build" / "digits_demo.elf")
    assert "conv_engine_run" in places and "pool_accel_conv2d" in places


def test_model_without_an_oracle_is_not_compared(tmp_path):
    source = tmp_path / "m.mlir"
    command = [find_compile(), DIGITS, "-o", tmp_path / "c", "--target", "stm32f405rg"]
    run_tool([*command, "--emit-mlir", "--name", "digits"], "stm32-compile")
    (tmp_path / "c" / "digits.L2.mlir").rename(source)
    write(tmp_path / "p", "cmake", "netduinoplus2", source)
    main_c = (tmp_path / "p" / "app" / "main.c").read_text("utf-8")
    assert 'board_print("not compared\\n");' in main_c
    assert "vector_outputs" not in main_c
    assert "Nobody has said what must come out" in (tmp_path / "p" / "README.md").read_text("utf-8")


def test_same_model_gives_the_same_files(tmp_path):
    for name in "ab":
        write(tmp_path / name, "cmake", "netduinoplus2")
    files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*") if p.is_file())
    assert len(files) > 30
    same, different, errors = filecmp.cmpfiles(
        tmp_path / "a", tmp_path / "b", [str(path) for path in files], shallow=False
    )
    assert (different, errors) == ([], [])
    for path in files:
        assert str(tmp_path) not in (tmp_path / "a" / path).read_text("utf-8"), path


@pytest.mark.parametrize("demo", DEMOS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_readme_names_files_that_are_there(template, demo, tmp_path):
    write(tmp_path / "p", template, "nucleo-f401re", demo=demo)
    assert (tmp_path / "p" / "app" / "stm32rt_rpc.c").is_file() == (demo == "rpc")
    text = (tmp_path / "p" / "README.md").read_text("utf-8")
    for folder in re.findall(r"^\| `(\w+)/` \|", text, re.M):
        assert any((tmp_path / "p" / folder).iterdir())
    for name in re.findall(r"`((?:app|board)/[\w.]+)`", text):
        assert (tmp_path / "p" / name).is_file()
    assert "{{" not in text and "{%" not in text


# Boards


@pytest.mark.parametrize("name", BOARDS)
def test_board_is_a_board_of_a_part(name):
    board = BOARDS[name]
    part = find_part(board.target)
    (ram,) = (memory for memory in part.memories if memory.name == board.ram)
    assert not ram.flash and ram.size >= 0x2000
    assert board.name == name
    # A UART cannot divide by less than 16, the low-power one by less than 768.
    divider = board.kind.scale * board.clock // 115200
    assert divider >= (768 if board.kind.scale == 256 else 16)
    exact = board.kind.scale * board.clock / 115200
    assert abs(exact / round(exact) - 1) < 0.02


def test_part_that_is_unknown():
    with pytest.raises(Error, match="no part stm32x"):
        find_part("stm32x")


# Errors


def test_command_line(tmp_path, command):
    """Options that it does not know go to stm32-compile."""
    words = ["project", DIGITS, "--template", "makefile", "--board", "Nucleo-F401RE"]
    words += ["--name", "seven", "--optimize", "flash"]
    status, _, _ = command(*words, "-o", tmp_path / "p", "--emit-mlir")
    assert status == 0
    assert (tmp_path / "p" / "model" / "seven.L1.mlir").is_file()
    assert "-Os -g" in (tmp_path / "p" / "Makefile").read_text("utf-8")
    status, _, error = command(*words, "-o", tmp_path / "q", "--no-such-option")
    assert status == 2 and "error: stm32-compile" in error
    assert not (tmp_path / "q").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("generate", "--target", "stm32f401re"),
        ("project", "--template", "makefile", "--board", "nucleo-f401re"),
    ],
)
def test_option_that_stm32_compile_does_not_know(words, tmp_path, command):
    status, _, error = command(words[0], DIGITS, *words[1:], "-o", tmp_path / "p", "--relocateable")
    assert status == 2
    assert "Unknown command line argument '--relocateable'. | " in error
    assert error.endswith("Did you mean '--relocatable'?\n")


@pytest.mark.parametrize(
    "change, message",
    [
        ({"template": "keil"}, "unknown template keil; known: cmake, makefile, cubeide, zephyr"),
        ({"board": "bluepill"}, "unknown board bluepill; known: netduinoplus2, "),
        ({"template": "zephyr"}, "Zephyr has no board netduinoplus2"),
        ({"template": "cubeide", "board": "mps2-an386"}, "STM32CubeIDE has no part for mps2-an386"),
        ({"model": Path("none.tflite")}, "none.tflite: no such file"),
        ({"extra": ("--stream-input",)}, "the demo of a project hands over whole inputs"),
        ({"golden": Path("none.npz")}, "none.npz: cannot read golden vectors"),
        ({"demo": "blink"}, "unknown demo blink; known: check, rpc"),
        ({"demo": "rpc", "golden": Path("none.npz")}, "the demo rpc runs no stored vectors"),
    ],
)
def test_errors_leave_nothing(change, message, tmp_path):
    settings = ProjectSettings(DIGITS, "netduinoplus2", "cmake", tmp_path / "x" / "p")
    with pytest.raises(Error) as caught:
        write_project(replace(settings, **change))
    assert message in str(caught.value)
    assert not [path for path in tmp_path.rglob("*") if path.name != "x"]


def test_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "main.c").write_text("int mine;\n", encoding="utf-8")
    with pytest.raises(Error, match="is there and not empty"):
        write(tmp_path, "cmake", "netduinoplus2")
    assert [path.name for path in tmp_path.iterdir()] == ["main.c"]
    with pytest.raises(Error, match="is there and not empty"):
        write(tmp_path / "main.c", "cmake", "netduinoplus2")


def test_vector_of_another_model(tmp_path):
    np.savez(tmp_path / "g.npz", v0_s0_in0=np.zeros((1, 3), np.int8))
    report = load_report_of(tmp_path)
    with pytest.raises(Error, match=r"v0_s0_in0 is int8\[1, 3\], the model has int8\[1, 8, 8, 1\]"):
        make_vector(report, DIGITS, tmp_path / "g.npz")


def load_report_of(folder: Path) -> Report:
    command = [find_compile(), DIGITS, "-o", folder / "c", "--target", "stm32f405rg"]
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    return load_report(folder / "c")


# Documentation


def documented(section: str, page: str = "Projects.md") -> str:
    """The indented lines of a section of the page: its code."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    (body,) = re.findall(rf"^### {section}\n(.*?)(?=^##|\Z)", text, re.M | re.S)
    return "\n".join(line.strip() for line in body.splitlines() if line.startswith("       "))


@pytest.mark.qemu
def test_steps_into_a_makefile_of_cubemx(tmp_path):
    """The lines that docs/Projects.md gives, in a project with a script of its own."""
    write(tmp_path / "p", "makefile", "netduinoplus2", name="network")
    own = tmp_path / "own"
    (tmp_path / "p" / "model").rename(tmp_path / "model")
    own.mkdir()
    (tmp_path / "model").rename(own / "model")
    (tmp_path / "p" / "board").rename(own / "board")
    (tmp_path / "p" / "app" / "board.h").rename(own / "board" / "board.h")
    script = (own / "board" / "memory.ld").read_text("utf-8")
    assert script.endswith("INCLUDE network.ld\n")
    lines = [line for line in documented("STM32CubeMX and STM32CubeIDE").splitlines()]
    at = [lines.index(f"/* USER CODE BEGIN {name} */") for name in ("Includes", "PV", "2")]
    (own / "main.c").write_text(
        '#include "board.h"\n' + "\n".join(lines[at[0] : at[1]]) + "\n"
        + "\n".join(lines[at[1] : at[2]])
        + "\nstatic void Error_Handler(void) { board_exit(3); }\nint main(void);\n"
        "int main(void) {\nboard_init();\n" + "\n".join(lines[at[2] :])
        + '\nboard_print(network.model->name);\n'
        "return stm32rt_run(&network) == STM32RT_OK && stm32rt_input(&network, 0) &&"
        " stm32rt_output(&network, 0) ? 0 : 1;\n}\n",
        encoding="utf-8",
    )
    page = (ROOT / "docs" / "Projects.md").read_text("utf-8")
    added = "\n".join(re.findall(r"`((?:C_SOURCES|C_INCLUDES|LDFLAGS) \+= [^`]+)`", page))
    assert added.count("+=") == 3
    (own / "Makefile").write_text(
        "CPU = -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard\n"
        "C_SOURCES = main.c board/board.c board/startup.c\nC_INCLUDES = -Iboard\n"
        f"LDFLAGS = -nostartfiles -Wl,--gc-sections -Tboard/memory.ld\n{added}\n"
        "own.elf: $(C_SOURCES)\n"
        "\tarm-none-eabi-gcc $(CPU) -O2 -Werror $(C_INCLUDES) $(C_SOURCES) $(LDFLAGS) -o $@\n",
        encoding="utf-8",
    )
    done = call("make", cwd=own)
    assert done.returncode == 0, done.stderr
    run = call(*qemu("netduinoplus2"), own / "own.elf", cwd=own)
    assert (run.returncode, run.stdout) == (0, "network")
