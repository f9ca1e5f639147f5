// RUN: stm32-opt %s --split-input-file --verify-diagnostics --allow-unregistered-dialect

func.func @f(%x: !stm32.buffer<1x8x8x2xi8, rows = 4>) {
  // expected-error @+1 {{of a ring of rows is not possible}}
  %0 = stm32.view %x : !stm32.buffer<1x8x8x2xi8, rows = 4> to !stm32.buffer<64xi8>
  return
}

// -----

// A view may be a ring, in memory that has room for its rows.
func.func @f(%x: !stm32.buffer<64xi8>) {
  %0 = stm32.view %x : !stm32.buffer<64xi8> to !stm32.buffer<1x8x8x2xi8, rows = 4>
  // expected-error @+1 {{of 80 bytes at offset 0 does not fit the 64 bytes of its source}}
  %1 = stm32.view %x : !stm32.buffer<64xi8> to !stm32.buffer<1x8x8x2xi8, rows = 5>
  return
}

// -----

func.func @f(%x: !stm32.buffer<8x8x2xi8>) {
  // expected-error @+1 {{source '!stm32.buffer<8x8x2xi8>' is not one channel-last image of rank 4}}
  %0 = stm32.rows %x band(0, 1) : !stm32.buffer<8x8x2xi8> to !stm32.buffer<1x8x2xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x8x8x2xi8>) {
  // expected-error @+1 {{[7, 9) exceeds the 8 rows of}}
  %0 = stm32.rows %x band(7, 2) : !stm32.buffer<1x8x8x2xi8> to !stm32.buffer<1x2x8x2xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x8x8x2xi8, rows = 4>) {
  %0 = stm32.rows %x band(6, 2) : !stm32.buffer<1x8x8x2xi8, rows = 4> to !stm32.buffer<1x2x8x2xi8>
  // expected-error @+1 {{[3, 5) of a ring of 4 rows do not lie one behind the other}}
  %1 = stm32.rows %x band(3, 2) : !stm32.buffer<1x8x8x2xi8, rows = 4> to !stm32.buffer<1x2x8x2xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x8x8x2xi8>) {
  // expected-error @+1 {{of 2 rows of '!stm32.buffer<1x8x8x2xi8>' cannot have the type '!stm32.buffer<1x2x8x3xi8>'}}
  %0 = stm32.rows %x band(3, 2) : !stm32.buffer<1x8x8x2xi8> to !stm32.buffer<1x2x8x3xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<32xi8>) {
  // expected-error @+1 {{of 33 bytes at offset 0 does not fit the 32 bytes of its source}}
  %0 = stm32.view %x : !stm32.buffer<32xi8> to !stm32.buffer<33xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<32xi8>) {
  // expected-error @+1 {{of 32 bytes at offset 1 does not fit the 32 bytes of its source}}
  %0 = stm32.view %x offset(1) : !stm32.buffer<32xi8> to !stm32.buffer<32xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<32xi8>) {
  // expected-error @+1 {{of 32 bytes at offset 9223372036854775807 does not fit the 32 bytes of its source}}
  %0 = stm32.view %x offset(9223372036854775807) : !stm32.buffer<32xi8> to !stm32.buffer<32xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<32xi8>) {
  // expected-error @+1 {{offset 2 is not a multiple of the 4 bytes of an element}}
  %0 = stm32.view %x offset(2) : !stm32.buffer<32xi8> to !stm32.buffer<4xf32>
  return
}

// -----

func.func @f(%x: tensor<8xi8>) {
  // expected-error @+1 {{of a tensor that is not a stm32.packed}}
  %0 = stm32.view %x : tensor<8xi8> to !stm32.buffer<8xi8>
  return
}

// -----

func.func @f() {
  %x = stm32.packed ["a"] [dense<1> : tensor<8xi8>] : tensor<8xi8>
  // expected-error @+1 {{of a constant has neither offset nor number}}
  %0 = stm32.view %x offset(4) : tensor<8xi8> to !stm32.buffer<4xi8>
  return
}

// -----

func.func @f() {
  %x = stm32.packed ["a"] [dense<1> : tensor<8xi8>] : tensor<8xi8>
  // expected-error @+1 {{of a constant has neither offset nor number}}
  %0 = stm32.view %x tensor(0) : tensor<8xi8> to !stm32.buffer<8xi8>
  return
}

