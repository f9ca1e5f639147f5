// The larger half of the memory is used once.
stm32.model @main inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"b", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x64x64x4xi8>):
  %a = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>}
    : (tensor<1x64x64x4xi8>) -> tensor<1x32x32x4xi8> loc("a")
  %b = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>}
    : (tensor<1x32x32x4xi8>) -> tensor<1x32x32x4xi8> loc("b")
  stm32.output %b : tensor<1x32x32x4xi8>
}
