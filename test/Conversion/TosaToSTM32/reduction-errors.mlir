// RUN: stm32-opt %s --convert-tosa-to-stm32 --split-input-file --verify-diagnostics

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<2x3xf32>) -> tensor<2x1xf32> {
  // expected-note @+1 {{tosa.reduce_max: floats are supported with nan_mode IGNORE}}
  %0 = tosa.reduce_max %x {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return %0 : tensor<2x1xf32>
}

// -----

// expected-error @+1 {{1 operation of @f cannot be converted to the stm32 dialect}}
func.func @f(%x: tensor<2x3xf16>) -> tensor<2x1xf16> {
  // expected-note @+1 {{tosa.reduce_sum: these element types are not supported}}
  %0 = tosa.reduce_sum %x {axis = 1 : i32} : (tensor<2x3xf16>) -> tensor<2x1xf16>
  return %0 : tensor<2x1xf16>
}
