// RUN: stm32-opt %s --split-input-file --verify-diagnostics --allow-unregistered-dialect

// Every error of the operators with a window or with weights.

//===----------------------------------------------------------------------===//
// Window operators
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{input and output must have rank 4, got 3 and 4}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{input and output must have rank 4, got 4 and 3}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{input has 1 images but output has 2}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<2x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{window, strides, padding and dilations must fit in 32 bits, got 9223372036854775807}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 9223372036854775807, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{window, strides, padding and dilations must fit in 32 bits, got 2147483648}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 2147483648>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{window, strides, padding and dilations must fit in 32 bits, got 4294967296}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 4294967296, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{window, strides, padding and dilations must fit in 32 bits, got 4294967296}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 4294967296, 1>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{input has 4294967302 columns with its padding, which does not fit in 32 bits}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 2147483647, 2147483647>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{gives at most 8 rows but its output has 9}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x9x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{gives at most 4 columns but its output has 5}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 2>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x5x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{gives at most 0 rows but its output has 8}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 5, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{attribute 'strides' failed to satisfy constraint}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 0, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{attribute 'padding' failed to satisfy constraint}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: -1, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>) {
  // expected-error @+1 {{computes a band of rows only on buffers}}
  %0 = stm32.max_pool_2d %x {band = #stm32.band<0, 1>,
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x8x8x2xi8>) -> tensor<1x8x8x2xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<2x8x8x2xi8>, %y: !stm32.buffer<2x8x8x2xi8>) {
  // expected-error @+1 {{computes a band of rows for one image only}}
  stm32.max_pool_2d %x into %y {band = #stm32.band<0, 1>,
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<2x8x8x2xi8>, !stm32.buffer<2x8x8x2xi8>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x8x8x2xi8>, %y: !stm32.buffer<1x8x8x2xi8>) {
  // expected-error @+1 {{band [6, 9) exceeds the 8 rows of the output}}
  stm32.max_pool_2d %x into %y {band = #stm32.band<6, 3>,
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x8x8x2xi8>, !stm32.buffer<1x8x8x2xi8>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x8x8x2xi8>, %y: !stm32.buffer<1x8x8x2xi8>) {
  // expected-error @+1 {{band [2147483647, 2147483648) exceeds the 8 rows of the output}}
  stm32.max_pool_2d %x into %y {band = #stm32.band<2147483647, 1>,
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x8x8x2xi8>, !stm32.buffer<1x8x8x2xi8>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x8x8x2xi8>, %y: !stm32.buffer<1x8x8x2xi8, rows = 2>) {
  // expected-error @+1 {{band of 3 rows exceeds the 2 rows that its destination holds}}
  stm32.max_pool_2d %x into %y {band = #stm32.band<0, 3>,
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x8x8x2xi8>, !stm32.buffer<1x8x8x2xi8, rows = 2>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x8x8x2xi8, rows = 3>, %y: !stm32.buffer<1x8x8x2xi8>) {
  // expected-error @+1 {{band reads 4 rows but its input holds 3}}
  stm32.max_pool_2d %x into %y {band = #stm32.band<2, 2>,
    clamp = array<i32: -128, 127>, padding = array<i64: 1, 1, 1, 1>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (!stm32.buffer<1x8x8x2xi8, rows = 3>, !stm32.buffer<1x8x8x2xi8>) -> ()
  return
}

// -----

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<1x8x8x2xi8>) {
  // expected-error @+1 {{needs either weights or packed constants}}
  %0 = stm32.conv_2d %x {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %p: tensor<96xi8>) {
  // expected-error @+1 {{needs either weights or packed constants}}
  %0 = stm32.conv_2d %x weights(%w) packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<96xi8>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>) {
  // expected-error @+1 {{needs weights and bias together}}
  %0 = stm32.conv_2d %x weights(%w) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %b: tensor<4xi32>, %p: tensor<96xi8>) {
  // expected-error @+1 {{needs weights and bias together}}
  %0 = stm32.conv_2d %x bias(%b) packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4xi32>, tensor<96xi8>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{has 2 multipliers for 4 output channels}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1, 2], [31, 31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<5xi32>) {
  // expected-error @+1 {{has 5 biases for 4 output channels}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<5xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x65536xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<65536xi32>) {
  // expected-error @+1 {{weights: 2 GiB or more are not supported}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x65536xi8>, tensor<4x3x3x2xi8>, tensor<65536xi32>) -> tensor<1x8x8x65536xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x1xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{weights must have the shape 4x3x3x2, got 4x3x3x1}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x1xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %p: tensor<95xi8>) {
  // expected-error @+1 {{needs packed constants of at least 96 bytes, got 'tensor<95xi8>'}}
  %0 = stm32.conv_2d %x packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<95xi8>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %p: tensor<?xi8>) {
  // expected-error @+1 {{needs packed constants of at least 96 bytes, got 'tensor<?xi8>'}}
  %0 = stm32.conv_2d %x packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<?xi8>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{zero point 128 is not a value of 'i8'}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1], [31], zp = 128, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{clamp [-129, 127] is not a range of 'i8'}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [-129, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{clamp [0, 128] is not a range of 'i8'}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [0, 128]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{input_zp -129 is not a value of 'i8'}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = -129 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x2xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{pad_value 128 is not a value of 'i8'}}
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 128 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<1x3x3x5xi8>, %b: tensor<5xi32>) {
  // expected-error @+1 {{has 5 output channels, which is no multiple of its 2 input channels}}
  %0 = stm32.depthwise_conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<1x3x3x5xi8>, tensor<5xi32>) -> tensor<1x8x8x5xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %w: tensor<4x3x3x1xi8>, %b: tensor<4xi32>) {
  // expected-error @+1 {{weights must have the shape 1x3x3x4, got 4x3x3x1}}
  %0 = stm32.depthwise_conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 1, 1, 1, 1>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x2xi8>, tensor<4x3x3x1xi8>, tensor<4xi32>) -> tensor<1x8x8x4xi8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// stm32.fully_connected
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<2x16xi8>, %w: tensor<10x16xi8>, %b: tensor<10xi32>) {
  // expected-error @+1 {{output must have at least one dimension}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<10x16xi8>, tensor<10xi32>) -> tensor<i8>
  return
}

// -----

func.func @f(%x: tensor<2x16xi8>, %w: tensor<10x16xi8>, %b: tensor<10xi32>) {
  // expected-error @+1 {{input has 32 elements, which is no multiple of the output's 3 rows}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<10x16xi8>, tensor<10xi32>) -> tensor<3x10xi8>
  return
}

// -----

func.func @f(%x: tensor<2x16xi8>, %w: tensor<10x16xi8>, %b: tensor<10xi32>) {
  // expected-error @+1 {{with 'tensor<2x0xi8>': dimensions must be positive}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<10x16xi8>, tensor<10xi32>) -> tensor<2x0xi8>
  return
}

// -----

func.func @f(%x: tensor<2x16xi8>) {
  // expected-error @+1 {{needs either weights or packed constants}}
  %0 = stm32.fully_connected %x {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>) -> tensor<2x10xi8>
  return
}

// -----

func.func @f(%x: tensor<2x16xi8>, %w: tensor<10x16xi8>) {
  // expected-error @+1 {{needs weights and bias together}}
  %0 = stm32.fully_connected %x weights(%w) {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<10x16xi8>) -> tensor<2x10xi8>
  return
}

// -----

func.func @f(%x: tensor<2x16xi8>, %w: tensor<10x16xi8>, %b: tensor<10xi32>) {
  // expected-error @+1 {{has 3 multipliers for 10 output channels}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1, 2, 3], [31, 31, 31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<10x16xi8>, tensor<10xi32>) -> tensor<2x10xi8>
  return
}

// -----

func.func @f(%x: tensor<2x16xi8>, %w: tensor<10x16xi8>, %b: tensor<9xi32>) {
  // expected-error @+1 {{has 9 biases for 10 output channels}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<10x16xi8>, tensor<9xi32>) -> tensor<2x10xi8>
  return
}

// -----

func.func @f(%x: tensor<2x16xi8>, %w: tensor<16x10xi8>, %b: tensor<10xi32>) {
  // expected-error @+1 {{weights must have the shape 10x16, got 16x10}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<16x10xi8>, tensor<10xi32>) -> tensor<2x10xi8>
  return
}

// -----

func.func @f(%x: tensor<2x16xi8>, %p: tensor<207xi8>) {
  // expected-error @+1 {{needs packed constants of at least 208 bytes, got 'tensor<207xi8>'}}
  %0 = stm32.fully_connected %x packed(%p) {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<207xi8>) -> tensor<2x10xi8>
  return
}

// -----

func.func @f(%x: tensor<2x16xi8>, %w: tensor<10x16xi8>, %b: tensor<10xi32>) {
  // expected-error @+1 {{input_zp 128 is not a value of 'i8'}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 128 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<10x16xi8>, tensor<10xi32>) -> tensor<2x10xi8>
  return
}

// -----

func.func @f(%x: tensor<2x16xi8>, %w: tensor<10x16xi8>, %b: tensor<10xi32>) {
  // expected-error @+1 {{zero point 200 is not a value of 'i8'}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1], [31], zp = 200, clamp = [-128, 127]>}
    : (tensor<2x16xi8>, tensor<10x16xi8>, tensor<10xi32>) -> tensor<2x10xi8>
  return
}

// -----

func.func @f(%x: tensor<2x16xi8>, %w: tensor<10x16xi8>, %b: tensor<10xi32>) {
  // expected-error @+1 {{clamp [0, 255] is not a range of 'i8'}}
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [0, 255]>}
    : (tensor<2x16xi8>, tensor<10x16xi8>, tensor<10xi32>) -> tensor<2x10xi8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<1x8x8x8xi8>) {
  // expected-error @+1 {{input has 8 channels but output has 4}}
  %0 = stm32.average_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>}
    : (tensor<1x8x8x8xi8>) -> tensor<1x4x4x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x8xi8>) {
  // expected-error @+1 {{has a window without any value of the input}}
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 2, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>}
    : (tensor<1x8x8x8xi8>) -> tensor<1x4x4x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x8xi8>) {
  // expected-error @+1 {{has a window without any value of the input}}
  %0 = stm32.average_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 2>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>}
    : (tensor<1x8x8x8xi8>) -> tensor<1x4x5x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x8xi8>) {
  // expected-error @+1 {{clamp [-129, 127] is not a range of 'i8'}}
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -129, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>}
    : (tensor<1x8x8x8xi8>) -> tensor<1x4x4x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x8xi8>) {
  // expected-error @+1 {{clamp [1, 0] is not a range of 'i8'}}
  %0 = stm32.average_pool_2d %x {clamp = array<i32: 1, 0>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>}
    : (tensor<1x8x8x8xi8>) -> tensor<1x4x4x8xi8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Rows that are collected
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<1x4x4x8xi8>) {
  // expected-error @+1 {{takes a band of rows only on buffers}}
  %0 = stm32.average_pool_2d %x {clamp = array<i32: -128, 127>,
    input_band = #stm32.band<0, 2>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 4, 4>, window = array<i64: 4, 4>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x1x1x8xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x4x4x8xi8>, %y: !stm32.buffer<1x2x2x8xi8>) {
  // expected-error @+1 {{does not collect rows, so that it has no input_band}}
  stm32.average_pool_2d %x into %y {clamp = array<i32: -128, 127>,
    input_band = #stm32.band<0, 2>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 2, 2>, window = array<i64: 2, 2>}
    : (!stm32.buffer<1x4x4x8xi8>, !stm32.buffer<1x2x2x8xi8>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x4x4x8xi8, rows = 2>, %y: !stm32.buffer<1x1x1x8xi8>, %s: !stm32.buffer<32xi8>) {
  // expected-error @+1 {{input_band [1, 4) is not among the 2 rows held of 4}}
  stm32.average_pool_2d %x into %y scratch(%s) {clamp = array<i32: -128, 127>,
    input_band = #stm32.band<1, 3>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 4, 4>, window = array<i64: 4, 4>}
    : (!stm32.buffer<1x4x4x8xi8, rows = 2>, !stm32.buffer<1x1x1x8xi8>, !stm32.buffer<32xi8>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x4x4x8xi8, rows = 2>, %y: !stm32.buffer<1x1x1x8xi8>, %s: !stm32.buffer<31xi8>) {
  // expected-error @+1 {{needs 32 bytes of scratch for its sums}}
  stm32.average_pool_2d %x into %y scratch(%s) {clamp = array<i32: -128, 127>,
    input_band = #stm32.band<2, 2>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 4, 4>, window = array<i64: 4, 4>}
    : (!stm32.buffer<1x4x4x8xi8, rows = 2>, !stm32.buffer<1x1x1x8xi8>, !stm32.buffer<31xi8>) -> ()
  return
}
