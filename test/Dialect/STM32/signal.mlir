// RUN: stm32-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @front_end
func.func @front_end(%s: tensor<8xi16>, %d: !stm32.buffer<1x3xi16>) -> tensor<5xui32> {
  %w = stm32.constant dense<4096> : tensor<8xi16>
  %t = stm32.constant dense<0> : tensor<4x2xi16>
  %p = stm32.constant dense<0> : tensor<2x2xi16>
  // CHECK: stm32.signal delay %{{.*}} states(%{{.*}}) {options = {delay_length = 3 : i32}}
  %0 = stm32.signal delay %s states(%d) {options = {delay_length = 3 : i32}}
    : (tensor<8xi16>, !stm32.buffer<1x3xi16>) -> tensor<8xi16>
  // CHECK: stm32.signal window %{{.*}} constants(%{{.*}}) {options = {shift = 12 : i32}}
  %1 = stm32.signal window %0 constants(%w) {options = {shift = 12 : i32}}
    : (tensor<8xi16>, tensor<8xi16>) -> tensor<8xi16>
  // CHECK: stm32.signal fft_auto_scale %{{.*}} : (tensor<8xi16>) -> (tensor<8xi16>, tensor<i32>)
  %2, %bits = stm32.signal fft_auto_scale %1 : (tensor<8xi16>) -> (tensor<8xi16>, tensor<i32>)
  // CHECK: stm32.signal rfft
  %3 = stm32.signal rfft %2 constants(%t, %p) {options = {fft_length = 8 : i32}}
    : (tensor<8xi16>, tensor<4x2xi16>, tensor<2x2xi16>) -> tensor<10xi16>
  // CHECK: stm32.signal energy
  %4 = stm32.signal energy %3 {options = {start_index = 0 : i32, end_index = 5 : i32}}
    : (tensor<10xi16>) -> tensor<5xui32>
  return %4 : tensor<5xui32>
}
