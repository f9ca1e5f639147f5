// RUN: stm32-opt %s --convert-tosa-to-stm32 --split-input-file --verify-diagnostics --allow-unregistered-dialect

// Everything that cannot be expressed: one error for the function, a note for
// each operation.

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi16>} : () -> tensor<1xi16>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  // expected-note @+1 {{tosa.rescale: scale32 is false}}
  %r = tosa.rescale %x, %m, %s, %zero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = false}
    : (tensor<8xi8>, tensor<1xi16>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  // expected-note @+1 {{tosa.rescale: unsigned values are not supported}}
  %r = tosa.rescale %x, %m, %s, %zero, %zero {input_unsigned = true, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  // expected-note @+1 {{tosa.rescale: unsigned values are not supported}}
  %r = tosa.rescale %x, %m, %s, %zero, %zero {input_unsigned = false, output_unsigned = true,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  // expected-note @+1 {{tosa.rescale: only DOUBLE_ROUND is supported for shifts over 31}}
  %r = tosa.rescale %x, %m, %s, %zero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<31> : tensor<1xi8>} : () -> tensor<1xi8>
  // expected-note @+1 {{tosa.rescale: only DOUBLE_ROUND is supported for shifts over 31}}
  %r = tosa.rescale %x, %m, %s, %zero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = INEXACT_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<-7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  // expected-note @+1 {{tosa.rescale: multipliers must not be negative, and shifts 2 .. 62}}
  %r = tosa.rescale %x, %m, %s, %zero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<1> : tensor<1xi8>} : () -> tensor<1xi8>
  // expected-note @+1 {{tosa.rescale: multipliers must not be negative, and shifts 2 .. 62}}
  %r = tosa.rescale %x, %m, %s, %zero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<63> : tensor<1xi8>} : () -> tensor<1xi8>
  // expected-note @+1 {{tosa.rescale: multipliers must not be negative, and shifts 2 .. 62}}
  %r = tosa.rescale %x, %m, %s, %zero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<[7, 7, 7, 7, 7, 7, 7, 7]> : tensor<8xi32>} : () -> tensor<8xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<8xi8>} : () -> tensor<8xi8>
  // expected-note @+1 {{tosa.rescale: only one multiplier between int8 and int16 tensors is supported}}
  %r = tosa.rescale %x, %m, %s, %zero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = true, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<8xi32>, tensor<8xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi32>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  // expected-note @+1 {{tosa.rescale: only one multiplier between int8 and int16 tensors is supported}}
  %r = tosa.rescale %x, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>, %m: tensor<1xi32>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  // expected-note @+1 {{tosa.rescale: multiplier, shift and zero points must be constant}}
  %r = tosa.rescale %x, %m, %s, %zero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>, %z: tensor<1xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  // expected-note @+1 {{tosa.rescale: multiplier, shift and zero points must be constant}}
  %r = tosa.rescale %x, %m, %s, %z, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// The accumulator is read twice; each rescale gets its note.
