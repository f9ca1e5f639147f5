# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles a model to C, and generated C with the runner to a program."""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from stm32_mlir.errors import Error
from stm32_mlir.image import read_image
from stm32_mlir.model_library import ModelLibrary, load_library
from stm32_mlir.report import Report, load_report
from stm32_mlir.targets import LEVELS, Core
from stm32_mlir.tools import find_compile, find_program, repository, run_tool, summarize

#: What generated code and the runtime compile under without a warning.
STRICT_WARNINGS = (
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Wcast-qual",
    "-Wundef",
    "-Wshadow",
    "-Wstrict-prototypes",
    "-Wc++-compat",
    "-Wvla",
    "-Werror",
)
_SANITIZE = (
    "-O1",
    "-g",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-fno-omit-frame-pointer",
)

#: What of a generated directory firmware needs to load an image.
_LOADER = ("stm32rt.c", "stm32rt_image.c")


@dataclass(frozen=True, slots=True)
class Generated:
    """A directory that stm32-compile wrote, and what that took."""

    directory: Path
    report: Report
    seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Program:
    """A runner with one model linked in.

    `objects` is the directory with the objects of the model and the runtime,
    and of nothing else; `map` is the linker's map of the smallest program that
    runs the model (there is none on the host), or of this one for an image.
    `image` is the file that the model is loaded from, if it is not linked in; the
    runner reads it when it starts, or has it in itself.
    """

    executable: Path
    core: Core
    objects: Path
    map: Path
    flags: tuple[str, ...]
    image: Path | None = None
    reads_image: bool = False


@dataclass(frozen=True, slots=True)
class Compiler:
    """The program that compiles and the one that links; `own` are further options of
    the first."""

    program: str
    linker: str
    own: tuple[str, ...] = ()


#: That of programs for this machine.
_HOST = Compiler("gcc", "gcc")


def compile_model(
    model: Path,
    directory: Path,
    target: str,
    name: str = "network",
    optimize: str = "balanced",
    extra: Sequence[str | Path] = (),
) -> Generated:
    """Runs stm32-compile; Error quotes what it says is wrong with the model."""
    seconds, peak = _run_compile(model, directory, target, name, optimize, extra)
    return Generated(directory, load_report(directory), seconds, peak)


def compile_library(
    model: Path,
    path: Path,
    target: str,
    name: str = "network",
    optimize: str = "balanced",
    extra: Sequence[str | Path] = (),
) -> ModelLibrary:
    """As compile_model, into an archive in Model Library Format."""
    _run_compile(model, path, target, name, optimize, [*extra, "--emit", "mlf"])
    return load_library(path)


def _run_compile(
    model: Path,
    output: Path,
    target: str,
    name: str,
    optimize: str,
    extra: Sequence[str | Path],
) -> tuple[float, int]:
    """Seconds and bytes that it took."""
    if not model.is_file():
        raise Error(f"{model}: no such file")
    command = [find_compile(), model, "-o", output, "--target", target]
    command += ["--name", name, "--optimize", optimize, *extra]
    start = time.monotonic()
    process = subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    seconds = time.monotonic() - start
    if process.returncode != 0:
        raise _compile_error(model, message, process.returncode)
    return seconds, _peak(usage)


def _compile_error(model: Path, text: str, status: int) -> Error:
    """What stm32-compile printed: its first error, then its notes as details."""
    lines = [line.replace(":0:0: ", ": ") for line in text.splitlines() if line.strip()]
    first = next((i for i, line in enumerate(lines) if "error: " in line), None)
    if first is None:
        return Error(f"stm32-compile {model}: {summarize(text, status)}")
    notes = [line.partition(" note: ")[2] or line for line in lines[first + 1 :]]
    return Error(lines[first].replace("error: ", "", 1), details=notes)


def _peak(usage: resource.struct_rusage) -> int:
    """Largest resident set of a finished process in bytes."""
    return usage.ru_maxrss * 1024


def sources(directory: Path) -> list[Path]:
    """The .c and .S files of a generated directory; Error if there are none."""
    found = sorted(directory.glob("*.c")) + sorted(directory.glob("*.S"))
    if not found:
        raise Error(f"{directory}: holds no .c file", "generate the model first")
    return found


def model_defines(report: Report) -> list[str]:
    """What the runner must know of the model, as compiler options."""
    prefix = f"{report.name.upper()}_POOL_"
    pools = " ".join(f"X({prefix}{pool.name.upper()})" for pool in report.pools)
    return [
        f"-DMODEL={report.name}_model",
        f'-DMODEL_HEADER="{report.name}.h"',
        f"-DPOOLS(X)={pools}",
    ]


