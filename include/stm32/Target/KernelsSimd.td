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

let Isa = "DSP", Packing = "ChannelPairs",
    Matches = "sums(op, SumKind::S8) && isPointwise(op)",
    Scratch = "columnScratch(op)",
    Cost = "1.0 * macs(op) + 28.0 * elements(op) + 2.0 * gathered(op)" in
def : Kernel<"stm32rt_conv_2d_1x1_s8_dsp", "conv_2d",
             "dsp/stm32rt_conv_2d_1x1_s8_dsp.c">;

// Scratch of a layer stays below 4 KB.
let Isa = "DSP", Packing = "ChannelPairs",
    Matches = "sums(op, SumKind::S8) && isNHWC(op) && !isPointwise(op) && "
              "windowScratch(op) <= 4096",
    Scratch = "windowScratch(op)",
    Cost = "1.0 * macs(op) + 28.0 * elements(op) + 3.5 * gathered(op) + "
           "200.0 * pixels(op)" in
def : Kernel<"stm32rt_conv_2d_s8_dsp", "conv_2d",
             "dsp/stm32rt_conv_2d_s8_dsp.c">;

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
    Cost = "stripCost(op)" in
def : Kernel<"stm32rt_depthwise_conv_2d_3x3_s8_dsp", "depthwise_conv_2d",
             "dsp/stm32rt_depthwise_conv_2d_3x3_s8_dsp.c">;

let Isa = "DSP", Packing = "ChannelPairs",
    Matches = "sums(op, SumKind::S8) && isNHWC(op)",
    Cost = "1.1 * macs(op) + 25.0 * elements(op)" in
def : Kernel<"stm32rt_fully_connected_s8_dsp", "fully_connected",
             "dsp/stm32rt_fully_connected_s8_dsp.c">;

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
