# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Drives the stm32-mlir compiler from Python and checks what it generates."""

__version__ = "0.1.0"
