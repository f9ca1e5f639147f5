# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""utils/: the scripts, and the sum of test results."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from conftest import ROOT

UTILS = ROOT / "utils"
SCRIPTS = sorted(path.name for path in UTILS.glob("*.sh"))

PYTEST = """<testsuites><testsuite name="pytest" tests="4">
<testcase name="a"/><testcase name="b"><failure>x</failure></testcase>
<testcase name="c"><skipped/></testcase><testcase name="d"><error>y</error></testcase>
</testsuite></testsuites>"""
GTEST = """<testsuites tests="2"><testsuite name="A"><testcase name="a" status="run"/>
<testcase name="b" status="notrun" result="suppressed"/></testsuite></testsuites>"""
CTEST = """<testsuite name="x"><testcase name="a" status="run"/>
<testcase name="b" status="fail"><failure/></testcase>
<testcase name="c" status="disabled"/></testsuite>"""


@pytest.fixture
def summarize(tmp_path):
    """Runs summarize.py with the totals in a temporary file: (status, stdout)."""

    def call(*words):
        command = [sys.executable, UTILS / "summarize.py", *words]
        command += ["--totals", tmp_path / "totals.json"]
        done = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    return call


@pytest.mark.parametrize(
    ("xml", "status", "line"),
    [
        (PYTEST, 1, "1 passed, 2 failed, 1 skipped"),
        (GTEST, 0, "1 passed, 0 failed, 1 skipped"),
        (CTEST, 8, "1 passed, 1 failed, 1 skipped"),
        (GTEST, 1, "1 passed, 1 failed, 1 skipped"),
        ("<broken", 0, "0 passed, 1 failed, 0 skipped"),
        ("<testsuites/>", 0, "0 passed, 1 failed, 0 skipped"),
    ],
)
def test_suite(summarize, tmp_path, xml, status, line):
    folder = tmp_path / "xml"
    folder.mkdir()
    (folder / "a.xml").write_text(xml)
    assert summarize("suite", "s", "--status", status, folder) == (0, f"s: {line}\n")


def test_suite_that_wrote_nothing_failed(summarize, tmp_path):
    assert summarize("suite", "s", "--status", 0, tmp_path)[1] == "s: 0 passed, 1 failed, 0 skipped\n"


def test_total(summarize, tmp_path):
    assert summarize("total") == (1, "0 passed, 0 failed, 0 skipped\n")
    for name, xml, status in (("one", GTEST, 0), ("two", GTEST, 0)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "a.xml").write_text(xml)
        summarize("suite", name, "--status", status, folder)
    assert summarize("total") == (0, "2 passed, 0 failed, 2 skipped\n")
    (tmp_path / "two" / "b.xml").write_text(PYTEST)
    summarize("suite", "two", "--status", 1, tmp_path / "two")
    assert summarize("total") == (1, "3 passed, 2 failed, 3 skipped\n")


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_explain_themselves_from_anywhere(script, tmp_path):
    done = subprocess.run(
        [UTILS / script, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: utils/{script} ")
    assert done.stderr == ""


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_refuse_unknown_options(script):
    done = subprocess.run([UTILS / script, "--frob"], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "--frob" in done.stderr
    assert done.stdout == ""


def test_quickstart_refuses_what_is_not_there(tmp_path):
    done = subprocess.run(
        [UTILS / "quickstart.sh", "none.tflite"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "quickstart.sh: error: none.tflite: no such file\n"


def test_scripts_are_clean():
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    files = [str(UTILS / script) for script in SCRIPTS] + [str(ROOT / ".ci" / "run")]
    done = subprocess.run(["shellcheck", *files], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_fuzzing_without_clang_is_a_skipped_test(tmp_path, summarize):
    for program in ("bash", "dirname", "nproc"):
        (tmp_path / program).symlink_to(shutil.which(program))
    (tmp_path / "xml").mkdir()
    command = [UTILS / "fuzz.sh", "--junit", tmp_path / "xml" / "fuzz.xml"]
    done = subprocess.run(
        command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "skipped: the program clang++-22 is missing\n"
    line = "fuzz: 0 passed, 0 failed, 1 skipped\n"
    assert summarize("suite", "fuzz", "--status", 0, tmp_path / "xml") == (0, line)
