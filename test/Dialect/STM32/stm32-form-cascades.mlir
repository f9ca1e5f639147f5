// RUN: stm32-opt %s --stm32-form-cascades=budget=1000 --split-input-file | FileCheck %s
// RUN: stm32-opt %s --stm32-form-cascades=budget=0 --split-input-file | FileCheck %s --check-prefix=NONE
// RUN: stm32-opt %s --stm32-form-cascades=target-peak=4096 --split-input-file | FileCheck %s --check-prefix=ENOUGH
// RUN: stm32-opt %s --stm32-form-cascades=target-peak=1700 --split-input-file | FileCheck %s --check-prefix=WIDE

// Whole tensors need 512 + 2048 bytes at the first operator, though its input
// dies there; bands of rows far less. The result starts inside of the input, so
// that it may exist as a whole. Without a budget, or if that much memory is there,
// nothing changes; with a little more, calls of more rows save some calls.
// NONE-NOT: stm32.cascade
// ENOUGH-NOT: stm32.cascade
// CHECK-LABEL: stm32.model @chain
// CHECK: %[[P:.*]] = stm32.packed
// CHECK: %[[R:.*]] = stm32.cascade %{{.*}} rows(1) : (tensor<1x16x16x2xi8>) -> tensor<1x8x8x8xi8> {
// CHECK: stm32.conv_2d %{{.*}} packed(%[[P]])
// CHECK: stm32.max_pool_2d
// CHECK: stm32.yield
// CHECK: %[[Y:.*]] = stm32.max_pool_2d %[[R]]
// CHECK: stm32.output %[[Y]]
// WIDE: stm32.cascade %{{.*}} rows(4)
stm32.model @chain inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x16x16x2xi8>):
  %p = stm32.packed ["all"] [dense<0> : tensor<112xi8>] : tensor<112xi8>
  %0 = stm32.conv_2d %x packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_s8"}
    : (tensor<1x16x16x2xi8>, tensor<112xi8>) -> tensor<1x16x16x8xi8>
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x8xi8>) -> tensor<1x8x8x8xi8>
  %2 = stm32.max_pool_2d %1 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x8x8x8xi8>) -> tensor<1x4x4x8xi8>
  stm32.output %2 : tensor<1x4x4x8xi8>
}

// -----

// What is behind a reshape is in no cascade with what is before. The first two
// operators run as a whole: their tensors are small, and one works in the place
// of the other.
// CHECK-LABEL: stm32.model @outputs
// CHECK: %[[A:.*]] = stm32.max_pool_2d {{.*}} -> tensor<1x8x8x2xi8>
// CHECK: %[[B:.*]] = stm32.cascade %[[A]] rows(1) : (tensor<1x8x8x2xi8>) -> tensor<1x4x4x16xi8> {
// CHECK: %[[S:.*]] = stm32.reshape %[[B]]
// CHECK: stm32.max_pool_2d %[[S]]
// CHECK: stm32.output %[[A]]
stm32.model @outputs inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"z", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x16x16x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x16x16x2xi8>
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x8x8x2xi8>
  %p = stm32.packed ["all"] [dense<0> : tensor<224xi8>] : tensor<224xi8>
  %w = stm32.conv_2d %1 packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_s8"}
    : (tensor<1x8x8x2xi8>, tensor<224xi8>) -> tensor<1x8x8x16xi8>
  %2 = stm32.max_pool_2d %w {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x8x8x16xi8>) -> tensor<1x4x4x16xi8>
  %3 = stm32.reshape %2 : tensor<1x4x4x16xi8> -> tensor<1x2x8x16xi8>
  %4 = stm32.max_pool_2d %3 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x2x8x16xi8>) -> tensor<1x1x4x16xi8>
  stm32.output %1, %4 : tensor<1x8x8x2xi8>, tensor<1x1x4x16xi8>
}
