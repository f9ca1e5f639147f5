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
// lib/Target/Records/KernelQueries.h. Costs are instructions, measured where a
// figure stands and estimated from the inner loop elsewhere.
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
                "MatchesFunction", "ScratchFunction", "CostFunction"];
  string TypeOf_IsaValue = "code";
  string TypeOf_PackingValue = "code";
  string TypeOf_MatchesFunction = "code";
  string TypeOf_ScratchFunction = "code";
  string TypeOf_CostFunction = "code";
}

//===----------------------------------------------------------------------===//
// Plain C
//===----------------------------------------------------------------------===//

let Packing = "Plain", Matches = "zeroPointFolded(op)",
    Cost = "8.0 * macs(op) + 40.0 * elements(op)" in {
  def : Kernel<"stm32rt_conv_2d_s8", "conv_2d", "c/stm32rt_conv_2d_s8.c">;
  def : Kernel<"stm32rt_depthwise_conv_2d_s8", "depthwise_conv_2d",
               "c/stm32rt_depthwise_conv_2d_s8.c">;
  let Matches = "zeroPointFolded(op) && isNHWC(op)" in
  def : Kernel<"stm32rt_fully_connected_s8", "fully_connected",
               "c/stm32rt_fully_connected_s8.c">;
}
def : Kernel<"stm32rt_average_pool_2d_s8", "average_pool_2d",
             "c/stm32rt_average_pool_2d_s8.c">;
def : Kernel<"stm32rt_max_pool_2d_s8", "max_pool_2d",
             "c/stm32rt_max_pool_2d_s8.c">;
let Matches = "isNHWC(op)" in {
  def : Kernel<"stm32rt_add_s8", "add", "c/stm32rt_add_s8.c">;
  def : Kernel<"stm32rt_mean_s8", "mean", "c/stm32rt_mean_s8.c">;
  def : Kernel<"stm32rt_pad_s8", "pad", "c/stm32rt_pad_s8.c">;
  def : Kernel<"stm32rt_softmax_s8", "softmax", "c/stm32rt_softmax_s8.c">;
}
let Matches = "isNHWC(op) && hasTypes(op, F32, I8)" in
def : Kernel<"stm32rt_quantize_f32_s8", "quantize", "c/stm32rt_quantize_f32.c">;
let Matches = "isNHWC(op) && hasTypes(op, F32, U8)" in
def : Kernel<"stm32rt_quantize_f32_u8", "quantize", "c/stm32rt_quantize_f32.c">;
let Matches = "isNHWC(op) && hasTypes(op, I8, F32)" in
def : Kernel<"stm32rt_dequantize_s8_f32", "dequantize",
             "c/stm32rt_dequantize_f32.c">;
let Matches = "isNHWC(op) && hasTypes(op, U8, F32)" in
def : Kernel<"stm32rt_dequantize_u8_f32", "dequantize",
             "c/stm32rt_dequantize_f32.c">;
let Matches = "isNHWC(op) && hasTypes(op, I8, I8)" in
def : Kernel<"stm32rt_requantize_s8_s8", "requantize",
             "c/stm32rt_requantize.c">;
let Matches = "isNHWC(op) && hasTypes(op, U8, I8)" in
def : Kernel<"stm32rt_requantize_u8_s8", "requantize",
             "c/stm32rt_requantize.c">;
let Matches = "isNHWC(op) && hasTypes(op, I8, U8)" in
def : Kernel<"stm32rt_requantize_s8_u8", "requantize",
             "c/stm32rt_requantize.c">;

//===----------------------------------------------------------------------===//
// DSP extension: SMLAD
//===----------------------------------------------------------------------===//

let Isa = "DSP", Packing = "Sxtb16Pairs",
    Matches = "zeroPointFolded(op) && isPointwise(op)",
    Scratch = "columnScratch(op)",
    Cost = "1.4 * macs(op) + 20.0 * elements(op)" in
def : Kernel<"stm32rt_conv_2d_1x1_s8_dsp", "conv_2d",
             "dsp/stm32rt_conv_2d_1x1_s8_dsp.c">;

//===----------------------------------------------------------------------===//
// M-profile vector extension
//===----------------------------------------------------------------------===//

let Isa = "MVE", Packing = "Plain",
    Matches = "zeroPointFolded(op) && isPointwise(op)",
    Cost = "0.3 * macs(op) + 10.0 * elements(op)" in
def : Kernel<"stm32rt_conv_2d_1x1_s8_mve", "conv_2d",
             "mve/stm32rt_conv_2d_1x1_s8_mve.c">;
