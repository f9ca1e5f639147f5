// RUN: stm32-opt %s --stm32-recover-operators --canonicalize --split-input-file --verify-diagnostics | FileCheck %s

// Mean: zero point away, sums along two dimensions, requantisation.
// CHECK-LABEL: func.func @mean(
// CHECK-SAME: %[[X:.*]]: tensor<1x4x4x8xi8>
// CHECK-NEXT: %[[Y:.*]] = stm32.reduce mean %[[X]] {axes = array<i64: 1, 2>, input_zp = -128 : i32, requant = #stm32.requant<[1462294521], [32], zp = -127, clamp = [-128, 127]>} : (tensor<1x4x4x8xi8>) -> tensor<1x1x1x8xi8>
// CHECK-NEXT: return %[[Y]]
func.func @mean(%x: tensor<1x4x4x8xi8>) -> tensor<1x1x1x8xi8> {
  %unit = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %thirty = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zp = "tosa.const"() <{values = dense<-128> : tensor<1xi8>}> : () -> tensor<1xi8>
  %yzp = "tosa.const"() <{values = dense<-127> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  %m = "tosa.const"() <{values = dense<1462294521> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<32> : tensor<1xi8>}> : () -> tensor<1xi8>
  %a = tosa.rescale %x, %unit, %thirty, %zp, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x4x4x8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<1x4x4x8xi32>
  %b = tosa.reduce_sum %a {axis = 2 : i32} : (tensor<1x4x4x8xi32>) -> tensor<1x4x1x8xi32>
  %c = tosa.reduce_sum %b {axis = 1 : i32} : (tensor<1x4x1x8xi32>) -> tensor<1x1x1x8xi32>
  %y = tosa.rescale %c, %m, %s, %zero, %yzp {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x1x1x8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x1x1x8xi8>
  return %y : tensor<1x1x1x8xi8>
}

// -----

// One side of the addition is a shift by 19: a shift by 20, and 1/2.
// CHECK-LABEL: func.func @add(
// CHECK-DAG: %[[S31:.*]] = "tosa.const"() <{values = dense<31> : tensor<1xi8>}>
// CHECK-DAG: %[[S10:.*]] = "tosa.const"() <{values = dense<10> : tensor<1xi8>}>
// CHECK: %[[A:.*]] = tosa.rescale %{{.*}}, %{{.*}}, %[[S10]],
// CHECK: %[[C:.*]] = tosa.rescale %{{.*}}, %{{.*}}, %[[S10]],
// CHECK-SAME: DOUBLE_ROUND
// CHECK: %[[D:.*]] = tosa.rescale %[[C]], %{{.*}}, %[[S31]],
// CHECK-SAME: DOUBLE_ROUND
// CHECK: tosa.add %{{.*}}, %[[D]]
func.func @add(%x: tensor<1x8xi8>, %y: tensor<1x8xi8>) -> tensor<1x8xi32> {
  %unit = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %ten = "tosa.const"() <{values = dense<10> : tensor<1xi8>}> : () -> tensor<1xi8>
  %eleven = "tosa.const"() <{values = dense<11> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zp = "tosa.const"() <{values = dense<4> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  %m = "tosa.const"() <{values = dense<1623821475> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<33> : tensor<1xi8>}> : () -> tensor<1xi8>
  %a = tosa.rescale %x, %unit, %ten, %zp, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<1x8xi32>
  %b = tosa.rescale %a, %m, %s, %zero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<1x8xi32>
  %c = tosa.rescale %y, %unit, %eleven, %zp, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true}
    : (tensor<1x8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<1x8xi32>
  %d = tosa.add %b, %c : (tensor<1x8xi32>, tensor<1x8xi32>) -> tensor<1x8xi32>
  return %d : tensor<1x8xi32>
}

// -----

// This is the inverse of one float32 only, that of 1/255.
// CHECK-LABEL: func.func @quantize(
// CHECK-SAME: %[[X:.*]]: tensor<1x8xf32>
// CHECK-NEXT: %[[Y:.*]] = stm32.quantize %[[X]] {scale = 0.00392156886 : f32, zero_point = -25 : i32} : (tensor<1x8xf32>) -> tensor<1x8xi8>
// CHECK-NEXT: %[[Z:.*]] = stm32.quantize %[[X]] {scale = 0.00392156886 : f32, zero_point = 0 : i32}
// CHECK-NEXT: return %[[Y]], %[[Z]]
func.func @quantize(%x: tensor<1x8xf32>) -> (tensor<1x8xi8>, tensor<1x8xi8>) {
  %f = "tosa.const"() <{values = dense<0x437EFFFF> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zp = "tosa.const"() <{values = dense<-25> : tensor<1x1xi32>}> : () -> tensor<1x1xi32>
  %a = tosa.mul %x, %f, %zero : (tensor<1x8xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x8xf32>
  %b = tosa.cast %a : (tensor<1x8xf32>) -> tensor<1x8xi32>
  %c = tosa.add %b, %zp : (tensor<1x8xi32>, tensor<1x1xi32>) -> tensor<1x8xi32>
  %d = tosa.cast %c : (tensor<1x8xi32>) -> tensor<1x8xi8>
  %e = tosa.cast %a : (tensor<1x8xf32>) -> tensor<1x8xi8>
  return %d, %e : tensor<1x8xi8>, tensor<1x8xi8>
}

// -----

// Two scales have the inverse 19.5671082: the nearest is taken, with a warning.
// CHECK-LABEL: func.func @ambiguous(
// CHECK: stm32.quantize %{{.*}} {scale = 0.0511061735 : f32, zero_point = 0 : i32}
func.func @ambiguous(%x: tensor<1x8xf32>) -> tensor<1x8xi8> {
  %f = "tosa.const"() <{values = dense<19.5671082> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %a = tosa.mul %x, %f, %zero : (tensor<1x8xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x8xf32>
  // expected-warning@+1 {{the scale of a quantisation is not unique}}
  %b = tosa.cast %a : (tensor<1x8xf32>) -> tensor<1x8xi8>
  return %b : tensor<1x8xi8>
}

// -----

// CHECK-LABEL: func.func @dequantize(
// CHECK-SAME: %[[X:.*]]: tensor<1x8xi8>
// CHECK-NEXT: %[[Y:.*]] = stm32.dequantize %[[X]] {scale = 3.906250e-03 : f32, zero_point = -128 : i32} : (tensor<1x8xi8>) -> tensor<1x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @dequantize(%x: tensor<1x8xi8>) -> tensor<1x8xf32> {
  %f = "tosa.const"() <{values = dense<3.906250e-03> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zp = "tosa.const"() <{values = dense<-128.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %a = tosa.cast %x : (tensor<1x8xi8>) -> tensor<1x8xf32>
  %b = tosa.sub %a, %zp : (tensor<1x8xf32>, tensor<1x1xf32>) -> tensor<1x8xf32>
  %c = tosa.mul %b, %f, %zero : (tensor<1x8xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x8xf32>
  return %c : tensor<1x8xf32>
}

// -----

// An input and an output of uint8, the first one by its type, the second one by
// the flag alone. -128 is 128 where the bytes are unsigned.
// CHECK-LABEL: func.func @bytes(
// CHECK-SAME: %[[X:.*]]: tensor<1x8xui8>) -> tensor<1x8xui8>
// CHECK-NEXT: %[[A:.*]] = stm32.requantize %[[X]] {input_zp = 128 : i32, requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>} : (tensor<1x8xui8>) -> tensor<1x8xi8>
// CHECK-NEXT: %[[B:.*]] = tosa.clamp %[[A]]
// CHECK-NEXT: %[[C:.*]] = stm32.requantize %[[B]] {input_zp = -128 : i32, requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 255]>} : (tensor<1x8xi8>) -> tensor<1x8xui8>
// CHECK-NEXT: return %[[C]]
func.func @bytes(%x: tensor<1x8xui8>) -> tensor<1x8xi8> {
  %unit = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %thirty = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zp = "tosa.const"() <{values = dense<-128> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %a = tosa.rescale %x, %unit, %thirty, %zp, %zero {input_unsigned = true, output_unsigned = false,
    per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true}
    : (tensor<1x8xui8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x8xi8>
  %b = tosa.clamp %a {max_val = 100 : i8, min_val = 0 : i8} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %c = tosa.rescale %b, %unit, %thirty, %zp, %zero {input_unsigned = false, output_unsigned = true,
    per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true}
    : (tensor<1x8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x8xi8>
  return %c : tensor<1x8xi8>
}

// -----

// The minimum of int8 values and a constant, computed in 32 bits.
// CHECK-LABEL: func.func @minimum(
// CHECK-SAME: %[[X:.*]]: tensor<1x8xi8>
// CHECK: %[[C:.*]] = "tosa.const"() <{values = dense<100> : tensor<1x1xi8>}>
// CHECK: %[[Y:.*]] = tosa.minimum %[[X]], %[[C]] : (tensor<1x8xi8>, tensor<1x1xi8>) -> tensor<1x8xi8>
// CHECK-NEXT: return %[[Y]]
func.func @minimum(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %unit = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %thirty = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %izero = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  %k = "tosa.const"() <{values = dense<100> : tensor<1x1xi8>}> : () -> tensor<1x1xi8>
  %a = tosa.rescale %x, %unit, %thirty, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<1x8xi32>
  %b = tosa.rescale %k, %unit, %thirty, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x1xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<1x1xi32>
  %c = tosa.minimum %a, %b : (tensor<1x8xi32>, tensor<1x1xi32>) -> tensor<1x8xi32>
  %d = tosa.rescale %c, %unit, %thirty, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x8xi8>
  return %d : tensor<1x8xi8>
}

// -----

// CHECK-NOT: tosa.variable
// CHECK-LABEL: func.func @variable(
// CHECK-SAME: %[[X:.*]]: tensor<1x2xi8>
// CHECK-NEXT: %[[S:.*]] = stm32.state dense<-128> : tensor<1x2xi8> -> <1x2xi8>
// CHECK-NEXT: %[[Y:.*]] = stm32.read %[[S]] : (!stm32.buffer<1x2xi8>) -> tensor<1x2xi8>
// CHECK-NEXT: stm32.assign %[[X]] into %[[S]] : (tensor<1x2xi8>, !stm32.buffer<1x2xi8>) -> ()
// CHECK-NEXT: return %[[Y]]
module {
  tosa.variable @"stream/states" = dense<-128> : tensor<1x2xi8>
  func.func @variable(%x: tensor<1x2xi8>) -> tensor<1x2xi8> {
    %y = tosa.variable_read @"stream/states" : tensor<1x2xi8>
    tosa.variable_write @"stream/states", %x : tensor<1x2xi8>
    return %y : tensor<1x2xi8>
  }
}

// -----

// A side of an addition of int16, widened and shifted.
// CHECK-LABEL: func.func @widen(
// CHECK-SAME: %[[X:.*]]: tensor<1x8xi16>
// CHECK: %[[S15:.*]] = "tosa.const"() <{values = dense<15> : tensor<1xi8>}>
// CHECK: %[[Y:.*]] = tosa.rescale %[[X]], %{{.*}}, %[[S15]],
// CHECK-SAME: -> tensor<1x8xi32>
// CHECK-NEXT: return %[[Y]]
func.func @widen(%x: tensor<1x8xi16>) -> tensor<1x8xi32> {
  %c15 = "tosa.const"() <{values = dense<15> : tensor<1x1xi32>}> : () -> tensor<1x1xi32>
  %a = tosa.cast %x : (tensor<1x8xi16>) -> tensor<1x8xi32>
  %b = tosa.logical_left_shift %a, %c15 : (tensor<1x8xi32>, tensor<1x1xi32>) -> tensor<1x8xi32>
  return %b : tensor<1x8xi32>
}

// -----

// A function of the importer means what it says.
// CHECK-LABEL: func.func @imported(
// CHECK-NOT: stm32.dequantize
func.func @imported(%x: tensor<1x8xi8>) -> tensor<1x8xf32> attributes {stm32.signature = "abc"} {
  %f = "tosa.const"() <{values = dense<0.5> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %a = tosa.cast %x : (tensor<1x8xi8>) -> tensor<1x8xf32>
  %b = tosa.mul %a, %f, %zero : (tensor<1x8xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<1x8xf32>
  return %b : tensor<1x8xf32>
}

// -----

// Softmax of float32.
// CHECK-LABEL: func.func @softmax(
// CHECK-SAME: %[[X:.*]]: tensor<2x5xf32>
// CHECK-NEXT: %[[Y:.*]] = stm32.softmax %[[X]] {beta = 1.000000e+00 : f32} : (tensor<2x5xf32>) -> tensor<2x5xf32>
// CHECK-NEXT: return %[[Y]]
func.func @softmax(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %a = tosa.reduce_max %x {axis = 1 : i32} : (tensor<2x5xf32>) -> tensor<2x1xf32>
  %b = tosa.sub %x, %a : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  %c = tosa.exp %b : (tensor<2x5xf32>) -> tensor<2x5xf32>
  %d = tosa.reduce_sum %c {axis = 1 : i32} : (tensor<2x5xf32>) -> tensor<2x1xf32>
  %e = tosa.reciprocal %d : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %f = tosa.mul %c, %e, %zero : (tensor<2x5xf32>, tensor<2x1xf32>, tensor<1xi8>) -> tensor<2x5xf32>
  return %f : tensor<2x5xf32>
}

// -----

// Not along the last dimension: left alone.
// CHECK-LABEL: func.func @other_axis(
// CHECK-NOT: stm32
func.func @other_axis(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %a = tosa.reduce_max %x {axis = 0 : i32} : (tensor<2x5xf32>) -> tensor<1x5xf32>
  %b = tosa.sub %x, %a : (tensor<2x5xf32>, tensor<1x5xf32>) -> tensor<2x5xf32>
  %c = tosa.exp %b : (tensor<2x5xf32>) -> tensor<2x5xf32>
  %d = tosa.reduce_sum %c {axis = 0 : i32} : (tensor<2x5xf32>) -> tensor<1x5xf32>
  %e = tosa.reciprocal %d : (tensor<1x5xf32>) -> tensor<1x5xf32>
  %f = tosa.mul %c, %e, %zero : (tensor<2x5xf32>, tensor<1x5xf32>, tensor<1xi8>) -> tensor<2x5xf32>
  return %f : tensor<2x5xf32>
}
