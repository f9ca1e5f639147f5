//===- STM32SignalOps.td - Audio front ends ----------------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef STM32_DIALECT_STM32SIGNALOPS_TD
#define STM32_DIALECT_STM32SIGNALOPS_TD

include "stm32/Dialect/STM32/IR/STM32ComputeBase.td"

def STM32_SignalFunction
    : I32EnumAttr<"SignalFunction", "what an operator of a front end does", [
    I32EnumAttrCase<"Window", 0, "window">,
    I32EnumAttrCase<"Rfft", 1, "rfft">,
    I32EnumAttrCase<"Irfft", 2, "irfft">,
    I32EnumAttrCase<"Rfft2D", 3, "rfft2d">,
    I32EnumAttrCase<"FftAutoScale", 4, "fft_auto_scale">,
    I32EnumAttrCase<"Energy", 5, "energy">,
    I32EnumAttrCase<"FilterBank", 6, "filter_bank">,
    I32EnumAttrCase<"FilterBankSquareRoot", 7, "filter_bank_square_root">,
    I32EnumAttrCase<"FilterBankSpectralSubtraction", 8,
                    "filter_bank_spectral_subtraction">,
    I32EnumAttrCase<"Pcan", 9, "pcan">,
    I32EnumAttrCase<"FilterBankLog", 10, "filter_bank_log">,
    I32EnumAttrCase<"Framer", 11, "framer">,
    I32EnumAttrCase<"Stacker", 12, "stacker">,
    I32EnumAttrCase<"Delay", 13, "delay">,
    I32EnumAttrCase<"OverlapAdd", 14, "overlap_add">]> {
  let cppNamespace = "::mlir::stm32";
  let genSpecializedAttr = 0;
}

def STM32_SignalFunctionAttr
    : EnumAttr<STM32_Dialect, STM32_SignalFunction, "signal_function"> {
  let summary = "What an operator of an audio front end does";
  let description = [{
    One of the functions of `stm32.signal`.
  }];
}

def STM32_SignalOp : STM32_ComputeOp<"signal", "", [STM32_Compute]> {
  let summary = "A step of an audio front end";
  let description = [{
    The signal operators of TensorFlow Lite Micro, and RFFT2D of TensorFlow Lite;
    what each computes is rules N95 to N109 of docs/numerics/Signal.md. `options`
    are integers of 32 bits with the names that the operator has in a model, all
    of them. T is int16, int32 or float32, `...` any leading dimensions.

    | function | inputs | options | states | constants | outputs |
    |---|---|---|---|---|---|
    | `window` | `...xn` int16 | `shift` | | `weights` n int16 | `...xn` int16 |
    | `rfft` | `...xm` T | `fft_length` l >= m | | `twiddles` l/2 x 2, `split` l/4 x 2, both T | `...x(l+2)` T |
    | `irfft` | `...x(l+2)` T | `fft_length` l | | the same | `...xl` T |
    | `rfft2d` | `...xhxw` float32 | `rows` r, `columns` l | | the same, `row_twiddles` r x 2 | `...xrx(l/2+1)` complex64 |
    | `fft_auto_scale` | n int16 | | | | n int16, int32 |
    | `energy` | 2n int16 | `start_index`, `end_index` | | | n uint32 |
    | `filter_bank` | n uint32 | `num_channels` c | | `frequency_starts`, `weight_starts`, `widths` c+1, `weights` k x 2, all int16 | c uint64 |
    | `filter_bank_square_root` | c uint64, int32 | | | | c uint32 |
    | `filter_bank_spectral_subtraction` | c uint32 | 9, see the rule | c uint32 | | c uint32, c uint32 |
    | `pcan` | c uint32, c uint32 | `snr_shift` | | `gains` 125 int16 | c uint32 |
    | `filter_bank_log` | c uint32 | `input_correction_bits`, `output_scale` | | `table` 129 int16 | c int16 |
    | `framer` | `...x(f*step)` int16 | `frame_size`, `frame_step`, `prefill` | samples int16, 1 int32 | | `...xfxsize` int16, bool |
    | `stacker` | c int16 | `num_channels` c, `stacker_left_context`, `stacker_right_context`, `stacker_step` | frames x c int16, 1 int32 | | frames * c int16, bool |
    | `delay` | `...xn` int16 | `delay_length` | samples int16 | | `...xn` int16 |
    | `overlap_add` | `...xfxn` int16 or float32 | `frame_step` | samples T | | `...x(f*step)` T |

    Complex numbers of T are two elements, real and imaginary part. Counts that
    come to 0 above (of `split`, of a framer's samples) are 1. `l` is even, and
    `l/2` and `r` have no prime factors but 2, 3 and 5. A state's shape has the
    leading dimensions as one.

    Example:

    ```mlir
    %y = stm32.signal delay %x states(%s) {options = {delay_length = 3 : i32}}
      : (tensor<8xi16>, !stm32.buffer<1x3xi16>) -> tensor<8xi16>
    ```
  }];
  let arguments = (ins STM32_SignalFunctionAttr:$function,
    Variadic<STM32_AnyActivation>:$inputs, Variadic<STM32_AnyBuffer>:$states,
    Variadic<AnyStaticShapeTensor>:$constants,
    Optional<1DTensorOf<[I8]>>:$packed,
    Variadic<STM32_AnyBuffer>:$destinations, Optional<STM32_I8Buffer>:$scratch,
    DefaultValuedAttr<DictionaryAttr, "{}">:$options, STM32_Kernel:$kernel);
  let results = (outs Variadic<StaticShapeTensorOf<STM32_Elements>>:$outputs);
  let assemblyFormat = [{
    $function $inputs (`states` `(` $states^ `)`)?
    (`constants` `(` $constants^ `)`)? (`packed` `(` $packed^ `)`)?
    (`into` `(` $destinations^ `)`)? (`scratch` `(` $scratch^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = effectsDeclaration # [{
    /// The name of the operator in models and reports: SignalRfft, RFFT2D, ...
    ::llvm::StringRef getKind();
    unsigned getNumActivations() { return getInputs().size(); }
    unsigned getNumStates() { return getStates().size(); }
    ::mlir::Value getDest() {
      return getDestinations().empty() ? ::mlir::Value()
                                       : getDestinations().front();
    }
    ::llvm::SmallVector<::mlir::Value> getDests() {
      return ::llvm::to_vector_of<::mlir::Value>(getDestinations());
    }
    ::llvm::ArrayRef<::llvm::StringLiteral> getConstantNames();
    ::llvm::LogicalResult verifyConstantValues(
        ::llvm::ArrayRef<::mlir::DenseElementsAttr> values);
    /// The option of that name, one of the function's.
    int64_t getOption(::llvm::StringRef name);
    /// Bytes of scratch of the kernel.
    int64_t getScratchSize();
  }];
}

#endif // STM32_DIALECT_STM32SIGNALOPS_TD
