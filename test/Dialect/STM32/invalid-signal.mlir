// RUN: stm32-opt %s --split-input-file --verify-diagnostics

func.func @f(%x: tensor<8xi16>, %s: !stm32.buffer<1x3xi16>) {
  // expected-error @+1 {{has 0 options, needs 1}}
  %0 = stm32.signal delay %x states(%s) : (tensor<8xi16>, !stm32.buffer<1x3xi16>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<8xi16>, %s: !stm32.buffer<1x3xi16>) {
  // expected-error @+1 {{needs option delay_length, an i32}}
  %0 = stm32.signal delay %x states(%s) {options = {length = 3 : i32}} : (tensor<8xi16>, !stm32.buffer<1x3xi16>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<8xi16>, %s: !stm32.buffer<1x3xi16>) {
  // expected-error @+1 {{option delay_length is -1, not in}}
  %0 = stm32.signal delay %x states(%s) {options = {delay_length = -1 : i32}} : (tensor<8xi16>, !stm32.buffer<1x3xi16>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<8xi16>, %s: !stm32.buffer<1x4xi16>) {
  // expected-error @+1 {{state 0 must be 'tensor<1x3xi16>', got '!stm32.buffer<1x4xi16>'}}
  %0 = stm32.signal delay %x states(%s) {options = {delay_length = 3 : i32}} : (tensor<8xi16>, !stm32.buffer<1x4xi16>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<8xi16>, %s: !stm32.buffer<1x3xi16>) {
  // expected-error @+1 {{output 0 must be 'tensor<8xi16>', got 'tensor<7xi16>'}}
  %0 = stm32.signal delay %x states(%s) {options = {delay_length = 3 : i32}} : (tensor<8xi16>, !stm32.buffer<1x3xi16>) -> tensor<7xi16>
  return
}

// -----

func.func @f(%x: tensor<8xi16>) {
  // expected-error @+1 {{needs 1 states, got 0}}
  %0 = stm32.signal delay %x {options = {delay_length = 3 : i32}} : (tensor<8xi16>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<8xi16>) {
  // expected-error @+1 {{needs 1 inputs, got 2}}
  %0:2 = stm32.signal fft_auto_scale %x, %x : (tensor<8xi16>, tensor<8xi16>) -> (tensor<8xi16>, tensor<i32>)
  return
}

// -----

func.func @f(%x: tensor<8xi16>) {
  // expected-error @+1 {{needs 1 constants, got 0}}
  %0 = stm32.signal window %x {options = {shift = 12 : i32}} : (tensor<8xi16>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<8xi16>, %p: tensor<15xi8>) {
  // expected-error @+1 {{needs packed constants of at least 16 bytes, got 'tensor<15xi8>'}}
  %0 = stm32.signal window %x packed(%p) {options = {shift = 12 : i32}} : (tensor<8xi16>, tensor<15xi8>) -> tensor<8xi16>
  return
}

// -----

func.func @f(%x: tensor<8xi16>, %w: tensor<8xi16>, %p: tensor<16xi8>) {
  // expected-error @+1 {{needs either constants or packed constants}}
  %0 = stm32.signal window %x constants(%w) packed(%p) {options = {shift = 12 : i32}} : (tensor<8xi16>, tensor<8xi16>, tensor<16xi8>) -> tensor<8xi16>
  return
}
