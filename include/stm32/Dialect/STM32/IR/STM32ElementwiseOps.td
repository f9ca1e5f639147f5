//===- STM32ElementwiseOps.td - Operators on single elements *- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32ELEMENTWISEOPS_TD
#define STM32_DIALECT_STM32ELEMENTWISEOPS_TD

include "stm32/Dialect/STM32/IR/STM32ComputeBase.td"

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

class STM32_FunctionEnum<string name, string summary,
                         list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::mlir::stm32";
  let genSpecializedAttr = 0;
}

def STM32_BinaryFunction
    : STM32_FunctionEnum<"BinaryFunction", "function of two elements", [
        I32EnumAttrCase<"Add", 0, "add">,
        I32EnumAttrCase<"Sub", 1, "sub">,
        I32EnumAttrCase<"Mul", 2, "mul">,
        I32EnumAttrCase<"Div", 3, "div">,
        I32EnumAttrCase<"FloorDiv", 4, "floor_div">,
        I32EnumAttrCase<"FloorMod", 5, "floor_mod">,
        I32EnumAttrCase<"SquaredDifference", 6, "squared_difference">,
        I32EnumAttrCase<"Minimum", 7, "minimum">,
        I32EnumAttrCase<"Maximum", 8, "maximum">,
        I32EnumAttrCase<"Prelu", 9, "prelu">,
        I32EnumAttrCase<"Equal", 10, "equal">,
        I32EnumAttrCase<"NotEqual", 11, "not_equal">,
        I32EnumAttrCase<"Less", 12, "less">,
        I32EnumAttrCase<"LessEqual", 13, "less_equal">,
        I32EnumAttrCase<"LogicalAnd", 14, "logical_and">,
        I32EnumAttrCase<"LogicalOr", 15, "logical_or">]>;
def STM32_BinaryFunctionAttr
    : EnumAttr<STM32_Dialect, STM32_BinaryFunction, "binary_function"> {
  let summary = "Function of two elements";
  let description = "Printed as its name: `add`.";
}

def STM32_UnaryFunction
    : STM32_FunctionEnum<"UnaryFunction", "function of one element", [
        I32EnumAttrCase<"Abs", 0, "abs">,
        I32EnumAttrCase<"Neg", 1, "neg">,
        I32EnumAttrCase<"Square", 2, "square">,
        I32EnumAttrCase<"Sqrt", 3, "sqrt">,
        I32EnumAttrCase<"Rsqrt", 4, "rsqrt">,
        I32EnumAttrCase<"Exp", 5, "exp">,
        I32EnumAttrCase<"Log", 6, "log">,
        I32EnumAttrCase<"Sin", 7, "sin">,
        I32EnumAttrCase<"Cos", 8, "cos">,
        I32EnumAttrCase<"Tanh", 9, "tanh">,
        I32EnumAttrCase<"Logistic", 10, "logistic">,
        I32EnumAttrCase<"Elu", 11, "elu">,
        I32EnumAttrCase<"HardSwish", 12, "hard_swish">,
        I32EnumAttrCase<"LeakyRelu", 13, "leaky_relu">,
        I32EnumAttrCase<"Floor", 14, "floor">,
        I32EnumAttrCase<"Ceil", 15, "ceil">,
        I32EnumAttrCase<"Round", 16, "round">,
        I32EnumAttrCase<"Clamp", 17, "clamp">,
        I32EnumAttrCase<"LogicalNot", 18, "logical_not">,
        I32EnumAttrCase<"Relu", 19, "relu">,
        I32EnumAttrCase<"Gelu", 20, "gelu">,
        I32EnumAttrCase<"GeluTanh", 21, "gelu_tanh">]>;
def STM32_UnaryFunctionAttr
    : EnumAttr<STM32_Dialect, STM32_UnaryFunction, "unary_function"> {
  let summary = "Function of one element";
  let description = "Printed as its name: `exp`.";
}

// A factor multiplier * 2^-shift.
def STM32_Scale : ConfinedAttr<DenseI32ArrayAttr, [DenseArrayCount<2>]>;

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

def STM32_LookupOp : STM32_ConstantsOp<"lookup", "LOOKUP", "\"table\"",
    (ins StrAttr:$function)> {
  let summary = "A function of int8 or int16 by its table";
  let description = [{
    Any function of one value, its quantisation and its clamp included (rule N22
    of docs/numerics/Elementwise.md). int8 to int8: `y = table[x + 128]`, the
    table has all 256 values. int16 to int16: the table has the values at the
    ends of 512 intervals, between which `y` is interpolated. `function` is the
    operator in the source model, for reports.

    Example:

    ```mlir
    %y = stm32.lookup %x constants(%t) {function = "LOGISTIC"}
      : (tensor<1x8xi8>, tensor<256xi8>) -> tensor<1x8xi8>
    ```
  }];
  let extraClassDeclaration = constantsDeclaration;
}

// Operators whose `function` is their kind in reports.
class STM32_FunctionOp<string mnemonic, dag inputs, string syntax,
                       dag attributes, int numActivations>
    : STM32_SimpleOp<mnemonic, "", inputs, syntax, attributes,
                     numActivations> {
  let extraClassDeclaration = [{
    ::llvm::StringRef getKind();
    void getEffects(::llvm::SmallVectorImpl<
        ::mlir::SideEffects::EffectInstance<::mlir::MemoryEffects::Effect>>
        &effects) {
      ::mlir::stm32::detail::getComputeEffects(*this, effects);
    }
    unsigned getNumActivations() { return }] # numActivations # [{; }
  }];
}

