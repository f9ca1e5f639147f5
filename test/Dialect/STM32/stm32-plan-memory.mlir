// RUN: stm32-opt %s --stm32-plan-memory=overlap=false --split-input-file | FileCheck %s

// Lives: x [0, 1), a [0, 2) with its view, b [1, 3), scratch [2, 3), y [2, 3).
// At step 2, b (32), y (16) and scratch (16) are alive: 64 bytes; at step 1, a
// (64) and b (32): 96 bytes, the peak. x (32) and b share their place.
// CHECK: stm32.pool @p in @ram size(96) align(16) {stm32.certificate = "bound-reached", stm32.lower_bound = 96 : i64}
// CHECK: stm32.pool @unused in @ram align(16)
// CHECK-LABEL: stm32.model @chain
// CHECK: %[[X:.*]] = stm32.buffer @p offset(64) storage(0) tensor(0) input(0) : <1x4x4x2xi8>
// CHECK: %[[A:.*]] = stm32.buffer @p offset(0) storage(1) tensor(1) : <1x4x4x4xi8>
// CHECK: %[[B:.*]] = stm32.buffer @p offset(64) storage(0) tensor(3) : <32xi8>
// CHECK: %[[S:.*]] = stm32.buffer @p offset({{16|32}}) storage({{[23]}}) scratch : <16xi8>
// CHECK: %[[Y:.*]] = stm32.buffer @p offset(0) storage({{[23]}}) tensor(4) : <16xi8>
stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.pool @unused in @ram align(16)
stm32.model @chain inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @p tensor(0) input(0) : !stm32.buffer<1x4x4x2xi8>
  %a = stm32.buffer @p tensor(1) : !stm32.buffer<1x4x4x4xi8>
  stm32.pad %x into %a {before = array<i64: 0, 0, 0, 1>,
    after = array<i64: 0, 0, 0, 1>, value = 0 : i32}
    : (!stm32.buffer<1x4x4x2xi8>, !stm32.buffer<1x4x4x4xi8>) -> ()
  %v = stm32.view %a tensor(2) : !stm32.buffer<1x4x4x4xi8> to !stm32.buffer<2x32xi8>
  %b = stm32.buffer @p tensor(3) : !stm32.buffer<32xi8>
  stm32.reduce mean %v into %b {axes = array<i64: 0>, input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<2x32xi8>, !stm32.buffer<32xi8>) -> ()
  %s = stm32.buffer @p scratch : !stm32.buffer<16xi8>
  %y = stm32.buffer @p tensor(4) : !stm32.buffer<16xi8>
  %p = stm32.packed ["all"] [dense<0> : tensor<584xi8>] : tensor<584xi8>
  stm32.fully_connected %b packed(%p) into %y scratch(%s) {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<32xi8>, tensor<584xi8>, !stm32.buffer<16xi8>, !stm32.buffer<16xi8>) -> ()
  stm32.output %y : !stm32.buffer<16xi8>
}

// -----

// The firmware writes all inputs before the first operator, and reads all
// outputs after the last one: nothing may share their places meanwhile. Here
// the second input is read by the last operator only, and the first output is
// written by the first one.
// CHECK: stm32.pool @p in @ram size(64)
// CHECK-LABEL: stm32.model @ends
stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @ends inputs([#stm32.io<"a", 1.0 : f32, 0>, #stm32.io<"b", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"z", 1.0 : f32, 0>]) {
  %a = stm32.buffer @p tensor(0) input(0) : !stm32.buffer<16xi8>
  %b = stm32.buffer @p tensor(1) input(1) : !stm32.buffer<16xi8>
  %y = stm32.buffer @p tensor(2) : !stm32.buffer<16xi8>
  stm32.softmax %a into %y {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (!stm32.buffer<16xi8>, !stm32.buffer<16xi8>) -> ()
  %c = stm32.buffer @p tensor(3) : !stm32.buffer<16xi8>
  stm32.softmax %a into %c {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (!stm32.buffer<16xi8>, !stm32.buffer<16xi8>) -> ()
  %z = stm32.buffer @p tensor(4) : !stm32.buffer<16xi8>
  stm32.binary add %b, %c into %z {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[1073741824], [49], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<16xi8>, !stm32.buffer<16xi8>, !stm32.buffer<16xi8>) -> ()
  stm32.output %y, %z : !stm32.buffer<16xi8>, !stm32.buffer<16xi8>
}

// -----

// An output that is a view keeps its buffer alive; a ring takes the bytes of
// its rows, from its first band to its last.
// CHECK: stm32.pool @p in @ram size(112)
// CHECK-LABEL: stm32.model @ring
stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @ring inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @p tensor(0) input(0) : !stm32.buffer<1x4x8x1xi8>
  %r = stm32.buffer @p tensor(1) : !stm32.buffer<1x4x8x1xi8, rows = 2>
  %y = stm32.buffer @p tensor(2) : !stm32.buffer<1x4x16x1xi8>
  %w = stm32.view %y : !stm32.buffer<1x4x16x1xi8> to !stm32.buffer<1x4x8x1xi8>
  stm32.max_pool_2d %x into %r {band = #stm32.band<0, 2>,
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x4x8x1xi8>, !stm32.buffer<1x4x8x1xi8, rows = 2>) -> ()
  stm32.max_pool_2d %r into %w {band = #stm32.band<0, 2>,
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x4x8x1xi8, rows = 2>, !stm32.buffer<1x4x8x1xi8>) -> ()
  stm32.max_pool_2d %x into %r {band = #stm32.band<2, 2>,
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x4x8x1xi8>, !stm32.buffer<1x4x8x1xi8, rows = 2>) -> ()
  stm32.max_pool_2d %r into %w {band = #stm32.band<2, 2>,
    clamp = array<i32: -128, 127>, padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x4x8x1xi8, rows = 2>, !stm32.buffer<1x4x8x1xi8>) -> ()
  stm32.output %w : !stm32.buffer<1x4x8x1xi8>
}

// -----

// Each pool is planned by itself. Two models run one after the other: their
// pool is as large as the larger of them. What nobody touches has its place.
// CHECK: stm32.pool @p in @ram limit(192) size(192) align(64) {{.*}}stm32.lower_bound = 192
// CHECK: stm32.pool @q in @ram size(16) align(4)
// CHECK: stm32.pool @constants in @ram align(16) constants{{$}}
// CHECK-LABEL: stm32.model @large
// CHECK: stm32.buffer @p offset([[X:0|128]]) storage(0) input(0)
// CHECK: stm32.buffer @q offset(0) storage(0) :
// CHECK-NOT: stm32.buffer @p offset([[X]])
// CHECK: stm32.buffer @p offset({{0|64}}) storage(1) tensor(7)
// CHECK-LABEL: stm32.model @small
// CHECK: stm32.buffer @p offset(0) storage(0) input(0)
stm32.memory_region @ram
stm32.pool @p in @ram limit(192) align(64)
stm32.pool @q in @ram align(4)
stm32.pool @constants in @ram align(16) constants
stm32.model @large inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @p input(0) : !stm32.buffer<16xi8>
  %y = stm32.buffer @q : !stm32.buffer<16xi8>
  %dead = stm32.buffer @p tensor(7) : !stm32.buffer<128xi8>
  stm32.softmax %x into %y {multiplier = 1073741824 : i32, left_shift = 24 : i32,
    diff_min = -124 : i32} : (!stm32.buffer<16xi8>, !stm32.buffer<16xi8>) -> ()
  stm32.output %y : !stm32.buffer<16xi8>
}
stm32.model @small inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
  %x = stm32.buffer @p input(0) : !stm32.buffer<4xi8>
  stm32.output
}

