//===- STM32Base.td - The stm32 dialect --------------------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32BASE_TD
#define STM32_DIALECT_STM32BASE_TD

include "mlir/IR/OpBase.td"

def STM32_Dialect : Dialect {
  let name = "stm32";
  let cppNamespace = "::mlir::stm32";
  let summary = "Quantised neural networks with a memory plan";
  let description = [{
    The dialect carries a network from its exact arithmetic to buffers with
    addresses. One set of compute operations serves every level:

    - **On tensors** an operation has a result and no `into`:
      requantisation, clamp and zero points are attributes of the operation.
    - **On buffers** the same operation writes `into` a destination of type
      `!stm32.buffer` and has no result.

    An int8 value `q` stands for `scale * (q - zero_point)`. Scales appear only
    at the model's inputs and outputs (`#stm32.io`); between operators there is
    integer arithmetic alone, with the rules of docs/Numerics.md.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
}

class STM32_Op<string mnemonic, list<Trait> traits = []>
    : Op<STM32_Dialect, mnemonic, traits>;

#endif // STM32_DIALECT_STM32BASE_TD
