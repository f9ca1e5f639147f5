// RUN: stm32-opt %s --stm32-form-cascades=stream=true | FileCheck %s
// RUN: stm32-opt %s --stm32-form-cascades=stream=true --stm32-bufferize --stm32-plan-memory \
// RUN:   --stm32-simulate-memory | FileCheck %s --check-prefix=BUFFERS
// RUN: stm32-opt %s --stm32-form-cascades=stream=true --stm32-bufferize --verify-roundtrip > /dev/null

// The input never exists as a whole: rows arrive before they are read.
// CHECK-LABEL: stm32.model @pools
// CHECK: %[[R:.*]] = stm32.cascade %{{.*}} rows({{[0-9]+}}) stream : (tensor<1x6x8x2xi8>)
// BUFFERS-LABEL: stm32.model @pools
// BUFFERS: %[[X:.*]] = stm32.buffer @activations {{.*}} input(0) : <1x6x8x2xi8, rows = 3>
// BUFFERS: stm32.receive into %[[X]] band(0, 1)
// BUFFERS-NEXT: stm32.receive into %[[X]] band(1, 1)
// BUFFERS-NEXT: stm32.max_pool_2d %[[X]] into %{{.*}} {band = #stm32.band<0, 1>
// BUFFERS-NEXT: stm32.receive into %[[X]] band(2, 1)
// BUFFERS-NEXT: stm32.max_pool_2d %[[X]] into %{{.*}} {band = #stm32.band<1, 1>
stm32.model @pools inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x6x8x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x6x8x2xi8>) -> tensor<1x6x8x2xi8>
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x6x8x2xi8>) -> tensor<1x3x4x2xi8>
  stm32.output %1 : tensor<1x3x4x2xi8>
}
