// RUN: stm32-opt %s --split-input-file --verify-diagnostics

// Every error of states and of the operators that have them.

//===----------------------------------------------------------------------===//
// States
//===----------------------------------------------------------------------===//

// expected-error @+1 {{needs a dense initial value of its shape and element type, got 'tensor<3xi8>' for '!stm32.buffer<2xi8>'}}
%s = stm32.state dense<0> : tensor<3xi8> -> <2xi8>

// -----

// expected-error @+1 {{must be whole and channel last, as it keeps its bytes}}
%s = stm32.state dense<0> : tensor<1x2x2x2xi8> -> <1x2x2x2xi8, planar>

// -----

stm32.memory_region @ram
// expected-error @+1 {{holds either constants or states}}
stm32.pool @p in @ram align(16) constants states

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([]) outputs([]) {
  // expected-error @+1 {{with an initial value is in @p, which is not for states}}
  %s = stm32.buffer @p tensor(0) initial(dense<0> : tensor<2xi8>) : <2xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16) states
stm32.model @m inputs([]) outputs([]) {
  // expected-error @+1 {{without an initial value is in @p, which is for states}}
  %s = stm32.buffer @p tensor(0) : <2xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16) states
stm32.model @m inputs([]) outputs([]) {
  // expected-error @+1 {{with an initial value is neither scratch nor an input}}
  %s = stm32.buffer @p scratch initial(dense<0> : tensor<2xi8>) : <2xi8>
  stm32.output
}

// -----

func.func @f(%s: !stm32.buffer<2xi8>) {
  // expected-error @+1 {{needs one shape and element type, got '!stm32.buffer<2xi8>' and 'tensor<3xi8>'}}
  %0 = stm32.read %s : (!stm32.buffer<2xi8>) -> tensor<3xi8>
  return
}

// -----

func.func @f(%s: !stm32.buffer<1x2x2x2xi8, planar>) {
  // expected-error @+1 {{needs channel-last values, as states are}}
  %0 = stm32.read %s : (!stm32.buffer<1x2x2x2xi8, planar>) -> tensor<1x2x2x2xi8>
  return
}

// -----

func.func @f(%s: !stm32.buffer<2xi8>, %x: tensor<2xi16>) {
  // expected-error @+1 {{needs one shape and element type}}
  stm32.assign %x into %s : (tensor<2xi16>, !stm32.buffer<2xi8>) -> ()
  return
}

// -----

func.func @f(%x: tensor<2xi16>) {
  // expected-error @+1 {{must have either a result (tensors) or a destination (buffers)}}
  stm32.assign %x : (tensor<2xi16>) -> ()
  return
}

//===----------------------------------------------------------------------===//
// SVDF
//===----------------------------------------------------------------------===//

// -----

func.func @f(%x: tensor<1x4xi16>, %s: !stm32.buffer<1x6xi8>, %k: tensor<64xi8>) {
  // expected-error @+1 {{is for int8 or float32 on both sides}}
  %0 = stm32.svdf %x states(%s) packed(%k) {rank = 1 : i64} : (tensor<1x4xi16>, !stm32.buffer<1x6xi8>, tensor<64xi8>) -> tensor<1x2xi16>
  return
}

// -----

