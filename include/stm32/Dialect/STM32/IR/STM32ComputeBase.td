//===- STM32ComputeBase.td - Base of all operators ---------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32COMPUTEBASE_TD
#define STM32_DIALECT_STM32COMPUTEBASE_TD

include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "stm32/Dialect/STM32/IR/STM32Attributes.td"
include "stm32/Dialect/STM32/IR/STM32Interfaces.td"

defvar STM32_Compute = STM32_ComputeOpInterface;
defvar STM32_Window = STM32_WindowOpInterface;

// An activation: a tensor before bufferisation, a buffer after it.
class STM32_BufferOf<list<Type> elements, string name>
    : Type<And<[STM32_BufferType.predicate,
                SubstLeaves<"$_self",
                            "::llvm::cast<::mlir::stm32::BufferType>($_self)"
                            ".getElementType()",
                            AnyTypeOf<elements>.predicate>]>,
           name # " buffer", "::mlir::stm32::BufferType">;
class STM32_Activation<list<Type> elements, string name>
    : AnyTypeOf<[StaticShapeTensorOf<elements>, STM32_BufferOf<elements, name>],
                name # " tensor or buffer">;
def STM32_I8Buffer : STM32_BufferOf<[I8], "int8">;
def STM32_ByteBuffer : STM32_BufferOf<[I8, UI8], "int8 or uint8">;
def STM32_F32Buffer : STM32_BufferOf<[F32], "float32">;
defvar STM32_Elements = [I1, I8, UI8, I16, I32, UI32, I64, UI64, F32,
                         Complex<F32>];
def STM32_AnyBuffer : STM32_BufferOf<STM32_Elements, "any">;
def STM32_AnyActivation : STM32_Activation<STM32_Elements, "any">;
def STM32_I8Activation : STM32_Activation<[I8], "int8">;
def STM32_ByteActivation : STM32_Activation<[I8, UI8], "int8 or uint8">;
def STM32_QuantizedActivation
    : STM32_Activation<[I8, UI8, I16, I32], "quantised">;
def STM32_F32Activation : STM32_Activation<[F32], "float32">;

def STM32_Pair : ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>,
                              DenseArrayStrictlyPositive<DenseI64ArrayAttr>]>;
def STM32_Quad : ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<4>,
                              DenseArrayNonNegative<DenseI64ArrayAttr>]>;
def STM32_Clamp : ConfinedAttr<DenseI32ArrayAttr, [DenseArrayCount<2>]>;
def STM32_FloatClamp : ConfinedAttr<DenseF32ArrayAttr, [DenseArrayCount<2>]>;
def STM32_Kernel : OptionalAttr<StrAttr>;

// Base of all operators; `kind` is the name in reports.
class STM32_ComputeOp<string mnemonic, string kind, list<Trait> traits = []>
    : STM32_Op<mnemonic, !listconcat(traits, [
          AttrSizedOperandSegments, MemoryEffectsOpInterface])> {
  string effectsDeclaration = [{
    void getEffects(::llvm::SmallVectorImpl<
        ::mlir::SideEffects::EffectInstance<::mlir::MemoryEffects::Effect>>
        &effects) {
      ::mlir::stm32::detail::getComputeEffects(*this, effects);
    }
  }];
  string commonDeclaration = [{
    ::llvm::StringRef getKind() { return "}] # kind # [{"; }
  }] # effectsDeclaration;
  let extraClassDeclaration = commonDeclaration;
  let hasVerifier = 1;
}

// Operators whose operands are activations, `constants` that the kernel takes as
// one packed block, destination and scratch. `activations` names the operands
// as the assembly format writes them.
class STM32_SimpleOp<string mnemonic, string kind, dag inputs, string syntax,
                     dag attributes, int numActivations = 1>
    : STM32_ComputeOp<mnemonic, kind, [STM32_Compute]> {
  let arguments = !con(inputs,
    (ins Optional<STM32_AnyBuffer>:$dest, Optional<STM32_I8Buffer>:$scratch),
    attributes, (ins STM32_Kernel:$kernel));
  let results = (outs Optional<AnyStaticShapeTensor>:$result);
  let assemblyFormat = syntax # [{
    (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  let extraClassDeclaration = commonDeclaration # [{
    unsigned getNumActivations() { return }] # numActivations # [{; }
  }];
}

class STM32_UnaryOp<string mnemonic, string kind, dag attributes>
    : STM32_SimpleOp<mnemonic, kind, (ins STM32_AnyActivation:$input),
                     "$input", attributes>;

class STM32_BinaryOp<string mnemonic, string kind, dag attributes>
    : STM32_SimpleOp<mnemonic, kind,
                     (ins STM32_AnyActivation:$lhs, STM32_AnyActivation:$rhs),
                     "$lhs `,` $rhs", attributes, 2>;

class STM32_VariadicOp<string mnemonic, string kind, dag attributes>
    : STM32_SimpleOp<mnemonic, kind,
                     (ins Variadic<STM32_AnyActivation>:$inputs),
                     "$inputs", attributes> {
  let extraClassDeclaration = commonDeclaration # [{
    unsigned getNumActivations() { return getInputs().size(); }
  }];
}

// An operator with constants: `names` are the names of the arrays in C, a list
// of string literals.
class STM32_ConstantsOp<string mnemonic, string kind, string names,
                        dag attributes>
    : STM32_ComputeOp<mnemonic, kind, [STM32_Compute]> {
  let arguments = !con(
    (ins STM32_AnyActivation:$input, Variadic<AnyStaticShapeTensor>:$constants,
         Optional<1DTensorOf<[I8]>>:$packed, Optional<STM32_AnyBuffer>:$dest,
         Optional<STM32_I8Buffer>:$scratch),
    attributes, (ins STM32_Kernel:$kernel));
  let results = (outs Optional<AnyStaticShapeTensor>:$result);
  let assemblyFormat = [{
    $input (`constants` `(` $constants^ `)`)? (`packed` `(` $packed^ `)`)?
    (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  string constantsDeclaration = commonDeclaration # [{
    static ::llvm::ArrayRef<::llvm::StringLiteral> getConstantNames() {
      static constexpr ::llvm::StringLiteral names[] = {}] # names # [{};
      return names;
    }
  }];
  let extraClassDeclaration = constantsDeclaration;
}

#endif // STM32_DIALECT_STM32COMPUTEBASE_TD