// -----

// Constants have a place in another pool and no life in this one.
// CHECK: stm32.pool @p in @ram size(32)
// CHECK-LABEL: stm32.model @constants
// CHECK: stm32.packed ["values"] [dense<1> : tensor<16xi8>] : tensor<16xi8>
// CHECK: stm32.view %{{.*}} : tensor<16xi8> to <4x4xi8>
stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @constants inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @p tensor(0) input(0) : !stm32.buffer<4x4xi8>
  %k = stm32.packed ["values"] [dense<1> : tensor<16xi8>] : tensor<16xi8>
  %c = stm32.view %k : tensor<16xi8> to !stm32.buffer<4x4xi8>
  %y = stm32.buffer @p tensor(1) : !stm32.buffer<4x4xi8>
  stm32.binary add %c, %x into %y {left_shift = 20 : i32, lhs_zp = 0 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_zp = 0 : i32,
    rhs_scale = array<i32: 1073741824, 31>,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<4x4xi8>, !stm32.buffer<4x4xi8>, !stm32.buffer<4x4xi8>) -> ()
  stm32.output %y : !stm32.buffer<4x4xi8>
}

// -----

// Rows keep their image alive: x [0, 3), ring [0, 4), y [1, 4).
// CHECK: stm32.pool @p in @ram size(80)
// CHECK-LABEL: stm32.model @rows
stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @rows inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @p tensor(0) input(0) : !stm32.buffer<1x4x8x1xi8>
  %r = stm32.buffer @p tensor(1) : !stm32.buffer<1x4x8x1xi8, rows = 2>
  %y = stm32.buffer @p tensor(2) : !stm32.buffer<1x4x8x1xi8>
  %x0 = stm32.rows %x band(0, 1) : !stm32.buffer<1x4x8x1xi8> to !stm32.buffer<1x1x8x1xi8>
  %r0 = stm32.rows %r band(0, 1) : !stm32.buffer<1x4x8x1xi8, rows = 2> to !stm32.buffer<1x1x8x1xi8>
  %y0 = stm32.rows %y band(0, 1) : !stm32.buffer<1x4x8x1xi8> to !stm32.buffer<1x1x8x1xi8>
  stm32.requantize %x0 into %r0 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x1x8x1xi8>, !stm32.buffer<1x1x8x1xi8>) -> ()
  stm32.requantize %r0 into %y0 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x1x8x1xi8>, !stm32.buffer<1x1x8x1xi8>) -> ()
  %x1 = stm32.rows %x band(1, 1) : !stm32.buffer<1x4x8x1xi8> to !stm32.buffer<1x1x8x1xi8>
  %r1 = stm32.rows %r band(1, 1) : !stm32.buffer<1x4x8x1xi8, rows = 2> to !stm32.buffer<1x1x8x1xi8>
  %y1 = stm32.rows %y band(1, 1) : !stm32.buffer<1x4x8x1xi8> to !stm32.buffer<1x1x8x1xi8>
  stm32.requantize %x1 into %r1 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x1x8x1xi8>, !stm32.buffer<1x1x8x1xi8>) -> ()
  stm32.requantize %r1 into %y1 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x1x8x1xi8>, !stm32.buffer<1x1x8x1xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x4x8x1xi8>
}