// expected-error @+1 {{2 operations of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<1x4x4x2xi8>) -> (tensor<1x4x4x3xi8>, tensor<1x4x4x3xi8>) {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %w = "tosa.const"() {values = dense<1> : tensor<3x1x1x2xi8>} : () -> tensor<3x1x1x2xi8>
  %b = "tosa.const"() {values = dense<1> : tensor<3xi32>} : () -> tensor<3xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %a = tosa.conv2d %x, %w, %b, %zero, %zero {acc_type = i32, dilation = array<i64: 1, 1>,
    pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<3x1x1x2xi8>, tensor<3xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x4x4x3xi32>
  // expected-note @+1 {{tosa.rescale: the accumulator of its convolution has other users}}
  %r = tosa.rescale %a, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x4x4x3xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x4x4x3xi8>
  // expected-note @+1 {{tosa.rescale: the accumulator of its convolution has other users}}
  %t = tosa.rescale %a, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x4x4x3xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x4x4x3xi8>
  return %r, %t : tensor<1x4x4x3xi8>, tensor<1x4x4x3xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<1x4x4x2xi8>) -> tensor<1x4x4x3xi16> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %w = "tosa.const"() {values = dense<1> : tensor<3x1x1x2xi8>} : () -> tensor<3x1x1x2xi8>
  %b = "tosa.const"() {values = dense<1> : tensor<3xi32>} : () -> tensor<3xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %hzero = "tosa.const"() {values = dense<0> : tensor<1xi16>} : () -> tensor<1xi16>
  %a = tosa.conv2d %x, %w, %b, %zero, %zero {acc_type = i32, dilation = array<i64: 1, 1>,
    pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<3x1x1x2xi8>, tensor<3xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x4x4x3xi32>
  // expected-note @+1 {{tosa.rescale: input and output must have one element type}}
  %r = tosa.rescale %a, %m, %s, %izero, %hzero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x4x4x3xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi16>) -> tensor<1x4x4x3xi16>
  return %r : tensor<1x4x4x3xi16>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<1x4x4x2xi8>, %w: tensor<3x1x1x2xi8>) -> tensor<1x4x4x3xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %b = "tosa.const"() {values = dense<1> : tensor<3xi32>} : () -> tensor<3xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %a = tosa.conv2d %x, %w, %b, %zero, %zero {acc_type = i32, dilation = array<i64: 1, 1>,
    pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<3x1x1x2xi8>, tensor<3xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x4x4x3xi32>
  // expected-note @+1 {{tosa.rescale: weights, bias and zero points must be constant}}
  %r = tosa.rescale %a, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x4x4x3xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x4x4x3xi8>
  return %r : tensor<1x4x4x3xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<1x4x4x2xi8>, %b: tensor<3xi32>) -> tensor<1x4x4x3xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %w = "tosa.const"() {values = dense<1> : tensor<3x1x1x2xi8>} : () -> tensor<3x1x1x2xi8>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %a = tosa.conv2d %x, %w, %b, %zero, %zero {acc_type = i32, dilation = array<i64: 1, 1>,
    pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
    : (tensor<1x4x4x2xi8>, tensor<3x1x1x2xi8>, tensor<3xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x4x4x3xi32>
  // expected-note @+1 {{tosa.rescale: weights, bias and zero points must be constant}}
  %r = tosa.rescale %a, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<1x4x4x3xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x4x4x3xi8>
  return %r : tensor<1x4x4x3xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<1x4x4x2xi8>) -> tensor<1x2x2x2xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  // expected-note @+1 {{tosa.avg_pool2d: both zero points must be constant and equal}}
  %r = tosa.avg_pool2d %x, %five, %zero {acc_type = i32, kernel = array<i64: 2, 2>,
    pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2>}
    : (tensor<1x4x4x2xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x2x2x2xi8>
  return %r : tensor<1x2x2x2xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi32>) -> tensor<8xi32> {
  // expected-note @+1 {{tosa.clamp: only int8, int16 and float32 values can be clamped, to a range that is not empty}}
  %r = tosa.clamp %x {max_val = 6 : i32, min_val = 0 : i32} : (tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>, %c: tensor<1xi8>) -> tensor<9xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %p = tosa.const_shape {values = dense<[1, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>
  // expected-note @+1 {{tosa.pad: padding and its value must be constant}}
  %r = tosa.pad %x, %p, %c : (tensor<8xi8>, !tosa.shape<2>, tensor<1xi8>) -> tensor<9xi8>
  return %r : tensor<9xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<1x1x1x1x1x1x1xi8>) -> tensor<1x1x1x1x1x1x2xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %q = tosa.const_shape {values = dense<[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]> : tensor<14xindex>} : () -> !tosa.shape<14>
  // expected-note @+1 {{tosa.pad: at most 6 dimensions are supported}}
  %r = tosa.pad %x, %q, %zero : (tensor<1x1x1x1x1x1x1xi8>, !tosa.shape<14>, tensor<1xi8>) -> tensor<1x1x1x1x1x1x2xi8>
  return %r : tensor<1x1x1x1x1x1x2xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<?xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  // expected-note @+1 {{test.dynamic: only static shapes are supported}}
  %r = "test.dynamic"(%x) : (tensor<8xi8>) -> tensor<?xi8>
  return %r : tensor<?xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<*xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  // expected-note @+1 {{tosa.clamp: only static shapes are supported}}
  %r = tosa.clamp %x {max_val = 6 : i8, min_val = 0 : i8} : (tensor<8xi8>) -> tensor<*xi8>
  return %r : tensor<*xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %one = "tosa.const"() {values = dense<1> : tensor<1xi32>} : () -> tensor<1xi32>
  %u = "tosa.const"() {values = dense<1073741823> : tensor<1xi32>} : () -> tensor<1xi32>
  %t = "tosa.const"() {values = dense<10> : tensor<1xi8>} : () -> tensor<1xi8>
  %t2 = "tosa.const"() {values = dense<10> : tensor<1xi8>} : () -> tensor<1xi8>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %a1 = tosa.rescale %a, %u, %t, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %b1 = tosa.rescale %b, %u, %t2, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %a2 = tosa.rescale %a1, %m, %s, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %b2 = tosa.rescale %b1, %m, %s, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %c = tosa.add %a2, %b2 : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  // expected-note @+1 {{tosa.rescale: the first rescale of a side must be a shift to the left}}
  %r = tosa.rescale %c, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %one = "tosa.const"() {values = dense<1> : tensor<1xi32>} : () -> tensor<1xi32>
  %u = "tosa.const"() {values = dense<1073741824> : tensor<1xi32>} : () -> tensor<1xi32>
  %t = "tosa.const"() {values = dense<31> : tensor<1xi8>} : () -> tensor<1xi8>
  %t2 = "tosa.const"() {values = dense<31> : tensor<1xi8>} : () -> tensor<1xi8>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %a1 = tosa.rescale %a, %u, %t, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %b1 = tosa.rescale %b, %u, %t2, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %a2 = tosa.rescale %a1, %m, %s, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %b2 = tosa.rescale %b1, %m, %s, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %c = tosa.add %a2, %b2 : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  // expected-note @+1 {{tosa.rescale: the first rescale of a side must be a shift to the left}}
  %r = tosa.rescale %c, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %one = "tosa.const"() {values = dense<1> : tensor<1xi32>} : () -> tensor<1xi32>
  %u = "tosa.const"() {values = dense<1073741824> : tensor<1xi32>} : () -> tensor<1xi32>
  %t = "tosa.const"() {values = dense<10> : tensor<1xi8>} : () -> tensor<1xi8>
  %t2 = "tosa.const"() {values = dense<11> : tensor<1xi8>} : () -> tensor<1xi8>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %a1 = tosa.rescale %a, %u, %t, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %b1 = tosa.rescale %b, %u, %t2, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %a2 = tosa.rescale %a1, %m, %s, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %b2 = tosa.rescale %b1, %m, %s, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %c = tosa.add %a2, %b2 : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  // expected-note @+1 {{tosa.rescale: both sides must be shifted by one amount}}
  %r = tosa.rescale %c, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %one = "tosa.const"() {values = dense<1> : tensor<1xi32>} : () -> tensor<1xi32>
  %u = "tosa.const"() {values = dense<1073741824> : tensor<1xi32>} : () -> tensor<1xi32>
  %t = "tosa.const"() {values = dense<7> : tensor<1xi8>} : () -> tensor<1xi8>
  %t2 = "tosa.const"() {values = dense<7> : tensor<1xi8>} : () -> tensor<1xi8>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %a1 = tosa.rescale %a, %u, %t, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %b1 = tosa.rescale %b, %u, %t2, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %a2 = tosa.rescale %a1, %m, %s, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %b2 = tosa.rescale %b1, %m, %s, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %c = tosa.add %a2, %b2 : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  // expected-note @+1 {{tosa.rescale: a side shifted to the left must fit in 32 bits}}
  %r = tosa.rescale %c, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%a: tensor<8xi8>, %b: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %one = "tosa.const"() {values = dense<1> : tensor<1xi32>} : () -> tensor<1xi32>
  %u = "tosa.const"() {values = dense<1073741824> : tensor<1xi32>} : () -> tensor<1xi32>
  %t = "tosa.const"() {values = dense<10> : tensor<1xi8>} : () -> tensor<1xi8>
  %t2 = "tosa.const"() {values = dense<10> : tensor<1xi8>} : () -> tensor<1xi8>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<30> : tensor<1xi8>} : () -> tensor<1xi8>
  %a1 = tosa.rescale %a, %u, %t, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %b1 = tosa.rescale %b, %u, %t2, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %a2 = tosa.rescale %a1, %m, %s, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %b2 = tosa.rescale %b1, %m, %s, %izero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi32>) -> tensor<8xi32>
  %c = tosa.add %a2, %b2 : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  // expected-note @+1 {{tosa.rescale: the sides of a sum must be scaled by less than 1, without zero points in between}}
  %r = tosa.rescale %c, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%a: tensor<8xi8>) -> tensor<8xi8> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %a1 = tosa.rescale %a, %m, %s, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %c = tosa.add %a1, %a1 : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  // expected-note @+1 {{tosa.rescale: each side of a sum must be shifted left by one rescale and scaled by another}}
  %r = tosa.rescale %c, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%a: tensor<8xi8>) -> tensor<8xi16> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %h = "tosa.const"() {values = dense<0> : tensor<1xi16>} : () -> tensor<1xi16>
  %a1 = tosa.rescale %a, %m, %s, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  %c = tosa.add %a1, %a1 : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  // expected-note @+1 {{tosa.rescale: each side of a sum must be shifted left by one rescale and scaled by another}}
  %r = tosa.rescale %c, %m, %s, %izero, %h {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi16>) -> tensor<8xi16>
  return %r : tensor<8xi16>
}

