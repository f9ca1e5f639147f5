//===- STM32Dialect.h - The stm32 dialect -----------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Attributes, types, interfaces, the operations of structure, and the operators
// that passes know by name. The other families of operators have headers of
// their own (STM32Elementwise.h and so on), which only those include who make
// or describe them: passes see them through ComputeOpInterface. The
// documentation is in the .td files beside this one.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32_IR_STM32DIALECT_H
#define STM32_DIALECT_STM32_IR_STM32DIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "stm32/Dialect/STM32/IR/STM32Dialect.h.inc"
#include "stm32/Dialect/STM32/IR/STM32Enums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "stm32/Dialect/STM32/IR/STM32Attributes.h.inc"
#define GET_TYPEDEF_CLASSES
#include "stm32/Dialect/STM32/IR/STM32Types.h.inc"

namespace mlir::stm32 {

/// Name of the function argument and result attribute that holds a `#stm32.io`.
inline constexpr llvm::StringLiteral kIOAttrName = "stm32.io";
/// Name of the function attribute with the SHA-256 of the source file.
inline constexpr llvm::StringLiteral kSignatureAttrName = "stm32.signature";
/// Attribute of a `tosa.table`: the operator that it stands for.
inline constexpr llvm::StringLiteral kFunctionAttrName = "stm32.function";
/// Attribute of an operator on tensors: the pool of its result.
inline constexpr llvm::StringLiteral kPoolAttrName = "stm32.pool";
/// Attribute of a model: how many operators run at another place than in the
/// source.
inline constexpr llvm::StringLiteral kMovedAttrName = "stm32.moved";
/// Attribute of a model: an array of `#stm32.cascade`, the bands that it is to
/// have instead of those that a search finds.
inline constexpr llvm::StringLiteral kCascadesAttrName = "stm32.cascades";
/// Rows of its input that an operator is called for; see STM32Rows.h.
inline constexpr llvm::StringLiteral kInputBandAttrName = "input_band";
/// Attributes of a pool, for reports: what the planner has proven.
inline constexpr llvm::StringLiteral kLowerBoundAttrName = "stm32.lower_bound";
inline constexpr llvm::StringLiteral kCertificateAttrName = "stm32.certificate";

/// Layout that the encoding of a tensor type names, NHWC if none.
Layout getLayout(Type type);

/// Bytes of one element of an activation: 1, 2, 4, 8; a bool takes one, a complex
/// number two floats.
int64_t getElementBytes(Type elementType);

/// Name of the tensor that `loc` stands for, or "".
llvm::StringRef getTensorName(Location loc);

/// True if `name` means the tensor called `names`: what was fused has the names
/// of all its operators, with ';' between them, and the first one is enough.
inline bool matchesTensorName(llvm::StringRef names, llvm::StringRef name) {
  return names == name || names.split(';').first == name;
}

namespace detail {
/// Checks that a tensor of this shape can lie in memory: whole bytes, less than
/// 2 GiB (the runtime counts in int32), no dimension of 0.
LogicalResult verifyStorage(llvm::function_ref<InFlightDiagnostic()> emitError,
                            ArrayRef<int64_t> shape, Type elementType);
LogicalResult verifyComputeOp(Operation *op);
LogicalResult verifyWindowOp(Operation *op);
/// On buffers an operator reads its activations and writes destination and
/// scratch; on tensors it has no effects.
void getComputeEffects(
    Operation *op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects);
} // namespace detail
} // namespace mlir::stm32

#include "stm32/Dialect/STM32/IR/STM32Interfaces.h.inc"

#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32StructureOps.h.inc"
#define GET_OP_CLASSES
#include "stm32/Dialect/STM32/IR/STM32ComputeOps.h.inc"

namespace mlir::stm32 {
/// The image that `buffer` is rows of, or `buffer` itself.
Value getRowsSource(Value buffer);
/// The buffer that `value` is, or is a view or some rows of; null for
/// constants.
BufferOp getRootBuffer(Value value);
/// The block of constants that `buffer` is a view of, or rows of one; null if it
/// is none.
PackedOp getConstantBlock(Value buffer);

/// The block that an operator's packed constants are, also where they are
/// fetched into a buffer.
PackedOp getPackedBlock(Value constants);

/// What copies the packed constants of `op` into a buffer, or null.
FetchOp getFetch(ComputeOpInterface op);
} // namespace mlir::stm32

#endif // STM32_DIALECT_STM32_IR_STM32DIALECT_H
