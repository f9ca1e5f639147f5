//===- STM32Interfaces.td - Operation interfaces -----------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32INTERFACES_TD
#define STM32_DIALECT_STM32INTERFACES_TD

include "mlir/IR/OpBase.td"

def STM32_ComputeOpInterface : OpInterface<"ComputeOpInterface"> {
  let cppNamespace = "::mlir::stm32";
  let description = [{
    An operator of the network: activations in, an activation out (a few
    operators have more), computed by one kernel of the runtime. On tensors it
    has a result, on buffers a destination (`into`).

    Operands stand in this order, each group may be empty: activations, states,
    constants, packed constants, destination, scratch. States are buffers on
    either level; the operator reads and writes them.
  }];
  let methods = [
    InterfaceMethod<"Number of leading operands that are activations.",
      "unsigned", "getNumActivations", (ins), "", "return 1;">,
    InterfaceMethod<"Number of operands after the activations that are states.",
      "unsigned", "getNumStates", (ins), "", "return 0;">,
    InterfaceMethod<"Buffer that the operator writes, or null on tensors; the "
                    "first one if there are several.",
      "::mlir::Value", "getDest">,
    InterfaceMethod<"All buffers that the operator writes as its outputs.",
      "::llvm::SmallVector<::mlir::Value>", "getDests", (ins), "", [{
        ::mlir::Value dest = $_op.getDest();
        if (!dest)
          return {};
        return {dest};
      }]>,
    InterfaceMethod<"True if the kernel takes a block of constants.",
      "bool", "hasConstants", (ins), "",
      "return !$_op.getConstantNames().empty();">,
    InterfaceMethod<"Names of the arrays in the block, one for each operand of "
                    "getConstantsMutable, where they are packed as they are.",
      "::llvm::ArrayRef<::llvm::StringLiteral>", "getConstantNames", (ins), "",
      "return {};">,
    InterfaceMethod<"The constants that are packed as they are.",
      "::mlir::MutableOperandRange", "getConstantsMutable", (ins), "",
      "return ::mlir::MutableOperandRange($_op, 0, 0);">,
    InterfaceMethod<"Checks the values of the constants that are packed as they "
                    "are, in their order: what the kernel relies on and types do "
                    "not say, such as that no sum leaves int32. Reports errors.",
      "::llvm::LogicalResult", "verifyConstantValues",
      (ins "::llvm::ArrayRef<::mlir::DenseElementsAttr>":$values), "",
      "return ::mlir::success();">,
    InterfaceMethod<"The packed constants.",
      "::mlir::MutableOperandRange", "getPackedMutable", (ins), "",
      "return ::mlir::MutableOperandRange($_op, 0, 0);">,
    InterfaceMethod<"Scratch buffer of the kernel, or null.",
      "::mlir::Value", "getScratch">,
    InterfaceMethod<"Name of the chosen kernel record, or null.",
      "::mlir::StringAttr", "getKernelAttr">,
    InterfaceMethod<"Choose a kernel record by name.",
      "void", "setKernelAttr", (ins "::mlir::StringAttr":$kernel)>,
    InterfaceMethod<"Multiply-accumulate operations of one run.",
      "uint64_t", "getMacs", (ins), "", "return 0;">,
    InterfaceMethod<"Name of the operator in reports, e.g. CONV_2D.",
      "::llvm::StringRef", "getKind">,
  ];
  let extraSharedClassDeclaration = [{
    /// Activation `index` (0 is the first).
    ::mlir::Value getActivation(unsigned index) {
      return $_op->getOperand(index);
    }
    /// State `index` (0 is the first).
    ::mlir::Value getState(unsigned index) {
      return $_op->getOperand($_op.getNumActivations() + index);
    }
    /// The packed constants, or null.
    ::mlir::Value getPackedConstants() {
      ::mlir::MutableOperandRange packed = $_op.getPackedMutable();
      return packed.empty() ? ::mlir::Value() : packed[0].get();
    }
    /// Shape and element type of the output, on tensors and on buffers.
    ::mlir::ShapedType getOutputType() {
      ::mlir::Value value =
          $_op.getDest() ? ::mlir::Value($_op.getDest()) : $_op->getResult(0);
      return ::llvm::cast<::mlir::ShapedType>(value.getType());
    }
    /// Outputs of the operator.
    unsigned getNumOutputs() {
      return $_op.getDest() ? $_op.getDests().size() : $_op->getNumResults();
    }
    /// Shape and element type of activation `index`.
    ::mlir::ShapedType getActivationType(unsigned index) {
      return ::llvm::cast<::mlir::ShapedType>(
          $_op->getOperand(index).getType());
    }
  }];
  let verify = "return ::mlir::stm32::detail::verifyComputeOp($_op);";
}

def STM32_WindowOpInterface : OpInterface<"WindowOpInterface",
                                          [STM32_ComputeOpInterface]> {
  let cppNamespace = "::mlir::stm32";
  let description = [{
    A compute operator that moves a window over an NHWC image: convolutions and
    pools. Such an operator can compute a band of output rows from a ring of
    input rows.
  }];
  let methods = [
    InterfaceMethod<"Height and width of the window.",
      "::llvm::ArrayRef<int64_t>", "getWindow">,
    InterfaceMethod<"Vertical and horizontal stride.",
      "::llvm::ArrayRef<int64_t>", "getStrides">,
    InterfaceMethod<"Padding: top, bottom, left, right.",
      "::llvm::ArrayRef<int64_t>", "getPadding">,
    InterfaceMethod<"Vertical and horizontal dilation.",
      "::llvm::ArrayRef<int64_t>", "getDilations">,
    InterfaceMethod<"Output rows of this call, or null for all.",
      "::mlir::stm32::BandAttr", "getBandAttr">,
  ];
  let verify = "return ::mlir::stm32::detail::verifyWindowOp($_op);";
}

#endif // STM32_DIALECT_STM32INTERFACES_TD
