//===- Kernels.td - Records of the runtime's kernels -------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One record for each kernel, see KernelRecords.h for the meaning of the
// fields. `Matches`, `Scratch` and `Cost` are C++ expressions over `op`, the
// operation as ComputeOpInterface, with the helpers of
// lib/Target/Records/KernelQueries.h. Costs are instructions, roughly: they are
// used until lib/Target/Records/KernelCosts.inc has the kernel.
//
//===----------------------------------------------------------------------===//

include "llvm/TableGen/SearchableTable.td"

class Kernel<string name, string operation, string source> {
  string Name = name;
  string Operation = "stm32." # operation;
  string Source = "kernels/" # source;
  string Isa = "C";
  string Packing = "None";
  code Matches = "true";
  code Scratch = "0";
  code Cost = "elements(op)";
  bits<8> RowsAtOnce = 1;
  code Aims = "allAims";

  // The fields as the table holds them.
  code IsaValue = "Isa::" # Isa;
  code PackingValue = "Packing::" # Packing;
  code MatchesFunction =
    "[](ComputeOpInterface op) -> bool { return " # Matches # "; }";
  code ScratchFunction =
    "[](ComputeOpInterface op) -> int64_t { return " # Scratch # "; }";
  code CostFunction =
    "[](ComputeOpInterface op) -> double { return " # Cost # "; }";
}

def KernelTable : GenericTable {
  let FilterClass = "Kernel";
  let CppTypeName = "KernelRecord";
  let Fields = ["Name", "Operation", "Source", "IsaValue", "PackingValue",
                "MatchesFunction", "ScratchFunction", "CostFunction",
                "RowsAtOnce", "Aims"];
  string TypeOf_Aims = "code";
  string TypeOf_IsaValue = "code";
  string TypeOf_PackingValue = "code";
  string TypeOf_MatchesFunction = "code";
  string TypeOf_ScratchFunction = "code";
  string TypeOf_CostFunction = "code";
}

//===----------------------------------------------------------------------===//
// Plain C
//===----------------------------------------------------------------------===//

// Operators with weights, by how their sums are computed (SumKind).
class Sums<string name, string operation, string kind, string file = name>
    : Kernel<name, operation, "c/" # file # ".c"> {
  let Packing = "Plain";
  let Matches = "sums(op, SumKind::" # kind # ")" #
                !if(!eq(operation, "fully_connected"), " && isNHWC(op)", "");
  let Cost = !if(!eq(operation, "depthwise_conv_2d"), "25.0", "8.0") #
             " * macs(op) + 40.0 * elements(op)";
}
foreach operation = ["conv_2d", "depthwise_conv_2d", "fully_connected",
                     "transpose_conv_2d"] in {
  defvar name = "stm32rt_" # operation;
  def : Sums<name # "_s8", operation, "S8">;
  def : Sums<name # "_s16", operation, "S16">;
  def : Sums<name # "_s16_short", operation, "S16Short", name # "_s16">;
  def : Sums<name # "_f32", operation, "F32">;
}
foreach operation = ["conv_2d", "depthwise_conv_2d", "fully_connected"] in
def : Sums<"stm32rt_" # operation # "_s8_offset", operation, "S8Offset">;
foreach kind = ["S8", "S8Offset", "S16", "F32"] in {
  defvar name = "stm32rt_conv_2d_grouped_" #
                !cond(!eq(kind, "S8Offset"): "s8_offset", true: !tolower(kind));
  def : Sums<name, "conv_2d", kind> {
    let Matches = "groupedSums(op, SumKind::" # kind # ") && !hasBand(op)";
  }
}
// The quantised image or row lies in scratch, so there are no bands.
foreach operation = ["conv_2d", "depthwise_conv_2d", "fully_connected"] in
def : Sums<"stm32rt_" # operation # "_f32_s8", operation, "Hybrid"> {
  let Matches = "sums(op, SumKind::Hybrid) && !hasBand(op)" #
                !if(!eq(operation, "fully_connected"), " && isNHWC(op)", "");
  let Scratch = "hybridScratch(op)";
}
def : Sums<"stm32rt_transpose_conv_2d_s8_offset", "transpose_conv_2d",
           "S8Offset", "stm32rt_transpose_conv_2d_s8">;
def : Sums<"stm32rt_fully_connected_s8_once", "fully_connected", "S8Once",
           "stm32rt_fully_connected_s8_offset">;

