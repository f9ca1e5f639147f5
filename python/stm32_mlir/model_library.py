# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads archives in Model Library Format that stm32-compile wrote."""

from __future__ import annotations

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from stm32_mlir.errors import Error
from stm32_mlir.report import Report, parse_report

#: The version of the format that stm32-compile writes.
VERSION = 7


@dataclass(frozen=True, slots=True)
class ModelLibrary:
    """An archive: its metadata, and path -> bytes of each file."""

    path: Path
    metadata: dict[str, Any]
    files: dict[str, bytes]

    @property
    def names(self) -> list[str]:
        """Names of the models."""
        return list(self.metadata["modules"])

    def report(self, name: str) -> Report:
        """report.json of a model."""
        place = f"executor-config/aot/{name}.json"
        try:
            return parse_report(json.loads(self.files[place]))
        except KeyError as error:
            raise Error(
                f"{self.path}: no or no complete {place}", "stm32-compile --emit mlf writes it"
            ) from error
        except (TypeError, ValueError) as error:
            raise Error(f"{self.path}: {place} is malformed: {error}") from error

    def unpack(self, folder: Path) -> None:
        """Writes the one model as `stm32-compile -o` does: all files in one folder."""
        (name,) = self.names
        folder.mkdir(parents=True, exist_ok=True)
        for place, data in self.files.items():
            parts = PurePosixPath(place).parts
            if parts[0] in ("codegen", "runtime"):
                (folder / parts[-1]).write_bytes(data)
        (folder / "report.json").write_bytes(self.files[f"executor-config/aot/{name}.json"])


def load_library(path: Path) -> ModelLibrary:
    """Reads an archive; Error names what is wrong with it."""
    try:
        with tarfile.open(path) as tar:
            files = {_name(path, m): _data(tar, m) for m in tar.getmembers() if not m.isdir()}
    except (OSError, tarfile.TarError) as error:
        raise Error(f"{path}: cannot read the archive: {error}") from error
    try:
        metadata = json.loads(files["metadata.json"])
        version, modules = metadata["version"], metadata["modules"]
        names = [module["model_name"] for module in modules.values()]
    except KeyError as error:
        raise Error(f"{path}: not in Model Library Format: no {error}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise Error(f"{path}: malformed metadata.json: {error}") from error
    if version != VERSION:
        raise Error(
            f"{path}: version {version} of Model Library Format", f"version {VERSION} is needed"
        )
    if not names:
        raise Error(f"{path}: holds no model")
    return ModelLibrary(path, metadata, files)


def _name(path: Path, member: tarfile.TarInfo) -> str:
    """Path in the archive; nothing may lead out of it."""
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or not member.isfile():
        raise Error(f"{path}: '{member.name}' is no file inside of the archive")
    return str(name)


def _data(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(member)
    assert stream is not None  # a regular file
    return stream.read()
