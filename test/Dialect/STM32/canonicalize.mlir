// RUN: stm32-opt %s --canonicalize --split-input-file | FileCheck %s

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

// The dilation of a window that is one wide is 1; the other one stays.
// CHECK-LABEL: func.func @drop_dilation
// CHECK: stm32.conv_2d {{.*}}dilations = array<i64: 1, 3>
// CHECK: stm32.depthwise_conv_2d {{.*}}dilations = array<i64: 2, 1>
func.func @drop_dilation(%x: tensor<1x8x8x2xi8>, %w: tensor<2x1x2x2xi8>,
    %v: tensor<1x3x1x2xi8>, %b: tensor<2xi32>)
    -> (tensor<1x8x5x2xi8>, tensor<1x4x8x2xi8>) {
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 2, 3>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 2>}
    : (tensor<1x8x8x2xi8>, tensor<2x1x2x2xi8>, tensor<2xi32>) -> tensor<1x8x5x2xi8>
  %1 = stm32.depthwise_conv_2d %x weights(%v) bias(%b) {
    dilations = array<i64: 2, 5>, input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 1>}
    : (tensor<1x8x8x2xi8>, tensor<1x3x1x2xi8>, tensor<2xi32>) -> tensor<1x4x8x2xi8>
  return %0, %1 : tensor<1x8x5x2xi8>, tensor<1x4x8x2xi8>
}

// -----

// A matrix product for each image. Padding behind the image is never read.
// CHECK-LABEL: func.func @convolution_to_fully_connected
// CHECK-DAG: %[[B:.*]] = stm32.constant dense<[7, 8, 9]>
// CHECK-DAG: %[[W:.*]] = stm32.constant dense<{{\[\[}}1, 2], [3, 4], [5, 6]]> : tensor<3x2xi8>
// CHECK: stm32.fully_connected %{{.*}} weights(%[[W]]) bias(%[[B]]) {input_zp = 5 : i32, requant = #stm32.requant<[1, 2, 3], [31, 32, 33], zp = 4, clamp = [-3, 99]>} : (tensor<4x1x1x2xi8>, tensor<3x2xi8>, tensor<3xi32>) -> tensor<4x1x1x3xi8>
// CHECK-NOT: stm32.conv_2d
func.func @convolution_to_fully_connected(%x: tensor<4x1x1x2xi8>)
    -> tensor<4x1x1x3xi8> {
  %w = stm32.constant dense<[[[[1, 2]]], [[[3, 4]]], [[[5, 6]]]]> : tensor<3x1x1x2xi8>
  %b = stm32.constant dense<[7, 8, 9]> : tensor<3xi32>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 5 : i32, pad_value = 5 : i32, padding = array<i64: 0, 1, 0, 1>,
    requant = #stm32.requant<[1, 2, 3], [31, 32, 33], zp = 4, clamp = [-3, 99]>,
    strides = array<i64: 2, 2>, window = array<i64: 1, 1>}
    : (tensor<4x1x1x2xi8>, tensor<3x1x1x2xi8>, tensor<3xi32>) -> tensor<4x1x1x3xi8>
  return %0 : tensor<4x1x1x3xi8>
}

// -----

// Not with padding before the image, a planar image, a chosen kernel, a larger
// image.
// CHECK-LABEL: func.func @convolution_stays
// CHECK-COUNT-4: stm32.conv_2d
// CHECK-NOT: stm32.fully_connected
func.func @convolution_stays(%x: tensor<1x1x1x2xi8>,
    %p: tensor<1x1x1x2xi8, #stm32.layout<planar>>, %y: tensor<1x2x1x2xi8>,
    %w: tensor<3x1x1x2xi8>, %b: tensor<3xi32>)
    -> (tensor<1x1x1x3xi8>, tensor<1x1x1x3xi8>, tensor<1x1x1x3xi8>, tensor<1x1x1x3xi8>) {
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 5 : i32, pad_value = 5 : i32, padding = array<i64: 1, 0, 0, 0>,
    requant = #stm32.requant<[1], [31], zp = 4, clamp = [-3, 99]>,
    strides = array<i64: 2, 2>, window = array<i64: 1, 1>}
    : (tensor<1x1x1x2xi8>, tensor<3x1x1x2xi8>, tensor<3xi32>) -> tensor<1x1x1x3xi8>
  %1 = stm32.conv_2d %p weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 5 : i32, pad_value = 5 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1], [31], zp = 4, clamp = [-3, 99]>,
    strides = array<i64: 2, 2>, window = array<i64: 1, 1>}
    : (tensor<1x1x1x2xi8, #stm32.layout<planar>>, tensor<3x1x1x2xi8>, tensor<3xi32>) -> tensor<1x1x1x3xi8>
  %2 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 5 : i32, pad_value = 5 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1], [31], zp = 4, clamp = [-3, 99]>,
    strides = array<i64: 2, 2>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_s8"}
    : (tensor<1x1x1x2xi8>, tensor<3x1x1x2xi8>, tensor<3xi32>) -> tensor<1x1x1x3xi8>
  %3 = stm32.conv_2d %y weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 5 : i32, pad_value = 5 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1], [31], zp = 4, clamp = [-3, 99]>,
    strides = array<i64: 2, 2>, window = array<i64: 1, 1>}
    : (tensor<1x2x1x2xi8>, tensor<3x1x1x2xi8>, tensor<3xi32>) -> tensor<1x1x1x3xi8>
  return %0, %1, %2, %3 : tensor<1x1x1x3xi8>, tensor<1x1x1x3xi8>, tensor<1x1x1x3xi8>, tensor<1x1x1x3xi8>
}

