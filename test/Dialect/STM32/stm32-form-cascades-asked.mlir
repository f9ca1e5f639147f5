// RUN: stm32-opt %s --stm32-form-cascades=budget=0 | FileCheck %s

// What somebody else has chosen, instead of a search; the attribute is used up.
// CHECK-LABEL: stm32.model @asked
// CHECK-NOT: stm32.cascades
// CHECK: %[[A:.*]] = stm32.max_pool_2d {{.*}} -> tensor<1x16x16x2xi8>
// CHECK: %[[B:.*]] = stm32.cascade %[[A]] rows(3) : (tensor<1x16x16x2xi8>) -> tensor<1x4x4x2xi8> {
// CHECK: stm32.output %[[B]]
stm32.model @asked inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>])
    attributes {stm32.cascades = [#stm32.cascade<"b", "c", 3>]} {
^bb0(%x: tensor<1x16x16x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x16x16x2xi8> loc("a")
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x8x8x2xi8> loc("b;another")
  %2 = stm32.max_pool_2d %1 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x8x8x2xi8>) -> tensor<1x4x4x2xi8> loc("c")
  stm32.output %2 : tensor<1x4x4x2xi8>
}
