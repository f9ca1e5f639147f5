// RUN: stm32-opt %s --convert-tosa-to-stm32 --split-input-file | FileCheck %s

// A transpose and a reversal are loops over the input.
// CHECK-LABEL: stm32.model @loops
// CHECK: stm32.strided_copy %{{.*}} {function = "TRANSPOSE", offset = 0 : i64, sizes = array<i64: 4, 6>, strides = array<i64: 1, 4>}
// CHECK: stm32.strided_copy %{{.*}} {function = "REVERSE_V2", offset = 3 : i64, sizes = array<i64: 4, 2, 3>, strides = array<i64: 6, -3, 1>}{{.*}}-> tensor<4x2x3xi8>
func.func @loops(%x: tensor<2x3x4xi8>) -> tensor<4x2x3xi8> {
  %0 = tosa.transpose %x {perms = array<i32: 2, 0, 1>} : (tensor<2x3x4xi8>) -> tensor<4x2x3xi8>
  %1 = tosa.reverse %0 {axis = 1 : i32} : (tensor<4x2x3xi8>) -> tensor<4x2x3xi8>
  return %1 : tensor<4x2x3xi8>
}

// -----

// CHECK-LABEL: stm32.model @tile
// CHECK: stm32.strided_copy %{{.*}} {function = "TILE", offset = 0 : i64, sizes = array<i64: 2, 3, 2, 4>, strides = array<i64: 0, 4, 0, 1>}
func.func @tile(%x: tensor<3x4xf32>) -> tensor<6x8xf32> {
  %m = tosa.const_shape {values = dense<2> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.tile %x, %m : (tensor<3x4xf32>, !tosa.shape<2>) -> tensor<6x8xf32>
  return %0 : tensor<6x8xf32>
}

// -----

// CHECK-LABEL: stm32.model @parts
// CHECK: stm32.strided_copy %{{.*}} {function = "SLICE", offset = 1 : i64, sizes = array<i64: 3, 2>, strides = array<i64: 4, 1>}
// CHECK: stm32.concat %{{.*}}, %{{.*}} {axis = 1 : i64} : tensor<3x4xi16>, tensor<3x2xi16> -> tensor<3x6xi16>
func.func @parts(%x: tensor<3x4xi16>) -> tensor<3x6xi16> {
  %s = tosa.const_shape {values = dense<[0, 1]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %z = tosa.const_shape {values = dense<[3, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.slice %x, %s, %z : (tensor<3x4xi16>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<3x2xi16>
  %1 = tosa.concat %x, %0 {axis = 1 : i32} : (tensor<3x4xi16>, tensor<3x2xi16>) -> tensor<3x6xi16>
  return %1 : tensor<3x6xi16>
}

// -----

// CHECK-LABEL: stm32.model @gather
// CHECK: stm32.gather %{{.*}}, %{{.*}} {axis = 1 : i64, batch_dims = 1 : i64}
func.func @gather(%x: tensor<2x5x3xi8>, %i: tensor<2x4xi32>) -> tensor<2x4x3xi8> {
  %0 = tosa.gather %x, %i : (tensor<2x5x3xi8>, tensor<2x4xi32>) -> tensor<2x4x3xi8>
  return %0 : tensor<2x4x3xi8>
}

// -----

// CHECK-LABEL: stm32.model @pad
// CHECK: stm32.pad %{{.*}} {after = array<i64: 0, 2>, before = array<i64: 1, 0>, value = -1.000000e+00 : f32}
// CHECK: stm32.pad %{{.*}} {after = array<i64: 1>, before = array<i64: 0>, value = 7 : i64}
func.func @pad(%x: tensor<2x2xf32>, %y: tensor<3xi64>) -> (tensor<3x4xf32>, tensor<4xi64>) {
  %p = tosa.const_shape {values = dense<[1, 0, 0, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %c = "tosa.const"() {values = dense<-1.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %0 = tosa.pad %x, %p, %c : (tensor<2x2xf32>, !tosa.shape<4>, tensor<1xf32>) -> tensor<3x4xf32>
  %q = tosa.const_shape {values = dense<[0, 1]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %d = "tosa.const"() {values = dense<7> : tensor<1xi64>} : () -> tensor<1xi64>
  %1 = tosa.pad %y, %q, %d : (tensor<3xi64>, !tosa.shape<2>, tensor<1xi64>) -> tensor<4xi64>
  return %0, %1 : tensor<3x4xf32>, tensor<4xi64>
}