def STM32_BinaryOp : STM32_FunctionOp<"binary",
    (ins STM32_BinaryFunctionAttr:$function, STM32_AnyActivation:$lhs,
         STM32_AnyActivation:$rhs), "$function $lhs `,` $rhs",
    (ins DefaultValuedAttr<I32Attr, "0">:$left_shift,
         DefaultValuedAttr<I32Attr, "0">:$lhs_zp,
         OptionalAttr<STM32_Scale>:$lhs_scale,
         DefaultValuedAttr<I32Attr, "0">:$rhs_zp,
         OptionalAttr<STM32_Scale>:$rhs_scale,
         OptionalAttr<STM32_RequantAttr>:$requant,
         OptionalAttr<STM32_FloatClamp>:$float_clamp), 2> {
  let summary = "A function of the elements of two tensors";
  let description = [{
    Both inputs are broadcast to the output's shape as numpy does; rank is 6 at
    most. With `A = a - lhs_zp`, `B = b - rhs_zp`,
    `P = rescale(A << left_shift, lhs_scale)` and
    `Q = rescale(B << left_shift, rhs_scale)`, where scales are
    [multiplier, shift] (rules of docs/Numerics.md and
    docs/numerics/Elementwise.md):

    | function | on int8 and int16 | rule |
    |---|---|---|
    | add, sub | `requant(P + Q)`, `requant(P - Q)` | N7, N30 |
    | mul | `requant(A * B)` | N31 |
    | squared_difference | `requant((P - Q)^2)` | N32 |
    | equal, not_equal, less, less_equal | of P and Q, or of a and b if there are no scales | N33 |
    | prelu | `A >= 0 ? rescale(A, lhs_scale) : requant(A * B)`, both with zero point and clamp of `requant` | N34 |
    | div | the quotient by a reciprocal | N35 |
    | minimum, maximum, floor_div, floor_mod | of a and b | N36, N37 |

    On float32, int32, int64 and bool a function is what its name says, without
    quantisation (rules N36, N37); add, sub, mul and div of float32 end with
    `float_clamp`. Comparisons and logical functions give bool.

    Example:

    ```mlir
    %y = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 0 : i32,
      lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
      rhs_scale = array<i32: 1073741824, 31>,
      requant = #stm32.requant<[1073741824], [49], zp = 0, clamp = [-128, 127]>}
      : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
    ```
  }];
}

def STM32_UnaryOp : STM32_FunctionOp<"unary",
    (ins STM32_UnaryFunctionAttr:$function, STM32_AnyActivation:$input),
    "$function $input",
    (ins OptionalAttr<F32Attr>:$alpha,
         OptionalAttr<STM32_FloatClamp>:$float_clamp,
         OptionalAttr<STM32_Scale>:$scale,
         OptionalAttr<STM32_RequantAttr>:$requant), 1> {
  let summary = "A function of the elements of a tensor";
  let description = [{
    On float32 the function that the name says (rule N38 of
    docs/numerics/Elementwise.md). `leaky_relu` has a slope `alpha` for negative
    values; `clamp` is to `float_clamp`; `gelu_tanh` is the approximation of
    `gelu` by tanh. Functions of int8 are `stm32.lookup`. On
    int16, with zero points 0 and `scale` = [multiplier, shift]:

    | function | int16 | rule |
    |---|---|---|
    | logistic, tanh | between entries of a table, of `x * scale` | N41 |
    | leaky_relu | `x >= 0 ? requant(x) : rescale(x, scale)`; the multiplier of `scale` may be negative | N42 |
    | abs | `requant(abs(x))` | N43 |
    | rsqrt | `requant(2^20 / sqrt(x))` | N48 |

    Without quantisation `abs` and `neg` exist for int32 and `neg` for int16 and
    int64 too; `logical_not` is for bool.

    Example:

    ```mlir
    %y = stm32.unary clamp %x {float_clamp = array<f32: 0.0, 6.0>}
      : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
}

def STM32_SelectOp : STM32_SimpleOp<"select", "SELECT_V2",
    (ins STM32_AnyActivation:$condition, STM32_AnyActivation:$lhs,
         STM32_AnyActivation:$rhs), "$condition `,` $lhs `,` $rhs",
    (ins), 3> {
  let summary = "Elements of one of two tensors";
  let description = [{
    `y = condition ? lhs : rhs`, all three broadcast to the output's shape as
    numpy does; rank is 6 at most. Copies bytes.

    Example:

    ```mlir
    %y = stm32.select %c, %a, %b
      : (tensor<8xi1>, tensor<1x8xi8>, tensor<1x1xi8>) -> tensor<1x8xi8>
    ```
  }];
}

def STM32_CastOp : STM32_SimpleOp<"cast", "CAST",
    (ins STM32_AnyActivation:$input), "$input", (ins)> {
  let summary = "The same numbers in another type";
  let description = [{
    Without quantisation (rule N39 of docs/numerics/Elementwise.md).

    Example: `%y = stm32.cast %x : (tensor<8xi32>) -> tensor<8xf32>`
  }];
}

#endif // STM32_DIALECT_STM32ELEMENTWISEOPS_TD
