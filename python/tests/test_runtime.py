# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The runtime as a library of firmware: what it needs and how large it is."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from stm32_mlir import build, tools
from stm32_mlir.targets import CORES

DIGITS = tools.repository() / "examples" / "digits" / "digits.tflite"
#: One run in the style of X-CUBE-AI, with its errors and its report.
APPLICATION = """
#include "network.h"
#include "network_data.h"
AI_ALIGNED(32) static ai_u8 pool[AI_NETWORK_DATA_ACTIVATIONS_SIZE];
int main(void) {
  ai_handle net = AI_HANDLE_NULL;
  const ai_handle acts[] = {pool};
  ai_network_report report;
  ai_u16 n;
  if (ai_network_create_and_init(&net, acts, NULL).type != AI_ERROR_NONE)
    return 1;
  ai_buffer *in = ai_network_inputs_get(net, &n);
  ai_buffer *out = ai_network_outputs_get(net, &n);
  if (!ai_network_get_report(net, &report) || ai_network_run(net, in, out) != 1)
    return (int)ai_network_get_error(net).code;
  return ai_network_destroy(net) == AI_HANDLE_NULL ? 0 : 1;
}
"""
RUNTIME = tools.repository() / "runtime"
#: What any compiler for a freestanding target expects to be there.
MEMORY_FUNCTIONS = {"memcpy", "memmove", "memset", "memcmp"}
#: The core without kernels, and what `ai_<name>_*` stand on.
COMMON = sorted((RUNTIME / "src").glob("*.c"))
LOADER = RUNTIME / "image" / "stm32rt_image.c"
KERNELS = sorted((RUNTIME / "src" / "kernels").glob("c/*.c"))
STAI = sorted((RUNTIME / "api" / "stai").glob("*.c"))


def compile_all(sources: list[Path], folder: Path, flags: list[str]) -> list[Path]:
    """Objects of `sources` for a Cortex-M, strict."""
    compiler = tools.find_program("arm-none-eabi-gcc")
    objects = []
    for source in sources:
        objects.append(folder / f"{source.stem}.o")
        command = [compiler, "-std=c11", *build.STRICT_WARNINGS, *flags, f"-I{RUNTIME / 'include'}"]
        command += [f"-I{source.parent}"]
        tools.run_tool([*command, "-c", source, "-o", objects[-1]], source.name)
    return objects


def undefined(objects: list[Path], folder: Path) -> set[str]:
    """What is missing when all objects and the compiler's own library are linked."""
    joined = folder / "all.o"
    compiler = tools.find_program("arm-none-eabi-gcc")
    command = [compiler, *CORES["m4"].flags, "-nostdlib", "-r", *objects, "-o", joined]
    tools.run_tool(command, "ld -r")
    nm = tools.find_program("arm-none-eabi-nm")
    lines = tools.run_tool([nm, "-u", joined], "nm").stdout.split()
    return {word for word in lines if word != "U"}


def test_freestanding(tmp_path: Path) -> None:
    """All of the runtime compiles freestanding and needs four functions of C.

    `__aeabi_*` are the compiler's, in libgcc.
    """
    flags = [*CORES["m4"].flags, "-Os", "-ffreestanding", "-ffunction-sections"]
    needs = undefined(compile_all([*COMMON, LOADER, *KERNELS, *STAI], tmp_path, flags), tmp_path)
    assert {name for name in needs if not name.startswith("__aeabi_")} <= MEMORY_FUNCTIONS


def map_files(text: str, objects: Path) -> list[tuple[str, int]]:
    """(object file, bytes) of what the linker kept of code and constants."""
    found = []
    for section, size, path in re.findall(
        r"^ (\.(?:text|rodata)\S*)\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$",
        text.partition("Linker script and memory map")[2],
        re.MULTILINE,
    ):
        if section and Path(path).parent == objects:
            found.append((Path(path).name, int(size, 16)))
    return found


def section_sizes(objects: list[Path]) -> dict[str, int]:
    """Bytes of code and constants, and of variables, of all objects."""
    size = tools.find_program("arm-none-eabi-size")
    total = {"flash": 0, "ram": 0}
    for line in tools.run_tool([size, "-B", *objects], "size").stdout.splitlines()[1:]:
        text, data, bss = map(int, line.split()[:3])
        total["flash"] += text + data
        total["ram"] += data + bss
    return total


@pytest.mark.parametrize("core", ["m0plus", "m4"])
def test_small(core: str, tmp_path: Path) -> None:
    """All of the core: less than 4 KB of code and constants, and no variable."""
    flags = [*CORES[core].flags, "-Os"]
    whole = [source for source in COMMON if source.name.startswith("stm32rt")]
    sizes = section_sizes(compile_all(whole, tmp_path, flags))
    assert sizes["ram"] == 0
    assert sizes["flash"] < 4096
    silent = section_sizes(compile_all(whole, tmp_path, [*flags, "-DSTM32RT_NO_MESSAGES"]))
    assert silent["flash"] < sizes["flash"] - 400