// -----

// A cascade holds window operators only: none becomes another operator in it.
// CHECK-LABEL: func.func @in_cascade
// CHECK: stm32.max_pool_2d
// CHECK: stm32.conv_2d
// CHECK: stm32.yield
func.func @in_cascade(%x: tensor<1x1x1x2xi8>, %w: tensor<3x1x1x2xi8>,
                      %b: tensor<3xi32>) -> tensor<1x1x1x3xi8> {
  %r = stm32.cascade %x rows(1) : (tensor<1x1x1x2xi8>) -> tensor<1x1x1x3xi8> {
  ^bb0(%a: tensor<1x1x1x2xi8>):
    %0 = stm32.max_pool_2d %a {clamp = array<i32: 0, 9>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
      window = array<i64: 1, 1>} : (tensor<1x1x1x2xi8>) -> tensor<1x1x1x2xi8>
    %1 = stm32.conv_2d %0 weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
      input_zp = 5 : i32, pad_value = 5 : i32, padding = array<i64: 0, 0, 0, 0>,
      requant = #stm32.requant<[1], [31], zp = 4, clamp = [-3, 99]>,
      strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
      : (tensor<1x1x1x2xi8>, tensor<3x1x1x2xi8>, tensor<3xi32>) -> tensor<1x1x1x3xi8>
    stm32.yield %1 : tensor<1x1x1x3xi8>
  }
  return %r : tensor<1x1x1x3xi8>
}

// -----

// All outputs of a depthwise convolution of one channel read one window.
// CHECK-LABEL: func.func @depthwise_to_convolution
// CHECK-SAME: %[[X:.*]]: tensor<2x5x4x1xi8>, %[[B:.*]]: tensor<3xi32>
// CHECK: %[[W:.*]] = stm32.constant dense<{{\[\[\[\[}}1], [4]], {{\[\[}}7], [10]]], {{\[\[\[}}2], [5]], {{\[\[}}8], [11]]], {{\[\[\[}}3], [6]], {{\[\[}}9], [12]]]]> : tensor<3x2x2x1xi8>
// CHECK: stm32.conv_2d %[[X]] weights(%[[W]]) bias(%[[B]]) {dilations = array<i64: 2, 1>, input_zp = 5 : i32, pad_value = 6 : i32, padding = array<i64: 1, 0, 0, 1>, requant = #stm32.requant<[1, 2, 3], [31, 32, 33], zp = 4, clamp = [-3, 99], single = true>, strides = array<i64: 1, 2>, weights_zp = 7 : i32, window = array<i64: 2, 2>}
// CHECK-NOT: stm32.depthwise_conv_2d
func.func @depthwise_to_convolution(%x: tensor<2x5x4x1xi8>, %b: tensor<3xi32>)
    -> tensor<2x4x2x3xi8> {
  %w = stm32.constant dense<[[[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]]]>
    : tensor<1x2x2x3xi8>
  %0 = stm32.depthwise_conv_2d %x weights(%w) bias(%b) {
    dilations = array<i64: 2, 1>, input_zp = 5 : i32, pad_value = 6 : i32,
    padding = array<i64: 1, 0, 0, 1>, weights_zp = 7 : i32,
    requant = #stm32.requant<[1, 2, 3], [31, 32, 33], zp = 4, clamp = [-3, 99],
                             single = true>,
    strides = array<i64: 1, 2>, window = array<i64: 2, 2>}
    : (tensor<2x5x4x1xi8>, tensor<1x2x2x3xi8>, tensor<3xi32>) -> tensor<2x4x2x3xi8>
  return %0 : tensor<2x4x2x3xi8>
}