// -----

func.func @f() {
  %x = stm32.packed ["a"] [dense<1> : tensor<8xi8>] : tensor<8xi8>
  // expected-error @+1 {{needs a block of one array with the 4 elements of '!stm32.buffer<4xi8>'}}
  %0 = stm32.view %x : tensor<8xi8> to !stm32.buffer<4xi8>
  return
}

// -----

func.func @f() {
  %x = stm32.packed ["a"] [dense<1> : tensor<8xi8>] : tensor<8xi8>
  // expected-error @+1 {{needs a block of one array with the 2 elements of '!stm32.buffer<2xf32>'}}
  %0 = stm32.view %x : tensor<8xi8> to !stm32.buffer<2xf32>
  return
}

// -----

func.func @f() {
  %x = stm32.packed ["a", "b"] [dense<1> : tensor<4xi8>, dense<1> : tensor<4xi8>] : tensor<8xi8>
  // expected-error @+1 {{needs a block of one array with the 8 elements}}
  %0 = stm32.view %x : tensor<8xi8> to !stm32.buffer<8xi8>
  return
}

// -----

func.func @f() {
  %x = stm32.packed ["a"] [dense<1> : tensor<64xi8>] : tensor<64xi8>
  // expected-error @+1 {{needs a block of one array with the 128 elements}}
  %0 = stm32.view %x : tensor<64xi8> to !stm32.buffer<1x8x8x2xi8, rows = 4>
  return
}

// -----

func.func @f() {
  %x = stm32.packed ["a"] [dense<1> : tensor<8xi8>] : tensor<8xi8>
  %0 = stm32.view %x : tensor<8xi8> to !stm32.buffer<8xi8>
  // expected-error @+1 {{of a view of a constant is not possible}}
  %1 = stm32.view %0 : !stm32.buffer<8xi8> to !stm32.buffer<2x4xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<8xi8>) {
  %k = stm32.packed ["a"] [dense<1> : tensor<8xi8>] : tensor<8xi8>
  %0 = stm32.view %k : tensor<8xi8> to !stm32.buffer<8xi8>
  // expected-error @+1 {{writes into a constant}}
  stm32.requantize %x into %0 {input_zp = 0 : i32,
    requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<8xi8>, !stm32.buffer<8xi8>) -> ()
  return
}

// -----

func.func @f(%x: !stm32.buffer<8xi8>) {
  %k = stm32.packed ["a"] [dense<1> : tensor<8xi8>] : tensor<8xi8>
  %0 = stm32.view %k : tensor<8xi8> to !stm32.buffer<8xi8>
  // expected-error @+1 {{has a constant as its scratch}}
  stm32.softmax %x into %x scratch(%0) {multiplier = 1073741824 : i32,
    left_shift = 24 : i32, diff_min = -124 : i32}
    : (!stm32.buffer<8xi8>, !stm32.buffer<8xi8>, !stm32.buffer<8xi8>) -> ()
  return
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
// expected-error @+1 {{output of type '!stm32.buffer<8xi8>' is a constant}}
stm32.model @m inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @p input(0) : !stm32.buffer<8xi8>
  %k = stm32.packed ["a"] [dense<1> : tensor<8xi8>] : tensor<8xi8>
  %0 = stm32.view %k : tensor<8xi8> to !stm32.buffer<8xi8>
  stm32.output %0 : !stm32.buffer<8xi8>
}

// -----

func.func @f(%x: !stm32.buffer<1x8x8x2xi8, planar>) {
  // expected-error @+1 {{source '!stm32.buffer<1x8x8x2xi8, planar>' is not one channel-last image of rank 4}}
  %0 = stm32.rows %x band(0, 1) : !stm32.buffer<1x8x8x2xi8, planar> to !stm32.buffer<1x1x8x2xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<2x8x8x2xi8>) {
  // expected-error @+1 {{source '!stm32.buffer<2x8x8x2xi8>' is not one channel-last image of rank 4}}
  %0 = stm32.rows %x band(0, 1) : !stm32.buffer<2x8x8x2xi8> to !stm32.buffer<1x1x8x2xi8>
  return
}
