// RUN: stm32-opt %s --stm32-form-cascades=stream=true --split-input-file --verify-diagnostics

// expected-error @+1 {{its first input cannot be streamed: the operators that read it must run row by row, together with those in between, on one image of rank 4}}
stm32.model @vector inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x8xi8>):
  %y = stm32.softmax %x {diff_min = -124 : i32, kernel = "stm32rt_softmax_s8",
    left_shift = 24 : i32, multiplier = 1476210432 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  stm32.output %y : tensor<1x8xi8>
}

// -----

// The input is an output, too: somebody wants all of it.
// expected-error @+1 {{its first input cannot be streamed}}
stm32.model @returned inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"x", 1.0 : f32, 0>, #stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x6x8x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x6x8x2xi8>) -> tensor<1x6x8x2xi8>
  stm32.output %x, %0 : tensor<1x6x8x2xi8>, tensor<1x6x8x2xi8>
}
