// RUN: stm32-opt %s --stm32-bufferize=target=stm32f407vg --split-input-file | FileCheck %s

// Pools and regions come from the part's record. Each tensor has a number in
// the order of the model, inputs first; a reshape is a view; a kernel with
// scratch gets it for its call.
// CHECK: stm32.memory_region @sram1 address(536870912) size(114688) {section = ".sram1"}
// CHECK-NEXT: stm32.pool @activations in @sram1 limit(114688) align(16)
// CHECK-NEXT: stm32.memory_region @flash address(134217728) size(1048576) latency(6) {section = ".rodata"}
// CHECK-NEXT: stm32.pool @weights in @flash limit(1048576) align(16) constants
// CHECK-LABEL: stm32.model @net
// CHECK-NEXT: %[[A:.*]] = stm32.buffer @activations tensor(0) input(0) : <1x4x4x4xi8>
// CHECK-NEXT: %[[B:.*]] = stm32.buffer @activations tensor(1) input(1) : <1x64xi8>
// CHECK-NEXT: %[[P:.*]] = stm32.packed ["all"]
// CHECK-NEXT: %[[C:.*]] = stm32.buffer @activations tensor(2) : <1x4x4x4xi8>
// CHECK-NEXT: %[[S:.*]] = stm32.buffer @activations scratch : <16xi8>
// CHECK-NEXT: stm32.conv_2d %[[A]] packed(%[[P]]) into %[[C]] scratch(%[[S]]) {{.*}}kernel = "stm32rt_conv_2d_1x1_s8_dsp"{{.*}} -> ()
// CHECK-NEXT: %[[D:.*]] = stm32.view %[[C]] tensor(3) : !stm32.buffer<1x4x4x4xi8> to <1x64xi8>
// CHECK-NEXT: %[[E:.*]] = stm32.buffer @activations tensor(4) : <1x64xi8>
// CHECK-NEXT: stm32.binary add %[[D]], %[[B]] into %[[E]] {
// CHECK-NEXT: stm32.output %[[E]], %[[D]], %[[A]] : !stm32.buffer<1x64xi8>, !stm32.buffer<1x64xi8>, !stm32.buffer<1x4x4x4xi8>
stm32.model @net inputs([#stm32.io<"x", 1.0 : f32, 0>, #stm32.io<"w", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"v", 1.0 : f32, 0>, #stm32.io<"u", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x4xi8>, %y: tensor<1x64xi8>):
  %p = stm32.packed ["all"] [dense<0> : tensor<40xi8>] : tensor<40xi8>
  %0 = stm32.conv_2d %x packed(%p) {dilations = array<i64: 1, 1>,
    input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
    kernel = "stm32rt_conv_2d_1x1_s8_dsp"}
    : (tensor<1x4x4x4xi8>, tensor<40xi8>) -> tensor<1x4x4x4xi8>
  %1 = stm32.reshape %0 : tensor<1x4x4x4xi8> -> tensor<1x64xi8>
  %2 = stm32.binary add %1, %y {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_add_s8"}
    : (tensor<1x64xi8>, tensor<1x64xi8>) -> tensor<1x64xi8>
  stm32.output %2, %1, %x : tensor<1x64xi8>, tensor<1x64xi8>, tensor<1x4x4x4xi8>
}

// -----

// Pools of the module stay; the first that is not for constants is the default,
// an operator may ask for another. Planar layouts become part of the type.
// CHECK-NOT: stm32.pool @activations
// CHECK: stm32.pool @consts in @rom
// CHECK-NOT: stm32.pool @weights
// CHECK-LABEL: stm32.model @pools
// CHECK-NEXT: %[[X:.*]] = stm32.buffer @slow tensor(0) input(0) : <1x4x4x2xi8>
// CHECK-NEXT: %[[A:.*]] = stm32.buffer @fast tensor(1) {stm32.pool = @fast} : <1x2x2x2xi8, planar>
// CHECK-NEXT: stm32.max_pool_2d %[[X]] into %[[A]] {{{.*}}kernel =
// CHECK-NOT: stm32.pool =
// CHECK: %[[B:.*]] = stm32.buffer @slow tensor(2) : <1x1x1x2xi8>
// CHECK-NEXT: stm32.max_pool_2d %[[A]] into %[[B]]
stm32.memory_region @rom
stm32.memory_region @ram
stm32.pool @consts in @rom align(16) constants
stm32.pool @slow in @ram align(16)
stm32.pool @fast in @ram align(16)
stm32.model @pools inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %0 = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8",
    stm32.pool = @fast}
    : (tensor<1x4x4x2xi8>) -> tensor<1x2x2x2xi8, #stm32.layout<planar>>
  %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>, kernel = "stm32rt_max_pool_2d_s8"}
    : (tensor<1x2x2x2xi8, #stm32.layout<planar>>) -> tensor<1x1x1x2xi8>
  stm32.output %1 : tensor<1x1x1x2xi8>
}

// -----