foreach pool = ["average", "max"] in {
  defvar name = "stm32rt_" # pool # "_pool_2d";
  let Matches = "hasTypes(op, I8, I8)" in
  def : Kernel<name # "_s8", pool # "_pool_2d", "c/" # name # "_s8.c">;
  let Matches = "hasTypes(op, I16, I16)" in
  def : Kernel<name # "_s16", pool # "_pool_2d", "c/" # name # "_s16.c">;
  let Matches = "hasTypes(op, F32, F32)" in
  def : Kernel<name # "_f32", pool # "_pool_2d", "c/" # name # "_f32.c">;
}

let Cost = "8.0 * macs(op) + 40.0 * elements(op)" in {
  let Matches = "isNHWC(op) && hasTypes(op, I8, I8)" in
  def : Kernel<"stm32rt_batch_matmul_s8", "batch_matmul",
               "c/stm32rt_batch_matmul_s8.c">;
  let Matches = "isNHWC(op) && hasTypes(op, I16, I16)" in
  def : Kernel<"stm32rt_batch_matmul_s16", "batch_matmul",
               "c/stm32rt_batch_matmul_s16.c">;
  let Matches = "isNHWC(op) && hasTypes(op, F32, F32)" in
  def : Kernel<"stm32rt_batch_matmul_f32", "batch_matmul",
               "c/stm32rt_batch_matmul_f32.c">;
}
// From one quantisation to another. The pairs are [name of a type, its query].
class TypedKernel<string function, string operation, string source,
                  list<string> from, list<string> to>
    : Kernel<"stm32rt_" # function # "_" # from[0] # "_" # to[0], operation,
             "c/" # source> {
  let Matches = "isNHWC(op) && hasTypes(op, " # from[1] # ", " # to[1] # ")";
}
foreach to = [["s8", "I8"], ["u8", "U8"], ["s16", "I16"]] in
def : TypedKernel<"quantize", "quantize", "stm32rt_quantize_f32.c",
                  ["f32", "F32"], to>;
foreach from = [["s8", "I8"], ["u8", "U8"], ["s16", "I16"], ["s32", "I32"]] in
def : TypedKernel<"dequantize", "dequantize", "stm32rt_dequantize_f32.c", from,
                  ["f32", "F32"]>;
foreach to = [["s8", "I8"], ["u8", "U8"], ["s16", "I16"], ["s32", "I32"]] in
def : TypedKernel<"requantize", "requantize", "stm32rt_requantize.c",
                  ["s8", "I8"], to>;
def : TypedKernel<"requantize", "requantize", "stm32rt_requantize.c",
                  ["u8", "U8"], ["s8", "I8"]>;
foreach to = [["s8", "I8"], ["s16", "I16"], ["s32", "I32"]] in
def : TypedKernel<"requantize", "requantize", "stm32rt_requantize.c",
                  ["s16", "I16"], to>;
foreach to = [["s8", "I8"], ["s16", "I16"]] in
def : TypedKernel<"requantize", "requantize", "stm32rt_requantize.c",
                  ["s32", "I32"], to>;
foreach from = [["b", "Bool"], ["s8", "I8"], ["u8", "U8"], ["s16", "I16"],
                ["s32", "I32"], ["s64", "I64"], ["f32", "F32"]] in
foreach to = [["b", "Bool"], ["s8", "I8"], ["u8", "U8"], ["s16", "I16"],
              ["s32", "I32"], ["s64", "I64"], ["f32", "F32"]] in
def : TypedKernel<"cast", "cast", "stm32rt_cast.c", from, to>;

