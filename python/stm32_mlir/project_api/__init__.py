# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A server of TVM's Project API: makes, builds, programs and talks to projects."""

from stm32_mlir.project_api.handler import Project
from stm32_mlir.project_api.server import main

__all__ = ["Project", "main"]
