// Two 3x1 pools, one row of the second at a time.
stm32.model @net inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x1x1xi8>):
  %r = stm32.cascade %x rows(1) : (tensor<1x4x1x1xi8>) -> tensor<1x4x1x1xi8> {
  ^bb0(%a: tensor<1x4x1x1xi8>):
    %0 = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
      padding = array<i64: 1, 1, 0, 0>, strides = array<i64: 1, 1>,
      window = array<i64: 3, 1>} : (tensor<1x4x1x1xi8>) -> tensor<1x4x1x1xi8> loc("r")
    %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
      padding = array<i64: 1, 1, 0, 0>, strides = array<i64: 1, 1>,
      window = array<i64: 3, 1>} : (tensor<1x4x1x1xi8>) -> tensor<1x4x1x1xi8> loc("y")
    stm32.yield %1 : tensor<1x4x1x1xi8>
  }
  stm32.output %r : tensor<1x4x1x1xi8>
}
