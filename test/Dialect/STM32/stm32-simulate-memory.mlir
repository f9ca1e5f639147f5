// RUN: stm32-opt %s --stm32-simulate-memory --split-input-file --verify-diagnostics

// A sum in place, and a pool whose rows follow those that it still reads: byte 0
// of row r of the result may lie at the first byte of row 2 r of the input.
stm32.memory_region @ram
stm32.pool @p in @ram size(96) align(16)
stm32.model @good inputs([#stm32.io<"a", 1.0 : f32, 0>])
    outputs([#stm32.io<"z", 1.0 : f32, 0>]) {
  %a = stm32.buffer @p offset(32) tensor(0) input(0) : <1x4x4x4xi8> loc("a")
  %y = stm32.buffer @p offset(32) tensor(1) : <1x4x4x4xi8> loc("y")
  %z = stm32.buffer @p offset(16) tensor(2) : <1x2x2x4xi8> loc("z")
  stm32.binary maximum %a, %a into %y {kernel = "k"} : (!stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x4x4x4xi8>) -> ()
  stm32.max_pool_2d %y into %z {clamp = array<i32: -128, 127>, kernel = "k",
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>} : (!stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x2x2x4xi8>) -> ()
  stm32.output %z : !stm32.buffer<1x2x2x4xi8>
}

// -----

// One step further, and the first row of the result destroys what its own row
// may still read.
stm32.memory_region @ram
stm32.pool @p in @ram size(96) align(16)
stm32.model @too_near inputs([#stm32.io<"a", 1.0 : f32, 0>])
    outputs([#stm32.io<"z", 1.0 : f32, 0>]) {
  %a = stm32.buffer @p offset(16) tensor(0) input(0) : <1x4x4x4xi8> loc("a")
  %z = stm32.buffer @p offset(16) tensor(2) : <1x2x2x4xi8> loc("z")
  // expected-error @+1 {{reads byte 0 of 'a' at byte 16 of pool @p, which holds byte 0 of 'z'}}
  stm32.max_pool_2d %a into %z {clamp = array<i32: -128, 127>, kernel = "k",
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>} : (!stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x2x2x4xi8>) -> ()
  stm32.output %z : !stm32.buffer<1x2x2x4xi8>
}

// -----

// A ring that is one row too small: row 0 is overwritten by row 2.
stm32.memory_region @ram
stm32.pool @p in @ram size(160) align(16)
stm32.model @ring inputs([#stm32.io<"a", 1.0 : f32, 0>])
    outputs([#stm32.io<"z", 1.0 : f32, 0>]) {
  %a = stm32.buffer @p offset(0) tensor(0) input(0) : <1x4x4x4xi8> loc("a")
  %r = stm32.buffer @p offset(64) tensor(1) : <1x4x4x4xi8, rows = 2> loc("r")
  %z = stm32.buffer @p offset(96) tensor(2) : <1x4x4x4xi8> loc("z")
  stm32.max_pool_2d %a into %r {clamp = array<i32: -128, 127>, kernel = "k",
    band = #stm32.band<0, 2>, padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (!stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x4x4x4xi8, rows = 2>) -> ()
  stm32.max_pool_2d %a into %r {clamp = array<i32: -128, 127>, kernel = "k",
    band = #stm32.band<2, 1>, padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 1, 1>} : (!stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x4x4x4xi8, rows = 2>) -> ()
  // expected-error @+1 {{reads byte 0 of 'r' at byte 64 of pool @p, which holds byte 32 of 'r'}}
  stm32.max_pool_2d %r into %z {clamp = array<i32: -128, 127>, kernel = "k",
    band = #stm32.band<0, 1>, padding = array<i64: 1, 0, 0, 0>, strides = array<i64: 1, 1>,
    window = array<i64: 2, 1>} : (!stm32.buffer<1x4x4x4xi8, rows = 2>, !stm32.buffer<1x4x4x4xi8>) -> ()
  stm32.output %z : !stm32.buffer<1x4x4x4xi8>
}

// -----

// Element by element, but what is read lies before what is written.
stm32.memory_region @ram
stm32.pool @p in @ram size(48) align(16)
stm32.model @behind inputs([#stm32.io<"a", 1.0 : f32, 0>])
    outputs([#stm32.io<"z", 1.0 : f32, 0>]) {
  %a = stm32.buffer @p offset(0) tensor(0) input(0) : <32xi8> loc("a")
  %z = stm32.buffer @p offset(0) tensor(1) : <48xi8> loc("z")
  %v = stm32.view %z offset(16) tensor(2) : !stm32.buffer<48xi8> to <32xi8>
  // expected-error @+1 {{reads byte 16 of 'a' at byte 16 of pool @p, which holds byte 16 of 'z'}}
  stm32.binary maximum %a, %a into %v {kernel = "k"} : (!stm32.buffer<32xi8>, !stm32.buffer<32xi8>, !stm32.buffer<32xi8>) -> ()
  stm32.output %v : !stm32.buffer<32xi8>
}

// -----

// Nobody has written the second half of the output.
stm32.memory_region @ram
stm32.pool @p in @ram size(64) align(16)
stm32.model @incomplete inputs([#stm32.io<"a", 1.0 : f32, 0>])
    outputs([#stm32.io<"z", 1.0 : f32, 0>]) {
  %a = stm32.buffer @p offset(0) tensor(0) input(0) : <16xi8> loc("a")
  %z = stm32.buffer @p offset(16) tensor(1) : <32xi8> loc("z")
  %v = stm32.view %z tensor(2) : !stm32.buffer<32xi8> to <16xi8>
  stm32.binary maximum %a, %a into %v {kernel = "k"} : (!stm32.buffer<16xi8>, !stm32.buffer<16xi8>, !stm32.buffer<16xi8>) -> ()
  // expected-error @+1 {{reads byte 16 of 'z' at byte 32 of pool @p, which holds nothing yet}}
  stm32.output %z : !stm32.buffer<32xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @unplanned inputs([#stm32.io<"a", 1.0 : f32, 0>])
    outputs([#stm32.io<"a", 1.0 : f32, 0>]) {
  // expected-error @+1 {{has no offset; run --stm32-plan-memory first}}
  %a = stm32.buffer @p tensor(0) input(0) : <16xi8>
  stm32.output %a : !stm32.buffer<16xi8>
}
