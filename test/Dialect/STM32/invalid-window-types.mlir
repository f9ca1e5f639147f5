// RUN: stm32-opt %s --split-input-file --verify-diagnostics

func.func @f(%x: tensor<1x4x4x2xi16>, %w: tensor<3x1x1x2xi8>, %b: tensor<3xi32>) {
  // expected-error @+1 {{needs a bias of 'i64'}}
  %y = stm32.conv_2d %x weights(%w) bias(%b) {
    dilations = array<i64: 1, 1>, input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[20000], [20], zp = 0, clamp = [-32768, 32767], single = true>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi16>, tensor<3x1x1x2xi8>, tensor<3xi32>) -> tensor<1x4x4x3xi16>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x2xi16>, %w: tensor<3x1x1x2xi8>, %b: tensor<3xi64>) {
  // expected-error @+1 {{multiplier 40000 of sums in 64 bits is not below 2^15}}
  %y = stm32.conv_2d %x weights(%w) bias(%b) {
    dilations = array<i64: 1, 1>, input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[40000], [20], zp = 0, clamp = [-32768, 32767], single = true>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi16>, tensor<3x1x1x2xi8>, tensor<3xi64>) -> tensor<1x4x4x3xi16>
  return
}

// -----

func.func @f(%x: tensor<1x8xf32>, %w: tensor<3x8xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{with 'f32' needs float_clamp and no requant}}
  %y = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 0 : i32}
    : (tensor<1x8xf32>, tensor<3x8xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x2xi8>, %w: tensor<3x1x1x1xi8>, %b: tensor<3xi32>) {
  // expected-error @+1 {{groups 2 do not divide 2 input channels and 3 output channels}}
  %y = stm32.conv_2d %x weights(%w) bias(%b) {groups = 2 : i32,
    dilations = array<i64: 1, 1>, input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[20000], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<3x1x1x1xi8>, tensor<3xi32>) -> tensor<1x4x4x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x4x8xi8>, %b: tensor<3x8x5xi8>) {
  // expected-error @+1 {{leading dimensions of}}
  %y = stm32.batch_matmul %a, %b {lhs_zp = 0 : i32, rhs_zp = 0 : i32,
    requant = #stm32.requant<[20000], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x4x8xi8>, tensor<3x8x5xi8>) -> tensor<2x4x5xi8>
  return
}

// -----

func.func @f(%a: tensor<4x8xi8>, %b: tensor<7x5xi8>) {
  // expected-error @+1 {{has matrices of 4x8 and 7x5 for an output of 4x5}}
  %y = stm32.batch_matmul %a, %b {lhs_zp = 0 : i32, rhs_zp = 0 : i32,
    requant = #stm32.requant<[20000], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<4x8xi8>, tensor<7x5xi8>) -> tensor<4x5xi8>
  return
}