// Functions of two elements. `prefix` is "scaled_" for comparisons between
// quantisations.
class BinaryKernel<string function, list<string> type, string source,
                   string prefix = "", string condition = "">
    : Kernel<"stm32rt_" # prefix # function # "_" # type[0], "binary",
             "c/" # source> {
  let Matches = "isNHWC(op) && isBinary(op, \"" # function # "\", " # type[1] #
                ")" # condition;
}
foreach type = [["s8", "I8"], ["s16", "I16"]] in {
  let Cost = "60.0 * elements(op)" in {
    foreach function = ["add", "sub"] in
    def : BinaryKernel<function, type, "stm32rt_add_" # type[0] # ".c">;
    def : BinaryKernel<"mul", type, "stm32rt_mul_" # type[0] # ".c">;
    def : BinaryKernel<"squared_difference", type,
                       "stm32rt_squared_difference_s.c">;
    def : BinaryKernel<"prelu", type, "stm32rt_prelu_s.c">;
    foreach function = ["equal", "not_equal", "less", "less_equal"] in
    def : BinaryKernel<function, type, "stm32rt_scaled_compare_s.c", "scaled_",
                       " && isScaled(op)">;
  }
}
let Cost = "38.0 * elements(op) + 100.0" in
def : Kernel<"stm32rt_add_s8_half", "binary", "c/stm32rt_add_s8_half.c"> {
  let Matches = "isNHWC(op) && isBinary(op, \"add\", I8) && halvesSide(op)";
}
let Cost = "150.0 * elements(op)" in
foreach type = [["s8", "I8"], ["s16", "I16"]] in
def : BinaryKernel<"div", type, "stm32rt_div_s.c">;
let Cost = "8.0 * elements(op)" in {
  foreach type = [["s8", "I8"], ["s16", "I16"], ["s32", "I32"], ["s64", "I64"],
                  ["f32", "F32"]] in {
    foreach function = ["minimum", "maximum"] in
    def : BinaryKernel<function, type, "stm32rt_extremes.c">;
    foreach function = ["equal", "not_equal", "less", "less_equal"] in
    def : BinaryKernel<function, type, "stm32rt_compare.c", "",
                       " && !isScaled(op)">;
  }
  foreach function = ["add", "sub", "mul", "div", "floor_div", "floor_mod",
                      "squared_difference", "prelu"] in
  def : BinaryKernel<function, ["f32", "F32"], "stm32rt_arithmetic_f32.c">;
  foreach function = ["add", "sub", "mul", "div", "floor_div", "floor_mod",
                      "squared_difference"] in
  def : BinaryKernel<function, ["s32", "I32"], "stm32rt_arithmetic_s32.c">;
  foreach type = [["s8", "I8"], ["s16", "I16"]] in
  foreach function = ["floor_div", "floor_mod"] in
  def : BinaryKernel<function, type, "stm32rt_arithmetic_s32.c">;
  foreach function = ["logical_and", "logical_or"] in
  def : BinaryKernel<function, ["b", "Bool"], "stm32rt_arithmetic_s32.c">;
}
foreach bytes = [1, 2, 4, 8] in
let Matches = "isNHWC(op) && hasElementBytes(op, " # bytes # ")",
    Cost = "8.0 * elements(op)" in
def : Kernel<"stm32rt_select_" # bytes, "select", "c/stm32rt_select.c">;

// Functions of one element.
class UnaryKernel<string function, list<string> type, string source>
    : Kernel<"stm32rt_" # function # "_" # type[0], "unary", "c/" # source> {
  let Matches = "isUnary(op, \"" # function # "\", " # type[1] # ")";
}
let Cost = "8.0 * elements(op)" in {
  foreach function = ["abs", "neg", "square", "leaky_relu", "floor", "ceil",
                      "round", "clamp", "relu"] in
  def : UnaryKernel<function, ["f32", "F32"], "stm32rt_unary_f32.c">;
  foreach function = ["abs", "neg"] in
  def : UnaryKernel<function, ["s32", "I32"], "stm32rt_unary_s32.c">;
  def : UnaryKernel<"neg", ["s16", "I16"], "stm32rt_unary_s32.c">;
  def : UnaryKernel<"neg", ["s64", "I64"], "stm32rt_unary_s32.c">;
  def : UnaryKernel<"logical_not", ["b", "Bool"], "stm32rt_unary_s32.c">;
}
let Cost = "60.0 * elements(op)" in {
  foreach function = ["sqrt", "rsqrt", "exp", "log", "sin", "cos", "tanh",
                      "logistic", "elu", "hard_swish", "gelu",
                      "gelu_tanh"] in
  def : UnaryKernel<function, ["f32", "F32"], "stm32rt_unary_f32.c">;
}
let Cost = "25.0 * elements(op)" in {
  foreach function = ["logistic", "tanh"] in
  def : UnaryKernel<function, ["s16", "I16"], "stm32rt_sigmoid_s16.c">;
  foreach function = ["leaky_relu", "abs"] in
  def : UnaryKernel<function, ["s16", "I16"], "stm32rt_leaky_relu_s16.c">;
  let Cost = "250.0 * elements(op)" in
  def : UnaryKernel<"rsqrt", ["s16", "I16"], "stm32rt_rsqrt_s16.c">;
}

let Packing = "Plain", Cost = "4.0 * elements(op)",
    Matches = "hasTypes(op, I8, I8)" in
