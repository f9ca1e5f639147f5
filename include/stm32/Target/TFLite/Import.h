//===- Import.h - From .tflite to MLIR --------------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads a TensorFlow Lite flatbuffer. The result is one function `@main`:
//
//   func.func @main(%arg0: tensor<1x8x8x1xi8> {stm32.io = #stm32.io<...>})
//       -> (tensor<1x10xi8> {stm32.io = #stm32.io<...>})
//       attributes {stm32.signature = "SHA-256 of the file"}
//
// Its body holds TOSA operations; what TOSA cannot say exactly (mean, softmax,
// quantize, dequantize, requantize) is an operation of the stm32 dialect. The
// integers are those of the reference kernels, see docs/Numerics.md.
//
// - Operators that the caller has bound to C functions become `stm32.custom`.
// - Element types: int8 -> i8, uint8 -> ui8, int16 -> i16, int32 -> i32,
//   float32 -> f32. Shapes are static; where the file leaves only the batch
//   open, the batch of its static shape is taken.
// - All operations of one operator have a NameLoc with the name of the tensor
//   that it writes.
// - Matrix products become 1x1 convolutions between reshapes.
// - Where the stride of a window leaves a remainder of the input, a
//   `tosa.slice` takes it away, as TOSA's verifier demands.
// - ADD is two exact shifts to the left by 20 (`rescale`, SINGLE_ROUND), two
//   `rescale` to i32, `tosa.add` and one `rescale` to i8.
// - AVERAGE_POOL_2D has zero points 0: values are averaged as they are.
// - A `tosa.clamp` follows only if a fused activation narrows the range.
//
// A file is never trusted. One that is damaged, contradicts itself, or asks for
// more than the limits of the reader gives one error. One that is sound but has
// operators, types or options that are not supported gives one error with a
// note for each of them. In both cases the result is null.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_TFLITE_IMPORT_H
#define STM32_TARGET_TFLITE_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlir::stm32 {

/// Binds operators to a C function of the user, which is called as
/// stm32rt_custom.h says. Either `operatorName` or `tensorName` is set.
struct CustomBinding {
  std::string operatorName; ///< "GELU", or the code of a CUSTOM operator
  std::string tensorName;   ///< first tensor that the operator writes
  std::string function;     ///< in C
  std::string header;       ///< that declares it, or ""
  std::vector<std::string> sources;
  std::string targetKey; ///< of the device that the files are for, or ""
  int64_t scratch = 0; ///< bytes
  /// Options in place of those that the model has.
  std::optional<std::vector<uint8_t>> options;

  /// What is known of an output in place of what the model says.
  struct Output {
    std::optional<std::vector<int64_t>> shape;
    std::string type; ///< "int8" and so on, or ""
  };
  std::vector<Output> outputs;
};

/// Imports the model in `bytes`. `name` is the file's name in diagnostics; its
/// last component is the module's location. Operators with a binding become
/// `stm32.custom`. Null after an error, which was emitted.
OwningOpRef<ModuleOp>
importTFLite(llvm::StringRef bytes, llvm::StringRef name, MLIRContext *context,
             llvm::ArrayRef<CustomBinding> bindings = {});

/// One kind of operator that can be imported.
struct SupportedOperator {
  llvm::StringRef name; ///< as the format has it
  bool isCustom;        ///< `name` is the code of a CUSTOM operator
  /// Types of the operand that decides the arithmetic: "INT8" and so on.
  std::vector<std::string> types;
  llvm::StringRef notes; ///< options and limits, for people
};

/// All of them, in the order of their names; the importer uses the same records.
std::vector<SupportedOperator> getSupportedOperators();

/// Registers `--import-tflite` with the translation tool.
void registerImportTFLiteTranslation();

} // namespace mlir::stm32

#endif // STM32_TARGET_TFLITE_IMPORT_H
