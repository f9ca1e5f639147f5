# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Projects for STM32CubeIDE and Zephyr, as far as that can be told without them."""

from __future__ import annotations

import re
import shlex
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml
from project_tools import FIRST, call, check_text, digits_lines, write

pytestmark = pytest.mark.compiler

ST = "com.st.stm32cube.ide.mcu.gnu.managedbuild"


def made_files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


# STM32CubeIDE


def options(config: ElementTree.Element) -> dict[str, list[str]]:
    """Class of an option, without what all begin with -> its values."""
    found: dict[str, list[str]] = {}
    for option in config.iter("option"):
        name = option.attrib["superClass"].removeprefix(ST + ".")
        assert name not in found
        items = [item.attrib["value"] for item in option.findall("listOptionValue")]
        found[name] = items or [option.attrib["value"]]
    return found


def flags_of(chosen: dict[str, list[str]]) -> set[str]:
    """The options of gcc that the IDE makes of its settings, without -mcpu.

    -mcpu and -mthumb are the IDE's, by the part's name.
    """
    compiler = "tool.c.compiler.option"
    last = {key: values[0].rpartition(".value.")[2] for key, values in chosen.items()}
    words = set(chosen[f"{compiler}.otherflags"])
    words |= {f"-D{symbol}" for symbol in chosen[f"{compiler}.definedsymbols"]}
    words |= {f"-I{path.removeprefix('../')}" for path in chosen[f"{compiler}.includepaths"]}
    words.add(f"-O{last[f'{compiler}.optimization.level'].removeprefix('o')}")
    words.add({"isoc11": "-std=c11"}[last[f"{compiler}.languagestandard"]])
    words.add({"g3": "-g"}[last[f"{compiler}.debuglevel"]])
    if "option.fpu" in chosen:
        words |= {f"-mfpu={last['option.fpu']}", f"-mfloat-abi={last['option.floatabi']}"}
    return words


@pytest.mark.parametrize("board, mcu", [
    ("netduinoplus2", "STM32F405RGTx"),
    ("disco-f746ng", "STM32F746NGHx"),
    ("nucleo-g0b1re", "STM32G0B1RETx"),
])  # fmt: skip
@pytest.mark.parametrize("optimize", ["balanced", "time", "flash"])
def test_cubeide_builds_as_make_does(board, mcu, optimize, tmp_path):
    """The same files, compiled and linked with the same options."""
    write(tmp_path / "ide", "cubeide", board, optimize=optimize)
    write(tmp_path / "make", "makefile", board, optimize=optimize)
    root = ElementTree.parse(tmp_path / "ide" / ".cproject").getroot()
    assert root.tag == "cproject"
    configs = {c.attrib["name"]: c for c in root.iter("configuration")}
    assert list(configs) == ["Debug", "Release"]
    for config in configs.values():
        assert options(config)["option.target_mcu"] == [mcu]

    done = call("make", "-n", "SEMIHOSTING=0", cwd=tmp_path / "make")
    commands = [shlex.split(line) for line in done.stdout.splitlines() if "gcc" in line]
    compiled = {c[c.index("-c") + 1]: c for c in commands if "-c" in c}
    (linked,) = (c for c in commands if "-c" not in c)

    release = options(configs["Release"])
    wanted = set(next(iter(compiled.values()))) - {"-MMD", "-MP", "-c", "-o"}
    wanted = {word for word in wanted if word.startswith("-")}
    # Only the IDE's own boards have no such symbol.
    wanted = {w for w in wanted if not re.match("-mcpu=|-mthumb", w)} | {"-DBOARD_SEMIHOSTING=0"}
    assert flags_of(release) == wanted
    debug = options(configs["Debug"])
    assert flags_of(debug) ^ flags_of(release) == {"-Og", release_level(wanted)}

    linker = "tool.c.linker.option"
    script = release[f"{linker}.script"][0].removeprefix("${workspace_loc:/${ProjName}/")
    assert f"-T{script.removesuffix('}')}" in linked
    assert set(release[f"{linker}.otherflags"]) <= set(linked)
    for word in linked:
        if word.startswith("-L"):
            assert "../" + word.removeprefix("-L") in release[f"{linker}.directories"]
    assert [f"-l{name}" for name in release[f"{linker}.libraries"]] == [
        word for word in linked if word.startswith("-l")
    ]
    # A managed build compiles every C file of its source folders.
    for config in configs.values():
        folders = [entry.attrib["name"] for entry in config.iter("entry")]
        in_folders = {
            str(path.relative_to(tmp_path / "ide"))
            for folder in folders
            for path in (tmp_path / "ide" / folder).rglob("*.c")
        }
        assert in_folders == set(compiled)
    for name in compiled:
        ide, other = tmp_path / "ide" / name, tmp_path / "make" / name
        assert ide.read_bytes() == other.read_bytes(), name