def : Kernel<"stm32rt_lookup_s8", "lookup", "c/stm32rt_lookup_s8.c">;
let Packing = "Plain", Cost = "10.0 * elements(op)",
    Matches = "hasTypes(op, I16, I16)" in
def : Kernel<"stm32rt_lookup_s16", "lookup", "c/stm32rt_lookup_s16.c">;

// Reductions walk over their input; measured for sums of int8 on Cortex-M4.
let Cost = "6.0 * inputElements(op) + 65.0 * elements(op)" in {
  let Matches = "isQuantizedSum(op, I8)" in
  def : Kernel<"stm32rt_reduce_sum_s8", "reduce", "c/stm32rt_reduce_sum.c">;
  let Matches = "isQuantizedSum(op, I16)" in
  def : Kernel<"stm32rt_reduce_sum_s16", "reduce", "c/stm32rt_reduce_sum.c">;
  let Matches = "isReduction(op, Reduction::Sum, I32)" in
  def : Kernel<"stm32rt_reduce_sum_s32", "reduce", "c/stm32rt_reduce_sum.c">;
  let Matches = "isReduction(op, Reduction::Mean, I32)" in
  def : Kernel<"stm32rt_reduce_mean_s32", "reduce", "c/stm32rt_reduce_sum.c">;
  let Matches = "isReduction(op, Reduction::Sum, F32)" in
  def : Kernel<"stm32rt_reduce_sum_f32", "reduce",
               "c/stm32rt_reduce_f32.c">;
  let Matches = "isReduction(op, Reduction::Mean, F32)" in
  def : Kernel<"stm32rt_reduce_mean_f32", "reduce",
               "c/stm32rt_reduce_f32.c">;
  let Matches = "isReduction(op, Reduction::Max, I8)" in
  def : Kernel<"stm32rt_reduce_max_s8", "reduce",
               "c/stm32rt_reduce_extreme.c">;
  let Matches = "isReduction(op, Reduction::ArgMax, I8)" in
  def : Kernel<"stm32rt_arg_max_s8", "reduce",
               "c/stm32rt_reduce_extreme.c">;
  let Matches = "isReduction(op, Reduction::Min, I8)" in
  def : Kernel<"stm32rt_reduce_min_s8", "reduce",
               "c/stm32rt_reduce_extreme.c">;
  let Matches = "isReduction(op, Reduction::ArgMin, I8)" in
  def : Kernel<"stm32rt_arg_min_s8", "reduce",
               "c/stm32rt_reduce_extreme.c">;
  let Matches = "isReduction(op, Reduction::Max, I16)" in
  def : Kernel<"stm32rt_reduce_max_s16", "reduce",
               "c/stm32rt_reduce_extreme.c">;
  let Matches = "isReduction(op, Reduction::Min, I16)" in
  def : Kernel<"stm32rt_reduce_min_s16", "reduce",
               "c/stm32rt_reduce_extreme.c">;
  let Matches = "isReduction(op, Reduction::Max, I32)" in
  def : Kernel<"stm32rt_reduce_max_s32", "reduce",
               "c/stm32rt_reduce_extreme.c">;
  let Matches = "isReduction(op, Reduction::ArgMax, I32)" in
  def : Kernel<"stm32rt_arg_max_s32", "reduce",
               "c/stm32rt_reduce_extreme.c">;
  let Matches = "isReduction(op, Reduction::Min, I32)" in
  def : Kernel<"stm32rt_reduce_min_s32", "reduce",
               "c/stm32rt_reduce_extreme.c">;
  let Matches = "isReduction(op, Reduction::ArgMin, I32)" in
  def : Kernel<"stm32rt_arg_min_s32", "reduce",
               "c/stm32rt_reduce_extreme.c">;
  let Matches = "isReduction(op, Reduction::Max, F32)" in
  def : Kernel<"stm32rt_reduce_max_f32", "reduce",
               "c/stm32rt_reduce_f32.c">;
  let Matches = "isReduction(op, Reduction::ArgMax, F32)" in
  def : Kernel<"stm32rt_arg_max_f32", "reduce",
               "c/stm32rt_reduce_f32.c">;
  let Matches = "isReduction(op, Reduction::Min, F32)" in
  def : Kernel<"stm32rt_reduce_min_f32", "reduce",
               "c/stm32rt_reduce_f32.c">;
  let Matches = "isReduction(op, Reduction::ArgMin, F32)" in
  def : Kernel<"stm32rt_arg_min_f32", "reduce",
               "c/stm32rt_reduce_f32.c">;
}
let Matches = "isNHWC(op) && hasTypes(op, I8, I8)",
    Cost = "250.0 * elements(op)" in