// A region of the part that the module declares keeps its size, which bounds
// the pool; names that are taken are not used twice.
// CHECK: stm32.memory_region @sram1 size(1000)
// CHECK-NEXT: stm32.pool @activations_0 in @sram1 limit(1000) align(16)
// CHECK: stm32.pool @weights in @flash limit(1048576) align(16) constants
// CHECK: stm32.model @activations
// CHECK-NEXT: stm32.buffer @activations_0
// CHECK: stm32.model @second
// CHECK-NEXT: stm32.buffer @activations_0 tensor(0)
stm32.memory_region @sram1 size(1000)
stm32.model @activations inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<4xi8>):
  stm32.output %x : tensor<4xi8>
}
stm32.model @second inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<4xi8>):
  stm32.output %x : tensor<4xi8>
}

// -----

// A constant that an operator reads as an activation is a view of a block; it
// has no number. All activations may be constant, and a constant may be read
// twice.
// CHECK-LABEL: stm32.model @constants
// CHECK-NEXT: %[[X:.*]] = stm32.buffer @activations tensor(0) input(0) : <1x2x2xi8>
// CHECK-NEXT: %[[S:.*]] = stm32.buffer @activations tensor(1) : <1x2x2xi8>
// CHECK-NEXT: %[[P:.*]] = stm32.packed ["values"] [dense<[1, 2, 3, 4]> : tensor<4xi8>] : tensor<4xi8>
// CHECK-NEXT: %[[C:.*]] = stm32.view %[[P]] : tensor<4xi8> to <1x2x2xi8>
// CHECK-NEXT: %[[Q:.*]] = stm32.packed ["values"] [dense<5> : tensor<4xi8>] : tensor<4xi8>
// CHECK-NEXT: %[[D:.*]] = stm32.view %[[Q]] : tensor<4xi8> to <1x2x2xi8>
// CHECK-NEXT: stm32.binary add %[[C]], %[[D]] into %[[S]] {
// CHECK-NEXT: %[[T:.*]] = stm32.buffer @activations tensor(2) : <1x2x2xi8>
// CHECK-NEXT: stm32.binary add %[[X]], %[[C]] into %[[T]] {
// CHECK-NEXT: %[[U:.*]] = stm32.buffer @activations tensor(3) : <3xi8>
// CHECK-NEXT: %[[R:.*]] = stm32.packed ["values"] [dense<[0, 7, 255]> : tensor<3xui8>] : tensor<3xi8>
// CHECK-NEXT: %[[E:.*]] = stm32.view %[[R]] : tensor<3xi8> to <3xui8>
// CHECK-NEXT: stm32.requantize %[[E]] into %[[U]] {
// CHECK-NEXT: %[[V:.*]] = stm32.buffer @activations tensor(4) : <i8>
// CHECK-NEXT: %[[F:.*]] = stm32.packed ["values"] [dense<1.500000e+00> : tensor<1xf32>] : tensor<4xi8>
// CHECK-NEXT: %[[G:.*]] = stm32.view %[[F]] : tensor<4xi8> to <f32>
// CHECK-NEXT: stm32.quantize %[[G]] into %[[V]] {
// CHECK-NEXT: stm32.output
stm32.model @constants inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"s", 1.0 : f32, 0>, #stm32.io<"t", 1.0 : f32, 0>,
             #stm32.io<"u", 1.0 : f32, 0>, #stm32.io<"v", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x2x2xi8>):
  %c = stm32.constant dense<[[[1, 2], [3, 4]]]> : tensor<1x2x2xi8>
  %d = stm32.constant dense<5> : tensor<1x2x2xi8>
  %e = stm32.constant dense<[0, 7, 255]> : tensor<3xui8>
  %f = stm32.constant dense<1.5> : tensor<f32>
  %s = stm32.binary add %c, %d {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_add_s8"}
    : (tensor<1x2x2xi8>, tensor<1x2x2xi8>) -> tensor<1x2x2xi8>
  %t = stm32.binary add %x, %c {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_add_s8"}
    : (tensor<1x2x2xi8>, tensor<1x2x2xi8>) -> tensor<1x2x2xi8>
  %u = stm32.requantize %e {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
    kernel = "stm32rt_requantize_u8_s8"} : (tensor<3xui8>) -> tensor<3xi8>
  %v = stm32.quantize %f {scale = 0.5 : f32, zero_point = 0 : i32,
    kernel = "stm32rt_quantize_f32_s8"} : (tensor<f32>) -> tensor<i8>
  stm32.output %s, %t, %u, %v : tensor<1x2x2xi8>, tensor<1x2x2xi8>, tensor<3xi8>, tensor<i8>
}

// -----

// A model on buffers is not touched.
// CHECK-LABEL: stm32.model @on_buffers
// CHECK-NEXT: stm32.buffer @p input(0) : <4xi8>
// CHECK-NEXT: stm32.output
stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @on_buffers inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
  %0 = stm32.buffer @p input(0) : !stm32.buffer<4xi8>
  stm32.output
}
