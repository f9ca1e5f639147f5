# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Archives in Model Library Format: what is in them, and reading them."""

from __future__ import annotations

import io
import json
import re
import struct
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from shared_models import DIGITS, model_path

from stm32_mlir.build import STRICT_WARNINGS, compile_library, compile_model
from stm32_mlir.errors import Error
from stm32_mlir.model_library import ModelLibrary, load_library

pytestmark = pytest.mark.compiler


@pytest.fixture(scope="module")
def digits(tmp_path_factory) -> ModelLibrary:
    path = tmp_path_factory.mktemp("library") / "digits.tar"
    return compile_library(DIGITS, path, "stm32f407vg", "digits")


def read_params(data: bytes) -> dict[str, np.ndarray]:
    """TVM's format of named arrays."""
    stream = io.BytesIO(data)

    def take(form: str) -> tuple[int, ...]:
        return struct.unpack("<" + form, stream.read(struct.calcsize("<" + form)))

    assert take("QQ") == (0xF7E58D4F05049CB7, 0)
    names = [stream.read(take("Q")[0]).decode() for _ in range(take("Q")[0])]
    assert take("Q") == (len(names),)
    arrays = {}
    for name in names:
        assert take("QQii") == (0xDD5E40F096B4A13F, 0, 1, 0)
        rank, code, bits, lanes = take("iBBH")
        assert lanes == 1
        shape = take(f"{rank}q")
        dtype = np.dtype(f"<{'iuf'[code]}{bits // 8}")
        (size,) = take("q")
        assert size == dtype.itemsize * int(np.prod(shape))
        arrays[name] = np.frombuffer(stream.read(size), dtype).reshape(shape)
    assert stream.read() == b""
    return arrays


@pytest.mark.parametrize("name", ["digits", "tflm_hello_world_float", "mlperf_kws_dscnn_int8"])
def test_parameters_are_the_constants_of_the_c(name, tmp_path):
    """A program prints each member of the constants; bytes and names agree."""
    library = compile_library(model_path(name), tmp_path / "x.tar", "host", "net")
    library.unpack(tmp_path / "c")
    params = read_params(library.files["parameters/net.params"])
    assert params
    lines = "".join(f'  PRINT("{member}", net_constants.{member});\n' for member in params)
    (tmp_path / "print.c").write_text(
        '#include <stdio.h>\n#include "net_data.c"\n'
        "#define PRINT(name, member) do { const unsigned char *p = "
        "(const unsigned char *)&member; printf(\"%s \", name); "
        'for (size_t i = 0; i < sizeof member; ++i) printf("%02x", p[i]); puts(""); } while (0)\n'
        f"int main(void) {{\n{lines}  return 0;\n}}\n",
        encoding="utf-8",
    )
    command = ["gcc", "-std=c11", f"-I{tmp_path / 'c'}", tmp_path / "print.c", "-o", tmp_path / "p"]
    subprocess.run([str(word) for word in command], check=True)
    done = subprocess.run([tmp_path / "p"], check=True, capture_output=True, text=True)
    printed = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert printed == {member: value.tobytes().hex() for member, value in params.items()}
    # Nothing but padding is missing.
    report = library.report("net")
    total = sum(value.nbytes for value in params.values())
    assert report.constants - 16 * (len(params) + 1) < total <= report.constants


def test_metadata_says_what_the_report_says(digits):
    assert digits.metadata["version"] == 7
    (module,) = digits.metadata["modules"].values()
    report = digits.report("digits")
    assert digits.names == ["digits"] == [module["model_name"]]
    assert module["target"] == ["c -keys=arm_cpu,cpu -mcpu=cortex-m4 -model=stm32f407vg"]
    assert (module["executors"], module["style"]) == (["aot"], "full-model")
    assert module["export_datetime"] == "1970-01-01 00:00:00Z"
    memory = module["memory"]
    (main_function,) = memory["functions"]["main"]
    (image,) = report.inputs
    (scores,) = report.outputs
    assert main_function == {
        "device": 1,
        "workspace_size_bytes": report.activations,
        "constants_size_bytes": report.constants,
        "io_size_bytes": 74,
        "inputs": {image.name: {"size": 64, "dtype": "int8"}},
        "outputs": {scores.name: {"size": 10, "dtype": "int8"}},
    }
    assert memory["functions"]["operator_functions"] == [
        {
            "function_name": f"digits_op_{operator.index}",
            "workspace": [{"device": 1, "workspace_size_bytes": operator.scratch}],
        }
        for operator in report.operators
    ]
    (pool,) = report.pools
    assert memory["pools"] == [
        {
            "name": pool.name,
            "region": "sram1",
            "size_bytes": pool.size,
            "alignment": pool.alignment,
            "states": False,
        }
    ]
    places = [(sid["size_bytes"], sid["offset"]) for sid in memory["sids"]]
    assert sorted(places) == sorted({(b.size, b.offset) for b in pool.buffers})
    bound = [sid for sid in memory["sids"] if "input_binding" in sid]
    assert [sid["input_binding"] for sid in bound] == [image.name]
    (dependency,) = module["external_dependencies"]
    assert dependency["url_type"] == "mlf_path"
    folder = dependency["url"].removeprefix("./") + "/"
    assert any(name.startswith(folder) for name in digits.files)


