// RUN: stm32-opt %s | stm32-opt | FileCheck %s
// RUN: stm32-opt %s --mlir-print-op-generic | stm32-opt | FileCheck %s
// RUN: stm32-opt %s --verify-roundtrip -o /dev/null
// RUN: stm32-opt %s --emit-bytecode | stm32-opt | FileCheck %s

// CHECK-LABEL: func.func @reductions
func.func @reductions(%a: tensor<2x3x2x3x2x3xi8>, %b: tensor<4x5xi16>,
                      %c: tensor<4x5xi32>, %d: tensor<4x5xf32>) {
  // CHECK-NEXT: stm32.reduce sum %{{.*}} {axes = array<i64: 0, 2, 4>, input_zp = 3 : i32, requant = #stm32.requant<[1073741824], [31], zp = -1, clamp = [-128, 127]>} : (tensor<2x3x2x3x2x3xi8>) -> tensor<3x3x3xi8>
  %0 = stm32.reduce sum %a {axes = array<i64: 0, 2, 4>, input_zp = 3 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = -1, clamp = [-128, 127]>}
    : (tensor<2x3x2x3x2x3xi8>) -> tensor<3x3x3xi8>
  // CHECK-NEXT: stm32.reduce mean %{{.*}} {axes = array<i64: 1>, requant = {{.*}} : (tensor<4x5xi16>) -> tensor<4x1xi16>
  %1 = stm32.reduce mean %b {axes = array<i64: 1>,
    requant = #stm32.requant<[1073741824], [34], zp = 0, clamp = [-32768, 32767]>}
    : (tensor<4x5xi16>) -> tensor<4x1xi16>
  // CHECK-NEXT: stm32.reduce sum %{{.*}} {axes = array<i64: 0, 1>} : (tensor<4x5xi32>) -> tensor<i32>
  %2 = stm32.reduce sum %c {axes = array<i64: 0, 1>} : (tensor<4x5xi32>) -> tensor<i32>
  // CHECK-NEXT: stm32.reduce mean %{{.*}} {axes = array<i64: 0>} : (tensor<4x5xf32>) -> tensor<5xf32>
  %3 = stm32.reduce mean %d {axes = array<i64: 0>} : (tensor<4x5xf32>) -> tensor<5xf32>
  // CHECK-NEXT: stm32.reduce max %{{.*}} {axes = array<i64>} : (tensor<4x5xi16>) -> tensor<4x5xi16>
  %4 = stm32.reduce max %b {axes = array<i64>} : (tensor<4x5xi16>) -> tensor<4x5xi16>
  // CHECK-NEXT: stm32.reduce min %{{.*}} {axes = array<i64: 1>} : (tensor<4x5xf32>) -> tensor<4xf32>
  %5 = stm32.reduce min %d {axes = array<i64: 1>} : (tensor<4x5xf32>) -> tensor<4xf32>
  // CHECK-NEXT: stm32.reduce arg_max %{{.*}} {axes = array<i64: 1>} : (tensor<4x5xf32>) -> tensor<4xi64>
  %6 = stm32.reduce arg_max %d {axes = array<i64: 1>} : (tensor<4x5xf32>) -> tensor<4xi64>
  // CHECK-NEXT: stm32.reduce arg_min %{{.*}} {axes = array<i64: 0>} : (tensor<4x5xi32>) -> tensor<5xi32>
  %7 = stm32.reduce arg_min %c {axes = array<i64: 0>} : (tensor<4x5xi32>) -> tensor<5xi32>
  return
}

// CHECK-LABEL: func.func @rows
func.func @rows(%a: tensor<2x8xi8>, %b: tensor<2x8xi16>, %c: tensor<2x8xf32>) {
  // CHECK-NEXT: stm32.softmax %{{.*}} {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32} : (tensor<2x8xi8>) -> tensor<2x8xi16>
  %0 = stm32.softmax %a {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (tensor<2x8xi8>) -> tensor<2x8xi16>
  // CHECK-NEXT: stm32.softmax %{{.*}} {left_shift = -3 : i32, multiplier = 1073741824 : i32} : (tensor<2x8xi16>) -> tensor<2x8xi16>
  %1 = stm32.softmax %b {multiplier = 1073741824 : i32, left_shift = -3 : i32}
    : (tensor<2x8xi16>) -> tensor<2x8xi16>
  // CHECK-NEXT: stm32.softmax %{{.*}} {beta = 5.000000e-01 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %2 = stm32.softmax %c {beta = 0.5 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK-NEXT: stm32.log_softmax %{{.*}} {diff_min = -248 : i32, inverse_multiplier = 1342177281 : i32, inverse_shift = 53 : i32, left_shift = 23 : i32, multiplier = 1717986918 : i32}
  %3 = stm32.log_softmax %a {multiplier = 1717986918 : i32, left_shift = 23 : i32,
    diff_min = -248 : i32, inverse_multiplier = 1342177281 : i32,
    inverse_shift = 53 : i32} : (tensor<2x8xi8>) -> tensor<2x8xi8>
  // CHECK-NEXT: stm32.log_softmax %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %4 = stm32.log_softmax %c : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK-NEXT: stm32.l2_normalize %{{.*}} {input_zp = -5 : i32, left_shift = 7 : i32} : (tensor<2x8xi8>) -> tensor<2x8xi8>
  %5 = stm32.l2_normalize %a {input_zp = -5 : i32, left_shift = 7 : i32}
    : (tensor<2x8xi8>) -> tensor<2x8xi8>
  // CHECK-NEXT: stm32.l2_normalize %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %6 = stm32.l2_normalize %c : (tensor<2x8xf32>) -> tensor<2x8xf32>
  return
}
