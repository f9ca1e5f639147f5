# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the methods of the Project API do."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stm32_mlir.boards import BOARDS, Board, find_board
from stm32_mlir.errors import Error
from stm32_mlir.model_library import load_library
from stm32_mlir.project import (
    DEMOS,
    check_demo,
    check_template,
    emulator_command,
    make_vector,
    new_folder,
    render,
)
from stm32_mlir.project_api.protocol import (
    INVALID_PARAMS,
    PROTOCOL_VERSION,
    RpcError,
    TransportClosedError,
)
from stm32_mlir.project_api.transport import Emulator, SerialPort, Transport
from stm32_mlir.tools import find_program, run_tool

#: The archive that a project was made from, in its folder.
ARCHIVE = "model.tar"
#: Templates that can be built here.
TEMPLATES = ("makefile", "cmake")


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the methods; `required` and `optional` are names of methods."""

    name: str
    help: str
    type: str = "str"
    choices: tuple[str, ...] | None = None
    default: str | bool | None = None
    required: tuple[str, ...] | None = None
    optional: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """As server_info_query describes it."""
        lists = {
            key: None if value is None else list(value)
            for key, value in (
                ("choices", self.choices),
                ("required", self.required),
                ("optional", self.optional),
            )
        }
        return {
            "name": self.name,
            "default": self.default,
            "type": self.type,
            "help": self.help,
            **lists,
        }


OPTIONS = (
    Option("board", "Board of the project.", choices=tuple(BOARDS), required=("generate_project",)),
    Option(
        "project_type",
        "What builds the project.",
        choices=TEMPLATES,
        default=TEMPLATES[0],
        optional=("generate_project",),
    ),
    Option(
        "golden",
        "An .npz file of vectors: the demo runs the first and compares its outputs.",
        optional=("generate_project",),
    ),
    Option(
        "demo",
        "What the program does: check runs stored inputs, rpc serves the serial line.",
        choices=tuple(DEMOS),
        default="check",
        optional=("generate_project",),
    ),
    Option(
        "port",
        "Serial port of a real board, such as /dev/ttyACM0.",
        optional=("open_transport",),
    ),
    Option(
        "verbose",
        "Print what the build prints on the standard error stream.",
        type="bool",
        default=False,
        optional=("build",),
    ),
)


@dataclass(frozen=True, slots=True)
class Project:
    """A project that generate_project made."""

    folder: Path
    template: str
    board: str
    name: str

    @property
    def program(self) -> Path:
        """What build makes."""
        return self.folder / "build" / f"{self.name}_demo.elf"


class Handler:
    """The methods; without a project it is that of the template."""

    def __init__(self, project: Project | None = None) -> None:
        self._project = project
        self._transport: Transport | None = None

    def server_info_query(self, tvm_version: str) -> dict[str, Any]:
        """Nothing here depends on the version of TVM."""
        project = self._project
        return {
            "protocol_version": PROTOCOL_VERSION,
            "platform_name": "stm32",
            "is_template": project is None,
            "model_library_format_path": str(project.folder / ARCHIVE) if project else None,
            "project_options": [option.to_json() for option in OPTIONS],
        }

    def generate_project(
        self,
        model_library_format_path: str,
        standalone_crt_dir: str,
        project_dir: str,
        options: dict[str, Any],
    ) -> None:
        """Makes a project of an archive; TVM's C runtime is not needed."""
        if self._project is not None:
            raise Error("this is a project, and no template to make others of")
        _check_options("generate_project", options)
        template = options.get("project_type") or TEMPLATES[0]
        board = check_template(template, options["board"])
        archive = Path(model_library_format_path)
        library = load_library(archive)
        if len(library.names) > 1:
            raise Error(
                f"{archive} holds {len(library.names)} models: {', '.join(library.names)}",
                "a project is for one",
            )
        (name,) = library.names
        report = library.report(name)
        if report.target != board.target:
            raise Error(
                f"{archive} is for {report.target}, but {board.name} has a {board.target}",
                f"compile the model with --target {board.target}",
            )
        demo = options.get("demo") or "check"
        golden = Path(options["golden"]) if options.get("golden") else None
        check_demo(demo, golden)
        vector = make_vector(report, None, golden) if demo == "check" else None
        with new_folder(Path(project_dir)) as folder:
            library.unpack(folder / "model")
            render(template, demo, board, vector, folder, more=("project_api",))
            shutil.copyfile(archive, folder / ARCHIVE)

    def build(self, options: dict[str, Any]) -> None:
        """Builds the program. Its demo does not end the emulation, so it can be asked again."""
        _check_options("build", options)
        project = self._built_project()
        jobs = f"-j{os.cpu_count() or 1}"
        if project.template == "makefile":
            commands = [[find_program("make"), jobs, "SEMIHOSTING=0"]]
        else:
            cmake = find_program("cmake")
            commands = [
                [cmake, "-B", "build", "-DSEMIHOSTING=OFF"],
                [cmake, "--build", "build", jobs],
            ]
        find_program("arm-none-eabi-gcc")
        for command in commands:
            done = run_tool(command, f"building {project.name}", cwd=project.folder)
            if options.get("verbose"):
                sys.stderr.write(done.stdout + done.stderr)

    def flash(self, options: dict[str, Any]) -> None:
        """Programs the board; nothing for one that QEMU emulates."""
        _check_options("flash", options)
        project = self._built_project()
        board = find_board(project.board)
        if not board.emulated:
            _program(board, self._find_program(project))

    def open_transport(self, options: dict[str, Any]) -> dict[str, dict[str, float]]:
        """Starts QEMU, or opens the serial port."""
        _check_options("open_transport", options)
        project = self._built_project()
        if self._transport is not None:
            raise Error("the transport is open", "close_transport comes first")
        board, port = find_board(project.board), options.get("port")
        if port:
            self._transport = SerialPort(port)
        elif board.emulated:
            program = self._find_program(project)
            words = emulator_command(board)
            self._transport = Emulator([find_program(words[0]), *words[1:], "-kernel", program])
        else:
            raise Error(f"{board.name} needs a serial port", 'give the option "port"')
        return {
            "timeouts": {
                "session_start_retry_timeout_sec": 2.0,
                "session_start_timeout_sec": 10.0,
                "session_established_timeout_sec": 30.0,
            }
        }

    def close_transport(self) -> None:
        """Nothing if it is not open."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def read_transport(self, n: int, timeout_sec: float | None) -> bytes:
        """See Transport.read."""
        if n < 1:
            raise RpcError(INVALID_PARAMS, "read_transport: n must be at least 1")
        return self._open_transport().read(n, timeout_sec)

    def write_transport(self, data: bytes, timeout_sec: float | None) -> None:
        """See Transport.write."""
        self._open_transport().write(data, timeout_sec)

    def _open_transport(self) -> Transport:
        if self._transport is None:
            raise TransportClosedError("the transport is not open")
        return self._transport

    def _built_project(self) -> Project:
        if self._project is None:
            raise Error("this is a template", "generate_project makes a project, which has a server")
        return self._project

    def _find_program(self, project: Project) -> Path:
        if not project.program.is_file():
            raise Error(f"{project.program}: no such file", "build comes first")
        return project.program


def _check_options(method: str, options: dict[str, Any]) -> None:
    """TVM hands the options of all methods to each, so others of ours are no error."""

    def fail(text: str) -> RpcError:
        return RpcError(INVALID_PARAMS, f"{method}: {text}")

    known = {option.name: option for option in OPTIONS}
    for name, value in options.items():
        option = known.get(name)
        if option is None:
            raise fail(f"unknown option {name}; known: {', '.join(known)}")
        wanted = bool if option.type == "bool" else str
        if value is not None and not isinstance(value, wanted):
            raise fail(f"option {name} must be a {option.type}")
        if option.choices and value is not None and value not in option.choices:
            raise fail(f"option {name} must be one of {', '.join(option.choices)}")
    for option in OPTIONS:
        if option.required and method in option.required and options.get(option.name) is None:
            raise fail(f"option {option.name} is needed")


def _program(board: Board, program: Path) -> None:
    """Writes the program into the part's flash with the tool that is there."""
    if shutil.which("openocd"):
        command: list[str | Path] = [find_program("openocd"), "-f", "interface/stlink.cfg"]
        command += ["-f", f"target/{board.openocd}.cfg"]
        command += ["-c", f"program {{{program}}} verify reset exit"]
    elif shutil.which("st-flash"):
        image = program.with_suffix(".hex")
        run_tool(
            [find_program("arm-none-eabi-objcopy"), "-O", "ihex", program, image],
            "arm-none-eabi-objcopy",
        )
        command = [find_program("st-flash"), "--reset", "--format", "ihex", "write", image]
    else:
        raise Error(
            "neither openocd nor st-flash is in PATH",
            "install one: apt-get install openocd, or stlink-tools",
        )
    run_tool(command, f"programming {board.name}")
