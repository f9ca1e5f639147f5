// RUN: stm32-opt %s --stm32-form-cascades --split-input-file --verify-diagnostics
// RUN: not stm32-opt %s --stm32-form-cascades=stream=true --split-input-file 2>&1 | FileCheck %s

// Cascades that were asked for and cannot be.
// expected-error @+1 {{cannot run operators from "none" to "b" in bands of 2 rows: there is no operator "none" behind those that come before}}
stm32.model @unknown_first inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>])
    attributes {stm32.cascades = [#stm32.cascade<"none", "b", 2>]} {
^bb0(%x: tensor<1x16x16x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x16x16x2xi8> loc("a")
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x8x8x2xi8> loc("b")
  %2 = stm32.reshape %1 : tensor<1x8x8x2xi8> -> tensor<1x128xi8>
  %3 = stm32.softmax %2 {diff_min = -124 : i32, kernel = "stm32rt_softmax_s8",
    left_shift = 24 : i32, multiplier = 1476210432 : i32}
    : (tensor<1x128xi8>) -> tensor<1x128xi8> loc("c")
  stm32.output %3 : tensor<1x128xi8>
}

// -----

// expected-error @+1 {{cannot run operators from "b" to "a" in bands of 2 rows: there is no operator "a" behind the first one}}
stm32.model @unknown_last inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>])
    attributes {stm32.cascades = [#stm32.cascade<"b", "a", 2>]} {
^bb0(%x: tensor<1x16x16x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x16x16x2xi8> loc("a")
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x8x8x2xi8> loc("b")
  %2 = stm32.reshape %1 : tensor<1x8x8x2xi8> -> tensor<1x128xi8>
  %3 = stm32.softmax %2 {diff_min = -124 : i32, kernel = "stm32rt_softmax_s8",
    left_shift = 24 : i32, multiplier = 1476210432 : i32}
    : (tensor<1x128xi8>) -> tensor<1x128xi8> loc("c")
  stm32.output %3 : tensor<1x128xi8>
}

// -----

// expected-error @+1 {{there is no operator "a" behind those that come before}}
stm32.model @twice inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>])
    attributes {stm32.cascades = [#stm32.cascade<"a", "b", 2>, #stm32.cascade<"a", "b", 2>]} {
^bb0(%x: tensor<1x16x16x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x16x16x2xi8> loc("a")
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x8x8x2xi8> loc("b")
  %2 = stm32.reshape %1 : tensor<1x8x8x2xi8> -> tensor<1x128xi8>
  %3 = stm32.softmax %2 {diff_min = -124 : i32, kernel = "stm32rt_softmax_s8",
    left_shift = 24 : i32, multiplier = 1476210432 : i32}
    : (tensor<1x128xi8>) -> tensor<1x128xi8> loc("c")
  stm32.output %3 : tensor<1x128xi8>
}

// -----

// expected-error @+1 {{cannot run operators from "b" to "c" in bands of 2 rows: 'c' runs only as a whole}}
stm32.model @whole inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>])
    attributes {stm32.cascades = [#stm32.cascade<"b", "c", 2>]} {
^bb0(%x: tensor<1x16x16x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x16x16x2xi8> loc("a")
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x8x8x2xi8> loc("b")
  %2 = stm32.reshape %1 : tensor<1x8x8x2xi8> -> tensor<1x128xi8>
  %3 = stm32.softmax %2 {diff_min = -124 : i32, kernel = "stm32rt_softmax_s8",
    left_shift = 24 : i32, multiplier = 1476210432 : i32}
    : (tensor<1x128xi8>) -> tensor<1x128xi8> loc("c")
  stm32.output %3 : tensor<1x128xi8>
}

// -----

// expected-error @+1 {{cannot run operators from "a" to "a" in bands of 2 rows: they do not form a chain that ends with the last one}}
stm32.model @alone inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>])
    attributes {stm32.cascades = [#stm32.cascade<"a", "a", 2>]} {
^bb0(%x: tensor<1x16x16x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x16x16x2xi8> loc("a")
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x8x8x2xi8> loc("b")
  %2 = stm32.reshape %1 : tensor<1x8x8x2xi8> -> tensor<1x128xi8>
  %3 = stm32.softmax %2 {diff_min = -124 : i32, kernel = "stm32rt_softmax_s8",
    left_shift = 24 : i32, multiplier = 1476210432 : i32}
    : (tensor<1x128xi8>) -> tensor<1x128xi8> loc("c")
  stm32.output %3 : tensor<1x128xi8>
}

// -----

// expected-error @+1 {{cannot run operators from "a" to "b" in bands of 9 rows: the last one has 8 rows}}
stm32.model @rows inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>])
    attributes {stm32.cascades = [#stm32.cascade<"a", "b", 9>]} {
^bb0(%x: tensor<1x16x16x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x16x16x2xi8> loc("a")
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x8x8x2xi8> loc("b")
  %2 = stm32.reshape %1 : tensor<1x8x8x2xi8> -> tensor<1x128xi8>
  %3 = stm32.softmax %2 {diff_min = -124 : i32, kernel = "stm32rt_softmax_s8",
    left_shift = 24 : i32, multiplier = 1476210432 : i32}
    : (tensor<1x128xi8>) -> tensor<1x128xi8> loc("c")
  stm32.output %3 : tensor<1x128xi8>
}

// -----

// With a stream its readers must be in one.
// CHECK: error: operator 'a' is in none of the cascades asked for, but reads an input that comes row by row
stm32.model @stream inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>])
    attributes {stm32.cascades = []} {
^bb0(%x: tensor<1x16x16x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x16x16x2xi8> loc("a")
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x16x16x2xi8>) -> tensor<1x8x8x2xi8> loc("b")
  %2 = stm32.reshape %1 : tensor<1x8x8x2xi8> -> tensor<1x128xi8>
  %3 = stm32.softmax %2 {diff_min = -124 : i32, kernel = "stm32rt_softmax_s8",
    left_shift = 24 : i32, multiplier = 1476210432 : i32}
    : (tensor<1x128xi8>) -> tensor<1x128xi8> loc("c")
  stm32.output %3 : tensor<1x128xi8>
}