def build_host(
    generated: Generated,
    work: Path,
    sanitize: bool = True,
    flags: Sequence[str] = (),
    cache: Path | None = None,
    image: str = "",
) -> Program:
    """Builds the runner for this machine, with sanitizers unless told not to.

    With `cache`, a folder, objects of the runtime are taken from there and put
    there; then they are not in the program's folder of objects. With `image`,
    "buffer" or "flash", the model is loaded from its image instead of linked:
    from a file, or from where it lies in the program.
    """
    from stm32_mlir.targets import CORES

    port = repository() / "runtime" / "port"
    options = ["-std=c11", *(_SANITIZE if sanitize else ("-O2",)), *flags]
    # Without guard bytes the address sanitizer sees the first byte behind a pool.
    runner = [port / "runner.c", port / "host" / "port_host.c"]
    return _build(
        generated,
        work,
        CORES["host"],
        _HOST,
        options,
        runner,
        ["-DRUNNER_GUARD=0"],
        [],
        cache,
        image,
    )


def build_firmware(
    generated: Generated,
    work: Path,
    core: Core,
    flags: Sequence[str] = (),
    image: str = "",
    compiler: str = "gcc",
) -> Program:
    """Builds the runner for an emulated core; Error if it has no machine.

    `image` is as for build_host; `compiler` one of COMPILERS.
    """
    if not core.emulated:
        raise Error(f"target {generated.report.target} has no QEMU machine", "use --on host")
    port = repository() / "runtime" / "port"
    runner = [port / "runner.c", port / "qemu" / "startup.c", port / "qemu" / "port_qemu.c"]
    if image == "buffer":
        runner.append(port / "qemu" / "port_code_qemu.c")
    return _build_image(generated, work, core, flags, runner, image=image, compiler=compiler)


def _build_image(
    generated: Generated,
    work: Path,
    core: Core,
    flags: Sequence[str],
    program: Sequence[Path],
    program_options: Sequence[str] = (),
    image: str = "",
    compiler: str = "gcc",
) -> Program:
    """Builds a bare image for a machine of QEMU: the model and the files of `program`."""
    qemu = repository() / "runtime" / "port" / "qemu"
    level = LEVELS.get(generated.report.optimize, "-O2")
    options = ["-std=c11", level, "-g", *core.flags, "-ffunction-sections", "-fdata-sections"]
    options += flags
    link = ["-nostartfiles", "-Wl,--gc-sections", f"-L{qemu}", "-T", core.script]
    sections = list(program_options)
    if generated.report.target in core.boards:
        # Each pool lies in the memory that it is planned for.
        sections.append("-DRUNNER_SECTIONS")
        link += ["-T", str(generated.directory / f"{generated.report.name}.ld")]
    link.append("-Wl,--no-warn-rwx-segments")
    tools = arm_compiler(compiler)
    own = [*link, f"-Wl,-Map={work / 'runner.map'}"]
    made = _build(generated, work, core, tools, options, program, sections, own, image=image)
    return made if image else replace(made, map=_link_smallest(generated, made, link))


def _link_smallest(generated: Generated, program: Program, link: Sequence[str]) -> Path:
    """The map of a program that runs the model and does nothing else: what a runner
    asks of the runtime to test and to measure does not count."""
    compiler = "arm-none-eabi-gcc"
    command = [find_program(compiler), *program.flags, f"-I{generated.directory}"]
    command += model_defines(generated.report)
    if generated.report.streamed:
        command.append("-DMODEL_STREAMS")
    work = program.executable.parent
    source, made = repository() / "runtime" / "port" / "smallest.c", work / "smallest.o"
    _compile_object(command, source, made, compiler)
    path = work / "smallest.map"
    parts = [*sorted(program.objects.glob("*.o")), made, "-o", work / "smallest.elf"]
    options = [*program.flags, *link, "-Wl,-e,smallest", f"-Wl,-Map={path}"]
    run_tool([find_program(compiler), *options, *parts], "linking the smallest program")
    return path


def arm_compiler(name: str) -> Compiler:
    """One of COMPILERS for Arm; clang uses the C library of gcc."""
    gcc = "arm-none-eabi-gcc"
    if name == "gcc":
        return Compiler(gcc, gcc)
    command = [find_program(gcc), "-M", "-xc", "-include", "string.h", os.devnull]
    found = run_tool(command, "finding the headers of the C library").stdout.split()
    folder = next(Path(word).parent for word in found if word.endswith("/string.h"))
    return Compiler(name, gcc, ("--target=arm-none-eabi", "-isystem", str(folder)))


