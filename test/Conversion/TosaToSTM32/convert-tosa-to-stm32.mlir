// RUN: stm32-opt %s --convert-tosa-to-stm32 --split-input-file | FileCheck %s

// A convolution with its rescale. Names and quantisation of inputs and outputs
// and the signature go to the model; padding reads the input's zero point.
// CHECK-LABEL: stm32.model @conv
// CHECK-SAME: inputs([#stm32.io<"in", 5.000000e-01 : f32, 5>])
// CHECK-SAME: outputs([#stm32.io<"out", 2.500000e-01 : f32, -4>])
// CHECK-SAME: attributes {signature = "abc"}
// CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<1x4x4x2xi8>):
// CHECK-NEXT: %[[W:.*]] = stm32.constant dense<1> : tensor<3x2x3x2xi8>
// CHECK-NEXT: %[[B:.*]] = stm32.constant dense<[1, 2, 3]> : tensor<3xi32>
// CHECK-NEXT: %[[Y:.*]] = stm32.conv_2d %[[X]] weights(%[[W]]) bias(%[[B]]) {dilations = array<i64: 1, 2>, input_zp = 5 : i32, pad_value = 5 : i32, padding = array<i64: 1, 1, 2, 1>, requant = #stm32.requant<[7, 8, 9], [40, 41, 42], zp = -4, clamp = [-128, 127]>, strides = array<i64: 2, 1>, window = array<i64: 2, 3>}
// CHECK-SAME: -> tensor<1x3x3x3xi8>
// CHECK-NEXT: stm32.output %[[Y]]
// CHECK-NOT: tosa
func.func @conv(%x: tensor<1x4x4x2xi8> {stm32.io = #stm32.io<"in", 0.5 : f32, 5>})
    -> (tensor<1x3x3x3xi8> {stm32.io = #stm32.io<"out", 0.25 : f32, -4>})
    attributes {stm32.signature = "abc"} {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %w = "tosa.const"() {values = dense<1> : tensor<3x2x3x2xi8>} : () -> tensor<3x2x3x2xi8>
  %b = "tosa.const"() {values = dense<[1, 2, 3]> : tensor<3xi32>} : () -> tensor<3xi32>
  %oz = "tosa.const"() {values = dense<-4> : tensor<1xi8>} : () -> tensor<1xi8>
  %m = "tosa.const"() {values = dense<[7, 8, 9]> : tensor<3xi32>} : () -> tensor<3xi32>
  %s = "tosa.const"() {values = dense<[40, 41, 42]> : tensor<3xi8>} : () -> tensor<3xi8>
  %a = tosa.conv2d %x, %w, %b, %five, %zero {acc_type = i32,
    dilation = array<i64: 1, 2>, pad = array<i64: 1, 1, 2, 1>,
    stride = array<i64: 2, 1>}
    : (tensor<1x4x4x2xi8>, tensor<3x2x3x2xi8>, tensor<3xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x3x3x3xi32>
  %r = tosa.rescale %a, %m, %s, %izero, %oz {input_unsigned = false, output_unsigned = false,
    per_channel = true, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x3x3x3xi32>, tensor<3xi32>, tensor<3xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x3x3x3xi8>
  return %r : tensor<1x3x3x3xi8>
}

// -----

// [KH, KW, C, M] becomes [1, KH, KW, C * M]; one bias stands for all channels;
// SINGLE_ROUND is the same where no shift exceeds 31.
// CHECK-LABEL: stm32.model @depthwise
// CHECK-SAME: inputs([#stm32.io<"input0", 0.000000e+00 : f32, 0>]) outputs([#stm32.io<"output0", 0.000000e+00 : f32, 0>])
// CHECK: %[[W:.*]] = stm32.constant dense<{{.*}}1, 2, 3, 4{{.*}}5, 6, 7, 8{{.*}}> : tensor<1x2x1x4xi8>
// CHECK: %[[B:.*]] = stm32.constant dense<9> : tensor<4xi32>
// CHECK: stm32.depthwise_conv_2d %{{.*}} weights(%[[W]]) bias(%[[B]])
// CHECK-SAME: requant = #stm32.requant<[7], [31], zp = 0, clamp = [-128, 127]>
// CHECK-SAME: window = array<i64: 2, 1>
func.func @depthwise(%x: tensor<1x4x4x2xi8>) -> tensor<1x3x4x4xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %w = "tosa.const"() {values = dense<[[[[1, 2], [3, 4]]], [[[5, 6], [7, 8]]]]> : tensor<2x1x2x2xi8>} : () -> tensor<2x1x2x2xi8>
  %b = "tosa.const"() {values = dense<9> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<31> : tensor<1xi8>} : () -> tensor<1xi8>
  %a = tosa.depthwise_conv2d %x, %w, %b, %zero, %zero {acc_type = i32,
    dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>,
    stride = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<2x1x2x2xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x3x4x4xi32>
  %r = tosa.rescale %a, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true}
    : (tensor<1x3x4x4xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x3x4x4xi8>
  return %r : tensor<1x3x4x4xi8>
}

// -----

// Each side is shifted left by 30 - 10, then scaled.
// CHECK-LABEL: stm32.model @add
// CHECK: ^bb0(%[[A:.*]]: tensor<8xi8>, %[[B:.*]]: tensor<8xi8>):
// CHECK-NEXT: %[[Y:.*]] = stm32.binary add %[[A]], %[[B]] {left_shift = 20 : i32, lhs_scale = array<i32: 1073741824, 31>, lhs_zp = 5 : i32, requant = #stm32.requant<[9], [49], zp = 5, clamp = [-128, 127]>, rhs_scale = array<i32: 11, 40>}
// CHECK-NEXT: stm32.output %[[Y]]
func.func @add(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %unit = "tosa.const"() {values = dense<1073741824> : tensor<1xi32>} : () -> tensor<1xi32>
  %ten = "tosa.const"() {values = dense<10> : tensor<1xi8>} : () -> tensor<1xi8>
  %m = "tosa.const"() {values = dense<11> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %s31 = "tosa.const"() {values = dense<31> : tensor<1xi8>} : () -> tensor<1xi8>
  %n = "tosa.const"() {values = dense<9> : tensor<1xi32>} : () -> tensor<1xi32>
  %t = "tosa.const"() {values = dense<49> : tensor<1xi8>} : () -> tensor<1xi8>
  %a1 = tosa.rescale %a, %unit, %ten, %five, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %b1 = tosa.rescale %b, %unit, %ten, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %a2 = tosa.rescale %a1, %unit, %s31, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %b2 = tosa.rescale %b1, %m, %s, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %c = tosa.add %a2, %b2 : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  %r = tosa.rescale %c, %n, %t, %izero, %five {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// Operators of one TOSA operation each.
// CHECK-LABEL: stm32.model @simple
// CHECK: ^bb0(%[[X:.*]]: tensor<1x4x4x2xi8>):
// CHECK-NEXT: %[[A:.*]] = stm32.requantize %[[X]] {input_zp = 5 : i32, requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
// CHECK-NEXT: %[[B:.*]] = stm32.requantize %[[A]] {input_zp = 0 : i32, requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-3, 6]>}
// CHECK-NEXT: %[[C:.*]] = stm32.max_pool_2d %[[B]] {clamp = array<i32: -128, 127>, padding = array<i64: 0, 1, 0, 1>, strides = array<i64: 1, 1>, window = array<i64: 2, 2>}
// CHECK-NEXT: %[[D:.*]] = stm32.average_pool_2d %[[C]] {clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 1>, window = array<i64: 2, 4>}
// CHECK-NEXT: %[[E:.*]] = stm32.pad %[[D]] {after = array<i64: 0, 2, 4, 0>, before = array<i64: 0, 1, 3, 0>, value = 5 : i32}
// CHECK-NEXT: %[[F:.*]] = stm32.reshape %[[E]] : tensor<1x5x8x2xi8> -> tensor<80xi8>
// CHECK-NEXT: %[[G:.*]] = stm32.softmax %[[F]]
// CHECK-NEXT: stm32.output %[[G]], %[[X]]
func.func @simple(%x: tensor<1x4x4x2xi8>) -> (tensor<80xi8>, tensor<1x4x4x2xi8>) {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %a = tosa.rescale %x, %m, %s, %five, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x4x4x2xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x4x4x2xi8>
  %b = tosa.clamp %a {max_val = 6 : i8, min_val = -3 : i8} : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  %c = tosa.max_pool2d %b {kernel = array<i64: 2, 2>, pad = array<i64: 0, 1, 0, 1>,
    stride = array<i64: 1, 1>} : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  %d = tosa.avg_pool2d %c, %zero, %zero {acc_type = i32, kernel = array<i64: 2, 4>,
    pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 1>}
    : (tensor<1x4x4x2xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x2x1x2xi8>
  %ps = tosa.const_shape {values = dense<[0, 0, 1, 2, 3, 4, 0, 0]> : tensor<8xindex>} : () -> !tosa.shape<8>
  %e = tosa.pad %d, %ps, %five : (tensor<1x2x1x2xi8>, !tosa.shape<8>, tensor<1xi8>) -> tensor<1x5x8x2xi8>
  %rs = tosa.const_shape {values = dense<[80]> : tensor<1xindex>} : () -> !tosa.shape<1>
  %f = tosa.reshape %e, %rs : (tensor<1x5x8x2xi8>, !tosa.shape<1>) -> tensor<80xi8>
  %g = stm32.softmax %f {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (tensor<80xi8>) -> tensor<80xi8>
  return %g, %x : tensor<80xi8>, tensor<1x4x4x2xi8>
}

// -----

// A slice of trailing rows and columns: the smaller output says the same. A
// constant may be an activation; what nobody reads is not converted.
// CHECK-LABEL: stm32.model @slice
// CHECK: ^bb0(%[[X:.*]]: tensor<1x4x4x2xi8>):
// CHECK-NEXT: %[[A:.*]] = stm32.max_pool_2d %[[X]] {{.*}} : (tensor<1x4x4x2xi8>) -> tensor<1x1x2x2xi8>
// CHECK-NEXT: %[[K:.*]] = stm32.constant dense<3> : tensor<1x1x2x2xi8>
// CHECK-NEXT: %[[C:.*]] = stm32.softmax %[[K]]
// CHECK-NEXT: stm32.output %[[A]], %[[C]]
func.func @slice(%x: tensor<1x4x4x2xi8>) -> (tensor<1x1x2x2xi8>, tensor<1x1x2x2xi8>) {
  %t = tosa.const_shape {values = dense<[0, 0, 0, 0]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %u = tosa.const_shape {values = dense<[1, 3, 4, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %v = tosa.slice %x, %t, %u : (tensor<1x4x4x2xi8>, !tosa.shape<4>, !tosa.shape<4>) -> tensor<1x3x4x2xi8>
  %a = tosa.max_pool2d %v {kernel = array<i64: 3, 3>, pad = array<i64: 0, 0, 0, 1>,
    stride = array<i64: 2, 2>} : (tensor<1x3x4x2xi8>) -> tensor<1x1x2x2xi8>
  %k = "tosa.const"() {values = dense<3> : tensor<1x1x2x2xi8>} : () -> tensor<1x1x2x2xi8>
  %c = stm32.softmax %k {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (tensor<1x1x2x2xi8>) -> tensor<1x1x2x2xi8>
  %n = "tosa.const"() {values = dense<3> : tensor<1xi32>} : () -> tensor<1xi32>
  %unused = tosa.add %n, %n : (tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
  return %a, %c : tensor<1x1x2x2xi8>, tensor<1x1x2x2xi8>
}

// -----

// Each function is a model; an input without a name is fine.
// CHECK: stm32.model @first inputs([#stm32.io<"", 0.000000e+00 : f32, 0>])
// CHECK: stm32.model @second inputs([#stm32.io<"input0", 0.000000e+00 : f32, 0>, #stm32.io<"input1", 0.000000e+00 : f32, 0>]) outputs([])
// CHECK-NOT: func.func
func.func @first(%x: tensor<8xi8> {stm32.io = #stm32.io<"", 0.0 : f32, 0>}) -> tensor<8xi8> {
  return %x : tensor<8xi8>
}
func.func @second(%x: tensor<8xi8>, %y: tensor<4xf32>) {
  return
}