// -----

// Not with weights that are not known, one output channel, two input channels,
// weights that floats are multiplied with.
// CHECK-LABEL: func.func @depthwise_stays
// CHECK-COUNT-4: stm32.depthwise_conv_2d
// CHECK-NOT: stm32.conv_2d
func.func @depthwise_stays(%x: tensor<1x4x4x1xi8>, %y: tensor<1x4x4x2xi8>,
    %f: tensor<1x4x4x1xf32>, %v: tensor<1x1x1x2xi8>, %a: tensor<1xi32>,
    %b: tensor<2xi32>, %c: tensor<2xf32>)
    -> (tensor<1x4x4x2xi8>, tensor<1x4x4x1xi8>, tensor<1x4x4x2xi8>, tensor<1x4x4x2xf32>) {
  %w = stm32.constant dense<5> : tensor<1x1x1x1xi8>
  %u = stm32.constant dense<5> : tensor<1x1x1x2xi8>
  %0 = stm32.depthwise_conv_2d %x weights(%v) bias(%b) {
    dilations = array<i64: 1, 1>, input_zp = 5 : i32, pad_value = 5 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1], [31], zp = 4, clamp = [-3, 99]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x1xi8>, tensor<1x1x1x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  %1 = stm32.depthwise_conv_2d %x weights(%w) bias(%a) {
    dilations = array<i64: 1, 1>, input_zp = 5 : i32, pad_value = 5 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1], [31], zp = 4, clamp = [-3, 99]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi8>
  %2 = stm32.depthwise_conv_2d %y weights(%u) bias(%b) {
    dilations = array<i64: 1, 1>, input_zp = 5 : i32, pad_value = 5 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1], [31], zp = 4, clamp = [-3, 99]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<1x1x1x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi8>
  %3 = stm32.depthwise_conv_2d %f weights(%u) bias(%c) {
    dilations = array<i64: 1, 1>, input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>, weight_scales = array<f32: 5.000000e-01>,
    float_clamp = array<f32: 0xFF800000, 0x7F800000>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x1xf32>, tensor<1x1x1x2xi8>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  return %0, %1, %2, %3 : tensor<1x4x4x2xi8>, tensor<1x4x4x1xi8>, tensor<1x4x4x2xi8>, tensor<1x4x4x2xf32>
}

//===----------------------------------------------------------------------===//
// stm32.fully_connected
//===----------------------------------------------------------------------===//

// -----

// Reshapes of the same source operator are part of the product.
// CHECK-LABEL: func.func @take_reshapes
// CHECK-SAME: %[[X:.*]]: tensor<2x4x4x1xi8>
// CHECK: %[[Y:.*]] = stm32.fully_connected %[[X]] {{.*}} -> tensor<1x2x3xi8>
// CHECK-NEXT: return %[[Y]]
func.func @take_reshapes(%x: tensor<2x4x4x1xi8>, %w: tensor<3x16xi8>,
                         %b: tensor<3xi32>) -> tensor<1x2x3xi8> {
  %0 = stm32.reshape %x : tensor<2x4x4x1xi8> -> tensor<2x16xi8> loc("fc")
  %1 = stm32.fully_connected %0 weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<3x16xi8>, tensor<3xi32>) -> tensor<2x3xi8> loc("fc")
  %2 = stm32.reshape %1 : tensor<2x3xi8> -> tensor<1x2x3xi8> loc("fc")
  return %2 : tensor<1x2x3xi8>
}

// -----

// Those of other operators are tensors that the user named.
// CHECK-LABEL: func.func @named_reshapes
// CHECK: stm32.reshape
// CHECK: stm32.fully_connected
// CHECK: stm32.reshape
func.func @named_reshapes(%x: tensor<2x4x4x1xi8>, %w: tensor<3x16xi8>,
                          %b: tensor<3xi32>) -> tensor<1x2x3xi8> {
  %0 = stm32.reshape %x : tensor<2x4x4x1xi8> -> tensor<2x16xi8> loc("before")
  %1 = stm32.fully_connected %0 weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<3x16xi8>, tensor<3xi32>) -> tensor<2x3xi8> loc("fc")
  %2 = stm32.reshape %1 : tensor<2x3xi8> -> tensor<1x2x3xi8> loc("after")
  return %2 : tensor<1x2x3xi8>
}