def : Kernel<"stm32rt_softmax_s8", "softmax", "c/stm32rt_softmax_s8.c">;
let Matches = "isNHWC(op) && hasTypes(op, I8, I16)",
    Cost = "250.0 * elements(op)" in
def : Kernel<"stm32rt_softmax_s8_s16", "softmax", "c/stm32rt_softmax_s8.c">;
let Matches = "isNHWC(op) && hasTypes(op, I16, I16)",
    Cost = "60.0 * elements(op)" in
def : Kernel<"stm32rt_softmax_s16", "softmax", "c/stm32rt_softmax_s16.c">;
let Matches = "isNHWC(op) && hasTypes(op, F32, F32)",
    Cost = "80.0 * elements(op)" in
def : Kernel<"stm32rt_softmax_f32", "softmax", "c/stm32rt_softmax_f32.c">;
let Matches = "isNHWC(op) && hasTypes(op, I8, I8)",
    Cost = "150.0 * elements(op)" in
def : Kernel<"stm32rt_log_softmax_s8", "log_softmax", "c/stm32rt_log_softmax_s8.c">;
let Matches = "isNHWC(op) && hasTypes(op, F32, F32)",
    Cost = "80.0 * elements(op)" in
def : Kernel<"stm32rt_log_softmax_f32", "log_softmax", "c/stm32rt_softmax_f32.c">;
let Matches = "isNHWC(op) && hasTypes(op, I8, I8)",
    Cost = "25.0 * elements(op)" in
def : Kernel<"stm32rt_l2_normalize_s8", "l2_normalize", "c/stm32rt_l2_normalize.c">;
let Matches = "isNHWC(op) && hasTypes(op, F32, F32)",
    Cost = "25.0 * elements(op)" in
def : Kernel<"stm32rt_l2_normalize_f32", "l2_normalize", "c/stm32rt_l2_normalize.c">;

// A function of the user: the operator names it, and its file is not ours.
let Matches = "isNHWC(op)", Scratch = "customScratch(op)" in
def : Kernel<"stm32rt_custom_function", "custom", ""> {
  let Source = "";
}
// Two exponentials in double precision for each box.
let Scratch = "customScratch(op)", Cost = "2000.0 * elements(op)" in
def : Kernel<"stm32rt_detection_postprocess_f32", "detection_postprocess",
             "c/stm32rt_detection_postprocess_f32.c">;

// What moves values. Loops over pieces of one size, or over runs of any.
let Matches = "copyUnit(op) == 0 && isNHWC(op)", Cost = "copyCost(op)" in
def : Kernel<"stm32rt_copy_runs", "strided_copy", "c/stm32rt_copy.c">;
foreach bytes = [1, 2, 4, 8] in {
  let Matches = "copyUnit(op) == " # bytes # " && isNHWC(op)",
      Cost = "copyCost(op)" in
  def : Kernel<"stm32rt_copy_" # !mul(8, bytes), "strided_copy",
               "c/stm32rt_copy.c">;
  let Matches = "padUnit(op) == " # bytes # " && isNHWC(op)",
      Cost = "2.0 * elements(op)" in
  def : Kernel<"stm32rt_pad_" # !mul(8, bytes), "pad", "c/stm32rt_pad.c">;
}
foreach bytes = [4, 8] in {
  let Matches = "indexBytes(op) == " # bytes # " && isNHWC(op)" in {
    def : Kernel<"stm32rt_gather_i" # !mul(8, bytes), "gather",
                 "c/stm32rt_gather.c">;
    def : Kernel<"stm32rt_gather_nd_i" # !mul(8, bytes), "gather_nd",
                 "c/stm32rt_gather.c">;
  }
}
let Packing = "Plain", Cost = "25.0 * elements(op)" in {
  let Matches = "resizes(op, \"i8\") && isNHWC(op)" in
  def : Kernel<"stm32rt_resize_bilinear_s8", "resize_bilinear",
               "c/stm32rt_resize_bilinear.c">;
  let Matches = "resizes(op, \"i16\") && isNHWC(op)" in
  def : Kernel<"stm32rt_resize_bilinear_s16", "resize_bilinear",
               "c/stm32rt_resize_bilinear.c">;
  let Matches = "resizes(op, \"ui8\") && isNHWC(op)" in
  def : Kernel<"stm32rt_resize_bilinear_u8", "resize_bilinear",
               "c/stm32rt_resize_bilinear.c">;
  let Matches = "resizes(op, \"f32\") && isNHWC(op)" in
  def : Kernel<"stm32rt_resize_bilinear_f32", "resize_bilinear",
               "c/stm32rt_resize_bilinear.c">;
}

