# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""build and run: from a generated directory to results, on host and in QEMU."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

import tiny_model
from stm32_mlir import build, run
from stm32_mlir.errors import Error
from stm32_mlir.graph import Graph
from stm32_mlir.targets import COMPILERS, CORES
from stm32_mlir.tools import repository
from stm32_mlir.vectors import Case, make_cases

EMULATED = sorted(core.name for core in CORES.values() if core.emulated)


@pytest.fixture
def generated(tiny, tmp_path):
    return build.compile_model(tiny, tmp_path / "c", "host", "tiny")


@pytest.fixture
def work(tmp_path):
    path = tmp_path / "work folder"
    path.mkdir()
    return path


def cases(count=7, steps=1):
    return make_cases(Graph(tiny_model.make()).inputs, count, 1, steps)


def check(result, wanted, steps=1):
    """Outputs and dump of the tiny model against numpy."""
    for number, case in enumerate(wanted):
        for step in range(steps):
            first, second = tiny_model.reference(case.steps[step][0].reshape(4, 4))
            assert np.array_equal(result.outputs[number][step][0].ravel(), second.ravel())
            written = result.written[number][step]
            assert [(w.operator, w.tensor) for w in written] == [(0, 1), (1, 2)]
            assert written[0].data == first.tobytes()
            assert written[1].data == second.tobytes()


def test_compile_measures_itself(generated):
    assert generated.report.name == "tiny"
    assert 0 < generated.seconds < 60
    assert 1 << 20 < generated.peak_bytes < 1 << 30


def test_compile_without_a_model(fake_compiler, tmp_path):
    with pytest.raises(Error, match="none.tflite: no such file"):
        build.compile_model(tmp_path / "none.tflite", tmp_path / "c", "host")


