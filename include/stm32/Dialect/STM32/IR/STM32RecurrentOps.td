//===- STM32RecurrentOps.td - State and recurrent operators *- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32RECURRENTOPS_TD
#define STM32_DIALECT_STM32RECURRENTOPS_TD

include "stm32/Dialect/STM32/IR/STM32ComputeBase.td"

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

def STM32_ReadOp : STM32_ComputeOp<"read", "READ_VARIABLE", [STM32_Compute]> {
  let summary = "The values of a state";
  let description = [{
    The result is what the state holds at this place of the schedule.
    `--stm32-bufferize` makes it a view of the state where the state does not
    change before the last use, and a copy elsewhere.

    Example: `%x = stm32.read %s : (!stm32.buffer<1x16xi8>) -> tensor<1x16xi8>`
  }];
  let arguments = (ins STM32_AnyBuffer:$state,
    Optional<STM32_AnyBuffer>:$dest, Optional<STM32_I8Buffer>:$scratch,
    STM32_Kernel:$kernel);
  let results = (outs Optional<AnyStaticShapeTensor>:$result);
  let assemblyFormat = [{
    $state (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    ::llvm::StringRef getKind() { return "READ_VARIABLE"; }
    unsigned getNumActivations() { return 0; }
    unsigned getNumStates() { return 1; }
    /// Unlike other operators with states, this one leaves it as it is.
    void getEffects(::llvm::SmallVectorImpl<
        ::mlir::SideEffects::EffectInstance<::mlir::MemoryEffects::Effect>>
        &effects);
  }];
}

def STM32_AssignOp
    : STM32_ComputeOp<"assign", "ASSIGN_VARIABLE", [STM32_Compute]> {
  let summary = "Give a state new values";
  let description = [{
    The destination is the state, on tensors and on buffers; there is no result.

    Example: `stm32.assign %x into %s : (tensor<1x16xi8>, !stm32.buffer<1x16xi8>) -> ()`
  }];
  let arguments = (ins STM32_AnyActivation:$input,
    Optional<STM32_AnyBuffer>:$dest,
    Optional<STM32_I8Buffer>:$scratch, STM32_Kernel:$kernel);
  let results = (outs);
  let assemblyFormat = [{
    $input (`into` $dest^)? (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
}

//===----------------------------------------------------------------------===//
// Operators with states
//===----------------------------------------------------------------------===//

class STM32_RecurrentOp<string mnemonic, string kind, dag attributes>
    : STM32_ComputeOp<mnemonic, kind, [STM32_Compute]> {
  let arguments = !con(
    (ins STM32_AnyActivation:$input, Variadic<STM32_AnyBuffer>:$states,
         Variadic<AnyStaticShapeTensor>:$constants,
         Optional<1DTensorOf<[I8]>>:$packed, Optional<STM32_AnyBuffer>:$dest,
         Optional<STM32_I8Buffer>:$scratch),
    attributes, (ins STM32_Kernel:$kernel));
  let results = (outs Optional<AnyStaticShapeTensor>:$result);
  let assemblyFormat = [{
    $input `states` `(` $states `)` (`constants` `(` $constants^ `)`)?
    (`packed` `(` $packed^ `)`)? (`into` $dest^)?
    (`scratch` `(` $scratch^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  string recurrentDeclaration = commonDeclaration # [{
    unsigned getNumStates() { return getStates().size(); }
    ::llvm::ArrayRef<::llvm::StringLiteral> getConstantNames();
    ::llvm::LogicalResult verifyConstantValues(
        ::llvm::ArrayRef<::mlir::DenseElementsAttr> values);
    uint64_t getMacs();
  }];
}

def STM32_SvdfOp : STM32_RecurrentOp<"svdf", "SVDF",
    (ins ConfinedAttr<I64Attr, [IntPositive]>:$rank,
         OptionalAttr<STM32_RequantAttr>:$state_requant,
         OptionalAttr<STM32_RequantAttr>:$requant,
         OptionalAttr<DenseF32ArrayAttr>:$range)> {
  let summary = "A layer of filters over features and over time";
  let description = [{
    Input [B, I], one state [B, F * M] of F filters with M steps each, output
    [B, F / rank]. Each filter forgets its oldest value, appends a new one, and
    the products with the weights of time are summed over the `rank` filters of
    an output:

        state[b,f]  = state[b,f,1:], state_requant(feature_bias[f] + sum x[b,i] * feature_weights[f,i])
        y[b,u]      = requant(bias[u] + sum over its filters of state[b,f,m] * time_weights[f,m])

    int8: state and weights of time are int8 or int16; zero points are folded
    into `feature_bias` and `bias`; `state_requant` adds its zero point behind
    its clamp, modulo the state's type. float32: nothing is requantised, there is no
    `feature_bias`, and the result is clamped to `range` if there is one. The
    constants are `feature_bias` [F] (int8 only), `bias` [F / rank],
    `time_weights` [F, M] and `feature_weights` [F, I]. Rules N77 and N78 of
    docs/Numerics.md.

    Example:

    ```mlir
    %y = stm32.svdf %x states(%s) constants(%fb, %b, %wt, %wf) {rank = 1 : i64,
      state_requant = #stm32.requant<[1073741824], [40], zp = 0, clamp = [-128, 127]>,
      requant = #stm32.requant<[1073741824], [40], zp = 0, clamp = [-128, 127]>}
      : (tensor<1x4xi8>, !stm32.buffer<1x6xi8>, tensor<2xi32>, tensor<2xi32>,
         tensor<2x3xi8>, tensor<2x4xi8>) -> tensor<1x2xi8>
    ```
  }];
  let extraClassDeclaration = recurrentDeclaration # [{
    int64_t getBatches() { return getActivationType(0).getDimSize(0); }
    int64_t getInputs() { return getActivationType(0).getDimSize(1); }
    int64_t getUnits() { return getOutputType().getDimSize(1); }
    int64_t getFilters() { return getUnits() * getRank(); }
    /// Steps that each filter remembers.
    int64_t getMemory();
  }];
}

def STM32_LstmOp
    : STM32_RecurrentOp<"lstm", "UNIDIRECTIONAL_SEQUENCE_LSTM",
    (ins UnitAttr:$time_major,
         OptionalAttr<STM32_RequantAttr>:$input_requant,
         OptionalAttr<STM32_RequantAttr>:$recurrent_requant,
         OptionalAttr<STM32_RequantAttr>:$cell_requant,
         OptionalAttr<STM32_RequantAttr>:$requant,
         DefaultValuedAttr<I32Attr, "0">:$tanh_shift,
         DefaultValuedAttr<I32Attr, "0">:$cell_limit,
         OptionalAttr<F32Attr>:$cell_clip)> {
  let summary = "Long short-term memory over a sequence";
  let description = [{
    Input [B, T, I], output [B, T, S]; [T, B, I] and [T, B, S] if `time_major`.
    Two states with B * S elements: hidden, of the input's type, and cell, int16
    (float32 if the input is). For each step, with the hidden state `h` of the
    step before and the gates input, forget, cell and output in this order:

        z[g]  = input_requant[g](input_bias[g] + sum x * input_weights[g])
              + recurrent_requant[g](recurrent_bias[g] + sum h * recurrent_weights[g])
        c     = clip(cell_requant[0](logistic(z[1]) * c)
                     + cell_requant[1](logistic(z[0]) * tanh(z[2])))
        h, y  = requant(logistic(z[3]) * tanh(c))

    Products, sums and states are int16 between the requantisations; `c` stands
    for `c * 2^(tanh_shift - 12)` and is clipped to +-`cell_limit` unless that is
    0. float32: the same without requantisation, clipped to `cell_clip` if
    there is one. Constants: `input_bias` [S, 4], `recurrent_bias` [S, 4] (int8
    only: zero points are folded into both), `input_weights` [S, 4, I] and
    `recurrent_weights` [S, 4, S]. Biases are int32, of int16 int64. Rules N79
    to N82 of docs/Numerics.md.

    Example:

    ```mlir
    %y = stm32.lstm %x states(%h, %c) constants(%xb, %hb, %xw, %hw) {
      input_requant = #stm32.requant<[1073741824, 1073741824, 1073741824, 1073741824],
        [36, 36, 36, 36], zp = 0, clamp = [-32768, 32767]>,
      recurrent_requant = #stm32.requant<[1073741824, 1073741824, 1073741824, 1073741824],
        [36, 36, 36, 36], zp = 0, clamp = [-32768, 32767]>,
      cell_requant = #stm32.requant<[1073741824, 1073741824], [45, 48], zp = 0,
        clamp = [-32768, 32767]>,
      requant = #stm32.requant<[1073741824], [53], zp = 0, clamp = [-128, 127]>}
      : (tensor<1x3x2xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi16>,
         tensor<4x4xi32>, tensor<4x4xi32>, tensor<4x4x2xi8>, tensor<4x4x4xi8>)
      -> tensor<1x3x4xi8>
    ```
  }];
  let extraClassDeclaration = recurrentDeclaration # [{
    int64_t getBatches() {
      return getActivationType(0).getDimSize(getTimeMajor() ? 1 : 0);
    }
    int64_t getSteps() {
      return getActivationType(0).getDimSize(getTimeMajor() ? 0 : 1);
    }
    int64_t getInputs() { return getActivationType(0).getDimSize(2); }
    int64_t getUnits() { return getOutputType().getDimSize(2); }
  }];
}

#endif // STM32_DIALECT_STM32RECURRENTOPS_TD
