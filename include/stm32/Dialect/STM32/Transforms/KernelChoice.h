//===- KernelChoice.h - Which kernels an operator can have ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_TRANSFORMS_KERNELCHOICE_H
#define STM32_DIALECT_STM32_TRANSFORMS_KERNELCHOICE_H

#include "stm32/Target/PartRecords.h"

namespace mlir::stm32 {

/// The records of the runtime that `op`, on tensors, can have on `part` for
/// `aim`, the cheapest first, in the order of the records among equals. The
/// first one is what --stm32-select-kernels takes, but for optimize=flash.
SmallVector<const KernelRecord *>
listKernelChoices(ComputeOpInterface op, const PartRecord &part, Aim aim);

/// An operator and the kernels that it can have, at least one, the cheapest first.
struct KernelChoices {
  ComputeOpInterface op;
  SmallVector<const KernelRecord *> kernels;
};

/// A kernel for each of the operators of a model, so that all kernels together
/// are little code and, on a core of that instruction set, not too slow.
SmallVector<const KernelRecord *>
chooseSmallKernels(ArrayRef<KernelChoices> operators, Isa core);

} // namespace mlir::stm32

#endif // STM32_DIALECT_STM32_TRANSFORMS_KERNELCHOICE_H
