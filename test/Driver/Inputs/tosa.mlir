// A function in TOSA.
func.func @main(%x: tensor<1x4x4x8xi8> {stm32.io = #stm32.io<"x", 0.5 : f32, 0>})
    -> (tensor<1x2x2x8xi8> {stm32.io = #stm32.io<"y", 0.5 : f32, 0>}) {
  %y = tosa.max_pool2d %x {kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>,
    stride = array<i64: 2, 2>} : (tensor<1x4x4x8xi8>) -> tensor<1x2x2x8xi8>
  return %y : tensor<1x2x2x8xi8>
}
