// RUN: stm32-opt %s --split-input-file --verify-diagnostics --allow-unregistered-dialect

// Every error of the operators without weights.

//===----------------------------------------------------------------------===//
// All operators
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{must have either a result (tensors) or a destination (buffers)}}
  stm32.softmax %x {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (tensor<8xi8>) -> ()
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>) {
  // expected-error @+1 {{must have either a result (tensors) or a destination (buffers)}}
  stm32.max_pool_2d %x {clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x8x8x2xi8>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<8xi8>, %y: !stm32.buffer<8xi8>) {
  // expected-error @+1 {{must have either a result (tensors) or a destination (buffers)}}
  %0 = stm32.softmax %x into %y {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (!stm32.buffer<8xi8>, !stm32.buffer<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>, %y: !stm32.buffer<8xi8>) {
  // expected-error @+1 {{mixes tensors and buffers}}
  stm32.softmax %x into %y {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (tensor<8xi8>, !stm32.buffer<8xi8>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<8xi8>) {
  // expected-error @+1 {{mixes tensors and buffers}}
  %0 = stm32.softmax %x {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (!stm32.buffer<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x8x8x2xi8>, %y: !stm32.buffer<1x8x8x2xi8>) {
  // expected-error @+1 {{mixes tensors and buffers}}
  stm32.max_pool_2d %x into %y {band = #stm32.band<0, 1>,
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (tensor<1x8x8x2xi8>, !stm32.buffer<1x8x8x2xi8>) -> ()
  return
}

// -----

func.func @f(%x: tensor<0xi8>) {
  // expected-error @+1 {{with 'tensor<0xi8>': dimensions must be positive}}
  %0 = stm32.softmax %x {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (tensor<0xi8>) -> tensor<0xi8>
  return
}

// -----

func.func @f(%x: tensor<65536x65536xi8>) {
  // expected-error @+1 {{with 'tensor<65536x65536xi8>': 2 GiB or more are not supported}}
  %0 = stm32.softmax %x {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (tensor<65536x65536xi8>) -> tensor<65536x65536xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x8x8x2xi8, rows = 4>, %y: !stm32.buffer<1x8x8x2xi8>) {
  // expected-error @+1 {{uses the ring '!stm32.buffer<1x8x8x2xi8, rows = 4>' without computing a band}}
  stm32.softmax %x into %y {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (!stm32.buffer<1x8x8x2xi8, rows = 4>, !stm32.buffer<1x8x8x2xi8>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x8x8x2xi8>, %y: !stm32.buffer<1x8x8x2xi8, rows = 4>) {
  // expected-error @+1 {{uses the ring '!stm32.buffer<1x8x8x2xi8, rows = 4>' without computing a band}}
  stm32.max_pool_2d %x into %y {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>}
    : (!stm32.buffer<1x8x8x2xi8>, !stm32.buffer<1x8x8x2xi8, rows = 4>) -> ()
  return
}

// -----

func.func @f(%x: tensor<8xi8>, %s: !stm32.buffer<8xi8>) {
  // expected-error @+1 {{on tensors has no scratch buffer}}
  %0 = stm32.softmax %x scratch(%s) {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (tensor<8xi8>, !stm32.buffer<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<8xi8>, %s: !stm32.buffer<2x4xi8>) {
  // expected-error @+1 {{scratch must have one dimension, got '!stm32.buffer<2x4xi8>'}}
  stm32.softmax %x into %x scratch(%s) {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (!stm32.buffer<8xi8>, !stm32.buffer<8xi8>, !stm32.buffer<2x4xi8>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<8xf32>, %y: !stm32.buffer<8xi8>) {
  // expected-error @+1 {{from 'f32' to 'i8' is not possible}}
  stm32.softmax %x into %y {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (!stm32.buffer<8xf32>, !stm32.buffer<8xi8>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<8xi8>, %y: !stm32.buffer<8xf32>) {
  // expected-error @+1 {{from 'i8' to 'f32' is not possible}}
  stm32.softmax %x into %y {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (!stm32.buffer<8xi8>, !stm32.buffer<8xf32>) -> ()
  return
}

// -----

func.func @f(%x: tensor<?xi8>) {
  // expected-error @+1 {{operand #0 must be any tensor or buffer, but got 'tensor<?xi8>'}}
  %0 = stm32.softmax %x {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32}
    : (tensor<?xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<8xi8>) {
  // expected-error @+1 {{operand #1 must be float32 buffer}}
  stm32.dequantize %x into %x {scale = 0.5 : f32, zero_point = 0 : i32}
    : (!stm32.buffer<8xi8>, !stm32.buffer<8xi8>) -> ()
  return
}

// -----

//===----------------------------------------------------------------------===//
// stm32.binary
//===----------------------------------------------------------------------===//

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{left_shift 24 is too great: a side would not fit in 32 bits}}
  %0 = stm32.binary add %a, %b {left_shift = 24 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{left_shift -1 is too great: a side would not fit in 32 bits}}
  %0 = stm32.binary add %a, %b {left_shift = -1 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<1x8xi8>) {
  // expected-error @+1 {{an input has more dimensions than the output}}
  %0 = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<1x8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{dimension 0 of an input is 8, which cannot become 4}}
  %0 = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{lhs_scale must be a multiplier of 0 .. 2^31-1 and a shift of 31 .. 62, got 1 and 30}}
  %0 = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1, 30>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{lhs_scale must be a multiplier of 0 .. 2^31-1 and a shift of 31 .. 62, got -1 and 31}}
  %0 = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: -1, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{rhs_scale must be a multiplier of 0 .. 2^31-1 and a shift of 31 .. 62, got 1 and 63}}
  %0 = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1, 63>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{lhs_zp 128 is not a value of 'i8'}}
  %0 = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 128 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{rhs_zp -129 is not a value of 'i8'}}
  %0 = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = -129 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{zero point 128 is not a value of 'i8'}}
  %0 = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1], [31], zp = 128, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{clamp [0, 128] is not a range of 'i8'}}
  %0 = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [0, 128]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{has one multiplier}}
  %0 = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1, 1, 1, 1, 1, 1, 1, 1], [31, 31, 31, 31, 31, 31, 31, 31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{cannot scale sums of up to 536870914 with a shift of 29 in 32 bits}}
  %0 = stm32.binary add %a, %b {left_shift = 22 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1], [29], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// stm32.requantize
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{inputs and output must have one shape}}
  %0 = stm32.requantize %x {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>) -> tensor<2x4xi8>
  return
}

// -----

func.func @f(%x: tensor<8xui8>) {
  // expected-error @+1 {{has uint8 on both sides}}
  %0 = stm32.requantize %x {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xui8>) -> tensor<8xui8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{input_zp 128 is not a value of 'i8'}}
  %0 = stm32.requantize %x {input_zp = 128 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xui8>) {
  // expected-error @+1 {{input_zp -1 is not a value of 'ui8'}}
  %0 = stm32.requantize %x {input_zp = -1 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xui8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{zero point 128 is not a value of 'i8'}}
  %0 = stm32.requantize %x {input_zp = 0 : i32,
    requant = #stm32.requant<[1], [31], zp = 128, clamp = [-128, 127]>}
    : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{zero point -1 is not a value of 'ui8'}}
  %0 = stm32.requantize %x {input_zp = 0 : i32,
    requant = #stm32.requant<[1], [31], zp = -1, clamp = [0, 127]>}
    : (tensor<8xi8>) -> tensor<8xui8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{clamp [-1, 127] is not a range of 'ui8'}}
  %0 = stm32.requantize %x {input_zp = 0 : i32,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [-1, 127]>}
    : (tensor<8xi8>) -> tensor<8xui8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{has one multiplier}}
  %0 = stm32.requantize %x {input_zp = 0 : i32,
    requant = #stm32.requant<[1, 1], [31, 31], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{cannot scale sums of up to 255 with a shift of 7 in 32 bits}}
  %0 = stm32.requantize %x {input_zp = 127 : i32,
    requant = #stm32.requant<[1], [7], zp = 0, clamp = [-128, 127]>}
    : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// stm32.quantize, stm32.dequantize
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<8xf32>) {
  // expected-error @+1 {{scale must be positive and finite}}
  %0 = stm32.quantize %x {scale = 0.0 : f32, zero_point = 0 : i32}
    : (tensor<8xf32>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xf32>) {
  // expected-error @+1 {{scale must be positive and finite}}
  %0 = stm32.quantize %x {scale = 0x7F800000 : f32, zero_point = 0 : i32}
    : (tensor<8xf32>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{scale must be positive and finite}}
  %0 = stm32.dequantize %x {scale = 0x7FC00000 : f32, zero_point = 0 : i32}
    : (tensor<8xi8>) -> tensor<8xf32>
  return
}

// -----

func.func @f(%x: tensor<8xf32>) {
  // expected-error @+1 {{zero_point 128 is not a value of 'i8'}}
  %0 = stm32.quantize %x {scale = 1.0 : f32, zero_point = 128 : i32}
    : (tensor<8xf32>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xui8>) {
  // expected-error @+1 {{zero_point -1 is not a value of 'ui8'}}
  %0 = stm32.dequantize %x {scale = 1.0 : f32, zero_point = -1 : i32}
    : (tensor<8xui8>) -> tensor<8xf32>
  return
}

// -----

func.func @f(%x: tensor<8xf32>) {
  // expected-error @+1 {{inputs and output must have one shape}}
  %0 = stm32.quantize %x {scale = 1.0 : f32, zero_point = 0 : i32}
    : (tensor<8xf32>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{inputs and output must have one shape}}
  %0 = stm32.dequantize %x {scale = 1.0 : f32, zero_point = 0 : i32}
    : (tensor<8xi8>) -> tensor<4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// stm32.pad, stm32.reshape
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<1x1x1x1x1x4x8xi8>) {
  // expected-error @+1 {{input has rank 7, at most 6}}
  %0 = stm32.pad %x {before = array<i64: 1, 0>, after = array<i64: 1, 0>,
    value = 0 : i32} : (tensor<1x1x1x1x1x4x8xi8>) -> tensor<6x8xi8>
  return
}

// -----

func.func @f(%x: tensor<4x8xi8>) {
  // expected-error @+1 {{before, after and output must have the input's rank}}
  %0 = stm32.pad %x {before = array<i64: 1, 0>, after = array<i64: 1, 0>,
    value = 0 : i32} : (tensor<4x8xi8>) -> tensor<6xi8>
  return
}

// -----

func.func @f(%x: tensor<4x8xi8>) {
  // expected-error @+1 {{before, after and output must have the input's rank}}
  %0 = stm32.pad %x {before = array<i64: 1>, after = array<i64: 1, 0>,
    value = 0 : i32} : (tensor<4x8xi8>) -> tensor<6x8xi8>
  return
}

// -----

func.func @f(%x: tensor<4x8xi8>) {
  // expected-error @+1 {{before, after and output must have the input's rank}}
  %0 = stm32.pad %x {before = array<i64: 1, 0>, after = array<i64: 1, 0, 0>,
    value = 0 : i32} : (tensor<4x8xi8>) -> tensor<6x8xi8>
  return
}

// -----

func.func @f(%x: tensor<4x8xi8>) {
  // expected-error @+1 {{dimension 0 of the output must be before + input + after}}
  %0 = stm32.pad %x {before = array<i64: 1, 0>, after = array<i64: 1, 0>,
    value = 0 : i32} : (tensor<4x8xi8>) -> tensor<7x8xi8>
  return
}

// -----

func.func @f(%x: tensor<4x8xi8>) {
  // expected-error @+1 {{dimension 1 of the output must be before + input + after}}
  %0 = stm32.pad %x {before = array<i64: 1, -1>, after = array<i64: 1, 1>,
    value = 0 : i32} : (tensor<4x8xi8>) -> tensor<6x8xi8>
  return
}

// -----

func.func @f(%x: tensor<4x8xi8>) {
  // expected-error @+1 {{dimension 0 of the output must be before + input + after}}
  %0 = stm32.pad %x {before = array<i64: 9223372036854775807, 0>, after = array<i64: 1, 0>,
    value = 0 : i32} : (tensor<4x8xi8>) -> tensor<6x8xi8>
  return
}

// -----

func.func @f(%x: tensor<4x8xi8>) {
  // expected-error @+1 {{value 128 is not a value of 'i8'}}
  %0 = stm32.pad %x {before = array<i64: 1, 0>, after = array<i64: 1, 0>,
    value = 128 : i32} : (tensor<4x8xi8>) -> tensor<6x8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{must keep element type and number of elements}}
  %0 = stm32.reshape %x : tensor<8xi8> -> tensor<7xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{must keep element type and number of elements}}
  %0 = stm32.reshape %x : tensor<8xi8> -> tensor<8xui8>
  return
}

// -----

func.func @f(%x: tensor<0xi8>) {
  // expected-error @+1 {{with 'tensor<0xi8>': dimensions must be positive}}
  %0 = stm32.reshape %x : tensor<0xi8> -> tensor<0x3xi8>
  return
}

// -----

func.func @f(%x: tensor<4xindex>) {
  // expected-error @+1 {{element type 'index' has no whole number of bytes}}
  %0 = stm32.reshape %x : tensor<4xindex> -> tensor<2x2xindex>
  return
}
