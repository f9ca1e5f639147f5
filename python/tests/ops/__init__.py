# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random models of single operators, run by the oracle and by generated C.

    python -m ops ADD --type int8 --cases 200 --seed 7

draw.py and the files of specs say what a random case of an operator is;
builder.py writes many cases as one .tflite; harness.py runs and compares them.
"""
