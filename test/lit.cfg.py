"""Configuration of the lit suite.

Substitutions beside the tools' names:
  %host_cc        the host's C compiler
  %clang, %arm_gcc  further C compilers (features clang and arm-gcc)
  %strict         the warning flags that generated C and the runtime keep
  %flatc          the flatbuffers compiler, %tflite_schema its schema
  %src            the root of the source tree
  %runtime        the runtime's folder
  %shared         models and golden vectors that the project does not contain
Feature shared: they are there, in ../shared or where STM32_SHARED says.
"""
import os

import lit.formats
from lit.llvm import llvm_config

config.name = "stm32-mlir"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.stm32_obj_root, "test")

llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.use_default_substitutions()  # FileCheck, not, count
llvm_config.add_tool_substitutions(
    ["stm32-opt", "stm32-translate", "stm32-compile", "stm32-plan"],
    [config.stm32_tools_dir, config.llvm_tools_dir])

source = config.stm32_src_root
shared = os.environ.get("STM32_SHARED", os.path.join(source, "..", "shared"))
config.substitutions += [
    ("%host_cc", config.host_cc),
    ("%clang", config.clang),
    ("%arm_gcc", config.arm_gcc),
    ("%strict",
     "-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wcast-qual -Wundef "
     "-Wshadow -Wstrict-prototypes -Wc++-compat -Wvla -Werror"),
    ("%flatc", config.flatc),
    ("%tflite_schema", os.path.join(source, "lib/Target/TFLite/tflite.fbs")),
    ("%runtime", os.path.join(source, "runtime")),
    ("%shared", shared),
    ("%src", source),
]
for feature, tool in [("host-cc", config.host_cc), ("clang", config.clang),
                      ("arm-gcc", config.arm_gcc)]:
    if tool and os.path.exists(tool):
        config.available_features.add(feature)
if os.path.isdir(os.path.join(shared, "models")):
    config.available_features.add("shared")
