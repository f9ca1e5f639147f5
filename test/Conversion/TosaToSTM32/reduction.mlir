// RUN: stm32-opt %s --convert-tosa-to-stm32 | FileCheck %s

// CHECK-LABEL: stm32.model @reductions
// CHECK: stm32.reduce max %{{.*}} {axes = array<i64: 1>} : (tensor<2x3xi8>) -> tensor<2x1xi8>
// CHECK-NEXT: stm32.reduce min %{{.*}} {axes = array<i64: 0>} : (tensor<2x3xf32>) -> tensor<1x3xf32>
// CHECK-NEXT: stm32.reduce sum %{{.*}} {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
// CHECK-NEXT: stm32.reduce arg_max %{{.*}} {axes = array<i64: 1>} : (tensor<2x3xi8>) -> tensor<2xi32>
func.func @reductions(%x: tensor<2x3xi8>, %f: tensor<2x3xf32>)
    -> (tensor<2x1xi8>, tensor<1x3xf32>, tensor<2x1xf32>, tensor<2xi32>) {
  %0 = tosa.reduce_max %x {axis = 1 : i32} : (tensor<2x3xi8>) -> tensor<2x1xi8>
  %1 = tosa.reduce_min %f {axis = 0 : i32, nan_mode = IGNORE} : (tensor<2x3xf32>) -> tensor<1x3xf32>
  %2 = tosa.reduce_sum %f {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %3 = tosa.argmax %x {axis = 1 : i32} : (tensor<2x3xi8>) -> tensor<2xi32>
  return %0, %1, %2, %3 : tensor<2x1xi8>, tensor<1x3xf32>, tensor<2x1xf32>, tensor<2xi32>
}
