# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`python -m stm32_mlir.project_api`: the server of the template."""

from stm32_mlir.project_api import main

if __name__ == "__main__":
    main()