// -----

// Not if the last dimension is not that of the features, nor if somebody else
// reads the product.
// CHECK-LABEL: func.func @output_reshape_stays
// CHECK: stm32.fully_connected
// CHECK: stm32.reshape
// CHECK: stm32.fully_connected
// CHECK: stm32.reshape
func.func @output_reshape_stays(%x: tensor<2x16xi8>, %w: tensor<3x16xi8>,
    %b: tensor<3xi32>) -> (tensor<3x2xi8>, tensor<2x3xi8>, tensor<1x2x3xi8>) {
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<3x16xi8>, tensor<3xi32>) -> tensor<2x3xi8> loc("fc")
  %1 = stm32.reshape %0 : tensor<2x3xi8> -> tensor<3x2xi8> loc("fc")
  %2 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 1 : i32,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<3x16xi8>, tensor<3xi32>) -> tensor<2x3xi8> loc("fc")
  %3 = stm32.reshape %2 : tensor<2x3xi8> -> tensor<1x2x3xi8> loc("fc")
  return %1, %2, %3 : tensor<3x2xi8>, tensor<2x3xi8>, tensor<1x2x3xi8>
}

// -----

// Values of a planar tensor lie in another order than the product reads them.
// CHECK-LABEL: func.func @planar_reshapes
// CHECK: %[[A:.*]] = stm32.reshape
// CHECK: stm32.fully_connected %[[A]] {{.*}} -> tensor<2x3xi8>
// CHECK: stm32.reshape
func.func @planar_reshapes(%x: tensor<2x2x2x4xi8, #stm32.layout<planar>>,
    %w: tensor<3x16xi8>, %b: tensor<3xi32>)
    -> tensor<1x1x2x3xi8, #stm32.layout<planar>> {
  %0 = stm32.reshape %x : tensor<2x2x2x4xi8, #stm32.layout<planar>> -> tensor<2x16xi8> loc("fc")
  %1 = stm32.fully_connected %0 weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<3x16xi8>, tensor<3xi32>) -> tensor<2x3xi8> loc("fc")
  %2 = stm32.reshape %1 : tensor<2x3xi8> -> tensor<1x1x2x3xi8, #stm32.layout<planar>> loc("fc")
  return %2 : tensor<1x1x2x3xi8, #stm32.layout<planar>>
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

// -----