// Variables, and operators with states.
let Matches = "isNHWC(op)", Cost = "0.5 * elements(op)" in {
  def : Kernel<"stm32rt_read_variable", "read", "c/stm32rt_variable.c">;
  def : Kernel<"stm32rt_assign_variable", "assign", "c/stm32rt_variable.c">;
}
let Packing = "Plain", Cost = "8.0 * macs(op) + 60.0 * elements(op)" in {
  let Matches = "hasTypes(op, I8, I8) && hasState(op, I8)" in
  def : Kernel<"stm32rt_svdf_s8", "svdf", "c/stm32rt_svdf_s8.c">;
  let Matches = "hasTypes(op, I8, I8) && hasState(op, I16)" in
  def : Kernel<"stm32rt_svdf_s8_s16", "svdf", "c/stm32rt_svdf_s8.c">;
  let Matches = "hasTypes(op, F32, F32)" in
  def : Kernel<"stm32rt_svdf_f32", "svdf", "c/stm32rt_svdf_f32.c">;
}
let Packing = "Plain", Cost = "5.0 * macs(op) + 400.0 * elements(op)" in {
  let Matches = "hasTypes(op, I8, I8)" in
  def : Kernel<"stm32rt_lstm_s8", "lstm", "c/stm32rt_lstm_int.c">;
  let Matches = "hasTypes(op, I16, I16)" in
  def : Kernel<"stm32rt_lstm_s16", "lstm", "c/stm32rt_lstm_int.c">;
  let Matches = "hasTypes(op, F32, F32)" in
  def : Kernel<"stm32rt_lstm_f32", "lstm", "c/stm32rt_lstm_f32.c">;
}

// Steps of audio front ends.
class SignalKernel<string function, list<string> type, string file>
    : Kernel<"stm32rt_signal_" # function # "_" # type[0], "signal",
             "c/stm32rt_signal_" # file # ".c"> {
  let Matches = "isSignal(op, \"" # function # "\", " # type[1] # ")";
}
class ConstantSignalKernel<string function, list<string> type, string file>
    : SignalKernel<function, type, file> {
  let Packing = "Plain";
}
// Multiplications of a stage are 4 for each of its numbers.
let Cost = "60.0 * elements(op)" in {
  foreach type = [["s16", "I16"], ["s32", "I32"], ["f32", "F32"]] in
  foreach function = ["rfft", "irfft"] in
  def : ConstantSignalKernel<function, type, "rfft_" # type[0]>;
  let Scratch = "customScratch(op)" in
  def : ConstantSignalKernel<"rfft2d", ["f32", "F32"], "rfft_f32">;
}
let Cost = "8.0 * elements(op)" in {
  def : ConstantSignalKernel<"window", ["s16", "I16"], "samples">;
  foreach function = ["fft_auto_scale", "energy"] in
  def : SignalKernel<function, ["s16", "I16"], "samples">;
  foreach function = ["framer", "stacker", "delay", "overlap_add"] in
  def : SignalKernel<function, ["s16", "I16"], "frames">;
  def : SignalKernel<"overlap_add", ["f32", "F32"], "frames">;
}
let Cost = "8.0 * inputElements(op)" in
def : ConstantSignalKernel<"filter_bank", ["u32", "U32"], "filter_bank">;
let Cost = "100.0 * elements(op)" in {
  def : SignalKernel<"filter_bank_square_root", ["u64", "U64"], "filter_bank">;
  def : SignalKernel<"filter_bank_spectral_subtraction", ["u32", "U32"],
                     "filter_bank">;
  foreach function = ["pcan", "filter_bank_log"] in
  def : ConstantSignalKernel<function, ["u32", "U32"], "filter_bank">;
}

// One output channel for each input channel, four at a time.
let Packing = "Plain",
    Matches = "sums(op, SumKind::S8) && isNHWC(op) && keepsChannels(op) && "
              "windowTaps(op) <= 25",
    Cost = "5.3 * macs(op) + 24.0 * elements(op) + 70.0 * pixels(op)" in
def : Kernel<"stm32rt_depthwise_conv_2d_s8_quads", "depthwise_conv_2d",
             "c/stm32rt_depthwise_conv_2d_s8_quads.c">;

include "KernelsSimd.td"