def build_rpc_host(generated: Generated, work: Path, cache: Path | None = None) -> Program:
    """Builds the server of docs/SerialRpc.md for this machine, with sanitizers.

    `cache` is that of build_host.
    """
    from stm32_mlir.targets import CORES

    port = repository() / "runtime" / "port"
    options = ["-std=c11", *_SANITIZE]
    server = [port / "rpc_main.c", port / "host" / "rpc_port_host.c", _rpc() / "stm32rt_rpc.c"]
    return _build(generated, work, CORES["host"], _HOST, options, server, [], [], cache)


def build_rpc_firmware(
    generated: Generated, work: Path, core: Core, flags: Sequence[str] = ()
) -> Program:
    """Builds that server for an emulated core, on the first UART of its machine."""
    if not core.uart:
        raise Error(f"there is no UART for firmware of {core.name}", "use a core that QEMU emulates")
    qemu = repository() / "runtime" / "port" / "qemu"
    server = [qemu.parent / "rpc_main.c", qemu / "startup.c", qemu / core.uart[0]]
    server.append(_rpc() / "stm32rt_rpc.c")
    return _build_image(generated, work, core, flags, server, core.uart[1:])


def _rpc() -> Path:
    """The folder of the server's files."""
    return repository() / "runtime" / "rpc"


def _build(
    generated: Generated,
    work: Path,
    core: Core,
    compiler: Compiler,
    options: Sequence[str],
    runner: Sequence[Path],
    runner_options: Sequence[str],
    link: Sequence[str],
    cache: Path | None = None,
    image: str = "",
) -> Program:
    cc = [find_program(compiler.program), *compiler.own]
    objects = work / "model"
    objects.mkdir(parents=True, exist_ok=True)
    include = [f"-I{generated.directory}", f"-I{repository() / 'runtime' / 'port'}", f"-I{_rpc()}"]
    jobs: list[tuple[list[str | Path], Path, Path]] = []
    linked: list[Path] = []
    own = {generated.report.name, f"{generated.report.name}_data"}
    model_sources = sources(generated.directory)
    loaded = None
    if image:
        loaded = generated.directory / f"{generated.report.name}.img"
        model_sources = [generated.directory / name for name in _LOADER]
        runner = [*runner, repository() / "runtime" / "port" / "runner_image.c"]
        runner_options = [*runner_options, *_image_options(loaded, image)]
    for source in model_sources:
        output = objects / f"{source.stem}.o"
        cached = cache is not None and source.stem not in own
        if cached:
            output = cache / f"{source.stem}-{_object_key(source, own, options)}.o"
        linked.append(output)
        if not (cached and output.is_file()):
            jobs.append(([*cc, *options, *include], source, output))
    for source in runner:
        output = work / f"{source.stem}.o"
        command = [*cc, *options, *include, *runner_options, *model_defines(generated.report)]
        linked.append(output)
        jobs.append((command, source, output))
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        # list() waits for all and raises the first failure.
        list(pool.map(lambda job: _compile_object(*job, compiler.program), jobs))
    executable = work / "runner.elf"
    command = [find_program(compiler.linker), *options, *linked, *link, "-o", executable]
    run_tool(command, f"linking {generated.report.name} for {core.name}")
    return Program(
        executable,
        core,
        objects,
        work / "runner.map",
        tuple(options),
        loaded,
        image == "buffer",
    )


def _image_options(path: Path, place: str) -> list[str]:
    """How runner_image.c is told of the image."""
    if not path.is_file():
        raise Error(f"{path}: no such file", "compile the model with --relocatable")
    options = ["-DRUNNER_IMAGE", f"-DRUNNER_TABLES={read_image(path).tables_size}"]
    if place == "flash":
        options.append(f'-DRUNNER_IMAGE_FILE="{path.resolve()}"')
    return options


def _object_key(source: Path, own: set[str], options: Sequence[str]) -> str:
    """Names what an object of the runtime is made of; `own` are the model's files."""
    headers = (path for path in sorted(source.parent.glob("*.h")) if path.stem not in own)
    digest = hashlib.sha256(" ".join(options).encode())
    for path in (source, *headers):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _compile_object(
    command: Sequence[str | Path], source: Path, output: Path, compiler: str
) -> None:
    """Compiles one file; what appears as `output` is complete."""
    made = output.with_suffix(f".{os.getpid()}.tmp")
    run_tool([*command, "-c", source, "-o", made], f"{compiler} {source.name}")
    made.replace(output)
