//===- Mutator.h - Changes of a model that stay a flatbuffer ----*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TOOLS_STM32_FUZZ_MUTATOR_H
#define STM32_TOOLS_STM32_FUZZ_MUTATOR_H

#include <cstddef>
#include <cstdint>

namespace mlir::stm32::fuzz {

/// Changes shapes, types, quantisation, operands, options or codes of the model
/// in `data`, which has room for `maxSize` bytes. Returns the new size, or 0 if
/// the bytes are no model or the result has no room.
size_t mutateModel(uint8_t *data, size_t size, size_t maxSize, unsigned seed);

/// Writes to `out`, which has room for `maxSize` bytes, a model with the
/// operators of both; inputs of the second may be results of the first. Returns
/// its size, or 0 if the bytes are no models or the result has no room.
size_t joinModels(const uint8_t *first, size_t firstSize, const uint8_t *second,
                  size_t secondSize, uint8_t *out, size_t maxSize,
                  unsigned seed);

} // namespace mlir::stm32::fuzz

#endif // STM32_TOOLS_STM32_FUZZ_MUTATOR_H
