// RUN: stm32-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// stm32.reduce
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<1x1x1x1x4x4x8xi8>) {
  // expected-error @+1 {{input has rank 7, at most 6}}
  %0 = stm32.reduce mean %x {axes = array<i64: 4, 5>, input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x1x1x1x4x4x8xi8>) -> tensor<1x1x1x1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x8xi8>) {
  // expected-error @+1 {{axes must be sorted dimensions of the input}}
  %0 = stm32.reduce mean %x {axes = array<i64: 2, 1>, input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x8xi8>) {
  // expected-error @+1 {{axes must be sorted dimensions of the input}}
  %0 = stm32.reduce mean %x {axes = array<i64: 1, 1>, input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x8xi8>) {
  // expected-error @+1 {{axes must be sorted dimensions of the input}}
  %0 = stm32.reduce mean %x {axes = array<i64: 4>, input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x8xi8>) {
  // expected-error @+1 {{axes must be sorted dimensions of the input}}
  %0 = stm32.reduce mean %x {axes = array<i64: -1>, input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x8xi8>) {
  // expected-error @+1 {{output must be the input without its reduced dimensions, or with them as 1}}
  %0 = stm32.reduce mean %x {axes = array<i64: 1, 2>, input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x8xi8>) {
  // expected-error @+1 {{input_zp 128 is not a value of 'i8'}}
  %0 = stm32.reduce mean %x {axes = array<i64: 1, 2>, input_zp = 128 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x8xi8>) {
  // expected-error @+1 {{zero point 128 is not a value of 'i8'}}
  %0 = stm32.reduce mean %x {axes = array<i64: 1, 2>, input_zp = 0 : i32,
    requant = #stm32.requant<[1], [34], zp = 128, clamp = [-128, 127]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x8xi8>) {
  // expected-error @+1 {{clamp [0, 128] is not a range of 'i8'}}
  %0 = stm32.reduce mean %x {axes = array<i64: 1, 2>, input_zp = 0 : i32,
    requant = #stm32.requant<[1], [34], zp = 0, clamp = [0, 128]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x8xi8>) {
  // expected-error @+1 {{has one multiplier}}
  %0 = stm32.reduce mean %x {axes = array<i64: 1, 2>, input_zp = 0 : i32,
    requant = #stm32.requant<[1, 1], [31, 31], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x8xi8>) {
  // expected-error @+1 {{cannot scale sums of up to 4080 with a shift of 11 in 32 bits}}
  %0 = stm32.reduce mean %x {axes = array<i64: 1, 2>, input_zp = 127 : i32,
    requant = #stm32.requant<[1], [11], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<16777216xi8>) {
  // expected-error @+1 {{cannot scale sums of up to 2147483648 with a shift of 31 in 32 bits}}
  %0 = stm32.reduce mean %x {axes = array<i64: 0>, input_zp = 0 : i32,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [-128, 127]>}
    : (tensor<16777216xi8>) -> tensor<1xi8>
  return
}

// -----

func.func @f(%x: tensor<2x8xi8>) {
  // expected-error @+1 {{of 'i8' needs a requantisation}}
  %0 = stm32.reduce sum %x {axes = array<i64: 0>}
    : (tensor<2x8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<2x8xi16>) {
  // expected-error @+1 {{input_zp 40000 is not a value of 'i16'}}
  %0 = stm32.reduce sum %x {axes = array<i64: 0>, input_zp = 40000 : i32,
    requant = #stm32.requant<[1], [34], zp = 0, clamp = [-32768, 32767]>}
    : (tensor<2x8xi16>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<2x8xf32>) {
  // expected-error @+1 {{sum of 'f32' has no zero point and no requantisation}}
  %0 = stm32.reduce sum %x {axes = array<i64: 0>,
    requant = #stm32.requant<[1], [34], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @f(%x: tensor<2x8xi8>) {
  // expected-error @+1 {{max of 'i8' has no zero point and no requantisation}}
  %0 = stm32.reduce max %x {axes = array<i64: 0>, input_zp = 1 : i32}
    : (tensor<2x8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<2x8xi64>) {
  // expected-error @+1 {{sum from 'i64' to 'i64' is not possible}}
  %0 = stm32.reduce sum %x {axes = array<i64: 0>}
    : (tensor<2x8xi64>) -> tensor<8xi64>
  return
}

// -----

func.func @f(%x: tensor<2x8xi8>) {
  // expected-error @+1 {{max from 'i8' to 'i16' is not possible}}
  %0 = stm32.reduce max %x {axes = array<i64: 0>}
    : (tensor<2x8xi8>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<2x8xi16>) {
  // expected-error @+1 {{arg_max from 'i16' to 'i32' is not possible}}
  %0 = stm32.reduce arg_max %x {axes = array<i64: 0>}
    : (tensor<2x8xi16>) -> tensor<8xi32>
  return
}

// -----

func.func @f(%x: tensor<2x8xi8>) {
  // expected-error @+1 {{arg_min from 'i8' to 'i8' is not possible}}
  %0 = stm32.reduce arg_min %x {axes = array<i64: 0>}
    : (tensor<2x8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<2x8xi8>) {
  // expected-error @+1 {{gives an index along one dimension, not 2}}
  %0 = stm32.reduce arg_min %x {axes = array<i64: 0, 1>}
    : (tensor<2x8xi8>) -> tensor<i32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// stm32.softmax
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<i8>) {
  // expected-error @+1 {{input must have at least one dimension}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (tensor<i8>) -> tensor<i8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{multiplier must not be negative and left_shift in 0 .. 31, got -1 and 24}}
  %0 = stm32.softmax %x {multiplier = -1 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{multiplier must not be negative and left_shift in 0 .. 31, got 1073741824 and 32}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = 32 : i32,
    diff_min = -124 : i32} : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{multiplier must not be negative and left_shift in 0 .. 31, got 1073741824 and -1}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = -1 : i32,
    diff_min = -124 : i32} : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{diff_min 1 must not be positive, and shifted left by 24 it must fit in 32 bits}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = 1 : i32} : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{diff_min -128 must not be positive, and shifted left by 24 it must fit in 32 bits}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -128 : i32} : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{diff_min -2147483648 must not be positive, and shifted left by 0 it must fit in 32 bits}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = 0 : i32,
    diff_min = -2147483648 : i32} : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{input and output must have one shape}}
  %0 = stm32.softmax %x {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (tensor<8xi8>) -> tensor<1x8xi8>
  return
}

// -----

// -----

func.func @f(%x: tensor<8xi16>) {
  // expected-error @+1 {{from 'i16' to 'i8' is not possible}}
  %0 = stm32.softmax %x {multiplier = 1 : i32} : (tensor<8xi16>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xf32>) {
  // expected-error @+1 {{of 'f32' needs beta}}
  %0 = stm32.softmax %x : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{of integers has no beta}}
  %0 = stm32.softmax %x {beta = 1.0 : f32} : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xf32>) {
  // expected-error @+1 {{needs a finite beta}}
  %0 = stm32.softmax %x {beta = 0x7F800000 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @f(%x: tensor<8xf32>) {
  // expected-error @+1 {{of 'f32' has no multiplier}}
  %0 = stm32.softmax %x {beta = 1.0 : f32, left_shift = 1 : i32}
    : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @f(%x: tensor<8xi16>) {
  // expected-error @+1 {{multiplier must not be negative and left_shift in -31 .. 15, got 1 and 16}}
  %0 = stm32.softmax %x {multiplier = 1 : i32, left_shift = 16 : i32}
    : (tensor<8xi16>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<8xi16>) {
  // expected-error @+1 {{of 'i16' has no diff_min}}
  %0 = stm32.softmax %x {multiplier = 1 : i32, diff_min = -1 : i32}
    : (tensor<8xi16>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<65536xi16>) {
  // expected-error @+1 {{has rows of 65536 elements, whose sum can leave int32}}
  %0 = stm32.softmax %x {multiplier = 1 : i32}
    : (tensor<65536xi16>) -> tensor<65536xi16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// stm32.log_softmax, stm32.l2_normalize
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{input and output must have one shape}}
  %0 = stm32.log_softmax %x {inverse_shift = 40 : i32} : (tensor<8xi8>) -> tensor<1x8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi16>) {
  // expected-error @+1 {{from 'i16' to 'i16' is not possible}}
  %0 = stm32.log_softmax %x {inverse_shift = 40 : i32} : (tensor<8xi16>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<8xf32>) {
  // expected-error @+1 {{of 'f32' has no multiplier}}
  %0 = stm32.log_softmax %x {inverse_shift = 40 : i32} : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{inverse_multiplier must not be negative and inverse_shift in 31 .. 62, got 1 and 30}}
  %0 = stm32.log_softmax %x {inverse_multiplier = 1 : i32, inverse_shift = 30 : i32}
    : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{multiplier must not be negative and left_shift in 0 .. 31, got 0 and 32}}
  %0 = stm32.log_softmax %x {left_shift = 32 : i32, inverse_shift = 40 : i32}
    : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{from 'i8' to 'f32' is not possible}}
  %0 = stm32.l2_normalize %x : (tensor<8xi8>) -> tensor<8xf32>
  return
}

// -----

func.func @f(%x: tensor<8xf32>) {
  // expected-error @+1 {{of 'f32' has no zero point and no shift}}
  %0 = stm32.l2_normalize %x {left_shift = 7 : i32} : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{left_shift must be in 0 .. 7, got 8}}
  %0 = stm32.l2_normalize %x {left_shift = 8 : i32} : (tensor<8xi8>) -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<40000xi8>) {
  // expected-error @+1 {{has rows of 40000 elements, whose squares can leave int32}}
  %0 = stm32.l2_normalize %x : (tensor<40000xi8>) -> tensor<40000xi8>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{input_zp -129 is not a value of 'i8'}}
  %0 = stm32.l2_normalize %x {input_zp = -129 : i32} : (tensor<8xi8>) -> tensor<8xi8>
  return
}
