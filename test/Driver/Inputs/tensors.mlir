// A model on tensors.
stm32.model @main inputs([#stm32.io<"x", 0.5 : f32, 0>])
    outputs([#stm32.io<"y", 0.5 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x8xi8>):
  %y = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x2x2x8xi8>
  stm32.output %y : tensor<1x2x2x8xi8>
}
