// Functions of elements in TOSA become stm32.binary, stm32.unary, stm32.select.
//
// RUN: stm32-opt --convert-tosa-to-stm32 %s | FileCheck %s

// CHECK-LABEL: stm32.model @numbers
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<2x8xf32>{{.*}}, %[[B:.*]]: tensor<1x8xf32>
func.func @numbers(%a: tensor<2x8xf32>, %b: tensor<1x8xf32>) -> (tensor<2x8xf32>, tensor<2x8xi1>) {
  // CHECK: %[[SUM:.*]] = stm32.binary add %[[A]], %[[B]]
  %0 = tosa.add %a, %b : (tensor<2x8xf32>, tensor<1x8xf32>) -> tensor<2x8xf32>
  // CHECK: %[[RELU:.*]] = stm32.unary relu %[[SUM]]
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 3.40282347E+38 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: %[[RELU6:.*]] = stm32.unary clamp %[[RELU]] {float_clamp = array<f32: 0.000000e+00, 6.000000e+00>}
  %2 = tosa.clamp %1 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: %[[TANH:.*]] = stm32.unary tanh %[[RELU6]]
  %3 = tosa.tanh %2 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // A greater B is B less A.
  // CHECK: %[[LESS:.*]] = stm32.binary less %[[B]], %[[TANH]]
  %4 = tosa.greater %3, %b : (tensor<2x8xf32>, tensor<1x8xf32>) -> tensor<2x8xi1>
  // CHECK: stm32.select %[[LESS]], %[[A]], %[[TANH]]
  %5 = tosa.select %4, %a, %3 : (tensor<2x8xi1>, tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  return %5, %4 : tensor<2x8xf32>, tensor<2x8xi1>
}

// Products of int16, each side without a shift.
// CHECK-LABEL: stm32.model @product
// CHECK: stm32.binary mul %{{.*}}, %{{.*}} {requant = #stm32.requant<[1518500250], [46], zp = 0, clamp = [-32768, 32767]>} : (tensor<2x8xi16>, tensor<1x1xi16>) -> tensor<2x8xi16>
func.func @product(%a: tensor<2x8xi16>, %b: tensor<1x1xi16>) -> tensor<2x8xi16> {
  %unit = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %unit_shift = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %multiplier = "tosa.const"() <{values = dense<1518500250> : tensor<1xi32>}> : () -> tensor<1xi32>
  %shift = "tosa.const"() <{values = dense<46> : tensor<1xi8>}> : () -> tensor<1xi8>
  %none = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zp16 = "tosa.const"() <{values = dense<0> : tensor<1xi16>}> : () -> tensor<1xi16>
  %zp32 = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  %0 = tosa.rescale %a, %unit, %unit_shift, %zp16, %zp32 {scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false, input_unsigned = false, output_unsigned = false} : (tensor<2x8xi16>, tensor<1xi32>, tensor<1xi8>, tensor<1xi16>, tensor<1xi32>) -> tensor<2x8xi32>
  %1 = tosa.rescale %b, %unit, %unit_shift, %zp16, %zp32 {scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false, input_unsigned = false, output_unsigned = false} : (tensor<1x1xi16>, tensor<1xi32>, tensor<1xi8>, tensor<1xi16>, tensor<1xi32>) -> tensor<1x1xi32>
  %2 = tosa.mul %0, %1, %none : (tensor<2x8xi32>, tensor<1x1xi32>, tensor<1xi8>) -> tensor<2x8xi32>
  %3 = tosa.rescale %2, %multiplier, %shift, %zp32, %zp16 {scale32 = true, rounding_mode = DOUBLE_ROUND, per_channel = false, input_unsigned = false, output_unsigned = false} : (tensor<2x8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi16>) -> tensor<2x8xi16>
  return %3 : tensor<2x8xi16>
}