def release_level(flags: set[str]) -> str:
    (level,) = (flag for flag in flags if flag.startswith("-O"))
    return level


def test_cubeide_identifiers_are_unique(tmp_path):
    write(tmp_path / "ide", "cubeide", "nucleo-h743zi")
    root = ElementTree.parse(tmp_path / "ide" / ".cproject").getroot()
    configs = [c.attrib["id"] for c in root.iter("cconfiguration")]
    assert len(set(configs)) == 2
    found = [e.attrib["id"] for e in root.iter() if e.tag in ("option", "tool", "toolChain")]
    assert len(found) > 40 and len(set(found)) == len(found)
    for element in root.iter():
        if "superClass" in element.attrib:
            assert re.fullmatch(
                re.escape(element.attrib["superClass"]) + r"\.\d+", element.attrib["id"]
            )


def test_cubeide_project_file(tmp_path):
    write(tmp_path / "ide", "cubeide", "nucleo-h743zi")
    root = ElementTree.parse(tmp_path / "ide" / ".project").getroot()
    assert (root.tag, root.findtext("name")) == ("projectDescription", "digits_demo")
    natures = [nature.text for nature in root.iter("nature")]
    for nature in ("cnature", "managedBuildNature", "MCUProjectNature", "MCUSingleCpuProjectNature"):
        assert any(name.endswith("." + nature) for name in natures), nature
    commands = [command.findtext("name") for command in root.iter("buildCommand")]
    assert "org.eclipse.cdt.managedbuilder.core.genmakebuilder" in commands


# Zephyr

#: What docs.zephyrproject.org, "Modules", says of zephyr/module.yml: key -> type,
#: or the same for a map.
MODULE_KEYS = {
    "name": str,
    "build": {"cmake": str, "kconfig": str, "depends": list, "settings": dict},
    "samples": list,
    "tests": list,
    "boards": list,
}
#: Where zephyr_linker_sources may put a file, by its documentation.
PLACES = {
    "NOINIT", "RWDATA", "RODATA", "ROM_START", "ROM_SECTIONS", "RAM_SECTIONS", "DATA_SECTIONS",
    "SECTIONS", "RAMFUNC_SECTION", "NOCACHE_SECTION", "ITCM_SECTION", "DTCM_SECTION",
}  # fmt: skip


def check_keys(data: dict, allowed: dict) -> None:
    for key, value in data.items():
        assert key in allowed, key
        if isinstance(allowed[key], dict):
            check_keys(value, allowed[key])
        else:
            assert isinstance(value, allowed[key])


def test_zephyr_module(tmp_path):
    folder = tmp_path / "p"
    write(folder, "zephyr", "nucleo-h743zi")
    module = yaml.safe_load((folder / "zephyr" / "module.yml").read_text("utf-8"))
    check_keys(module, MODULE_KEYS)
    assert re.fullmatch(r"\w+", module["name"])
    assert (folder / module["build"]["cmake"] / "CMakeLists.txt").is_file()
    kconfig = (folder / module["build"]["kconfig"]).read_text("utf-8")
    symbols = re.findall(r"^config (\w+)$", kconfig, re.M)
    assert symbols == ["STM32NN_DIGITS"]
    for line in kconfig.splitlines():
        assert re.match(r"#|config |\t|\t  |$", line), line
    assert re.search(r'^\tbool ".+"$', kconfig, re.M)
    for sample in module["samples"]:
        assert {"CMakeLists.txt", "prj.conf", "sample.yaml"} <= made_files(folder / sample)
        settings = (folder / sample / "prj.conf").read_text("utf-8").split()
        assert all(re.fullmatch(r"CONFIG_\w+=(y|n|\d+)", line) for line in settings)
        assert f"CONFIG_{symbols[0]}=y" in settings
        described = yaml.safe_load((folder / sample / "sample.yaml").read_text("utf-8"))
        assert set(described) == {"sample", "tests"}
        (test,) = described["tests"].values()
        assert test["platform_allow"] == ["nucleo_h743zi"]
        assert test["harness_config"]["regex"] == ["equal"]
    # Zephyr's own start-up code and linker script are used.
    assert not {name for name in made_files(folder) if name.startswith("board/")}


def test_zephyr_without_an_fpu(tmp_path):
    write(tmp_path / "p", "zephyr", "nucleo-g0b1re")
    assert "FPU" not in (tmp_path / "p" / "app" / "prj.conf").read_text("utf-8")