@pytest.mark.parametrize("core", ["m0plus", "m4"])
def test_small_loader(core: str, tmp_path: Path) -> None:
    """What loading images adds: less than 2.25 KB, and no variable."""
    sizes = section_sizes(compile_all([LOADER], tmp_path, [*CORES[core].flags, "-Os"]))
    assert sizes["ram"] == 0
    assert 1000 < sizes["flash"] < 2304


def test_kernels_read_no_table_of_addresses(tmp_path: Path) -> None:
    """The code of an image finds only what moves along with it. -Os inlines least."""
    flags = [*CORES["m4"].flags, "-Os", "-fpie", "-fdata-sections", "-S"]
    hidden = RUNTIME / "image" / "build" / "stm32rt_image_hidden.h"
    for assembly in compile_all(KERNELS, tmp_path, [*flags, "-include", str(hidden)]):
        text = assembly.read_text(encoding="ascii")
        tables = re.findall(r"\.section\t\.data\.rel\.ro\S*\n(?:\t\..*\n)*(\w+):", text)
        for table in tables:
            assert not re.search(rf"\.word\t{table}\b", text), (assembly.stem, table)
        assert "(GOT" not in text, assembly.stem


@pytest.mark.parametrize("core", ["m0plus", "m4"])
def test_small_in_an_application(core: str, tmp_path: Path) -> None:
    """What an application of the `ai_` functions links of the runtime: less than 4 KB."""
    generated = build.compile_model(DIGITS, tmp_path / "c", f"generic-{core}", optimize="flash")
    (tmp_path / "c" / "main.c").write_text(APPLICATION, encoding="ascii")
    objects = tmp_path / "objects"
    objects.mkdir()
    flags = [*CORES[core].flags, "-Os", "-ffunction-sections", "-fdata-sections"]
    made = compile_all(build.sources(generated.directory), objects, flags)
    map_file = tmp_path / "main.map"
    command = [tools.find_program("arm-none-eabi-gcc"), *flags, "-nostartfiles", "-Wl,--gc-sections"]
    command += ["-Wl,-e,main", f"-Wl,-Map={map_file}", *made, "-o", tmp_path / "main.elf"]
    tools.run_tool(command, "linking")
    runtime = {f"{source.stem}.o" for source in COMMON}
    kept = map_files(map_file.read_text(encoding="utf-8"), objects)
    flash = sum(size for name, size in kept if name in runtime)
    assert 1000 < flash < 4096


@pytest.mark.parametrize("core", ["m0plus", "m4"])
def test_stai_is_small(core: str, tmp_path: Path) -> None:
    """All of `stai_<name>_*` and its texts: no variable, and less than the core."""
    flags = [*CORES[core].flags, "-Os"]
    sizes = section_sizes(compile_all(STAI, tmp_path, flags))
    assert sizes["ram"] == 0
    assert 1000 < sizes["flash"] < 4096
    silent = section_sizes(compile_all(STAI, tmp_path, [*flags, "-DSTM32RT_NO_MESSAGES"]))
    assert silent["flash"] < 2560


@pytest.mark.parametrize("core", ["m0plus", "m4"])
def test_instances_are_small(core: str, tmp_path: Path) -> None:
    """RAM of an instance: a context alone, and one behind an `ai_` handle."""
    source = tmp_path / "instance.c"
    source.write_text(
        '#include "ai_platform.h"\n#include "stm32rt_stai.h"\n'
        "_Static_assert(sizeof(stm32rt_context) == 56, \"context\");\n"
        "_Static_assert(sizeof(stm32rt_stream) == 12, \"stream\");\n"
        # With the buffers of one input and two outputs.
        "_Static_assert(sizeof(ai_platform_network) + 3 * sizeof(ai_buffer) < 300, \"ai\");\n"
        "_Static_assert(sizeof(stm32rt_stai_context) == 76, \"stai\");\n",
        encoding="ascii",
    )
    compile_all([source], tmp_path, [*CORES[core].flags, f"-I{STAI[0].parent}"])


def test_without_its_models_it_links(tmp_path: Path) -> None:
    """A program that does not ask for the models linked in needs no bounds of them."""
    source = tmp_path / "main.c"
    source.write_text(
        '#include "stm32rt.h"\nint main(void) { return stm32rt_run(NULL) == STM32RT_OK; }\n',
        encoding="ascii",
    )
    program = tmp_path / "main"
    command = ["gcc", "-std=c11", f"-I{RUNTIME / 'include'}", source, *COMMON, "-o", program]
    tools.run_tool(command, "gcc")
    assert subprocess.run([program], check=False).returncode == 0
