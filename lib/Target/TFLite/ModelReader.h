//===- ModelReader.h - A checked view of a .tflite file ---------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `readModel` trusts nothing. After it:
//
// - every index (tensor, buffer, operator code) is in range;
// - an operator reads only graph inputs, constants, variables and tensors that
//   an earlier operator wrote; no tensor is written twice;
// - all this holds for every subgraph;
// - a tensor without a `defect` has a static shape of positive dimensions
//   within the limits below, and constants have exactly the bytes of it.
//
// What a single tensor has wrong is kept as its `defect`: it matters only if an
// operator that can be imported uses the tensor.
//
// The view points into the file's bytes; it must not outlive them.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TARGET_TFLITE_MODELREADER_H
#define STM32_LIB_TARGET_TFLITE_MODELREADER_H

#include "tflite_generated.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace mlir::stm32 {
struct CustomBinding;
} // namespace mlir::stm32

namespace mlir::stm32::tflite {

/// What the importer accepts at most. A model for a microcontroller stays far
/// below; a hostile file gets an error instead of time and memory.
namespace limits {
inline constexpr int64_t kFileBytes = int64_t(1) << 30;
inline constexpr unsigned kTables = 400000;
inline constexpr unsigned kTableDepth = 16;
inline constexpr unsigned kSubgraphs = 256;
inline constexpr unsigned kTensors = 32768;
inline constexpr unsigned kOperators = 16384;
inline constexpr unsigned kOperands = 1024;
inline constexpr unsigned kNameBytes = 4096;
inline constexpr unsigned kOptionBytes = 65536;
inline constexpr unsigned kRank = 6;
inline constexpr int64_t kTensorBytes = int64_t(1) << 31;
/// Strides, dilations, windows of pools, paddings.
inline constexpr int64_t kStep = 65535;
/// Bytes of constants that operators read in all, as a multiple of the file's
/// size: one constant may serve several operators.
inline constexpr int64_t kConstantReuse = 16;
inline constexpr int64_t kConstantFloor = int64_t(1) << 24;
} // namespace limits

/// One tensor of the graph.
struct TensorInfo {
  unsigned index = 0;
  const Tensor *table = nullptr;
  llvm::StringRef name;
  TensorType type = TensorType_FLOAT32;
  llvm::SmallVector<int64_t, 4> shape;
  /// The constant's bytes, little-endian; empty for an activation.
  llvm::ArrayRef<uint8_t> data;
  bool isConstant = false;
  bool isVariable = false;
  bool isInput = false;
  /// Why operators cannot use the tensor, or "".
  std::string defect;
  /// The same, but that it is a variable is none: for operators with states.
  std::string stateDefect;

  int64_t getNumElements() const;
  /// What its scales and zero points have wrong, or "". The following functions
  /// need it to be "", but for `getNumScales`.
  std::string getQuantizationDefect() const;
  /// Scale count; 0 if the tensor is not quantised.
  unsigned getNumScales() const;
  float getScale(unsigned channel) const;
  int64_t getZeroPoint(unsigned channel) const;
};

/// One operator; -1 among the inputs is an absent operand.
struct OperatorInfo {
  unsigned index = 0;
  const Operator *table = nullptr;
  int32_t code = 0;
  llvm::StringRef customCode;
  llvm::SmallVector<int32_t, 4> inputs;
  llvm::SmallVector<int32_t, 1> outputs;
  /// The function of the user that computes it, or null.
  const CustomBinding *binding = nullptr;
};

/// One subgraph.
struct GraphInfo {
  std::vector<TensorInfo> tensors;
  std::vector<OperatorInfo> operators;
  llvm::SmallVector<int32_t, 2> inputs, outputs;
};

/// The main subgraph, and the others.
struct ModelInfo : GraphInfo {
  /// Subgraph `i` is `others[i - 1]`.
  std::vector<GraphInfo> others;
  int64_t fileBytes = 0;
  /// Bytes of constants that foldConstants has computed.
  std::deque<std::vector<uint8_t>> computed;
};

/// Bytes of an element of `type`, 0 if it cannot be imported.
unsigned getElementBytes(TensorType type);

/// Name of `type` as the format has it, or "type N".
std::string getTypeName(TensorType type);

/// "CONV_2D", "CUSTOM \"name\"" or "operator code N".
std::string getOperatorName(const OperatorInfo &op);

/// "1x32x32x3", "scalar" for rank 0.
std::string formatShape(llvm::ArrayRef<int64_t> shape);

/// Verifies and reads `bytes`, which start at an address that is a multiple
/// of 16.
llvm::Expected<ModelInfo> readModel(llvm::StringRef bytes);

/// Makes constants of the integer tensors of the main subgraph that follow from
/// constants and static shapes, and drops the operators that compute them.
void foldConstants(ModelInfo &model);

} // namespace mlir::stm32::tflite

#endif // STM32_LIB_TARGET_TFLITE_MODELREADER_H
