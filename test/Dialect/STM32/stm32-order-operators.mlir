// RUN: stm32-opt %s --stm32-order-operators --split-input-file | FileCheck %s
// RUN: stm32-opt %s --stm32-order-operators --stm32-order-operators --split-input-file | FileCheck %s

// Two branches that first grow and then shrink run one after the other, so that
// their large tensors never meet.

// CHECK-LABEL: stm32.model @branches
// CHECK: %[[P:.*]] = stm32.packed
// CHECK: %[[A:.*]] = stm32.conv_2d %[[X:.*]] packed(%[[P]])
// CHECK-NOT: stm32.conv_2d
// CHECK: %[[B:.*]] = stm32.max_pool_2d %[[A]]
// CHECK: %[[C:.*]] = stm32.conv_2d %[[X]] packed(%[[P]])
// CHECK: %[[D:.*]] = stm32.max_pool_2d %[[C]]
// CHECK: stm32.output %[[B]], %[[D]]
stm32.model @branches inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"z", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x16x16x2xi8>):
  %p = stm32.packed ["all"] [dense<0> : tensor<112xi8>] : tensor<112xi8>
  %a = stm32.conv_2d %x packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_s8"}
    : (tensor<1x16x16x2xi8>, tensor<112xi8>) -> tensor<1x16x16x8xi8>
  %c = stm32.conv_2d %x packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_s8"}
    : (tensor<1x16x16x2xi8>, tensor<112xi8>) -> tensor<1x16x16x8xi8>
  %b = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 4, 4>,
    window = array<i64: 4, 4>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x8xi8>) -> tensor<1x4x4x8xi8>
  %d = stm32.max_pool_2d %c {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 4, 4>,
    window = array<i64: 4, 4>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x8xi8>) -> tensor<1x4x4x8xi8>
  stm32.output %b, %d : tensor<1x4x4x8xi8>, tensor<1x4x4x8xi8>
}

// -----

// Nothing is better than the order that is there.

// CHECK-LABEL: stm32.model @kept
// CHECK: stm32.conv_2d
// CHECK-NEXT: %[[D:.*]] = stm32.max_pool_2d
// CHECK-NEXT: stm32.conv_2d
// CHECK-NEXT: %[[B:.*]] = stm32.max_pool_2d
// CHECK-NEXT: stm32.output %[[B]], %[[D]]
stm32.model @kept inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"z", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x16x16x2xi8>):
  %p = stm32.packed ["all"] [dense<0> : tensor<112xi8>] : tensor<112xi8>
  %c = stm32.conv_2d %x packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_s8"}
    : (tensor<1x16x16x2xi8>, tensor<112xi8>) -> tensor<1x16x16x8xi8>
  %d = stm32.max_pool_2d %c {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 4, 4>,
    window = array<i64: 4, 4>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x8xi8>) -> tensor<1x4x4x8xi8>
  %a = stm32.conv_2d %x packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_s8"}
    : (tensor<1x16x16x2xi8>, tensor<112xi8>) -> tensor<1x16x16x8xi8>
  %b = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 4, 4>,
    window = array<i64: 4, 4>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x8xi8>) -> tensor<1x4x4x8xi8>
  stm32.output %b, %d : tensor<1x4x4x8xi8>, tensor<1x4x4x8xi8>
}