// -----

// An operation that was not converted is not the only note: what reads it has
// no input.
// expected-error @+1 {{2 operations of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<8xi8> {
  // expected-note @+1 {{tosa.abs: only float32 is supported}}
  %a = tosa.abs %x : (tensor<8xi8>) -> tensor<8xi8>
  // expected-note @+1 {{tosa.clamp: its input is no activation that could be converted}}
  %r = tosa.clamp %a {max_val = 6 : i8, min_val = 0 : i8} : (tensor<8xi8>) -> tensor<8xi8>
  return %r : tensor<8xi8>
}

// -----

// An accumulator that no rescale completes.
// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<8xi8>) -> tensor<8xi32> {
  %zero = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %five = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>
  %izero = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>
  %m = "tosa.const"() {values = dense<7> : tensor<1xi32>} : () -> tensor<1xi32>
  %s = "tosa.const"() {values = dense<40> : tensor<1xi8>} : () -> tensor<1xi8>
  %r = tosa.rescale %x, %m, %s, %zero, %izero {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
    : (tensor<8xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi32>) -> tensor<8xi32>
  // expected-note @+1 {{func.return: a result is no activation}}
  return %r : tensor<8xi32>
}

// -----

// expected-error @+1 {{must have one block to become a model}}
func.func private @declaration(tensor<8xi8>)

// -----

// expected-error @+1 {{must have one block to become a model}}
func.func @blocks(%x: tensor<8xi8>) -> tensor<8xi8> {
  "test.br"()[^bb1] : () -> ()
^bb1:
  return %x : tensor<8xi8>
}

// -----

// expected-error @+1 {{argument 1 of type 'tensor<?xi8>' is not a tensor of static shape}}
func.func @dynamic(%x: tensor<8xi8>, %y: tensor<?xi8>) {
  return
}

// -----

// expected-error @+1 {{argument 0 of type 'index' is not a tensor of static shape}}
func.func @scalar(%x: index) {
  return
}