func.func @f(%x: tensor<4xi8>, %s: !stm32.buffer<1x6xi8>, %k: tensor<64xi8>) {
  // expected-error @+1 {{needs input and output of rank 2 with one number of rows}}
  %0 = stm32.svdf %x states(%s) packed(%k) {rank = 1 : i64} : (tensor<4xi8>, !stm32.buffer<1x6xi8>, tensor<64xi8>) -> tensor<1x2xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4xi8>, %s: !stm32.buffer<1x6xi8>, %k: tensor<64xi8>) {
  // expected-error @+1 {{needs one state, got 2}}
  %0 = stm32.svdf %x states(%s, %s) packed(%k) {rank = 1 : i64} : (tensor<1x4xi8>, !stm32.buffer<1x6xi8>, !stm32.buffer<1x6xi8>, tensor<64xi8>) -> tensor<1x2xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4xi8>, %s: !stm32.buffer<1x6xi8>, %k: tensor<64xi8>) {
  // expected-error @+1 {{state of 6 elements is not for 1 rows of 2 outputs of rank 2}}
  %0 = stm32.svdf %x states(%s) packed(%k) {rank = 2 : i64} : (tensor<1x4xi8>, !stm32.buffer<1x6xi8>, tensor<64xi8>) -> tensor<1x2xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4xi8>, %s: !stm32.buffer<1x6xi8>, %k: tensor<64xi8>) {
  // expected-error @+1 {{needs state_requant}}
  %0 = stm32.svdf %x states(%s) packed(%k) {rank = 1 : i64} : (tensor<1x4xi8>, !stm32.buffer<1x6xi8>, tensor<64xi8>) -> tensor<1x2xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4xi8>, %s: !stm32.buffer<1x6xi8>, %k: tensor<64xi8>) {
  // expected-error @+1 {{requant has a zero point or a clamp that is no value of 'i8'}}
  %0 = stm32.svdf %x states(%s) packed(%k) {rank = 1 : i64,
    state_requant = #stm32.requant<[1], [40], zp = 0, clamp = [-128, 127]>,
    requant = #stm32.requant<[1], [40], zp = 0, clamp = [-128, 128]>} : (tensor<1x4xi8>, !stm32.buffer<1x6xi8>, tensor<64xi8>) -> tensor<1x2xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4xi8>, %s: !stm32.buffer<1x6xi16>, %k: tensor<64xi8>) {
  // expected-error @+1 {{sums over int16 wrap, which needs a shift of 32 or more, got 31}}
  %0 = stm32.svdf %x states(%s) packed(%k) {rank = 1 : i64,
    state_requant = #stm32.requant<[1], [40], zp = 0, clamp = [-128, 127]>,
    requant = #stm32.requant<[1], [31], zp = 0, clamp = [-128, 127]>} : (tensor<1x4xi8>, !stm32.buffer<1x6xi16>, tensor<64xi8>) -> tensor<1x2xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4xi8>, %s: !stm32.buffer<1x6xi8>, %k: tensor<29xi8>) {
  // expected-error @+1 {{needs packed constants of at least 30 bytes}}
  %0 = stm32.svdf %x states(%s) packed(%k) {rank = 1 : i64,
    state_requant = #stm32.requant<[1], [40], zp = 0, clamp = [-128, 127]>,
    requant = #stm32.requant<[1], [40], zp = 0, clamp = [-128, 127]>} : (tensor<1x4xi8>, !stm32.buffer<1x6xi8>, tensor<29xi8>) -> tensor<1x2xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4xf32>, %s: !stm32.buffer<1x6xf32>, %k: tensor<64xi8>) {
  // expected-error @+1 {{range must be two numbers in order}}
  %0 = stm32.svdf %x states(%s) packed(%k) {rank = 1 : i64, range = array<f32: 1.0, 0.0>} : (tensor<1x4xf32>, !stm32.buffer<1x6xf32>, tensor<64xi8>) -> tensor<1x2xf32>
  return
}

// -----

func.func @f(%x: tensor<1x4xf32>, %s: !stm32.buffer<1x6xf32>, %b: tensor<2xf32>, %t: tensor<2x3xf32>) {
  // expected-error @+1 {{needs 3 constants, got 2}}
  %0 = stm32.svdf %x states(%s) constants(%b, %t) {rank = 1 : i64} : (tensor<1x4xf32>, !stm32.buffer<1x6xf32>, tensor<2xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @f(%x: tensor<1x4xf32>, %s: !stm32.buffer<1x6xf32>, %b: tensor<2xf32>, %t: tensor<2x3xf32>, %w: tensor<2x3xf32>) {
  // expected-error @+1 {{feature_weights must be 'tensor<2x4xf32>', got 'tensor<2x3xf32>'}}
  %0 = stm32.svdf %x states(%s) constants(%b, %t, %w) {rank = 1 : i64} : (tensor<1x4xf32>, !stm32.buffer<1x6xf32>, tensor<2xf32>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  return
}

//===----------------------------------------------------------------------===//
// LSTM
//===----------------------------------------------------------------------===//

// -----

func.func @f(%x: tensor<1x3x2xi32>, %h: !stm32.buffer<1x4xi8>, %c: !stm32.buffer<1x4xi16>, %k: tensor<224xi8>) {
  // expected-error @+1 {{is for int8, int16 or float32 on both sides}}
  %0 = stm32.lstm %x states(%h, %c) packed(%k) : (tensor<1x3x2xi32>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi16>, tensor<224xi8>) -> tensor<1x3x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x3x2xi8>, %h: !stm32.buffer<1x4xi8>, %c: !stm32.buffer<1x4xi16>, %k: tensor<224xi8>) {
  // expected-error @+1 {{needs input and output of rank 3 with equal leading dimensions}}
  %0 = stm32.lstm %x states(%h, %c) packed(%k) : (tensor<1x3x2xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi16>, tensor<224xi8>) -> tensor<1x2x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x3x2xi8>, %h: !stm32.buffer<1x4xi8>, %k: tensor<224xi8>) {
  // expected-error @+1 {{needs two states, got 1}}
  %0 = stm32.lstm %x states(%h) packed(%k) : (tensor<1x3x2xi8>, !stm32.buffer<1x4xi8>, tensor<224xi8>) -> tensor<1x3x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x3x2xi8>, %h: !stm32.buffer<1x4xi8>, %c: !stm32.buffer<1x3xi16>, %k: tensor<224xi8>) {
  // expected-error @+1 {{state 1 must have 4 elements of 'i16'}}
  %0 = stm32.lstm %x states(%h, %c) packed(%k) : (tensor<1x3x2xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x3xi16>, tensor<224xi8>) -> tensor<1x3x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x3x2xf32>, %h: !stm32.buffer<1x4xf32>, %k: tensor<224xi8>) {
  // expected-error @+1 {{needs two different states}}
  %0 = stm32.lstm %x states(%h, %h) packed(%k) : (tensor<1x3x2xf32>, !stm32.buffer<1x4xf32>, !stm32.buffer<1x4xf32>, tensor<224xi8>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @f(%x: tensor<1x3x2xf32>, %h: !stm32.buffer<1x4xf32>, %c: !stm32.buffer<1x4xf32>, %k: tensor<224xi8>) {
  // expected-error @+1 {{of float32 requantises nothing}}
  %0 = stm32.lstm %x states(%h, %c) packed(%k) {tanh_shift = 1 : i32} : (tensor<1x3x2xf32>, !stm32.buffer<1x4xf32>, !stm32.buffer<1x4xf32>, tensor<224xi8>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @f(%x: tensor<1x3x2xf32>, %h: !stm32.buffer<1x4xf32>, %c: !stm32.buffer<1x4xf32>, %k: tensor<224xi8>) {
  // expected-error @+1 {{cell_clip must be a positive number}}
  %0 = stm32.lstm %x states(%h, %c) packed(%k) {cell_clip = -1.0 : f32} : (tensor<1x3x2xf32>, !stm32.buffer<1x4xf32>, !stm32.buffer<1x4xf32>, tensor<224xi8>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @f(%x: tensor<1x3x2xi8>, %h: !stm32.buffer<1x4xi8>, %c: !stm32.buffer<1x4xi16>, %k: tensor<224xi8>) {
  // expected-error @+1 {{cell_clip is for float32}}
  %0 = stm32.lstm %x states(%h, %c) packed(%k) {cell_clip = 1.0 : f32} : (tensor<1x3x2xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi16>, tensor<224xi8>) -> tensor<1x3x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x3x2xi8>, %h: !stm32.buffer<1x4xi8>, %c: !stm32.buffer<1x4xi16>, %k: tensor<224xi8>) {
  // expected-error @+1 {{tanh_shift 15 is not in -15 .. 14}}
  %0 = stm32.lstm %x states(%h, %c) packed(%k) {tanh_shift = 15 : i32} : (tensor<1x3x2xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi16>, tensor<224xi8>) -> tensor<1x3x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x3x2xi8>, %h: !stm32.buffer<1x4xi8>, %c: !stm32.buffer<1x4xi16>, %k: tensor<224xi8>) {
  // expected-error @+1 {{cell_limit 32768 is no positive int16}}
  %0 = stm32.lstm %x states(%h, %c) packed(%k) {cell_limit = 32768 : i32} : (tensor<1x3x2xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi16>, tensor<224xi8>) -> tensor<1x3x4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x3x2xi8>, %h: !stm32.buffer<1x4xi8>, %c: !stm32.buffer<1x4xi16>, %k: tensor<224xi8>) {
  // expected-error @+1 {{input_requant has 1 multipliers, needs 4}}
  %0 = stm32.lstm %x states(%h, %c) packed(%k) {input_requant = #stm32.requant<[1], [40], zp = 0, clamp = [-128, 127]>} : (tensor<1x3x2xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi16>, tensor<224xi8>) -> tensor<1x3x4xi8>
  return
}

// -----

#gates = #stm32.requant<[1, 1, 1, 1], [40, 40, 40, 40], zp = 0, clamp = [-32768, 32767]>
#cell = #stm32.requant<[1, 1], [40, 40], zp = 0, clamp = [-32768, 32766]>
func.func @f(%x: tensor<1x3x2xi8>, %h: !stm32.buffer<1x4xi8>, %c: !stm32.buffer<1x4xi16>, %k: tensor<224xi8>) {
  // expected-error @+1 {{gates and cell need zero point 0 and all of int16}}
  %0 = stm32.lstm %x states(%h, %c) packed(%k) {input_requant = #gates, recurrent_requant = #gates, cell_requant = #cell,
    requant = #stm32.requant<[1], [53], zp = 3, clamp = [-128, 127]>} : (tensor<1x3x2xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi16>, tensor<224xi8>) -> tensor<1x3x4xi8>
  return
}

// -----

#gates = #stm32.requant<[1, 1, 1, 1], [40, 40, 40, 40], zp = 0, clamp = [-32768, 32767]>
#cell = #stm32.requant<[1, 1], [40, 30], zp = 0, clamp = [-32768, 32767]>
func.func @f(%x: tensor<1x3x2xi8>, %h: !stm32.buffer<1x4xi8>, %c: !stm32.buffer<1x4xi16>, %k: tensor<224xi8>) {
  // expected-error @+1 {{products of int16 need a shift of 31 or more, got 30}}
  %0 = stm32.lstm %x states(%h, %c) packed(%k) {input_requant = #gates, recurrent_requant = #gates, cell_requant = #cell,
    requant = #stm32.requant<[1], [53], zp = 3, clamp = [-128, 127]>} : (tensor<1x3x2xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi16>, tensor<224xi8>) -> tensor<1x3x4xi8>
  return
}
