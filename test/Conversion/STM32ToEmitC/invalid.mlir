// What is not planned yet, or what the runtime cannot do.
//
// RUN: stm32-opt --convert-stm32-to-emitc -split-input-file \
// RUN:   -verify-diagnostics %s

// expected-error @+2 {{is not on buffers}}
// expected-note @+1 {{run --stm32-memory-pipeline first}}
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
^bb0(%x: tensor<1x4xi8>):
  stm32.output %x : tensor<1x4xi8>
}

// -----

stm32.memory_region @ram
// expected-error @+2 {{has no size}}
// expected-note @+1 {{run --stm32-memory-pipeline first}}
stm32.pool @activations in @ram align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8>
  stm32.output %x : !stm32.buffer<1x4xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  // expected-error @+2 {{has no offset}}
  // expected-note @+1 {{run --stm32-memory-pipeline first}}
  %x = stm32.buffer @activations tensor(0) input(0) : !stm32.buffer<1x4xi8>
  stm32.output %x : !stm32.buffer<1x4xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  // expected-error @+2 {{has no tensor number}}
  // expected-note @+1 {{run --stm32-memory-pipeline first}}
  %x = stm32.buffer @activations offset(0) input(0) : !stm32.buffer<1x4xi8>
  stm32.output %x : !stm32.buffer<1x4xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  // expected-note @+1 {{first one here}}
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8>
  // expected-error @+1 {{is a second place of tensor 0}}
  %y = stm32.buffer @activations offset(16) tensor(0) : !stm32.buffer<1x4xi8>
  stm32.output %y : !stm32.buffer<1x4xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8>
  %y = stm32.buffer @activations offset(16) tensor(1) : !stm32.buffer<1x4xi8>
  // expected-error @+2 {{has no kernel}}
  // expected-note @+1 {{run --stm32-memory-pipeline first}}
  stm32.softmax %x into %y {multiplier = 1073741824 : i32, left_shift = 24 : i32, diff_min = -124 : i32}
    : (!stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x4xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8>
  %y = stm32.buffer @activations offset(16) tensor(1) : !stm32.buffer<1x4xi8>
  // expected-error @+1 {{has the kernel "fast_softmax", of which there is no record}}
  stm32.softmax %x into %y {multiplier = 1073741824 : i32, left_shift = 24 : i32, diff_min = -124 : i32, kernel = "fast_softmax"}
    : (!stm32.buffer<1x4xi8>, !stm32.buffer<1x4xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x4xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
// expected-error @+2 {{has constants but no pool for constants}}
// expected-note @+1 {{run --stm32-memory-pipeline first}}
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %k = stm32.packed ["a"] [dense<1> : tensor<4xi8>] offset(0) : tensor<4xi8>
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8>
  stm32.output %x : !stm32.buffer<1x4xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
// expected-note @+1 {{first one here}}
stm32.pool @flash in @ram size(64) align(16) constants
// expected-error @+1 {{is a second pool for constants}}
stm32.pool @flash2 in @ram size(64) align(16) constants
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %k = stm32.packed ["a"] [dense<1> : tensor<4xi8>] offset(0) : tensor<4xi8>
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8>
  stm32.output %x : !stm32.buffer<1x4xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.pool @weights in @ram size(64) align(16) constants
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  // expected-error @+2 {{has no offset}}
  // expected-note @+1 {{run --stm32-memory-pipeline first}}
  %k = stm32.packed ["bias", "weights"] [dense<1> : tensor<3xi32>, dense<1> : tensor<4xi8>] : tensor<16xi8>
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8>
  %y = stm32.buffer @activations offset(16) tensor(1) : !stm32.buffer<1x1xi8>
  stm32.fully_connected %x packed(%k) into %y {input_zp = 0 : i32, kernel = "stm32rt_fully_connected_s8",
    requant = #stm32.requant<[5], [38], zp = 3, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4xi8>, tensor<16xi8>, !stm32.buffer<1x1xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x1xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.pool @weights in @ram size(64) align(16) constants
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  // expected-error @+1 {{offset 2 is not a multiple of 4}}
  %k = stm32.packed ["bias", "weights"] [dense<1> : tensor<3xi32>, dense<1> : tensor<4xi8>] offset(2) : tensor<16xi8>
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8>
  %y = stm32.buffer @activations offset(16) tensor(1) : !stm32.buffer<1x1xi8>
  stm32.fully_connected %x packed(%k) into %y {input_zp = 0 : i32, kernel = "stm32rt_fully_connected_s8",
    requant = #stm32.requant<[5], [38], zp = 3, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4xi8>, tensor<16xi8>, !stm32.buffer<1x1xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x1xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.pool @weights in @ram size(64) align(16) constants
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  // expected-error @+1 {{ends at byte 80 of a pool of 64 bytes}}
  %k = stm32.packed ["bias", "weights"] [dense<1> : tensor<3xi32>, dense<1> : tensor<4xi8>] offset(64) : tensor<16xi8>
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8>
  %y = stm32.buffer @activations offset(16) tensor(1) : !stm32.buffer<1x1xi8>
  stm32.fully_connected %x packed(%k) into %y {input_zp = 0 : i32, kernel = "stm32rt_fully_connected_s8",
    requant = #stm32.requant<[5], [38], zp = 3, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4xi8>, tensor<16xi8>, !stm32.buffer<1x1xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x1xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.pool @weights in @ram size(64) align(16) constants
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %k = stm32.packed ["bias", "weights"] [dense<1> : tensor<3xi32>, dense<1> : tensor<4xi8>] offset(0) : tensor<16xi8>
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8>
  %y = stm32.buffer @activations offset(16) tensor(1) : !stm32.buffer<1x1xi8>
  // expected-error @+2 {{has the input zero point -3, which must be folded into the bias}}
  // expected-note @+1 {{run --stm32-fold-zero-points first}}
  stm32.fully_connected %x packed(%k) into %y {input_zp = -3 : i32, kernel = "stm32rt_fully_connected_s8",
    requant = #stm32.requant<[5], [38], zp = 3, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4xi8>, tensor<16xi8>, !stm32.buffer<1x1xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x1xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(1024) align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4x4x2xi8>
  %y = stm32.buffer @activations offset(512) tensor(1) : !stm32.buffer<1x4x4x2xi8, planar>
  %z = stm32.buffer @activations offset(768) tensor(2) : !stm32.buffer<1x4x4x2xi8>
  // expected-error @+1 {{needs buffers of one layout}}
  stm32.requantize %x into %y {input_zp = 0 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [30], zp = 2, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4x4x2xi8>, !stm32.buffer<1x4x4x2xi8, planar>) -> ()
  stm32.output %z : !stm32.buffer<1x4x4x2xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(1024) align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4x4x2xi8>
  // expected-error @+1 {{is an input or output, so it must be whole and channel last}}
  %y = stm32.buffer @activations offset(512) tensor(1) : !stm32.buffer<1x4x4x2xi8, planar>
  stm32.output %y : !stm32.buffer<1x4x4x2xi8, planar>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(1024) align(16)
// expected-error @+1 {{has no output}}
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(1024) align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  // expected-error @+1 {{has rank 7, the runtime has 6}}
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x1x1x1x1x1x4xi8>
  stm32.output %x : !stm32.buffer<1x1x1x1x1x1x4xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @p0 in @ram size(16) align(16)
stm32.pool @p1 in @ram size(16) align(16)
stm32.pool @p2 in @ram size(16) align(16)
stm32.pool @p3 in @ram size(16) align(16)
stm32.pool @p4 in @ram size(16) align(16)
stm32.pool @p5 in @ram size(16) align(16)
stm32.pool @p6 in @ram size(16) align(16)
stm32.pool @p7 in @ram size(16) align(16)
stm32.pool @p8 in @ram size(16) align(16)
// expected-error @+1 {{uses 9 pools, the runtime has 8}}
stm32.model @net inputs([]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %0 = stm32.buffer @p0 offset(0) tensor(0) : !stm32.buffer<1x4xi8>
  %1 = stm32.buffer @p1 offset(0) tensor(1) : !stm32.buffer<1x4xi8>
  %2 = stm32.buffer @p2 offset(0) tensor(2) : !stm32.buffer<1x4xi8>
  %3 = stm32.buffer @p3 offset(0) tensor(3) : !stm32.buffer<1x4xi8>
  %4 = stm32.buffer @p4 offset(0) tensor(4) : !stm32.buffer<1x4xi8>
  %5 = stm32.buffer @p5 offset(0) tensor(5) : !stm32.buffer<1x4xi8>
  %6 = stm32.buffer @p6 offset(0) tensor(6) : !stm32.buffer<1x4xi8>
  %7 = stm32.buffer @p7 offset(0) tensor(7) : !stm32.buffer<1x4xi8>
  %8 = stm32.buffer @p8 offset(0) tensor(8) : !stm32.buffer<1x4xi8>
  stm32.output %0 : !stm32.buffer<1x4xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4x2x1xi8>
  %y = stm32.buffer @activations offset(16) tensor(1) : !stm32.buffer<1x4x2x1xi8>
  %a = stm32.rows %x band(0, 2) : !stm32.buffer<1x4x2x1xi8> to !stm32.buffer<1x2x2x1xi8>
  %b = stm32.rows %y band(0, 2) : !stm32.buffer<1x4x2x1xi8> to !stm32.buffer<1x2x2x1xi8>
  // expected-error @+1 {{uses 2 rows in one call; it can be called for one row at a time}}
  stm32.requantize %a into %b {input_zp = 0 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x2x2x1xi8>, !stm32.buffer<1x2x2x1xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x4x2x1xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(64) align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4x2x1xi8>
  %y = stm32.buffer @activations offset(16) tensor(1) : !stm32.buffer<1x4x2x1xi8>
  %a = stm32.rows %x band(0, 1) : !stm32.buffer<1x4x2x1xi8> to !stm32.buffer<1x1x2x1xi8>
  %b = stm32.rows %y band(3, 1) : !stm32.buffer<1x4x2x1xi8> to !stm32.buffer<1x1x2x1xi8>
  // expected-error @+1 {{uses row 0 of one buffer and row 3 of another; it can use the same row of all}}
  stm32.requantize %a into %b {input_zp = 0 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x1x2x1xi8>, !stm32.buffer<1x1x2x1xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x4x2x1xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @activations in @ram size(400000) align(16)
stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x70000x1x1xi8>
  %y = stm32.buffer @activations offset(80000) tensor(1) : !stm32.buffer<1x70000x1x1xi8>
  // expected-error @+1 {{runs in bands up to row 65536, the runtime counts to 65535}}
  stm32.max_pool_2d %x into %y {band = #stm32.band<0, 65536>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x70000x1x1xi8>, !stm32.buffer<1x70000x1x1xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x70000x1x1xi8>
}
