// RUN: stm32-opt %s | stm32-opt | FileCheck %s
// RUN: stm32-opt %s --mlir-print-op-generic | stm32-opt | FileCheck %s
// RUN: stm32-opt %s --verify-roundtrip -o /dev/null
// RUN: stm32-opt %s --emit-bytecode | stm32-opt | FileCheck %s

// States and the operators that have them, on tensors and on buffers.

// CHECK: stm32.pool @states in @ram align(16) states
stm32.memory_region @ram
stm32.pool @states in @ram align(16) states
stm32.pool @activations in @ram align(16)

// CHECK-LABEL: stm32.model @variables
// CHECK: %[[S:.*]] = stm32.state dense<[1, 2]> : tensor<2xi8> -> <2xi8>
// CHECK: stm32.read %[[S]] : (!stm32.buffer<2xi8>) -> tensor<2xi8>
// CHECK: stm32.assign %arg0 into %[[S]] : (tensor<2xi8>, !stm32.buffer<2xi8>) -> ()
stm32.model @variables inputs([#stm32.io<"x", 0.0 : f32, 0>])
    outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
^bb0(%x: tensor<2xi8>):
  %s = stm32.state dense<[1, 2]> : tensor<2xi8> -> <2xi8>
  %0 = stm32.read %s : (!stm32.buffer<2xi8>) -> tensor<2xi8>
  stm32.assign %x into %s : (tensor<2xi8>, !stm32.buffer<2xi8>) -> ()
  stm32.output %0 : tensor<2xi8>
}

// CHECK-LABEL: stm32.model @buffers
// CHECK: stm32.buffer @states tensor(1) initial(dense<0> : tensor<2xi8>) : <2xi8>
// CHECK: stm32.read %{{.*}} into %{{.*}} : (!stm32.buffer<2xi8>, !stm32.buffer<2xi8>) -> ()
// CHECK: stm32.assign %{{.*}} into %{{.*}} : (!stm32.buffer<2xi8>, !stm32.buffer<2xi8>) -> ()
stm32.model @buffers inputs([#stm32.io<"x", 0.0 : f32, 0>])
    outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations tensor(0) input(0) : <2xi8>
  %s = stm32.buffer @states tensor(1) initial(dense<0> : tensor<2xi8>) : <2xi8>
  %y = stm32.buffer @activations tensor(2) : <2xi8>
  stm32.read %s into %y : (!stm32.buffer<2xi8>, !stm32.buffer<2xi8>) -> ()
  stm32.assign %x into %s : (!stm32.buffer<2xi8>, !stm32.buffer<2xi8>) -> ()
  stm32.output %y : !stm32.buffer<2xi8>
}

// CHECK-LABEL: func.func @svdf
// CHECK: stm32.svdf %{{.*}} states(%{{.*}}) constants(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) {rank = 2 : i64
// CHECK: stm32.svdf %{{.*}} states(%{{.*}}) constants(%{{.*}}, %{{.*}}, %{{.*}}) {range = array<f32: 0.000000e+00, 6.000000e+00>, rank = 1 : i64}
// CHECK: stm32.svdf %{{.*}} states(%{{.*}}) packed(%{{.*}}) into %{{.*}} {rank = 2 : i64
func.func @svdf(%x: tensor<1x4xi8>, %s: !stm32.buffer<1x6xi16>,
    %fb: tensor<2xi32>, %b: tensor<1xi32>, %t: tensor<2x3xi16>,
    %f: tensor<2x4xi8>, %xf: tensor<1x4xf32>, %sf: !stm32.buffer<1x6xf32>,
    %bf: tensor<2xf32>, %tf: tensor<2x3xf32>, %ff: tensor<2x4xf32>,
    %xb: !stm32.buffer<1x4xi8>, %yb: !stm32.buffer<1x1xi8>,
    %k: tensor<32xi8>) {
  %0 = stm32.svdf %x states(%s) constants(%fb, %b, %t, %f) {rank = 2 : i64,
    state_requant = #stm32.requant<[1073741824], [40], zp = 0, clamp = [-32768, 32767]>,
    requant = #stm32.requant<[1073741824], [45], zp = -128, clamp = [-128, 127]>}
    : (tensor<1x4xi8>, !stm32.buffer<1x6xi16>, tensor<2xi32>, tensor<1xi32>,
       tensor<2x3xi16>, tensor<2x4xi8>) -> tensor<1x1xi8>
  %1 = stm32.svdf %xf states(%sf) constants(%bf, %tf, %ff) {rank = 1 : i64,
    range = array<f32: 0.0, 6.0>}
    : (tensor<1x4xf32>, !stm32.buffer<1x6xf32>, tensor<2xf32>, tensor<2x3xf32>,
       tensor<2x4xf32>) -> tensor<1x2xf32>
  stm32.svdf %xb states(%s) packed(%k) into %yb {rank = 2 : i64,
    state_requant = #stm32.requant<[1073741824], [40], zp = 0, clamp = [-32768, 32767]>,
    requant = #stm32.requant<[1073741824], [45], zp = -128, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4xi8>, !stm32.buffer<1x6xi16>, tensor<32xi8>,
       !stm32.buffer<1x1xi8>) -> ()
  return
}

#gates = #stm32.requant<[1073741824, 1073741824, 1073741824, 1073741824], [36, 36, 36, 36], zp = 0, clamp = [-32768, 32767]>
#cell = #stm32.requant<[1073741824, 1073741824], [45, 48], zp = 0, clamp = [-32768, 32767]>

// CHECK-LABEL: func.func @lstm
// CHECK: stm32.lstm %{{.*}} states(%{{.*}}, %{{.*}}) constants(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) {
// CHECK: stm32.lstm %{{.*}} states(%{{.*}}, %{{.*}}) constants(%{{.*}}, %{{.*}}, %{{.*}}) {cell_clip = 1.000000e+01 : f32, time_major}
// CHECK: stm32.lstm %{{.*}} states(%{{.*}}, %{{.*}}) packed(%{{.*}}) into %{{.*}} {
func.func @lstm(%x: tensor<1x3x2xi8>, %h: !stm32.buffer<1x4xi8>,
    %c: !stm32.buffer<1x4xi16>, %xb: tensor<4x4xi32>, %hb: tensor<4x4xi32>,
    %xw: tensor<4x4x2xi8>, %hw: tensor<4x4x4xi8>, %xf: tensor<3x1x2xf32>,
    %hf: !stm32.buffer<1x4xf32>, %cf: !stm32.buffer<1x4xf32>,
    %bf: tensor<4x4xf32>, %xwf: tensor<4x4x2xf32>, %hwf: tensor<4x4x4xf32>,
    %x16: !stm32.buffer<1x3x2xi16>, %h16: !stm32.buffer<1x4xi16>,
    %y16: !stm32.buffer<1x3x4xi16>, %k: tensor<224xi8>) {
  %0 = stm32.lstm %x states(%h, %c) constants(%xb, %hb, %xw, %hw) {
    input_requant = #gates, recurrent_requant = #gates, cell_requant = #cell,
    requant = #stm32.requant<[1073741824], [53], zp = 3, clamp = [-128, 127]>,
    tanh_shift = -1 : i32, cell_limit = 20000 : i32}
    : (tensor<1x3x2xi8>, !stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi16>,
       tensor<4x4xi32>, tensor<4x4xi32>, tensor<4x4x2xi8>, tensor<4x4x4xi8>)
    -> tensor<1x3x4xi8>
  %1 = stm32.lstm %xf states(%hf, %cf) constants(%bf, %xwf, %hwf)
    {time_major, cell_clip = 10.0 : f32}
    : (tensor<3x1x2xf32>, !stm32.buffer<1x4xf32>, !stm32.buffer<1x4xf32>,
       tensor<4x4xf32>, tensor<4x4x2xf32>, tensor<4x4x4xf32>)
    -> tensor<3x1x4xf32>
  stm32.lstm %x16 states(%h16, %c) packed(%k) into %y16 {
    input_requant = #gates, recurrent_requant = #gates, cell_requant = #cell,
    requant = #stm32.requant<[1073741824], [45], zp = 0, clamp = [-32768, 32767]>}
    : (!stm32.buffer<1x3x2xi16>, !stm32.buffer<1x4xi16>, !stm32.buffer<1x4xi16>,
       tensor<224xi8>, !stm32.buffer<1x3x4xi16>) -> ()
  return
}
