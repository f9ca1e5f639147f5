//===- ModelPlan.h - A planned model, checked and numbered ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the C files and the report say about a model on buffers: its pools,
// tensors, operators and constants, with the numbers and names that they have
// in C. Both are written from one plan, so they agree.
//
// Offsets and sizes are bytes.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_C_MODELPLAN_H
#define STM32_TARGET_C_MODELPLAN_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"
#include "stm32/Target/Accelerators.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"

#include <optional>
#include <string>

namespace mlir::stm32 {

/// A pool of the model; its index is its place in ModelPlan::pools.
struct PoolPlan {
  PoolOp op;
  MemoryRegionOp region;
  std::string identifier; ///< unique in the model
  int64_t size;
  int64_t alignment;
};

/// Where a buffer or a view begins.
struct Place {
  unsigned pool;
  int64_t offset;
};

struct TensorPlan {
  Value value;
  int64_t id; ///< tensor_id
  std::string name;
  BufferType type;
  Place place;
  IOAttr io; ///< null unless it is an input or an output
};

/// One array of a block of constants.
struct ConstantField {
  std::string identifier;
  DenseElementsAttr value;
  int64_t offset; ///< from the start of the block
};

/// One block of the constants pool; blocks are in the order of their offsets.
struct ConstantBlock {
  PackedOp op;
  /// "op_3" where operator 3 is the first to use it, "op_3_b" where it is the
  /// activation `b`
  std::string identifier;
  unsigned firstOperator;
  int64_t offset;
  int64_t bytes;
  int64_t alignment; ///< largest element
  SmallVector<ConstantField> fields;
};

/// Memory that keeps its bytes from one run to the next.
struct StatePlan {
  BufferOp op;
  std::string name;
  Place place;
  int64_t bytes;
};

/// How the work of an operator is spread over its calls in the model.
enum class Banding {
  None,   ///< there is one call
  Window, ///< a call has a `band`: the kernel reads and writes rows of rings
  Rows,   ///< a call reads and writes one row, as `stm32.rows` of images
  Input,  ///< a call has an `input_band`: the kernel collects rows of its input
};

/// A function of the generated C: an operator, or all calls of a layer that is
/// computed in bands of rows.
struct OperatorPlan {
  ComputeOpInterface op; ///< the first call
  Banding banding = Banding::None;
  unsigned numSteps = 1;
  uint64_t macs = 0; ///< of all calls
  const KernelRecord *kernel;
  StringRef function;                ///< of C: the kernel's, or one of the user
  SmallVector<unsigned> inputs;      ///< indices into ModelPlan::tensors
  unsigned output;                   ///< the first one
  unsigned numOutputs;               ///< tensors from `output` on
  std::optional<unsigned> constants; ///< index into ModelPlan::blocks
  /// The blocks that are activations of the operator, each once.
  SmallVector<unsigned, 0> constantInputs;

  Operation *getOperation() const {
    return ComputeOpInterface(op).getOperation();
  }
  /// The function of C that a call calls.
  std::string getSymbol() const;
  /// True if the function takes a stm32rt_band.
  bool hasBand() const {
    return banding == Banding::Window || banding == Banding::Input;
  }
};

/// A first input that comes row by row, see stm32rt_row_input.
struct RowInputPlan {
  int64_t rowBytes, rows, held;
};

/// One turn of an operator: its rows [first, first + count), or all of it and
/// no rows if it does not run in bands.
struct StepPlan {
  /// In place of an operator: the rows must have come.
  static constexpr unsigned kReceive = 0xFFFF;
  unsigned operatorIndex;
  int64_t first, count;
};

/// Constants that are copied into a pool before they are used.
struct TransferPlan {
  FetchOp op;
  unsigned block; ///< index into ModelPlan::blocks
  Place place;
  /// Begins before step `start`, and is there before step `use`.
  unsigned start, use;
};

/// An accelerator that runs operators of the model.
struct AcceleratorPlan {
  const Accelerator *record;
  SmallVector<unsigned> operators; ///< indices into ModelPlan::operators
  std::optional<unsigned> pool;    ///< index into ModelPlan::pools
};

struct ModelPlan {
  ModelOp op;
  std::string identifier; ///< of the model in C
  SmallVector<PoolPlan> pools;
  std::optional<PoolPlan> constantsPool;
  SmallVector<TensorPlan> tensors; ///< in the order of their ids
  SmallVector<StatePlan> states;
  SmallVector<OperatorPlan> operators; ///< in the order of their first steps
  /// Empty if no operator runs in bands: then step i is operator i.
  SmallVector<StepPlan> steps;
  std::optional<RowInputPlan> stream;
  SmallVector<TransferPlan> transfers; ///< in the order in which they begin
  SmallVector<AcceleratorPlan> accelerators;
  SmallVector<ConstantBlock> blocks;
  SmallVector<unsigned> inputs, outputs; ///< indices into tensors

  /// Reads and checks `model`; errors are reported where they are. `taken`
  /// holds the identifiers of the models before it.
  static FailureOr<ModelPlan> get(ModelOp model, llvm::StringSet<> &taken);

  /// Place of any buffer of the model and of any view of one.
  Place getPlace(Value buffer) const { return places.lookup(buffer); }
  /// The operator of each step, also of a model without `steps`; steps that
  /// receive rows are left out.
  SmallVector<unsigned> getOrder() const;
  uint64_t getMacs() const;
  int64_t getActivationBytes() const;
  int64_t getStateBytes() const;
  /// Bytes of all constants that `entry` reads.
  int64_t getConstantBytes(const OperatorPlan &entry) const;
  StringRef getSignature() const;

  llvm::DenseMap<Value, Place> places;
};

/// Name of activation `index` in the call of a kernel: "x", or "a", "b" and so
/// on; "a20" and so on where the letters end.
std::string getArgumentName(ComputeOpInterface op, unsigned index);

/// "int8", "float32" and so on.
StringRef getTypeName(Type elementType);

} // namespace mlir::stm32

#endif // STM32_TARGET_C_MODELPLAN_H
