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
    An operator of the network: activations in, one activation out, computed by
    one kernel of the runtime. On tensors it has a result, on buffers a
    destination (`into`).

    Operands stand in this order, each group may be empty: activations,
    constants, packed constants, destination, scratch.
  }];
  let methods = [
    InterfaceMethod<"Number of leading operands that are activations.",
      "unsigned", "getNumActivations", (ins), "", "return 1;">,
    InterfaceMethod<"Buffer that the operator writes, or null on tensors.",
      "::mlir::Value", "getDest">,
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
    /// Shape and element type of the output, on tensors and on buffers.
    ::mlir::ShapedType getOutputType() {
      ::mlir::Value value =
          $_op.getDest() ? ::mlir::Value($_op.getDest()) : $_op->getResult(0);
      return ::llvm::cast<::mlir::ShapedType>(value.getType());
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
  let extraSharedClassDeclaration = [{
    /// Input rows [first, last) that output rows [first, first + count) read,
    /// clipped to the image.
    ::std::pair<int64_t, int64_t> getInputRows(int64_t first, int64_t count);
  }];
  let verify = "return ::mlir::stm32::detail::verifyWindowOp($_op);";
}

#endif // STM32_DIALECT_STM32INTERFACES_TD
