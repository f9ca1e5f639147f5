//===- STM32CustomOps.td - Operators of the user and of TFLM *- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32CUSTOMOPS_TD
#define STM32_DIALECT_STM32CUSTOMOPS_TD

include "stm32/Dialect/STM32/IR/STM32ComputeBase.td"

// Operators with any number of inputs and outputs; `syntax` is what stands
// before the destinations.
class STM32_ManyOutputsOp<string mnemonic, string kind, string syntax,
                          dag attributes>
    : STM32_ComputeOp<mnemonic, kind, [STM32_Compute]> {
  let arguments = !con(
    (ins Variadic<STM32_AnyActivation>:$inputs,
         Variadic<STM32_AnyBuffer>:$destinations,
         Optional<STM32_I8Buffer>:$scratch),
    attributes, (ins STM32_Kernel:$kernel));
  let results = (outs
    Variadic<StaticShapeTensorOf<[I1, I8, UI8, I16, I32, I64, F32]>>:$outputs);
  let assemblyFormat = syntax # [{
    (`into` `(` $destinations^ `)`)? (`scratch` `(` $scratch^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
  string manyDeclaration = [{
    unsigned getNumActivations() { return getInputs().size(); }
    ::mlir::Value getDest() {
      return getDestinations().empty() ? ::mlir::Value()
                                       : getDestinations().front();
    }
    ::llvm::SmallVector<::mlir::Value> getDests() {
      return ::llvm::to_vector_of<::mlir::Value>(getDestinations());
    }
  }];
  let extraClassDeclaration = commonDeclaration # manyDeclaration;
}

def STM32_CustomOp : STM32_ManyOutputsOp<"custom", "",
    "$function `(` $inputs `)`",
    (ins StrAttr:$function, StrAttr:$operator_name,
      TypedArrayAttrBase<STM32_QuantAttr, "array of #stm32.quant">:$quantization,
      DefaultValuedAttr<DenseI8ArrayAttr, "{}">:$options,
      DefaultValuedAttr<ConfinedAttr<I64Attr, [IntNonNegative]>, "0">:$scratch_bytes,
      DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$absent,
      OptionalAttr<StrAttr>:$header)> {
  let summary = "A C function of the user";
  let description = [{
    Calls `function`, whose contract is in stm32rt_custom.h, for one operator of
    the model. `operator_name` is the operator's name there, for reports.
    `quantization` has one entry for each input and then for each output.
    `options` are the bytes that the model has as the operator's options,
    `scratch_bytes` is the working memory of one call. `absent` are the
    positions of optional inputs that the operator does not have, in ascending
    order; the function gets NULL there. With `header` the function is declared
    in that file, else the generated code declares it.

    The function reads its inputs and writes its outputs, all channel last, and
    nothing else: calls with equal inputs may be joined, and one whose outputs
    nobody reads may be left out.

    Example:

    ```mlir
    %y = stm32.custom "my_gelu_s8"(%x) {operator_name = "GELU",
      quantization = [#stm32.quant<[0.5], [3], 0>, #stm32.quant<[0.25], [0], 0>]}
      : (tensor<1x8xi8>) -> tensor<1x8xi8>
    ```
  }];
  let extraClassDeclaration = effectsDeclaration # manyDeclaration # [{
    ::llvm::StringRef getKind() { return getOperatorName(); }
  }];
}

def STM32_DetectionPostprocessOp : STM32_ManyOutputsOp<
    "detection_postprocess", "DETECTION_POSTPROCESS", "$inputs",
    (ins I32Attr:$max_detections, I32Attr:$num_classes,
      I32Attr:$detections_per_class, F32Attr:$score_threshold,
      F32Attr:$iou_threshold, DenseF32ArrayAttr:$scales)> {
  let summary = "Boxes, classes and scores out of anchors and predictions";
  let description = [{
    TFLite_Detection_PostProcess of float32 (rule N90 of docs/numerics/Custom.md).
    Inputs: encodings `1 x n x k`, of which the first four are y, x, h, w
    relative to an anchor; scores `1 x n x c`, c being `num_classes` or one more
    for a background class in front; anchors `n x 4`. `scales` divides y, x, h, w.

    Outputs, with r rows, at least `max_detections`: boxes `1 x r x 4` as ymin,
    xmin, ymax, xmax; classes `1 x r`; scores `1 x r`; the number of detections,
    one element. Rows behind that number are 0.

    `detections_per_class` is 0 for the fast suppression, where an anchor counts
    for its best class alone; else each class is suppressed for itself, with at
    most that many detections.

    Example:

    ```mlir
    %b, %c, %s, %n = stm32.detection_postprocess %e, %p, %a {
      max_detections = 10 : i32, num_classes = 2 : i32,
      detections_per_class = 0 : i32, score_threshold = 0.5 : f32,
      iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
      : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
      -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
    ```
  }];
  let extraClassDeclaration = commonDeclaration # manyDeclaration # [{
    /// Values of a box: y, x, h, w, or ymin, xmin, ymax, xmax.
    static constexpr int64_t kNumCoordinates = 4;
    /// Bytes of scratch of the kernel.
    int64_t getScratchSize();
  }];
}

#endif // STM32_DIALECT_STM32CUSTOMOPS_TD
