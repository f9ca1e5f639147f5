// RUN: stm32-opt %s | stm32-opt | FileCheck %s
// RUN: stm32-opt %s --mlir-print-op-generic | stm32-opt | FileCheck %s
// RUN: stm32-opt %s --verify-roundtrip -o /dev/null
// RUN: stm32-opt %s --emit-bytecode | stm32-opt | FileCheck %s

// Every operation, on tensors and on buffers where both exist.

// CHECK-LABEL: stm32.memory_region @ccm address(268435456) size(65536) {section = ".ccm"}
// CHECK-NEXT: stm32.memory_region @ram{{$}}
// CHECK-NEXT: stm32.memory_region @flash address(134217728)
// CHECK-NEXT: stm32.pool @activations in @ccm limit(65536) size(4096) align(16)
// CHECK-NEXT: stm32.pool @weights in @flash align(32) constants
// CHECK-NEXT: stm32.pool @plain in @ram align(4)
stm32.memory_region @ccm address(268435456) size(65536) {section = ".ccm"}
stm32.memory_region @ram
stm32.memory_region @flash address(134217728)
stm32.pool @activations in @ccm limit(65536) size(4096) align(16)
stm32.pool @weights in @flash align(32) constants
stm32.pool @plain in @ram align(4)

// CHECK-LABEL: stm32.model @model
// CHECK-SAME: inputs([#stm32.io<"x", 5.000000e-01 : f32, -1>])
// CHECK-SAME: outputs([#stm32.io<"y", 0.000000e+00 : f32, 0>])
// CHECK-SAME: attributes {signature = "0123"}
// CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<1x16xi8>):
// CHECK-NEXT: stm32.output %[[X]] : tensor<1x16xi8>
stm32.model @model inputs([#stm32.io<"x", 0.5 : f32, -1>])
    outputs([#stm32.io<"y", 0.0 : f32, 0>]) attributes {signature = "0123"} {
^bb0(%x: tensor<1x16xi8>):
  stm32.output %x : tensor<1x16xi8>
}

// CHECK-LABEL: stm32.model @no_outputs inputs([]) outputs([])
// CHECK-NEXT: stm32.output
stm32.model @no_outputs inputs([]) outputs([]) {
  stm32.output
}

//===----------------------------------------------------------------------===//
// On tensors
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @constants
func.func @constants() {
  // CHECK: stm32.constant dense<[1, 2]> : tensor<2xi32>
  %0 = stm32.constant dense<[1, 2]> : tensor<2xi32>
  // CHECK: stm32.packed ["bias", "weights"] [dense<7> : tensor<1xi32>, dense<[1, 2, 3, 4]> : tensor<4xi8>] offset(16) : tensor<8xi8>
  %1 = stm32.packed ["bias", "weights"] [dense<7> : tensor<1xi32>,
    dense<[1, 2, 3, 4]> : tensor<4xi8>] offset(16) : tensor<8xi8>
  // The second field begins at byte 4.
  // CHECK: stm32.packed ["a", "b"]
  // CHECK-SAME: : tensor<8xi8>
  %2 = stm32.packed ["a", "b"] [dense<7> : tensor<1xi8>,
    dense<1> : tensor<1xi32>] : tensor<8xi8>
  return
}

// CHECK-LABEL: func.func @conv_2d
func.func @conv_2d(%x: tensor<1x8x8x1xi8>, %w: tensor<4x3x3x1xi8>,
                   %b: tensor<4xi32>, %p: tensor<84xi8>) {
  // CHECK: stm32.conv_2d %{{.*}} weights(%{{.*}}) bias(%{{.*}}) {dilations = array<i64: 1, 1>, input_zp = -128 : i32, kernel = "k", pad_value = -128 : i32, padding = array<i64: 1, 0, 1, 0>, requant = #stm32.requant<[1518500250], [38], zp = -128, clamp = [-128, 127]>, strides = array<i64: 2, 2>, window = array<i64: 3, 3>} : (tensor<1x8x8x1xi8>, tensor<4x3x3x1xi8>, tensor<4xi32>) -> tensor<1x4x4x4xi8>
  %0 = stm32.conv_2d %x weights(%w) bias(%b) {dilations = array<i64: 1, 1>,
    input_zp = -128 : i32, kernel = "k", pad_value = -128 : i32,
    padding = array<i64: 1, 0, 1, 0>,
    requant = #stm32.requant<[1518500250], [38], zp = -128, clamp = [-128, 127]>,
    strides = array<i64: 2, 2>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x1xi8>, tensor<4x3x3x1xi8>, tensor<4xi32>) -> tensor<1x4x4x4xi8>
  // A smaller output than the window gives: trailing rows are left out.
  // CHECK: stm32.conv_2d %{{.*}} packed(%{{.*}}) {
  // CHECK-SAME: -> tensor<1x5x6x4xi8>
  %1 = stm32.conv_2d %x packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1, 0, 2147483647, 4], [2, 62, 30, 31], zp = 0, clamp = [0, 0]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x8x8x1xi8>, tensor<84xi8>) -> tensor<1x5x6x4xi8>
  return
}

// CHECK-LABEL: func.func @depthwise_conv_2d
func.func @depthwise_conv_2d(%x: tensor<1x9x9x2xi8>, %w: tensor<1x3x3x6xi8>,
                             %b: tensor<6xi32>) {
  // CHECK: stm32.depthwise_conv_2d %{{.*}} weights(%{{.*}}) bias(%{{.*}}) {
  // CHECK-SAME: dilations = array<i64: 2, 1>
  // CHECK-SAME: (tensor<1x9x9x2xi8>, tensor<1x3x3x6xi8>, tensor<6xi32>) -> tensor<1x5x7x6xi8>
  %0 = stm32.depthwise_conv_2d %x weights(%w) bias(%b) {
    dilations = array<i64: 2, 1>, input_zp = 0 : i32, pad_value = 0 : i32,
    padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1518500250], [38], zp = 0, clamp = [0, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (tensor<1x9x9x2xi8>, tensor<1x3x3x6xi8>, tensor<6xi32>) -> tensor<1x5x7x6xi8>
  return
}

// CHECK-LABEL: func.func @fully_connected
func.func @fully_connected(%x: tensor<2x4x8xi8>, %w: tensor<10x16xi8>,
                           %b: tensor<10xi32>) {
  // CHECK: stm32.fully_connected %{{.*}} weights(%{{.*}}) bias(%{{.*}}) {input_zp = 3 : i32, requant = #stm32.requant<[1518500250], [38], zp = 0, clamp = [-128, 127]>} : (tensor<2x4x8xi8>, tensor<10x16xi8>, tensor<10xi32>) -> tensor<2x2x10xi8>
  %0 = stm32.fully_connected %x weights(%w) bias(%b) {input_zp = 3 : i32,
    requant = #stm32.requant<[1518500250], [38], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x4x8xi8>, tensor<10x16xi8>, tensor<10xi32>) -> tensor<2x2x10xi8>
  return
}

// CHECK-LABEL: func.func @pools
func.func @pools(%x: tensor<1x4x4x8xi8>) {
  // CHECK: stm32.average_pool_2d %{{.*}} {clamp = array<i32: -128, 127>, padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>, window = array<i64: 3, 3>} : (tensor<1x4x4x8xi8>) -> tensor<1x2x2x8xi8>
  %0 = stm32.average_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>,
    window = array<i64: 3, 3>} : (tensor<1x4x4x8xi8>) -> tensor<1x2x2x8xi8>
  // CHECK: stm32.max_pool_2d %{{.*}} {clamp = array<i32: 0, 6>, padding = array<i64: 0, 0, 0, 0>, stm32.pool = @activations, strides = array<i64: 2, 2>, window = array<i64: 2, 2>}
  %1 = stm32.max_pool_2d %x {clamp = array<i32: 0, 6>,
    padding = array<i64: 0, 0, 0, 0>, stm32.pool = @activations,
    strides = array<i64: 2, 2>, window = array<i64: 2, 2>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x2x2x8xi8>
  return
}

// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%a: tensor<1x8xi8>, %b: tensor<1x8xi8>,
                       %u: tensor<8xui8>, %f: tensor<8xf32>) {
  // CHECK: stm32.binary add %{{.*}}, %{{.*}} {left_shift = 20 : i32, lhs_scale = array<i32: 1073741824, 31>, lhs_zp = 4 : i32, requant = #stm32.requant<[1073741824], [49], zp = 0, clamp = [-128, 127]>, rhs_scale = array<i32: 1073741824, 62>, rhs_zp = -5 : i32} : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  %0 = stm32.binary add %a, %b {left_shift = 20 : i32, lhs_zp = 4 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = -5 : i32,
    rhs_scale = array<i32: 1073741824, 62>,
    requant = #stm32.requant<[1073741824], [49], zp = 0, clamp = [-128, 127]>}
    : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  // CHECK: stm32.requantize %{{.*}} {input_zp = 255 : i32, requant = #stm32.requant<[1073741824], [30], zp = 127, clamp = [-128, 127]>} : (tensor<8xui8>) -> tensor<8xi8>
  %1 = stm32.requantize %u {input_zp = 255 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 127, clamp = [-128, 127]>}
    : (tensor<8xui8>) -> tensor<8xi8>
  // CHECK: stm32.requantize %{{.*}} : (tensor<8xi8>) -> tensor<8xui8>
  %2 = stm32.requantize %1 {input_zp = 127 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 255, clamp = [0, 255]>}
    : (tensor<8xi8>) -> tensor<8xui8>
  // CHECK: stm32.quantize %{{.*}} {scale = 5.000000e-01 : f32, zero_point = -1 : i32} : (tensor<8xf32>) -> tensor<8xi8>
  %3 = stm32.quantize %f {scale = 0.5 : f32, zero_point = -1 : i32}
    : (tensor<8xf32>) -> tensor<8xi8>
  // CHECK: stm32.quantize %{{.*}} : (tensor<8xf32>) -> tensor<8xui8>
  %4 = stm32.quantize %f {scale = 0.5 : f32, zero_point = 255 : i32}
    : (tensor<8xf32>) -> tensor<8xui8>
  // CHECK: stm32.dequantize %{{.*}} {scale = 5.000000e-01 : f32, zero_point = 255 : i32} : (tensor<8xui8>) -> tensor<8xf32>
  %5 = stm32.dequantize %u {scale = 0.5 : f32, zero_point = 255 : i32}
    : (tensor<8xui8>) -> tensor<8xf32>
  // CHECK: stm32.softmax %{{.*}} {diff_min = -124 : i32, left_shift = 24 : i32, multiplier = 1073741824 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %6 = stm32.softmax %a {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return
}

// CHECK-LABEL: func.func @movement
func.func @movement(%x: tensor<1x4x4x8xi8>, %s: tensor<i8>) {
  // CHECK: stm32.reduce mean %{{.*}} {axes = array<i64: 1, 2>, input_zp = -128 : i32, requant = #stm32.requant<[1073741824], [34], zp = -128, clamp = [-128, 127]>} : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
  %0 = stm32.reduce mean %x {axes = array<i64: 1, 2>, input_zp = -128 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = -128, clamp = [-128, 127]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x8xi8>
  // CHECK: stm32.reduce mean %{{.*}} : (tensor<1x4x4x8xi8>) -> tensor<1x1x1x8xi8>
  %1 = stm32.reduce mean %x {axes = array<i64: 1, 2>, input_zp = -128 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = -128, clamp = [-128, 127]>}
    : (tensor<1x4x4x8xi8>) -> tensor<1x1x1x8xi8>
  // CHECK: stm32.pad %{{.*}} {after = array<i64: 0, 1, 2, 0>, before = array<i64: 0, 1, 1, 0>, value = -128 : i32} : (tensor<1x4x4x8xi8>) -> tensor<1x6x7x8xi8>
  %2 = stm32.pad %x {before = array<i64: 0, 1, 1, 0>,
    after = array<i64: 0, 1, 2, 0>, value = -128 : i32}
    : (tensor<1x4x4x8xi8>) -> tensor<1x6x7x8xi8>
  // CHECK: stm32.reshape %{{.*}} : tensor<1x4x4x8xi8> -> tensor<8x16xi8>
  %3 = stm32.reshape %x : tensor<1x4x4x8xi8> -> tensor<8x16xi8>
  // CHECK: stm32.reshape %{{.*}} : tensor<i8> -> tensor<1x1xi8>
  %4 = stm32.reshape %s : tensor<i8> -> tensor<1x1xi8>
  return
}

// CHECK-LABEL: func.func @cascade
func.func @cascade(%x: tensor<1x8x8x4xi8>) {
  // CHECK: stm32.cascade %{{.*}} rows(2) : (tensor<1x8x8x4xi8>) -> tensor<1x2x2x4xi8> {
  // CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<1x8x8x4xi8>):
  // CHECK-NEXT: %[[B:.*]] = stm32.max_pool_2d %[[A]]
  // CHECK-NEXT: %[[C:.*]] = stm32.max_pool_2d %[[B]]
  // CHECK-NEXT: stm32.yield %[[C]] : tensor<1x2x2x4xi8>
  %r = stm32.cascade %x rows(2) : (tensor<1x8x8x4xi8>) -> tensor<1x2x2x4xi8> {
  ^bb0(%a: tensor<1x8x8x4xi8>):
    %b = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
      window = array<i64: 2, 2>} : (tensor<1x8x8x4xi8>) -> tensor<1x4x4x4xi8>
    %c = stm32.max_pool_2d %b {clamp = array<i32: -128, 127>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
      window = array<i64: 2, 2>} : (tensor<1x4x4x4xi8>) -> tensor<1x2x2x4xi8>
    stm32.yield %c : tensor<1x2x2x4xi8>
  }
  return
}

//===----------------------------------------------------------------------===//
// On buffers
//===----------------------------------------------------------------------===//

// CHECK-LABEL: stm32.model @on_buffers
stm32.model @on_buffers inputs([#stm32.io<"x", 0.5 : f32, -1>])
    outputs([#stm32.io<"y", 0.5 : f32, 0>]) {
  // CHECK: %[[X:.*]] = stm32.buffer @activations offset(128) storage(2) tensor(0) input(0) : <1x8x8x2xi8>
  %x = stm32.buffer @activations offset(128) storage(2) tensor(0) input(0) : !stm32.buffer<1x8x8x2xi8>
  // CHECK: %[[RING:.*]] = stm32.buffer @activations tensor(1) : <1x8x8x2xi8, rows = 4>
  %ring = stm32.buffer @activations tensor(1) : !stm32.buffer<1x8x8x2xi8, rows = 4>
  // CHECK: %[[PLANAR:.*]] = stm32.buffer @activations tensor(2) : <1x4x4x2xi8, planar>
  %planar = stm32.buffer @activations tensor(2) : !stm32.buffer<1x4x4x2xi8, planar>
  // CHECK: %[[SCRATCH:.*]] = stm32.buffer @activations scratch : <32xi8>
  %scratch = stm32.buffer @activations scratch : !stm32.buffer<32xi8>
  // CHECK: %[[BYTES:.*]] = stm32.buffer @activations : <32xui8>
  %bytes = stm32.buffer @activations : !stm32.buffer<32xui8>
  // CHECK: %[[FLOATS:.*]] = stm32.buffer @activations : <32xf32>
  %floats = stm32.buffer @activations : !stm32.buffer<32xf32>
  // CHECK: %[[SMALL:.*]] = stm32.buffer @activations : <32xi8>
  %small = stm32.buffer @activations : !stm32.buffer<32xi8>
  %means = stm32.buffer @activations : !stm32.buffer<1x2xi8>
  %padded = stm32.buffer @activations : !stm32.buffer<1x10x8x2xi8>

  %p = stm32.packed ["all"] [dense<0> : tensor<28xi8>] : tensor<28xi8>
  // CHECK: stm32.conv_2d %[[X]] packed(%{{.*}}) into %[[RING]] scratch(%[[SCRATCH]]) {band = #stm32.band<2, 3>, dilations
  // CHECK-SAME: (!stm32.buffer<1x8x8x2xi8>, tensor<28xi8>, !stm32.buffer<1x8x8x2xi8, rows = 4>, !stm32.buffer<32xi8>) -> ()
  stm32.conv_2d %x packed(%p) into %ring scratch(%scratch) {
    band = #stm32.band<2, 3>, dilations = array<i64: 1, 1>, input_zp = 0 : i32,
    pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824, 7], [31, 32], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x8x8x2xi8>, tensor<28xi8>, !stm32.buffer<1x8x8x2xi8, rows = 4>, !stm32.buffer<32xi8>) -> ()
  // CHECK: stm32.depthwise_conv_2d %[[RING]] packed(%{{.*}}) into %[[X]] {
  stm32.depthwise_conv_2d %ring packed(%p) into %x {
    band = #stm32.band<0, 2>, dilations = array<i64: 1, 1>, input_zp = 0 : i32,
    pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x8x8x2xi8, rows = 4>, tensor<28xi8>, !stm32.buffer<1x8x8x2xi8>) -> ()
  // CHECK: stm32.average_pool_2d %[[X]] into %[[PLANAR]] {band = #stm32.band<0, 4>, clamp
  stm32.average_pool_2d %x into %planar {band = #stm32.band<0, 4>,
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 2, 2>, window = array<i64: 2, 2>}
    : (!stm32.buffer<1x8x8x2xi8>, !stm32.buffer<1x4x4x2xi8, planar>) -> ()
  // CHECK: stm32.max_pool_2d %[[X]] into %[[PLANAR]] {clamp
  stm32.max_pool_2d %x into %planar {
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 2, 2>, window = array<i64: 2, 2>}
    : (!stm32.buffer<1x8x8x2xi8>, !stm32.buffer<1x4x4x2xi8, planar>) -> ()
  // CHECK: %[[VIEW:.*]] = stm32.view %[[X]] offset(32) tensor(6) : !stm32.buffer<1x8x8x2xi8> to <32xi8>
  %view = stm32.view %x offset(32) tensor(6) : !stm32.buffer<1x8x8x2xi8> to !stm32.buffer<32xi8>
  // CHECK: stm32.rows %{{.*}} band(6, 2) : <1x8x8x2xi8, rows = 4> to <1x2x8x2xi8>
  %rows = stm32.rows %ring band(6, 2) : !stm32.buffer<1x8x8x2xi8, rows = 4> to !stm32.buffer<1x2x8x2xi8>
  // CHECK: stm32.view %[[X]] : !stm32.buffer<1x8x8x2xi8> to <64xui8>
  %view2 = stm32.view %x : !stm32.buffer<1x8x8x2xi8> to !stm32.buffer<64xui8>
  // CHECK: %[[VALUES:.*]] = stm32.packed ["values"] [dense<1.500000e+00> : tensor<32xf32>] : tensor<128xi8>
  %values = stm32.packed ["values"] [dense<1.5> : tensor<32xf32>] : tensor<128xi8>
  // CHECK: %[[CONST:.*]] = stm32.view %[[VALUES]] : tensor<128xi8> to <4x8xf32>
  %const = stm32.view %values : tensor<128xi8> to !stm32.buffer<4x8xf32>
  // CHECK: stm32.quantize %[[CONST]] into %{{.*}} {
  %quantized = stm32.buffer @activations : !stm32.buffer<4x8xi8>
  stm32.quantize %const into %quantized {scale = 0.5 : f32, zero_point = 0 : i32}
    : (!stm32.buffer<4x8xf32>, !stm32.buffer<4x8xi8>) -> ()
  // CHECK: stm32.fully_connected %[[VIEW]] packed(%{{.*}}) into %[[SMALL]] scratch(%[[SCRATCH]]) {input_zp
  %q = stm32.packed ["all"] [dense<0> : tensor<1160xi8>] : tensor<1160xi8>
  stm32.fully_connected %view packed(%q) into %small scratch(%scratch) {
    input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<32xi8>, tensor<1160xi8>, !stm32.buffer<32xi8>, !stm32.buffer<32xi8>) -> ()
  // CHECK: stm32.binary add %[[VIEW]], %[[SMALL]] into %[[SMALL]] {left_shift
  stm32.binary add %view, %small into %small {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [49], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<32xi8>, !stm32.buffer<32xi8>, !stm32.buffer<32xi8>) -> ()
  // CHECK: stm32.requantize %[[SMALL]] into %[[BYTES]] {
  stm32.requantize %small into %bytes {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 128, clamp = [0, 255]>}
    : (!stm32.buffer<32xi8>, !stm32.buffer<32xui8>) -> ()
  // CHECK: stm32.dequantize %[[BYTES]] into %[[FLOATS]] {
  stm32.dequantize %bytes into %floats {scale = 0.5 : f32, zero_point = 128 : i32}
    : (!stm32.buffer<32xui8>, !stm32.buffer<32xf32>) -> ()
  // CHECK: stm32.quantize %[[FLOATS]] into %[[SMALL]] {
  stm32.quantize %floats into %small {scale = 0.5 : f32, zero_point = 0 : i32}
    : (!stm32.buffer<32xf32>, !stm32.buffer<32xi8>) -> ()
  // CHECK: stm32.softmax %[[SMALL]] into %[[SMALL]] scratch(%[[SCRATCH]]) {
  stm32.softmax %small into %small scratch(%scratch) {
    multiplier = 1073741824 : i32, left_shift = 24 : i32, diff_min = -124 : i32}
    : (!stm32.buffer<32xi8>, !stm32.buffer<32xi8>, !stm32.buffer<32xi8>) -> ()
  // CHECK: stm32.reduce mean %[[X]] into %{{.*}} {
  stm32.reduce mean %x into %means {axes = array<i64: 1, 2>, input_zp = -128 : i32,
    requant = #stm32.requant<[1073741824], [36], zp = -128, clamp = [-128, 127]>}
    : (!stm32.buffer<1x8x8x2xi8>, !stm32.buffer<1x2xi8>) -> ()
  // CHECK: stm32.pad %[[X]] into %{{.*}} {
  stm32.pad %x into %padded {before = array<i64: 0, 1, 0, 0>,
    after = array<i64: 0, 1, 0, 0>, value = -128 : i32}
    : (!stm32.buffer<1x8x8x2xi8>, !stm32.buffer<1x10x8x2xi8>) -> ()
  // CHECK: stm32.output %[[SMALL]] : !stm32.buffer<32xi8>
  stm32.output %small : !stm32.buffer<32xi8>
}