def test_compile_error_is_quoted(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("TINY_FAULT", "compile")
    with pytest.raises(Error, match="^tiny.tflite: 40 operators are not supported$") as caught:
        build.compile_model(tiny, tmp_path / "c", "host")
    assert caught.value.details[7] == "FROB at position 7"
    assert len(caught.value.details) == 40


def test_compiler_that_dies_is_an_error(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("TINY_FAULT", "crash")
    with pytest.raises(Error, match="^stm32-compile .*tiny.tflite: 0. something$"):
        build.compile_model(tiny, tmp_path / "c", "host")


def test_no_sources(tmp_path):
    with pytest.raises(Error, match="holds no .c file"):
        build.sources(tmp_path)


def test_pools_are_defined_in_the_model_order(generated):
    pools = (*generated.report.pools, replace(generated.report.pools[0], name="ccm"))
    defines = build.model_defines(replace(generated.report, pools=pools))
    assert defines == [
        "-DMODEL=tiny_model",
        '-DMODEL_HEADER="tiny.h"',
        "-DPOOLS(X)=X(TINY_POOL_SRAM) X(TINY_POOL_CCM)",
    ]


@pytest.mark.parametrize("sanitize", [True, False])
@pytest.mark.parametrize("steps", [1, 3])
def test_host(generated, work, sanitize, steps):
    program = build.build_host(generated, work, sanitize)
    wanted = cases(steps=steps)
    result = run.run_cases(program, generated.report, wanted, work, dump=True)
    check(result, wanted, steps)
    assert result.stats["vectors"] == len(wanted)
    assert result.counts == []


@pytest.mark.qemu
@pytest.mark.parametrize("core", EMULATED)
@pytest.mark.parametrize("compiler", COMPILERS)
def test_every_core(generated, work, core, compiler):
    if compiler != "gcc" and shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    program = build.build_firmware(generated, work, CORES[core], compiler=compiler)
    comment = (program.objects / "stm32rt.o").read_bytes()
    assert (b"clang version" in comment) == compiler.startswith("clang")
    wanted = cases(steps=2)
    check(run.run_cases(program, generated.report, wanted, work, dump=True), wanted, 2)
    plain = run.run_cases(program, generated.report, wanted, work)
    assert 24 <= plain.stats["stack"] < 1024
    assert plain.stats["context"] == 4 * (1 + 8 + 5)


@pytest.mark.qemu
def test_counts_are_exact_and_repeat(generated, work):
    program = build.build_firmware(generated, work, CORES["m4"])
    same = [cases(6)[5]] * 3
    results = [
        run.run_cases(program, generated.report, same, work, count=True, profile=True)
        for _ in range(2)
    ]
    assert results[0].counts == results[1].counts
    labels, counts = results[0].labels, results[0].counts
    assert labels == ["overhead", "create", "run", "run", "run", "layer", "layer", "layer"]
    runs = counts[2:5]
    assert runs[0] == runs[1] == runs[2]
    # A profile accounts for every instruction of its interval.
    for count, profile in zip(counts, results[0].profile, strict=True):
        assert sum(executed.count for executed in profile.values()) == count
    overhead, empty = counts[0], counts[5]
    layers = sum(count - empty for count in counts[6:])
    assert overhead < empty < 60
    assert layers < runs[0] - overhead < layers + 80


@pytest.mark.qemu
def test_loop_of_known_length_is_counted(tmp_path, work):
    """The plugin counts a loop whose instructions are known."""
    source = tmp_path / "loop.c"
    source.write_text(
        "void bench_mark(void);\n"
        "int main(void) {\n"
        "  bench_mark();\n"
        "  bench_mark();\n"
        '  __asm__ volatile("movw r0, #1000\\n1: subs r0, #1\\n bne 1b" ::: "r0", "cc");\n'
        "  bench_mark();\n"
        "  return 5;\n"
        "}\n"
        '__attribute__((noinline)) void bench_mark(void) { __asm__ volatile(""); }\n'
    )
    qemu = repository() / "runtime" / "port" / "qemu"
    command = ["arm-none-eabi-gcc", "-O2", "-mcpu=cortex-m4", "-mthumb", "-nostartfiles"]
    command += [str(source), str(qemu / "startup.c"), f"-L{qemu}", "-T", "mps2.ld"]
    subprocess.run([*command, "-o", str(work / "loop.elf")], check=True)
    done = subprocess.run(
        ["qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-monitor", "none"]
        + ["-serial", "none", "-semihosting-config", "enable=on,target=native"]
        + ["-kernel", "loop.elf", "-plugin", f"{run.find_plugin()},out=counts.txt"],
        cwd=work,
        check=False,
    )
    assert done.returncode == 5
    lines = (work / "counts.txt").read_text().split("\n")
    counts = [int(line.split()[2]) for line in lines if line]
    assert counts[2] - counts[1] == 1 + 2 * 1000


@pytest.mark.parametrize(
    "on", ["host", pytest.param("m4", marks=pytest.mark.qemu)]
)
def test_write_past_a_pool_is_found(tiny, tmp_path, work, monkeypatch, on):
    monkeypatch.setenv("TINY_FAULT", "overrun")
    broken = build.compile_model(tiny, tmp_path / "c", "host")
    if on == "host":
        program, message = build.build_host(broken, work), "global-buffer-overflow"
    else:
        program = build.build_firmware(broken, work, CORES[on])
        message = "wrote past the end of a pool"
    with pytest.raises(Error, match=message):
        run.run_cases(program, broken.report, cases(), work)


def test_uninitialised_memory_shows(tiny, tmp_path, work, monkeypatch):
    monkeypatch.setenv("TINY_FAULT", "uninitialised")
    broken = build.compile_model(tiny, tmp_path / "c", "host")
    program = build.build_host(broken, work)
    result = run.run_cases(program, broken.report, [cases(1)[0]] * 2, work)
    one, two = (vector[0][0][0] for vector in result.outputs)
    assert one[3] != two[3]
    assert np.array_equal(one[:3], two[:3])


@pytest.mark.qemu
def test_fault_is_reported(generated, work):
    """A fault ends the emulation with its cause instead of hanging."""
    main = generated.directory / "tiny.c"
    text = main.read_text().replace(
        "static void second(const stm32rt_context *c) {",
        "static void second(const stm32rt_context *c) {\n"
        '  __asm__ volatile("udf #0");',
    )
    main.write_text(text)
    program = build.build_firmware(generated, work, CORES["m4"])
    with pytest.raises(Error, match=r"QEMU \(mps2-an386\) failed: fault, CFSR 0x00010000"):
        run.run_cases(program, generated.report, cases(), work)


@pytest.mark.qemu
def test_image_too_large_is_a_clear_error(generated, work):
    header = generated.directory / "tiny.h"
    header.write_text(header.read_text().replace("SRAM_SIZE 32", "SRAM_SIZE 5000000"))
    with pytest.raises(Error, match="linking tiny for m55: .*RAM"):
        build.build_firmware(generated, work, CORES["m55"])


def test_host_is_no_firmware(generated, work):
    with pytest.raises(Error, match="has no QEMU machine"):
        build.build_firmware(generated, work, CORES["host"])


def test_hanging_program(generated, work, monkeypatch):
    main = generated.directory / "tiny.c"
    text = main.read_text().replace("FAULT_SECOND", "FAULT_OTHER").replace(
        "static void first(const stm32rt_context *c) {",
        "static void first(const stm32rt_context *c) {\n  volatile int on = 1;\n  while (on) {}",
    )
    main.write_text(text)
    program = build.build_host(generated, work)
    monkeypatch.setattr(run, "TIMEOUT", 0.5)
    with pytest.raises(Error, match="did not end within"):
        run.run_cases(program, generated.report, cases(1), work)


def test_compile_error_of_generated_code_is_quoted(generated, work):
    (generated.directory / "tiny.c").write_text("int f(void) { return nothing; }\n")
    with pytest.raises(Error, match="gcc tiny.c: .*error: .nothing. undeclared"):
        build.build_host(generated, work)


def test_steps_must_agree(generated, work):
    program = build.build_host(generated, work)
    mixed = [cases(1)[0], cases(1, steps=2)[0]]
    with pytest.raises(Error, match="different numbers of steps"):
        run.run_cases(program, generated.report, mixed, work)


def runner(program, work, *arguments):
    return subprocess.run(
        [program.executable, *arguments], cwd=work, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "arguments",
    [(), ("in.bin",), ("a", "b", "c"), ("--what", "a", "b"), ("--steps", "0", "a", "b"), ("--dump",)],
)
def test_runner_usage(generated, work, arguments):
    done = runner(build.build_host(generated, work), work, *arguments)
    assert done.returncode == 2
    assert "usage" in done.stderr


def test_runner_files(generated, work):
    program = build.build_host(generated, work)
    done = runner(program, work, "none.bin", "out.bin")
    assert (done.returncode, done.stderr) == (2, "runner: cannot read none.bin\n")
    (work / "in.bin").write_bytes(bytes(16 + 5))
    done = runner(program, work, "in.bin", "nowhere/out.bin")
    assert (done.returncode, done.stderr) == (2, "runner: cannot write nowhere/out.bin\n")
    done = runner(program, work, "in.bin", "out.bin")
    assert done.returncode == 2
    assert "the last vector is not complete" in done.stderr


def test_runner_reports_a_refused_model(generated, work):
    main = generated.directory / "tiny.c"
    main.write_text(main.read_text().replace("= STM32RT_ABI_VERSION", "= 99"))
    (work / "in.bin").write_bytes(bytes(16))
    done = runner(build.build_host(generated, work), work, "in.bin", "out.bin")
    assert done.returncode == 1
    assert done.stderr.startswith("runner: stm32rt_create: ")


def test_dump_names_tensors_by_id(generated, work):
    """The descriptor counts tensors, the report may number them otherwise."""
    program = build.build_host(generated, work)
    tensors = tuple(replace(t, id=t.id + 10) for t in generated.report.tensors)
    outputs = (replace(generated.report.outputs[0], tensor=13),)
    renumbered = replace(generated.report, tensors=tensors, outputs=outputs)
    result = run.run_cases(program, renumbered, cases(1), work, dump=True)
    assert [w.tensor for w in result.written[0][0]] == [11, 12]


def test_outputs_of_another_size(generated, work):
    program = build.build_host(generated, work)
    report = generated.report
    wrong = replace(report, outputs=(replace(report.outputs[0], tensor=1),))
    with pytest.raises(Error, match="wrote 4 bytes of outputs instead of 9"):
        run.run_cases(program, wrong, cases(1), work)


def test_marks_that_are_missing(tmp_path):
    path = tmp_path / "counts.txt"
    path.write_text("interval 0 10\ninterval 1 7\nat 1 100 7 6\n")
    assert run.read_counts(path, 1) == ([7], [{0x100: run.Executed(7, 6)}])
    with pytest.raises(Error, match="saw 2 marks, the runner made 4"):
        run.read_counts(path, 2)


@pytest.mark.qemu
def test_plugin_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    plugin = run.find_plugin()
    assert plugin.parent == tmp_path / "cache" / "stm32-mlir"
    stamp = plugin.stat().st_mtime_ns
    assert run.find_plugin().stat().st_mtime_ns == stamp
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(Error, match="set XDG_CACHE_HOME"):
        run.find_plugin()


@pytest.mark.qemu
def test_only_what_a_run_needs_is_measured(generated, work):
    program = build.build_firmware(generated, work, CORES["m4"])
    text = program.map.read_text(encoding="utf-8").partition("Linker script and memory map")[2]
    assert ".text.stm32rt_run\n" in text and ".text.stm32rt_create\n" in text
    assert "stm32rt_status_text" not in text and "stm32rt_push_rows" not in text


def test_missing_arm_compiler_names_its_package(generated, work, no_programs):
    with pytest.raises(Error, match="apt-get install gcc-arm-none-eabi"):
        build.build_firmware(generated, work, CORES["m4"])


def test_missing_qemu_names_its_package(generated, work, no_programs):
    program = build.Program(work / "x", CORES["m4"], work, work / "x.map", ())
    with pytest.raises(Error, match="apt-get install qemu-system-arm"):
        run.run_cases(program, generated.report, [Case("x", cases(1)[0].steps)], work)


@pytest.mark.parametrize("source", ["runner.c", "smallest.c", "host/port_host.c"])
def test_port_compiles_under_strict_warnings(generated, source):
    port = repository() / "runtime" / "port"
    command = ["gcc", "-std=c11", "-fsyntax-only", *build.STRICT_WARNINGS, f"-I{port}"]
    command += [f"-I{generated.directory}", *build.model_defines(generated.report)]
    done = subprocess.run([*command, port / source], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.qemu
@pytest.mark.parametrize("core", EMULATED)
@pytest.mark.parametrize(
    "source", ["runner.c", "qemu/startup.c", "qemu/port_qemu.c", "qemu/port_code_qemu.c"]
)
def test_port_compiles_for_arm_under_strict_warnings(generated, core, source):
    port = repository() / "runtime" / "port"
    command = ["arm-none-eabi-gcc", "-std=c11", "-fsyntax-only", *CORES[core].flags]
    command += [*build.STRICT_WARNINGS, f"-I{port}", f"-I{generated.directory}"]
    command += build.model_defines(generated.report)
    done = subprocess.run([*command, port / source], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
