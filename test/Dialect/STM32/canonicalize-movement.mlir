// RUN: stm32-opt %s --canonicalize --split-input-file | FileCheck %s

// A copy of everything in order is nothing, or a reshape.
// CHECK-LABEL: func.func @identity
// CHECK-NEXT: %[[R:.*]] = stm32.reshape %arg0 : tensor<2x1x3xi8> -> tensor<2x3x1xi8>
// CHECK-NEXT: return %arg0, %[[R]]
func.func @identity(%x: tensor<2x1x3xi8>) -> (tensor<2x1x3xi8>, tensor<2x3x1xi8>) {
  %0 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 2, 1, 3>,
    strides = array<i64: 3, 3, 1>} : (tensor<2x1x3xi8>) -> tensor<2x1x3xi8>
  %1 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 2, 3, 1>,
    strides = array<i64: 3, 1, 3>} : (tensor<2x1x3xi8>) -> tensor<2x3x1xi8>
  return %0, %1 : tensor<2x1x3xi8>, tensor<2x3x1xi8>
}

// -----

// Loops that are one are joined.
// CHECK-LABEL: func.func @join
// CHECK-NEXT: stm32.strided_copy %arg0 {offset = 2 : i64, sizes = array<i64: 6, 2>, strides = array<i64: 4, 1>}
func.func @join(%x: tensor<2x3x4xi8>) -> tensor<2x3x2xi8> {
  %0 = stm32.strided_copy %x {offset = 2 : i64, sizes = array<i64: 2, 3, 2>,
    strides = array<i64: 12, 4, 1>} : (tensor<2x3x4xi8>) -> tensor<2x3x2xi8>
  return %0 : tensor<2x3x2xi8>
}

// -----

// Two transposes are one, or nothing; a reshape between them does not matter.
// CHECK-LABEL: func.func @compose
// CHECK-NEXT: %[[Y:.*]] = stm32.strided_copy %arg0 {offset = 3 : i64, sizes = array<i64: 4, 2>, strides = array<i64: -1, 4>} : (tensor<2x4xi8>) -> tensor<4x2xi8>
// CHECK-NEXT: return %arg0, %[[Y]]
func.func @compose(%x: tensor<2x4xi8>) -> (tensor<2x4xi8>, tensor<4x2xi8>) {
  %0 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 4, 2>,
    strides = array<i64: 1, 4>} : (tensor<2x4xi8>) -> tensor<4x2xi8>
  %r = stm32.reshape %0 : tensor<4x2xi8> -> tensor<8xi8>
  %1 = stm32.strided_copy %r {offset = 0 : i64, sizes = array<i64: 2, 4>,
    strides = array<i64: 1, 2>} : (tensor<8xi8>) -> tensor<2x4xi8>
  %2 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 4, 2>,
    strides = array<i64: 1, 4>} : (tensor<2x4xi8>) -> tensor<4x2xi8>
  %3 = stm32.strided_copy %2 {offset = 6 : i64, sizes = array<i64: 4, 2>,
    strides = array<i64: -2, 1>} : (tensor<4x2xi8>) -> tensor<4x2xi8>
  return %1, %3 : tensor<2x4xi8>, tensor<4x2xi8>
}

// -----

// A copy that others read stays.
// CHECK-LABEL: func.func @shared
// CHECK-COUNT-2: stm32.strided_copy
func.func @shared(%x: tensor<2x4xi8>) -> (tensor<4x2xi8>, tensor<4xi8>) {
  %0 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 4, 2>,
    strides = array<i64: 1, 4>} : (tensor<2x4xi8>) -> tensor<4x2xi8>
  %1 = stm32.strided_copy %0 {offset = 0 : i64, sizes = array<i64: 4>,
    strides = array<i64: 2>} : (tensor<4x2xi8>) -> tensor<4xi8>
  return %0, %1 : tensor<4x2xi8>, tensor<4xi8>
}

// -----

// Constants are copied by the compiler, unless they grow much.
// CHECK-LABEL: func.func @constant
// CHECK-DAG: stm32.constant dense<{{\[\[}}1, 3], [2, 4]]> : tensor<2x2xi16>
// CHECK-DAG: stm32.strided_copy %{{.*}} {offset = 0 : i64, sizes = array<i64: 3, 4>, strides = array<i64: 0, 1>}
func.func @constant() -> (tensor<2x2xi16>, tensor<3x4xi16>) {
  %c = stm32.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi16>
  %0 = stm32.strided_copy %c {offset = 0 : i64, sizes = array<i64: 2, 2>,
    strides = array<i64: 1, 2>} : (tensor<2x2xi16>) -> tensor<2x2xi16>
  %1 = stm32.strided_copy %c {offset = 0 : i64, sizes = array<i64: 3, 4>,
    strides = array<i64: 0, 1>} : (tensor<2x2xi16>) -> tensor<3x4xi16>
  return %0, %1 : tensor<2x2xi16>, tensor<3x4xi16>
}

// -----

// CHECK-LABEL: func.func @concat
// CHECK-NEXT: return %arg0
func.func @concat(%x: tensor<2x4xi8>) -> tensor<2x4xi8> {
  %0 = stm32.concat %x {axis = 0 : i64} : tensor<2x4xi8> -> tensor<2x4xi8>
  return %0 : tensor<2x4xi8>
}
