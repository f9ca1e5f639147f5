// RUN: stm32-opt %s --stm32-bufferize --split-input-file --verify-diagnostics --allow-unregistered-dialect
// RUN: not stm32-opt %s --stm32-bufferize=target=stm32 --split-input-file 2>&1 | FileCheck %s --check-prefix=PART

// PART: error: unknown target 'stm32'; known are

stm32.model @no_kernel inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<8xi8>):
  // expected-error @+1 {{has no kernel; run --stm32-select-kernels first}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (tensor<8xi8>) -> tensor<8xi8>
  stm32.output %0 : tensor<8xi8>
}

// -----

stm32.model @unknown_kernel inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<8xi8>):
  // expected-error @+1 {{has no kernel; run --stm32-select-kernels first}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32, kernel = "nothing"} : (tensor<8xi8>) -> tensor<8xi8>
  stm32.output %0 : tensor<8xi8>
}

// -----

// Scratch of the wrong kernel would be asked for a shape without dimensions.
stm32.model @wrong_kernel inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<i8>):
  // expected-error @+1 {{cannot use kernel 'stm32rt_conv_2d_1x1_s8_dsp'}}
  %0 = stm32.requantize %x {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_conv_2d_1x1_s8_dsp"} : (tensor<i8>) -> tensor<i8>
  stm32.output %0 : tensor<i8>
}

// -----

// The block of another operator is no constant with a shape.
stm32.model @block_activation inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<8xi8>):
  %c = stm32.packed ["all"] [dense<1> : tensor<8xi8>] : tensor<8xi8>
  // expected-error @+1 {{needs a dense, channel-last array as its constant activation 1}}
  %0 = stm32.binary add %x, %c {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_add_s8"} : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  stm32.output %0 : tensor<8xi8>
}

// -----

stm32.model @planar_constant inputs([]) outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %c = stm32.constant dense<1> : tensor<1x4x4x2xi8, #stm32.layout<planar>>
  // expected-error @+1 {{needs a dense, channel-last array as its constant activation 0}}
  %0 = stm32.max_pool_2d %c {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x4x4x2xi8, #stm32.layout<planar>>) -> tensor<1x2x2x2xi8>
  stm32.output %0 : tensor<1x2x2x2xi8>
}

// -----

stm32.model @activation_as_weights inputs([#stm32.io<"x", 1.0 : f32, 0>, #stm32.io<"w", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1xi8>, %w: tensor<1x1xi8>):
  %b = stm32.constant dense<1> : tensor<1xi32>
  // expected-error @+1 {{reads an activation as its constants}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_fully_connected_s8"}
    : (tensor<1x1xi8>, tensor<1x1xi8>, tensor<1xi32>) -> tensor<1x1xi8>
  stm32.output %0 : tensor<1x1xi8>
}

// -----

stm32.model @kernel_in_cascade inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x1xi8>):
  %r = stm32.cascade %x rows(2) : (tensor<1x4x4x1xi8>) -> tensor<1x4x4x1xi8> {
  ^bb0(%a: tensor<1x4x4x1xi8>):
    // expected-error @+1 {{has no kernel; run --stm32-select-kernels first}}
    %0 = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
      padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
      window = array<i64: 3, 3>} : (tensor<1x4x4x1xi8>) -> tensor<1x4x4x1xi8>
    stm32.yield %0 : tensor<1x4x4x1xi8>
  }
  stm32.output %r : tensor<1x4x4x1xi8>
}

// -----

stm32.model @returned_constant inputs([]) outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %c = stm32.constant dense<1> : tensor<8xi8>
  // expected-error @+1 {{returns a constant, which is not supported}}
  stm32.output %c : tensor<8xi8>
}

// -----

stm32.model @constant_reshape inputs([]) outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %c = stm32.constant dense<1> : tensor<8xi8>
  // expected-error @+1 {{of a constant is not supported}}
  %0 = stm32.reshape %c : tensor<8xi8> -> tensor<2x4xi8>
  stm32.output %0 : tensor<2x4xi8>
}

// -----

stm32.model @planar_reshape inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x2x2x4xi8, #stm32.layout<planar>>):
  // expected-error @+1 {{of a planar tensor would move its values}}
  %0 = stm32.reshape %x : tensor<1x2x2x4xi8, #stm32.layout<planar>> -> tensor<2x8xi8>
  stm32.output %0 : tensor<2x8xi8>
}

// -----

stm32.model @to_planar_reshape inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<2x8xi8>):
  // expected-error @+1 {{of a planar tensor would move its values}}
  %0 = stm32.reshape %x : tensor<2x8xi8> -> tensor<1x2x2x4xi8, #stm32.layout<planar>>
  stm32.output %0 : tensor<1x2x2x4xi8, #stm32.layout<planar>>
}

// -----

stm32.model @foreign inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<8xi8>):
  // expected-error @+1 {{cannot be put on buffers}}
  %0 = "test.op"(%x) : (tensor<8xi8>) -> tensor<8xi8>
  stm32.output %0 : tensor<8xi8>
}

// -----

stm32.model @no_pool inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<8xi8>):
  // expected-error @+1 {{'stm32.buffer' op is in @nowhere, which is no stm32.pool}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32, kernel = "stm32rt_softmax_s8",
    stm32.pool = @nowhere} : (tensor<8xi8>) -> tensor<8xi8>
  stm32.output %0 : tensor<8xi8>
}

// -----

// The name of the part's memory belongs to something else.
// expected-error @below {{'stm32.pool' op is in @ram, which is no stm32.memory_region}}
module {
  stm32.model @ram inputs([#stm32.io<"x", 1.0 : f32, 0>])
      outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  ^bb0(%x: tensor<8xi8>):
    stm32.output %x : tensor<8xi8>
  }
}

// -----

// 4 bytes of scratch for each of 2^29 channels.
stm32.model @scratch inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x1x1x536870912xi8>):
  %w = stm32.constant dense<1> : tensor<1x1x1x536870912xi8>
  %b = stm32.constant dense<1> : tensor<1xi32>
  // expected-error @+1 {{needs 2147483648 bytes of scratch}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_1x1_s8_dsp"}
    : (tensor<1x1x1x536870912xi8>, tensor<1x1x1x536870912xi8>, tensor<1xi32>) -> tensor<1x1x1x1xi8>
  stm32.output %0 : tensor<1x1x1x1xi8>
}