def test_functions_of_the_metadata_are_those_of_the_c(digits):
    source = digits.files["codegen/host/src/digits.c"].decode()
    functions = re.findall(r"^static void (\w+)\(const stm32rt_context", source, re.M)
    (module,) = digits.metadata["modules"].values()
    entries = module["memory"]["functions"]["operator_functions"]
    assert functions == [entry["function_name"] for entry in entries]


def test_folders_of_the_archive_compile_as_they_are(digits, tmp_path):
    """Without a warning, with the include paths that the layout gives."""
    with tarfile.open(digits.path) as tar:
        tar.extractall(tmp_path)
    include = [f"-I{tmp_path / 'codegen/host/include'}", f"-I{tmp_path / 'runtime/include'}"]
    sources = sorted(tmp_path.glob("codegen/host/src/*.c")) + sorted(tmp_path.glob("runtime/src/*.c"))
    assert len(sources) > 8
    command = ["gcc", "-std=c11", *STRICT_WARNINGS, *include, "-fsyntax-only", *map(str, sources)]
    subprocess.run(command, check=True)


def test_unpacked_archive_is_the_folder_of_stm32_compile(digits, tmp_path):
    digits.unpack(tmp_path / "a")
    compile_model(DIGITS, tmp_path / "b", "stm32f407vg", "digits")
    a = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    b = {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}
    assert a == b


def test_accelerator_has_a_folder_of_its_own(tmp_path):
    """And its target key; unpacked, all files are in one folder again."""
    extra = ["--accelerator", ROOT / "examples" / "accelerator" / "conv_engine.json"]
    library = compile_library(DIGITS, tmp_path / "x.tar", "stm32f405rg", "digits", extra=extra)
    (module,) = library.metadata["modules"].values()
    assert module["target"][1:] == ["accel-conv2d"]
    own = [name for name in library.files if name.startswith("codegen/accel-conv2d/")]
    assert "codegen/accel-conv2d/src/conv_engine.c" in own
    assert "codegen/accel-conv2d/include/conv_engine.h" in own
    library.unpack(tmp_path / "a")
    compile_model(DIGITS, tmp_path / "b", "stm32f405rg", "digits", extra=extra)
    names = [{path.name for path in (tmp_path / side).iterdir()} for side in "ab"]
    assert names[0] == names[1]


def test_states_and_names_in_the_metadata(tmp_path):
    library = compile_library(model_path("mww_vad_v2"), tmp_path / "x.tar", "host", "vad")
    (module,) = library.metadata["modules"].values()
    assert [pool["states"] for pool in module["memory"]["pools"]] == [False, True]


def test_command_line(tmp_path, command):
    path = tmp_path / "x.tar"
    status, out, _ = command("generate", DIGITS, "-o", path, "--target", "host", "--emit", "mlf")
    assert status == 0
    assert "x.tar: 8 operators, 45,312 MACs" in out
    assert load_library(path).names == ["network"]


# Errors


def archive(path: Path, **files: str | bytes) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            data = text if isinstance(text, bytes) else text.encode()
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


GOOD = {"version": 7, "modules": {"n": {"model_name": "n"}}}


@pytest.mark.parametrize(
    "files, message",
    [
        ({"x": ""}, "not in Model Library Format: no 'metadata.json'"),
        ({"metadata.json": "{"}, "malformed metadata.json"),
        ({"metadata.json": "[]"}, "malformed metadata.json"),
        ({"metadata.json": b"\xff"}, "malformed metadata.json"),
        ({"metadata.json": "{}"}, "not in Model Library Format: no 'version'"),
        ({"metadata.json": json.dumps({**GOOD, "modules": 3})}, "malformed metadata.json"),
        ({"metadata.json": json.dumps({**GOOD, "version": 5})}, "version 5 of Model Library Format"),
        ({"metadata.json": json.dumps({**GOOD, "modules": {}})}, "holds no model"),
        ({"../metadata.json": "{}"}, "'../metadata.json' is no file inside of the archive"),
        ({"/metadata.json": "{}"}, "'/metadata.json' is no file inside of the archive"),
    ],
)
def test_archives_that_cannot_be_read(files, message, tmp_path):
    path = archive(tmp_path / "x.tar", **files)
    with pytest.raises(Error, match=re.escape(message)):
        load_library(path)


def test_files_that_are_no_archives(tmp_path):
    with pytest.raises(Error, match="none.tar: cannot read the archive: .*No such file"):
        load_library(tmp_path / "none.tar")
    with pytest.raises(Error, match="digits.tflite: cannot read the archive"):
        load_library(DIGITS)
    with tarfile.open(tmp_path / "link.tar", "w") as tar:
        link = tarfile.TarInfo("metadata.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    with pytest.raises(Error, match="'metadata.json' is no file inside of the archive"):
        load_library(tmp_path / "link.tar")


def test_damaged_archive(digits, tmp_path):
    data = digits.path.read_bytes()
    (tmp_path / "cut.tar").write_bytes(data[: len(data) // 2 + 100])
    with pytest.raises(Error, match="cut.tar: cannot read the archive|no or no complete"):
        load_library(tmp_path / "cut.tar").report("digits")


@pytest.mark.parametrize("report", [None, "{", "{}", "[]"])
def test_archive_of_another_tool(report, tmp_path):
    files = {"metadata.json": json.dumps(GOOD)}
    if report is not None:
        files["executor-config/aot/n.json"] = report
    library = load_library(archive(tmp_path / "x.tar", **files))
    with pytest.raises(Error, match="x.tar: (no or no complete )?executor-config/aot/n.json"):
        library.report("n")
