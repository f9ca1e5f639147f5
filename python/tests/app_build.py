# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds and runs the applications of runtime/test/apps."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from app_models import write_model, write_vectors
from stm32_mlir.build import STRICT_WARNINGS, sources
from stm32_mlir.targets import CORES
from stm32_mlir.tools import find_compile, find_program, repository, run_tool

APPS = repository() / "runtime" / "test" / "apps"
PORT = repository() / "runtime" / "port"
ADDRESS = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
THREADS = ("-O1", "-g", "-fsanitize=thread", "-pthread")


@dataclass(frozen=True)
class App:
    """An application: its file, its models, options for its compiler and for ours.

    steps   runs of a stateful model, whose vectors follow each other
    shared  the shared model that takes the place of our `network`
    """

    file: str
    models: tuple[str, ...] = ("network",)
    defines: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    steps: int = 1
    shared: str = ""

    @property
    def label(self) -> str:
        defines = (d.removeprefix("-D").partition("=")[0].lower() for d in self.defines)
        streamed = ["stream"] if "--stream-input" in self.options else []
        shared = [self.shared] if self.shared else []
        return "-".join([self.file, *defines, *streamed, *shared])


def _digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()


@dataclass(frozen=True)
class _Job:
    """A source to compile; `headers` says which ones it sees."""

    command: list[str]
    source: Path
    defines: tuple[str, ...]
    headers: str

    @property
    def key(self) -> tuple[object, ...]:
        options = [word for word in self.command if not word.startswith("-I")]
        return (*options, self.defines, self.source.name, _digest([self.source]), self.headers)


class Builder:
    """Keeps in `folder` what several applications share: models and objects."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._generated: dict[tuple[object, ...], Path] = {}
        self._objects: dict[tuple[object, ...], Path] = {}
        self._numbers = itertools.count()

    def generate(self, app: App, target: str) -> Path:
        """The folder with the models of `app` for `target`, and their vectors."""
        key = (app.models, app.options, app.steps, app.shared, target)
        if key not in self._generated:
            folder = self.folder / f"models{len(self._generated)}"
            out = folder / "c"
            folder.mkdir()
            paths = [write_model(name, folder, app.shared) for name in app.models]
            command = [find_compile(), *paths, "-o", out, "--target", target, "--quiet"]
            command += ["--name", ",".join(app.models), *app.options]
            command += ["--group", "both"] if len(paths) > 1 else []
            run_tool(command, "stm32-compile")
            for name, path in zip(app.models, paths, strict=True):
                write_vectors(name, path, out, app.steps, app.shared)
            self._generated[key] = out
        return self._generated[key]

    def _compile(self, job: _Job) -> Path:
        """The object of a source; one that was made of the same bytes serves again."""
        if job.key not in self._objects:
            made = self.folder / f"{next(self._numbers)}.o"
            words = [*job.command, *job.defines, "-c", job.source, "-o", made]
            run_tool(words, f"compiling {job.source.name}")
            self._objects[job.key] = made
        return self._objects[job.key]

    def build(
        self,
        app: App,
        out: Path,
        program: Path,
        compiler: Sequence[str | Path],
        port: Sequence[Path],
        link: Sequence[str] = (),
    ) -> Path:
        """Compiles the application under all warnings, and links it with its models."""
        include = [f"-I{out}", f"-I{APPS}", f"-I{PORT}"]
        command = [*map(str, compiler), "-std=c11", *STRICT_WARNINGS, *include]
        own = {name + tail for name in app.models for tail in ("", "_data", "_vectors")} | {"both"}
        runtime = _digest(path for path in out.glob("*.h") if path.stem not in own)
        jobs = [_Job(command, APPS / f"{app.file}.c", app.defines, str(out))]
        jobs += [_Job(command, source, (), runtime) for source in (APPS / "app.c", *port)]
        for source in sources(out):
            # Only the files of a model know its macros; the others are in all folders.
            mine = source.stem in own
            jobs.append(_Job(command, source, app.defines if mine else (), str(out) if mine else runtime))
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            objects = list(pool.map(self._compile, jobs))
        run_tool([*compiler, *objects, *link, "-lm", "-o", program], f"linking {app.file}")
        return program

    def run_on_host(self, app: App, work: Path, compiler: str, options: Sequence[str]) -> str:
        """Builds for this machine, runs; what the application wrote."""
        command = [find_program(compiler), *options]
        port = [PORT / "host" / "port_host.c"]
        program = self.build(app, self.generate(app, "host"), work / "app", command, port)
        return run_tool([program], app.file).stderr

    def build_for(self, app: App, work: Path, core: str, link: Sequence[str] = ()) -> Path:
        """The application as firmware of an emulated core."""
        qemu = PORT / "qemu"
        out = self.generate(app, "mps2-an386" if core == "m4" else "stm32f407vg")
        compiler = [find_program("arm-none-eabi-gcc"), "-O2", "-g", *CORES[core].flags]
        compiler += ["-ffunction-sections", "-fdata-sections"]
        script = ["-nostartfiles", "-Wl,--gc-sections", f"-L{qemu}", "-T", CORES[core].script]
        script += ["-Wl,--no-warn-rwx-segments", *link]
        port = [qemu / "startup.c", qemu / "port_qemu.c"]
        return self.build(app, out, work / "app.elf", compiler, port, script)


def run_in_qemu(program: Path, core: str) -> str:
    """What the application wrote."""
    command = [find_program("qemu-system-arm"), "-M", CORES[core].machine, "-display", "none"]
    command += ["-monitor", "none", "-serial", "none", "-semihosting-config"]
    command += ["enable=on,target=native,arg=app", "-kernel", program]
    return run_tool(command, "QEMU").stderr
