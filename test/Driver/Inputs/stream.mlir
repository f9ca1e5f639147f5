stm32.model @pools inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x6x8x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>}
    : (tensor<1x6x8x2xi8>) -> tensor<1x6x8x2xi8> loc("first")
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>}
    : (tensor<1x6x8x2xi8>) -> tensor<1x3x4x2xi8> loc("second")
  stm32.output %1 : tensor<1x3x4x2xi8>
}
