// A model that does not fit its part: region, bytes, the operator that needs
// most with what is alive there, what would help; and nothing is written.
//
// RUN: rm -rf %t && not stm32-compile %s -o %t --target stm32g0b1re 2>&1 \
// RUN:   | FileCheck %s --implicit-check-not="see current operation"
// RUN: not ls %t
// RUN: stm32-compile %s -o %t --target stm32h743zi --quiet

// CHECK: no-fit.mlir{{.*}}: error: memory region 'sram' has 147456 bytes for pool 'activations', but the model needs 262656{{$}}
// CHECK: note: MAX_POOL_2D 'pool' is the operator that needs most: x (262144 bytes), pool (65536 bytes){{$}}
// CHECK: note: --optimize ram, another region (--memory), a part with more RAM, a smaller input or fewer channels at this operator would help{{$}}
stm32.model @net inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"pool", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x256x256x4xi8>):
  %y = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>}
    : (tensor<1x256x256x4xi8>) -> tensor<1x128x128x4xi8> loc("pool;joined")
  stm32.output %y : tensor<1x128x128x4xi8>
}