#: The few commands of Zephyr's build that a module and an application use, with
#: their documented meaning; the "board" is this machine.
FAKE_ZEPHYR = r"""
set(CONFIGS)
file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/prj.conf lines REGEX "=y$")
foreach(line IN LISTS lines)
  string(REGEX REPLACE "=y$" "" config ${line})
  set(${config} y)
endforeach()
function(zephyr_library_named name)
  add_library(${name} STATIC)
  set(ZEPHYR_CURRENT_LIBRARY ${name} PARENT_SCOPE)
  set_property(GLOBAL APPEND PROPERTY ZEPHYR_LIBRARIES ${name})
endfunction()
function(zephyr_library_sources)
  target_sources(${ZEPHYR_CURRENT_LIBRARY} PRIVATE ${ARGN})
endfunction()
function(zephyr_include_directories)
  set_property(GLOBAL APPEND PROPERTY ZEPHYR_INCLUDES ${ARGN})
  target_include_directories(${ZEPHYR_CURRENT_LIBRARY} PRIVATE ${ARGN})
endfunction()
function(zephyr_linker_sources place file)
  if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    message(FATAL_ERROR "no ${file}")
  endif()
  message(STATUS "linker source: ${place}")
endfunction()
enable_language(C)
add_executable(app)
foreach(module IN LISTS EXTRA_ZEPHYR_MODULES)
  file(STRINGS ${module}/zephyr/module.yml cmake REGEX "^  cmake: ")
  string(REGEX REPLACE "^  cmake: " "" cmake ${cmake})
  add_subdirectory(${module}/${cmake} module)
endforeach()
get_property(libraries GLOBAL PROPERTY ZEPHYR_LIBRARIES)
get_property(includes GLOBAL PROPERTY ZEPHYR_INCLUDES)
target_include_directories(app PRIVATE ${includes} ${CMAKE_CURRENT_LIST_DIR}/include)
target_link_libraries(app PRIVATE ${libraries} m)
"""
FAKE_HEADERS = {
    "kernel.h": "#include <time.h>\n"
    "static inline uint32_t k_cycle_get_32(void) { return (uint32_t)clock(); }\n"
    "static inline int sys_clock_hw_cycles_per_sec(void) { return 1000000; }\n",
    "device.h": "struct device { int unused; };\n"
    "extern struct device the_console;\n#define DEVICE_DT_GET(node) &the_console\n"
    "#define DT_CHOSEN(name) name\n",
    "drivers/uart.h": "#include <stdio.h>\n#include <stdlib.h>\n"
    "static inline int uart_poll_in(const struct device *d, unsigned char *c)\n"
    "{ (void)d; (void)c; exit(0); }\nstruct device the_console;\n"
    "static inline void uart_poll_out(const struct device *d, unsigned char c)\n"
    "{ (void)d; putchar(c); }\n",
    "sys/printk.h": "#include <stdio.h>\n#define printk printf\n",
}


@pytest.mark.parametrize("demo", ["check", "rpc"])
def test_zephyr_application_builds_with_its_module(demo, tmp_path):
    """With stand-ins for Zephyr's commands and headers, on this machine."""
    folder = tmp_path / "p"
    write(folder, "zephyr", "mps2-an386", demo=demo)
    fake = tmp_path / "zephyr"
    (fake / "share" / "zephyr-package" / "cmake").mkdir(parents=True)
    (fake / "share" / "zephyr-package" / "cmake" / "ZephyrConfig.cmake").write_text(FAKE_ZEPHYR)
    for name, text in FAKE_HEADERS.items():
        path = fake / "share" / "zephyr-package" / "cmake" / "include" / "zephyr" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#include <stdint.h>\n" + text)
    configure = ["cmake", "-B", "build", "-DCMAKE_C_FLAGS=-Werror -Wall -Wextra"]
    configure += [f"-DZephyr_DIR={fake / 'share' / 'zephyr-package' / 'cmake'}", "app"]
    done = call(*configure, cwd=folder)
    assert done.returncode == 0, done.stderr
    places = re.findall(r"linker source: (\w+)", done.stdout)
    assert places and set(places) <= PLACES
    done = call("cmake", "--build", "build", "-j2", cwd=folder)
    assert done.returncode == 0, done.stderr
    run = subprocess.run(
        [folder / "build" / "app"], capture_output=True, text=True, timeout=60, check=True
    )
    if demo == "check":
        check_text(run.stdout, FIRST.format(board="mps2-an386"), digits_lines(), "equal")
    else:
        assert run.stdout == ""
