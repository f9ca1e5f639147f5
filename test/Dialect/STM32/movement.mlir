// RUN: stm32-opt %s --verify-roundtrip | stm32-opt | FileCheck %s

// Operators that move values, on tensors.
// CHECK-LABEL: stm32.model @tensors
stm32.model @tensors inputs([#stm32.io<"x", 1.0 : f32, 0>, #stm32.io<"i", 0.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<2x3x4x8xi8>, %i: tensor<3x2xi32>):
  // CHECK: stm32.strided_copy %{{.*}} {function = "TRANSPOSE", offset = 0 : i64, sizes = array<i64: 24, 8>, strides = array<i64: 8, 1>}
  %0 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 24, 8>,
    strides = array<i64: 8, 1>, function = "TRANSPOSE"}
    : (tensor<2x3x4x8xi8>) -> tensor<24x8xi8>
  // CHECK: stm32.concat %{{.*}}, %{{.*}} {axis = 1 : i64} : tensor<24x8xi8>, tensor<24x8xi8> -> tensor<24x16xi8>
  %1 = stm32.concat %0, %0 {axis = 1 : i64}
    : tensor<24x8xi8>, tensor<24x8xi8> -> tensor<24x16xi8>
  // CHECK: stm32.gather %{{.*}}, %{{.*}} {axis = 1 : i64, batch_dims = 0 : i64}
  %2 = stm32.gather %1, %i {axis = 1 : i64, batch_dims = 0 : i64}
    : (tensor<24x16xi8>, tensor<3x2xi32>) -> tensor<24x3x2xi8>
  // CHECK: stm32.gather_nd %{{.*}}, %{{.*}} : (tensor<24x16xi8>, tensor<3x2xi32>) -> tensor<3xi8>
  %3 = stm32.gather_nd %1, %i : (tensor<24x16xi8>, tensor<3x2xi32>) -> tensor<3xi8>
  %r = stm32.constant dense<1> : tensor<2x2xi32>
  %w = stm32.constant dense<7> : tensor<2xi32>
  // CHECK: stm32.resize_bilinear %{{.*}} constants(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) :
  %4 = stm32.resize_bilinear %x constants(%r, %w, %r, %w)
    : (tensor<2x3x4x8xi8>, tensor<2x2xi32>, tensor<2xi32>, tensor<2x2xi32>, tensor<2xi32>)
    -> tensor<2x2x2x8xi8>
  // CHECK: stm32.pad %{{.*}} {after = array<i64: 1>, before = array<i64: 0>, value = 1.500000e+00 : f32}
  %f = stm32.constant dense<0.5> : tensor<3xf32>
  %5 = stm32.pad %f {before = array<i64: 0>, after = array<i64: 1>, value = 1.5 : f32}
    : (tensor<3xf32>) -> tensor<4xf32>
  stm32.output %2 : tensor<24x3x2xi8>
}

// On buffers a copy may write a part of its destination.
// CHECK-LABEL: stm32.model @buffers
stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @buffers inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @p tensor(0) input(0) : !stm32.buffer<4x3xi16>
  %y = stm32.buffer @p tensor(1) : !stm32.buffer<4x5xi16>
  // CHECK: stm32.strided_copy %{{.*}} into %{{.*}} {dest_offset = 2 : i64, dest_strides = array<i64: 5, 1>
  stm32.strided_copy %x into %y {offset = 0 : i64, sizes = array<i64: 4, 3>,
    strides = array<i64: 3, 1>, dest_offset = 2 : i64, dest_strides = array<i64: 5, 1>,
    kernel = "stm32rt_copy_16"} : (!stm32.buffer<4x3xi16>, !stm32.buffer<4x5xi16>) -> ()
  stm32.output %y : !stm32.buffer<4x5xi16>
}