// A pool over single values clamps; one that does not clamp either disappears.
// CHECK-LABEL: func.func @pool_to_clamp
// CHECK-SAME: %[[X:.*]]: tensor<1x4x4x2xi8>
// CHECK-NEXT: %[[A:.*]] = stm32.requantize %[[X]] {input_zp = 0 : i32, requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-5, 6]>}
// CHECK-NEXT: return %[[A]], %[[X]]
func.func @pool_to_clamp(%x: tensor<1x4x4x2xi8>)
    -> (tensor<1x4x4x2xi8>, tensor<1x4x4x2xi8>) {
  %0 = stm32.average_pool_2d %x {clamp = array<i32: -5, 6>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  %1 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  return %0, %1 : tensor<1x4x4x2xi8>, tensor<1x4x4x2xi8>
}

// -----

// Not with a stride, a window, a smaller output, a planar tensor or a kernel.
// CHECK-LABEL: func.func @pool_stays
// CHECK: stm32.max_pool_2d
// CHECK: stm32.average_pool_2d
// CHECK: stm32.max_pool_2d
// CHECK: stm32.max_pool_2d
// CHECK: stm32.average_pool_2d
func.func @pool_stays(%x: tensor<1x4x4x2xi8>,
    %p: tensor<1x4x4x2xi8, #stm32.layout<planar>>)
    -> (tensor<1x2x2x2xi8>, tensor<1x4x4x2xi8>, tensor<1x3x4x2xi8>,
        tensor<1x4x4x2xi8, #stm32.layout<planar>>, tensor<1x4x4x2xi8>) {
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -5, 6>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 1, 1>} : (tensor<1x4x4x2xi8>) -> tensor<1x2x2x2xi8>
  %1 = stm32.average_pool_2d %x {clamp = array<i32: -5, 6>,
    padding = array<i64: 0, 0, 0, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 2>} : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  %2 = stm32.max_pool_2d %x {clamp = array<i32: -5, 6>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (tensor<1x4x4x2xi8>) -> tensor<1x3x4x2xi8>
  %3 = stm32.max_pool_2d %p {clamp = array<i32: -5, 6>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (tensor<1x4x4x2xi8, #stm32.layout<planar>>) -> tensor<1x4x4x2xi8, #stm32.layout<planar>>
  %4 = stm32.average_pool_2d %x {clamp = array<i32: -5, 6>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>, kernel = "stm32rt_average_pool_2d_s8"}
    : (tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  return %0, %1, %2, %3, %4 : tensor<1x2x2x2xi8>, tensor<1x4x4x2xi8>, tensor<1x3x4x2xi8>, tensor<1x4x4x2xi8, #stm32.layout<planar>>, tensor<1x4x4x2xi8>
}

//===----------------------------------------------------------------------===//
// stm32.requantize
//===----------------------------------------------------------------------===//

// -----

// CHECK-LABEL: func.func @requantize_identity
// CHECK-SAME: %[[X:.*]]: tensor<8xi8>
// CHECK-NEXT: return %[[X]]
func.func @requantize_identity(%x: tensor<8xi8>) -> tensor<8xi8> {
  %0 = stm32.requantize %x {input_zp = 5 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 5, clamp = [-128, 127]>}
    : (tensor<8xi8>) -> tensor<8xi8>
  return %0 : tensor<8xi8>
}

// -----

// Equal zero points of a unit scaling mean nothing, others do. No folding where
// values are scaled, moved, clamped at either end or of another type.
// CHECK-LABEL: func.func @requantize_stays
// CHECK-NEXT: stm32.requantize %{{.*}} {input_zp = 0 : i32, requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-127, 127]>}
// CHECK-NEXT: stm32.requantize %{{.*}} {input_zp = 0 : i32, requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 126]>}
// CHECK-NEXT: stm32.requantize %{{.*}} {input_zp = 5 : i32, requant = #stm32.requant<[1073741824], [30], zp = 4, clamp = [-128, 127]>}
// CHECK-NEXT: stm32.requantize %{{.*}} {input_zp = 5 : i32, requant = #stm32.requant<[1073741824], [31], zp = 5, clamp = [-128, 127]>}
// CHECK-NEXT: stm32.requantize %{{.*}} {input_zp = 5 : i32, requant = #stm32.requant<[1073741823], [30], zp = 5, clamp = [-128, 127]>}
// CHECK-NEXT: stm32.requantize %{{.*}} {input_zp = 0 : i32, requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 255]>} : (tensor<8xi8>) -> tensor<8xui8>
func.func @requantize_stays(%x: tensor<8xi8>)
    -> (tensor<8xi8>, tensor<8xi8>, tensor<8xi8>, tensor<8xi8>, tensor<8xi8>, tensor<8xui8>) {
  %0 = stm32.requantize %x {input_zp = 5 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 5, clamp = [-127, 127]>}
    : (tensor<8xi8>) -> tensor<8xi8>
  %1 = stm32.requantize %x {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 126]>}
    : (tensor<8xi8>) -> tensor<8xi8>
  %2 = stm32.requantize %x {input_zp = 5 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 4, clamp = [-128, 127]>}
    : (tensor<8xi8>) -> tensor<8xi8>
  %3 = stm32.requantize %x {input_zp = 5 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 5, clamp = [-128, 127]>}
    : (tensor<8xi8>) -> tensor<8xi8>
  %4 = stm32.requantize %x {input_zp = 5 : i32,
    requant = #stm32.requant<[1073741823], [30], zp = 5, clamp = [-128, 127]>}
    : (tensor<8xi8>) -> tensor<8xi8>
  %5 = stm32.requantize %x {input_zp = 5 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 5, clamp = [0, 255]>}
    : (tensor<8xi8>) -> tensor<8xui8>
  return %0, %1, %2, %3, %4, %5 : tensor<8xi8>, tensor<8xi8>, tensor<8xi8>, tensor<8xi8>, tensor<8xi8>, tensor<8xui8>
}

//===----------------------------------------------------------------------===//
// stm32.pad, stm32.reshape
//===----------------------------------------------------------------------===//

// -----

// CHECK-LABEL: func.func @pad
// CHECK-SAME: %[[X:.*]]: tensor<2x2xi8>
// CHECK-NEXT: %[[Y:.*]] = stm32.pad
// CHECK-NEXT: return %[[X]], %[[Y]]
func.func @pad(%x: tensor<2x2xi8>) -> (tensor<2x2xi8>, tensor<2x3xi8>) {
  %0 = stm32.pad %x {before = array<i64: 0, 0>, after = array<i64: 0, 0>,
    value = 3 : i32} : (tensor<2x2xi8>) -> tensor<2x2xi8>
  %1 = stm32.pad %x {before = array<i64: 0, 0>, after = array<i64: 0, 1>,
    value = 3 : i32} : (tensor<2x2xi8>) -> tensor<2x3xi8>
  return %0, %1 : tensor<2x2xi8>, tensor<2x3xi8>
}

// -----

// CHECK-LABEL: func.func @reshape
// CHECK-SAME: %[[X:.*]]: tensor<2x2xi8>
// CHECK-DAG: %[[C:.*]] = stm32.constant dense<{{\[\[}}1, 2], [3, 4]]> : tensor<2x2xi8>
// CHECK-DAG: %[[A:.*]] = stm32.reshape %[[X]] : tensor<2x2xi8> -> tensor<1x4xi8>
// CHECK: return %[[X]], %[[C]], %[[A]]
func.func @reshape(%x: tensor<2x2xi8>)
    -> (tensor<2x2xi8>, tensor<2x2xi8>, tensor<1x4xi8>) {
  %0 = stm32.reshape %x : tensor<2x2xi8> -> tensor<2x2xi8>
  %1 = stm32.constant dense<[1, 2, 3, 4]> : tensor<4xi8>
  %2 = stm32.reshape %1 : tensor<4xi8> -> tensor<2x2xi8>
  %3 = stm32.reshape %x : tensor<2x2xi8> -> tensor<4xi8>
  %4 = stm32.reshape %3 : tensor<4xi8> -> tensor<1x4xi8>
  return %0, %2, %4 : tensor<2x2xi8>, tensor<2x2xi8>, tensor<1x4xi8>
}

// -----

// There and back again is nothing; but a reshape that others read stays, and
// the second one reads it: they are one view after the other.
// CHECK-LABEL: func.func @merge_reshapes
// CHECK-SAME: %[[X:.*]]: tensor<2x2xi8>
// CHECK-NEXT: %[[A:.*]] = stm32.reshape %[[X]] : tensor<2x2xi8> -> tensor<4x1xi8>
// CHECK-NEXT: %[[B:.*]] = stm32.reshape %[[A]] : tensor<4x1xi8> -> tensor<1x4xi8>
// CHECK-NEXT: return %[[X]], %[[A]], %[[B]]
func.func @merge_reshapes(%x: tensor<2x2xi8>)
    -> (tensor<2x2xi8>, tensor<4x1xi8>, tensor<1x4xi8>) {
  %0 = stm32.reshape %x : tensor<2x2xi8> -> tensor<4xi8>
  %1 = stm32.reshape %0 : tensor<4xi8> -> tensor<2x2xi8>
  %2 = stm32.reshape %x : tensor<2x2xi8> -> tensor<4x1xi8>
  %3 = stm32.reshape %2 : tensor<4x1xi8> -> tensor<1x4xi8>
  return %1, %2, %3 : tensor<2x2xi8>, tensor<4x1xi8>, tensor<1x4xi8>
}

//===----------------------------------------------------------------------===//
// On buffers
//===----------------------------------------------------------------------===//

// -----

// Operators on buffers write memory: they stay, even if nothing reads it.
// CHECK-LABEL: stm32.model @on_buffers
// CHECK: stm32.requantize %{{.*}} into
// CHECK: stm32.pad %{{.*}} into
// CHECK: stm32.max_pool_2d %{{.*}} into
stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @on_buffers inputs([]) outputs([]) {
  %x = stm32.buffer @p : !stm32.buffer<1x2x2x1xi8>
  %y = stm32.buffer @p : !stm32.buffer<1x2x2x1xi8>
  stm32.requantize %x into %y {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x2x2x1xi8>, !stm32.buffer<1x2x2x1xi8>) -> ()
  stm32.pad %x into %y {before = array<i64: 0, 0, 0, 0>,
    after = array<i64: 0, 0, 0, 0>, value = 3 : i32}
    : (!stm32.buffer<1x2x2x1xi8>, !stm32.buffer<1x2x2x1xi8>) -> ()
  stm32.max_pool_2d %x into %y {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>}
    : (!stm32.buffer<1x2x2x1xi8>, !stm32.buffer<1x2x2x1xi8>) -> ()
  stm32.output
}
