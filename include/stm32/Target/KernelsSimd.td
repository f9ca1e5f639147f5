//===- KernelsSimd.td - Records of kernels with DSP or MVE -*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The part of Kernels.td that needs more than the base instruction set.
//
//===----------------------------------------------------------------------===//

//===----------------------------------------------------------------------===//
// DSP extension: SMLAD
//===----------------------------------------------------------------------===//

// Two output channels of two pixels at a time. Weights of 16 bits take twice the
// flash and no expansion. Scratch of a layer stays below 4 KB.
class Convolution<string name> : Kernel<name, "conv_2d", "dsp/" # name # ".c"> {
  let Isa = "DSP";
  let Packing = "PairStream";
  let Matches = "sums(op, SumKind::S8) && isNHWC(op) && "
                "windowScratch(op) <= 4096";
  let Scratch = "windowScratch(op)";
  let Cost = "0.78 * macs(op) + 15.0 * elements(op) + 2.1 * gathered(op) + "
             "150.0 * pixels(op)";
}
class PointwiseConvolution<string name> : Convolution<name> {
  let Matches = "sums(op, SumKind::S8) && isPointwise(op)";
  let Scratch = "columnScratch(op)";
  let Cost = "0.78 * macs(op) + 15.0 * elements(op) + 1.8 * gathered(op) + "
             "60.0 * pixels(op)";
}
def : PointwiseConvolution<"stm32rt_conv_2d_1x1_s8_dsp">;
def : Convolution<"stm32rt_conv_2d_s8_dsp">;
let Packing = "WideStream", Aims = "AimTime" in {
  def : PointwiseConvolution<"stm32rt_conv_2d_1x1_s8_dsp_wide">;
  def : Convolution<"stm32rt_conv_2d_s8_dsp_wide">;
}

let Isa = "DSP", Packing = "ChannelQuads",
    Matches = "sums(op, SumKind::S8) && isNHWC(op) && keepsChannels(op) && "
              "windowTaps(op) <= 25 && inputChannels(op) % 4 == 0",
    Scratch = "inputChannels(op)",
    Cost = "3.0 * macs(op) + 13.0 * elements(op) + 190.0 * pixels(op)" in
def : Kernel<"stm32rt_depthwise_conv_2d_s8_dsp", "depthwise_conv_2d",
             "dsp/stm32rt_depthwise_conv_2d_s8_dsp.c">;

// Its strips cost RAM and code.
let Isa = "DSP", Packing = "ChannelQuads", Aims = "AimTime | AimBalanced",
    RowsAtOnce = 4,
    Matches = "sums(op, SumKind::S8) && isNHWC(op) && keepsChannels(op) && "
              "isStrip3x3(op) && inputChannels(op) % 4 == 0 && "
              "stripScratch(op) <= 4096",
    Scratch = "stripScratch(op)",
    Cost = "25.0 * elements(op)" in
def : Kernel<"stm32rt_depthwise_conv_2d_3x3_s8_dsp", "depthwise_conv_2d",
             "dsp/stm32rt_depthwise_conv_2d_3x3_s8_dsp.c">;

let Isa = "DSP", Packing = "ChannelPairs",
    Matches = "sums(op, SumKind::S8) && isNHWC(op)",
    Cost = "1.1 * macs(op) + 25.0 * elements(op)" in
def : Kernel<"stm32rt_fully_connected_s8_dsp", "fully_connected",
             "dsp/stm32rt_fully_connected_s8_dsp.c">;

let Isa = "DSP", Packing = "QuadStream", Aims = "AimTime",
    Matches = "sums(op, SumKind::S8) && isNHWC(op) && inFeatures(op) % 4 == 0",
    Cost = "0.84 * macs(op) + 14.0 * elements(op)" in
def : Kernel<"stm32rt_fully_connected_s8_dsp_wide", "fully_connected",
             "dsp/stm32rt_fully_connected_s8_dsp_wide.c">;

foreach function = ["add", "sub"] in
let Isa = "DSP", Matches = "isNHWC(op) && isBinary(op, \"" # function #
                           "\", I8)",
    Cost = "25.0 * elements(op) + 100.0" in
def : Kernel<"stm32rt_" # function # "_s8_dsp", "binary",
             "dsp/stm32rt_add_s8_dsp.c">;

//===----------------------------------------------------------------------===//
// M-profile vector extension
//===----------------------------------------------------------------------===//

let Isa = "MVE", Packing = "BlocksOf16", RowsAtOnce = 4,
    Matches = "sums(op, SumKind::S8) && isPointwise(op)",
    Cost = "0.14 * macs(op) + 7.0 * elements(op)" in
def : Kernel<"stm32rt_conv_2d_1x1_s8_mve", "conv_2d",
             "mve/stm32rt_conv_2d_1x1_s8_mve.c">;

let Isa = "MVE", Packing = "BlocksOf16",
    Matches = "sums(op, SumKind::S8) && isNHWC(op) && !isPointwise(op) && "
              "mveWindowScratch(op) <= 16384",
    Scratch = "mveWindowScratch(op)",
    Cost = "0.14 * macs(op) + 7.0 * elements(op) + 0.35 * gathered(op) + "
           "90.0 * pixels(op)" in
def : Kernel<"stm32rt_conv_2d_s8_mve", "conv_2d",
             "mve/stm32rt_conv_2d_s8_mve.c">;

let Isa = "MVE", Packing = "Plain", RowsAtOnce = 4,
    Matches = "sums(op, SumKind::S8) && isNHWC(op) && keepsChannels(op) && "
              "depthwiseLanes(op) <= 32",
    Scratch = "STM32RT_DEPTHWISE_SCRATCH",
    Cost = "0.1 * macs(op) + 7.0 * elements(op)" in
def : Kernel<"stm32rt_depthwise_conv_2d_s8_mve", "depthwise_conv_2d",
             "mve/stm32rt_depthwise_conv_2d_s8_mve.c">;

let Isa = "MVE", Packing = "BlocksOf16",
    Matches = "sums(op, SumKind::S8) && isNHWC(op)",
    Cost = "0.25 * macs(op) + 12.0 * elements(op)" in
def : Kernel<"stm32rt_fully_connected_s8_mve", "fully_connected",
             "mve/stm32rt_fully_connected_s8_mve.c">;

let Isa = "MVE", Matches = "hasTypes(op, I8, I8) && isNHWC(op)",
    Cost = "0.5" in
def : Kernel<"stm32rt_average_pool_2d_s8_mve", "average_pool_2d",
             "mve/stm32rt_average_pool_2d_s8_mve.c">;

foreach function = ["add", "sub"] in
let Isa = "MVE", Matches = "isNHWC(op) && isBinary(op, \"" # function #
                           "\", I8)",
    Cost = "10.0 * elements(op) + 150.0" in
def : Kernel<"stm32rt_" # function # "_s8_mve", "binary",
             "mve/stm32rt_add_s8_mve.c">;
