// What the verifiers of functions of elements refuse.
//
// RUN: stm32-opt --split-input-file --verify-diagnostics %s

func.func @fit(%a: tensor<2x3xi8>, %b: tensor<2xi8>) {
  // expected-error @+1 {{dimension 0 of an input is 2, which cannot become 3}}
  %0 = stm32.binary minimum %a, %b : (tensor<2x3xi8>, tensor<2xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @rank(%a: tensor<1x1x1x1x1x1x2xi8>) {
  // expected-error @+1 {{has rank 7, at most 6}}
  %0 = stm32.binary minimum %a, %a : (tensor<1x1x1x1x1x1x2xi8>, tensor<1x1x1x1x1x1x2xi8>) -> tensor<1x1x1x1x1x1x2xi8>
  return
}

// -----

func.func @size(%a: tensor<1xi8>) {
  // expected-error @+1 {{no input has the size of the output}}
  %0 = stm32.binary minimum %a, %a : (tensor<1xi8>, tensor<1xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @types(%a: tensor<2xi8>, %b: tensor<2xi16>) {
  // expected-error @+1 {{inputs must have one element type}}
  %0 = stm32.binary minimum %a, %b : (tensor<2xi8>, tensor<2xi16>) -> tensor<2xi8>
  return
}

// -----

func.func @result(%a: tensor<2xi8>) {
  // expected-error @+1 {{has inputs of 'i8' and an output of 'i8'}}
  %0 = stm32.binary equal %a, %a : (tensor<2xi8>, tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @scales(%a: tensor<2xi8>) {
  // expected-error @+1 {{needs lhs_scale and rhs_scale}}
  %0 = stm32.binary add %a, %a {requant = #stm32.requant<[1], [40], zp = 0, clamp = [-128, 127]>}
    : (tensor<2xi8>, tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @requant(%a: tensor<2xi8>) {
  // expected-error @+1 {{needs requant}}
  %0 = stm32.binary mul %a, %a : (tensor<2xi8>, tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @wide(%a: tensor<2xi16>) {
  // expected-error @+1 {{lhs_zp of 'i16' must be 0}}
  %0 = stm32.binary mul %a, %a {lhs_zp = 1 : i32,
    requant = #stm32.requant<[1], [40], zp = 0, clamp = [-32768, 32767]>}
    : (tensor<2xi16>, tensor<2xi16>) -> tensor<2xi16>
  return
}

// -----

func.func @bound(%a: tensor<2xi16>) {
  // expected-error @+1 {{cannot scale sums of up to 1073741824 with a shift of 29 in 32 bits}}
  %0 = stm32.binary mul %a, %a {
    requant = #stm32.requant<[1], [29], zp = 0, clamp = [-32768, 32767]>}
    : (tensor<2xi16>, tensor<2xi16>) -> tensor<2xi16>
  return
}

// -----

func.func @square(%a: tensor<2xi16>) {
  // expected-error @+1 {{whose square does not fit in 32 bits}}
  %0 = stm32.binary squared_difference %a, %a {
    lhs_scale = array<i32: 2147483647, 31>, rhs_scale = array<i32: 2147483647, 31>,
    requant = #stm32.requant<[1], [40], zp = 0, clamp = [-32768, 32767]>}
    : (tensor<2xi16>, tensor<2xi16>) -> tensor<2xi16>
  return
}

// -----

func.func @quotient(%a: tensor<2xi16>) {
  // expected-error @+1 {{scales a quotient with a shift below 15}}
  %0 = stm32.binary div %a, %a {
    requant = #stm32.requant<[1], [14], zp = 0, clamp = [-32768, 32767]>}
    : (tensor<2xi16>, tensor<2xi16>) -> tensor<2xi16>
  return
}

// -----

func.func @bool(%a: tensor<2xi1>) {
  // expected-error @+1 {{has no function MINIMUM of bool}}
  %0 = stm32.binary minimum %a, %a : (tensor<2xi1>, tensor<2xi1>) -> tensor<2xi1>
  return
}

// -----

func.func @clamp(%a: tensor<2xi32>) {
  // expected-error @+1 {{float_clamp is for float32}}
  %0 = stm32.binary add %a, %a {float_clamp = array<f32: 0.0, 1.0>} : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  return
}

// -----

func.func @wide_table(%a: tensor<2xi16>) {
  %t = stm32.constant dense<0> : tensor<512xi16>
  // expected-error @+1 {{needs a table of 513 values of 'i16', got 'tensor<512xi16>'}}
  %0 = stm32.lookup %a constants(%t) {function = "EXP"} : (tensor<2xi16>, tensor<512xi16>) -> tensor<2xi16>
  return
}

// -----

func.func @mixed_table(%a: tensor<2xi16>) {
  %t = stm32.constant dense<0> : tensor<256xi8>
  // expected-error @+1 {{needs a table of 513 values of 'i16', got 'tensor<256xi8>'}}
  %0 = stm32.lookup %a constants(%t) {function = "EXP"} : (tensor<2xi16>, tensor<256xi8>) -> tensor<2xi16>
  return
}

// -----

func.func @float_table(%a: tensor<2xf32>) {
  %t = stm32.constant dense<0> : tensor<256xi8>
  // expected-error @+1 {{is a function from int8 to int8, or int16 to int16}}
  %0 = stm32.lookup %a constants(%t) {function = "EXP"} : (tensor<2xf32>, tensor<256xi8>) -> tensor<2xf32>
  return
}

// -----

func.func @inverse_root(%a: tensor<2xi16>) {
  // expected-error @+1 {{cannot scale sums of up to 1048576 with a shift of 20 in 32 bits}}
  %0 = stm32.unary rsqrt %a {requant = #stm32.requant<[1073741824], [20], zp = 0, clamp = [-32768, 32767]>}
    : (tensor<2xi16>) -> tensor<2xi16>
  return
}

// -----

func.func @unary(%a: tensor<2xi8>) {
  // expected-error @+1 {{has no function EXP of 'i8'}}
  %0 = stm32.unary exp %a : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @alpha(%a: tensor<2xf32>) {
  // expected-error @+1 {{needs alpha}}
  %0 = stm32.unary leaky_relu %a : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @range(%a: tensor<2xf32>) {
  // expected-error @+1 {{float_clamp must be a range}}
  %0 = stm32.unary clamp %a {float_clamp = array<f32: 1.0, 0.0>} : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @scale(%a: tensor<2xi16>) {
  // expected-error @+1 {{products must fit in 32 bits}}
  %0 = stm32.unary tanh %a {scale = array<i32: 65536, 0>} : (tensor<2xi16>) -> tensor<2xi16>
  return
}

// -----

func.func @condition(%a: tensor<2xi8>) {
  // expected-error @+1 {{needs a condition of bool}}
  %0 = stm32.select %a, %a, %a : (tensor<2xi8>, tensor<2xi8>, tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @cast(%a: tensor<2xi8>) {
  // expected-error @+1 {{inputs and output must have one shape}}
  %0 = stm32.cast %a : (tensor<2xi8>) -> tensor<1x2xi16>
  return
}
