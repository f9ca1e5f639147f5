# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""tools: finding and running programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from stm32_mlir import tools
from stm32_mlir.errors import Error


def test_repository_holds_the_runner():
    assert (tools.repository() / "runtime" / "port" / "runner.c").is_file()


def test_repository_of_a_copied_package_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(tools, "__file__", str(tmp_path / "a" / "b" / "tools.py"))
    with pytest.raises(Error, match="no runtime/port/runner.c") as caught:
        tools.repository()
    assert "pip install -e" in caught.value.hint


def test_missing_program_names_its_package(no_programs):
    with pytest.raises(Error, match="the program qemu-system-arm is not in PATH") as caught:
        tools.find_program("qemu-system-arm")
    assert caught.value.hint == "install it: apt-get install qemu-system-arm"


def test_missing_program_without_a_package_has_no_hint(no_programs):
    with pytest.raises(Error) as caught:
        tools.find_program("frobnicate")
    assert caught.value.hint == ""
    assert str(caught.value) == "the program frobnicate is not in PATH"


def test_compiler_from_the_environment(fake_compiler):
    assert tools.find_compile() == fake_compiler / "stm32-compile"


def test_wrong_environment_is_an_error_even_if_path_has_it(monkeypatch, tmp_path, no_programs):
    program = no_programs / "stm32-compile"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv(tools.TOOLS_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(Error, match="no program stm32-compile in .*nowhere"):
        tools.find_compile()


def test_compiler_from_path_and_without(monkeypatch, tmp_path, no_programs):
    monkeypatch.delenv(tools.TOOLS_VARIABLE, raising=False)
    monkeypatch.setattr(tools, "__file__", str(tmp_path / "a" / "b" / "tools.py"))
    with pytest.raises(Error, match="neither in build/bin nor in PATH") as caught:
        tools.find_compile()
    assert "utils/build.sh" in caught.value.hint
    program = no_programs / "stm32-compile"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert tools.find_compile() == program


def test_compiler_of_the_source_tree_comes_before_path(monkeypatch, tmp_path, no_programs):
    monkeypatch.delenv(tools.TOOLS_VARIABLE, raising=False)
    monkeypatch.setattr(tools, "__file__", str(tmp_path / "python" / "x" / "tools.py"))
    for folder in (tmp_path / "build" / "bin", no_programs):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "stm32-compile").write_text("#!/bin/sh\n")
        (folder / "stm32-compile").chmod(0o755)
    assert tools.find_compile() == tmp_path / "build" / "bin" / "stm32-compile"


def test_run_tool_returns_output(tmp_path):
    assert tools.run_tool(["pwd"], "pwd", cwd=tmp_path).stdout.strip() == str(tmp_path)


def test_run_tool_quotes_the_error():
    script = "echo note: x >&2; echo 'a.c:1: error: no' >&2; exit 3"
    with pytest.raises(Error, match="^trying: a.c:1: error: no$"):
        tools.run_tool(["sh", "-c", script], "trying")


def test_run_tool_without_the_program():
    with pytest.raises(Error, match="cannot run /nowhere/tool: No such file"):
        tools.run_tool([Path("/nowhere/tool")], "trying")


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("", "exit status 7"),
        ("one\n\ntwo\n", "two"),
        ("x.c: error: a\ny\nz.c: error: b\n", "x.c: error: a | z.c: error: b"),
        ("==1==ERROR: x\n#0 y\nSUMMARY: AddressSanitizer: z\n", "SUMMARY: AddressSanitizer: z"),
        (
            "/x/bin/ld: region `RAM' overflowed by 3 bytes\ncollect2: error: ld returned 1\n",
            "region `RAM' overflowed by 3 bytes",
        ),
        (
            "p: Unknown command line argument '--opt'.  Try: '/x/p --help'\np: Did you mean '--top'?\n",
            "p: Unknown command line argument '--opt'. | p: Did you mean '--top'?",
        ),
        ("k.c:3: runtime error: shift\nmore error\n", "k.c:3: runtime error: shift"),
    ],
)
def test_summaries(text, summary):
    assert tools.summarize(text, 7) == summary
