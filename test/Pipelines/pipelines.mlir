// Each pipeline by its name, from level to level, with --verify-roundtrip; then
// all in one.
//
// RUN: stm32-opt %s --stm32-import-pipeline --verify-roundtrip -o %t.L1
// RUN: FileCheck %s --check-prefix=L1 < %t.L1
// RUN: stm32-opt %t.L1 --stm32-graph-pipeline --verify-roundtrip -o %t.L2
// RUN: FileCheck %s --check-prefix=L2 < %t.L2
// RUN: stm32-opt %t.L2 --stm32-schedule-pipeline="target=stm32f407vg" \
// RUN:   --verify-roundtrip -o %t.L3
// RUN: FileCheck %s --check-prefix=L3 < %t.L3
// RUN: stm32-opt %t.L3 --stm32-memory-pipeline="target=stm32f407vg" \
// RUN:   --verify-roundtrip -o %t.L4
// RUN: FileCheck %s --check-prefix=L4 < %t.L4
// RUN: stm32-opt %t.L4 --stm32-emitc-pipeline -o %t.L5
// RUN: FileCheck %s --check-prefix=L5 < %t.L5
//
// RUN: stm32-opt %s --stm32-pipeline="target=stm32f407vg optimize=balanced" \
// RUN:   -o %t.all
// RUN: FileCheck %s --check-prefix=L5 < %t.all
// RUN: stm32-opt %s --stm32-pipeline="target=stm32f407vg optimize=ram" \
// RUN:   | FileCheck %s --check-prefix=RAM
//
// RUN: not stm32-opt %s --stm32-pipeline="target=z80" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=TARGET
// RUN: not stm32-opt %s --stm32-pipeline="optimize=most" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=OPTIMIZE

// L1: func.func @net
// L1: tosa.conv2d
// L1: tosa.rescale
// L1: tosa.clamp

// L2: stm32.model @net
// L2: stm32.conv_2d {{.*}} weights(%{{[0-9]+}}) bias(%{{[0-9]+}})
// L2-SAME: input_zp = 0 : i32
// L2-SAME: pad_value = -3 : i32
// L2-SAME: clamp = [1, 127]
// L2-NOT: stm32.requantize

// L3: stm32.packed ["bias", "multiplier", "shift", "weights"]
// L3: stm32.conv_2d {{.*}} packed(
// L3-SAME: kernel = "stm32rt_conv_2d_s8"

// L4: stm32.memory_region @sram1 address(536870912) size(114688)
// L4: stm32.pool @activations in @sram1 limit(114688) size({{[0-9]+}})
// L4: stm32.pool @weights in @flash
// L4: stm32.buffer @activations offset({{[0-9]+}}) storage({{[0-9]+}}) tensor(0) input(0)
// L4: stm32.conv_2d {{.*}} into 

// L5: emitc.file "net.c"
// L5: stm32rt_conv_2d_s8
// L5: emitc.file "net_data.c"

// RAM: stm32rt_conv_2d_s8(

// TARGET: error: unknown target 'z80'; known are generic-m0plus
// OPTIMIZE: error: unknown optimization 'most'; known are time, balanced, ram, flash
func.func @net(
    %x: tensor<1x8x8x4xi8> {stm32.io = #stm32.io<"in", 0.5 : f32, -3>})
    -> (tensor<1x8x8x4xi8> {stm32.io = #stm32.io<"out", 0.5 : f32, 1>}) {
  %w = "tosa.const"() {values = dense<1> : tensor<4x1x1x4xi8>} : () -> tensor<4x1x1x4xi8>
  %b = "tosa.const"() {values = dense<[1, 2, 3, 4]> : tensor<4xi32>} : () -> tensor<4xi32>
  %izp = "tosa.const"() {values = dense<-3> : tensor<1xi8>} : () -> tensor<1xi8>
  %wzp = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %ozp = "tosa.const"() {values = dense<1> : tensor<1xi8>} : () -> tensor<1xi8>
  %m = "tosa.const"() {values = dense<1518500250> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<38> : tensor<1xi8>} : () -> tensor<1xi8>
  %acc = tosa.conv2d %x, %w, %b, %izp, %wzp {acc_type = i32,
    dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>,
    stride = array<i64: 1, 1>} : (tensor<1x8x8x4xi8>, tensor<4x1x1x4xi8>,
    tensor<4xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x8x8x4xi32>
  %y = tosa.rescale %acc, %m, %s, %zero, %ozp {input_unsigned = false,
    output_unsigned = false, per_channel = false, rounding_mode = DOUBLE_ROUND,
    scale32 = true} : (tensor<1x8x8x4xi32>, tensor<1xi32>, tensor<1xi8>,
    tensor<1xi32>, tensor<1xi8>) -> tensor<1x8x8x4xi8>
  %z = tosa.clamp %y {max_val = 127 : i8, min_val = 1 : i8}
    : (tensor<1x8x8x4xi8>) -> tensor<1x8x8x4xi8>
  return %z : tensor<1x8x8x4xi8>
}
