// RUN: stm32-opt %s --split-input-file --verify-diagnostics --allow-unregistered-dialect

// Every error of models, constants, cascades and memory.

//===----------------------------------------------------------------------===//
// stm32.model
//===----------------------------------------------------------------------===//

// expected-error @+1 {{must end with stm32.output}}
stm32.model @m inputs([]) outputs([]) {
  "test.end"() : () -> ()
}

// -----

// expected-error @+1 {{expects a non-empty block}}
stm32.model @m inputs([]) outputs([]) {
^bb0:
}

// -----

// expected-error @+1 {{describes 1 inputs but has 0}}
stm32.model @m inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
  stm32.output
}

// -----

// expected-error @+1 {{describes 0 inputs but has 1}}
stm32.model @m inputs([]) outputs([]) {
^bb0(%x: tensor<1xi8>):
  stm32.output
}

// -----

// expected-error @+1 {{describes 1 outputs but stm32.output has 0}}
stm32.model @m inputs([]) outputs([#stm32.io<"x", 1.0 : f32, 0>]) {
  stm32.output
}

// -----

// expected-error @+1 {{input of type 'tensor<?xi8>' is not a tensor of static shape}}
stm32.model @m inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
^bb0(%x: tensor<?xi8>):
  stm32.output
}

// -----

// expected-error @+1 {{input of type 'i8' is not a tensor of static shape}}
stm32.model @m inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
^bb0(%x: i8):
  stm32.output
}

// -----

// expected-error @+1 {{input of type 'tensor<4xi4>': element type 'i4' has no whole number of bytes}}
stm32.model @m inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
^bb0(%x: tensor<4xi4>):
  stm32.output
}

// -----

// expected-error @+1 {{input of type 'tensor<0xi8>': dimensions must be positive}}
stm32.model @m inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
^bb0(%x: tensor<0xi8>):
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
// expected-error @+1 {{has buffers, so its inputs must be buffers too, but its block has 1 arguments}}
stm32.model @m inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
^bb0(%x: tensor<1xi8>):
  %0 = stm32.buffer @p : !stm32.buffer<4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
  // expected-error @+1 {{input index 1 is out of range or used twice}}
  %0 = stm32.buffer @p input(1) : !stm32.buffer<4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
  %0 = stm32.buffer @p input(0) : !stm32.buffer<4xi8>
  // expected-error @+1 {{input index 0 is out of range or used twice}}
  %1 = stm32.buffer @p input(0) : !stm32.buffer<4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
// expected-error @+1 {{describes 1 inputs but has 0}}
stm32.model @m inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
  %0 = stm32.buffer @p : !stm32.buffer<4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
// expected-error @+1 {{output of type 'tensor<1xi8>' is not a buffer}}
stm32.model @m inputs([]) outputs([#stm32.io<"x", 1.0 : f32, 0>]) {
  %0 = stm32.buffer @p : !stm32.buffer<4xi8>
  %1 = stm32.constant dense<1> : tensor<1xi8>
  stm32.output %1 : tensor<1xi8>
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
// expected-error @+1 {{output of type '!stm32.buffer<1x8x8x2xi8, rows = 4>' holds only some rows}}
stm32.model @m inputs([]) outputs([#stm32.io<"x", 1.0 : f32, 0>]) {
  %0 = stm32.buffer @p : !stm32.buffer<1x8x8x2xi8, rows = 4>
  stm32.output %0 : !stm32.buffer<1x8x8x2xi8, rows = 4>
}

// -----

// expected-error @+1 {{attribute 'inputs' failed to satisfy constraint: array of #stm32.io}}
stm32.model @m inputs([1]) outputs([]) {
  stm32.output
}

// -----

func.func @f() {
  // expected-error @+1 {{expects parent op 'stm32.model'}}
  stm32.output
}

// -----

//===----------------------------------------------------------------------===//
// stm32.constant, stm32.packed
//===----------------------------------------------------------------------===//

func.func @f() {
  // expected-error @+1 {{result #0 must be statically shaped tensor of any type values, but got 'vector<2xi8>'}}
  %0 = stm32.constant dense<1> : vector<2xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{names 2 fields for 1 values}}
  %0 = stm32.packed ["a", "b"] [dense<1> : tensor<1xi8>] : tensor<1xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{value 1 : i32 is not a dense array of 8, 16, 32 or 64-bit integers}}
  %0 = stm32.packed ["a"] [1 : i32] : tensor<4xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{value dense<1.000000e+00> : tensor<1xf64> is not a dense array of 8, 16, 32 or 64-bit integers or of float32}}
  %0 = stm32.packed ["a"] [dense<1.0> : tensor<1xf64>] : tensor<8xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{value dense<true> : tensor<8xi1> is not a dense array of 8, 16, 32 or 64-bit integers}}
  %0 = stm32.packed ["a"] [dense<true> : tensor<8xi1>] : tensor<8xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{value dense<1> : tensor<2xi24> is not a dense array of 8, 16, 32 or 64-bit integers}}
  %0 = stm32.packed ["a"] [dense<1> : tensor<2xi24>] : tensor<6xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{value: 2 GiB or more are not supported}}
  %0 = stm32.packed ["a"] [dense<1> : tensor<4294967296x4294967296xi8>] : tensor<6xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{result: dimensions must be positive}}
  %0 = stm32.packed [] [] : tensor<0xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{result: dimensions must be positive}}
  %0 = stm32.packed ["a"] [dense<1> : tensor<1xi8>] : tensor<?xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{holds 8 bytes but its type has 5}}
  %0 = stm32.packed ["a", "b"] [dense<1> : tensor<1xi8>, dense<1> : tensor<1xi32>] : tensor<5xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{attribute 'offset' failed to satisfy constraint}}
  %0 = stm32.packed ["a"] [dense<1> : tensor<1xi8>] offset(-16) : tensor<1xi8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// stm32.cascade
//===----------------------------------------------------------------------===//

func.func @f(%x: tensor<1x4x4x4xi8>) {
  // expected-error @+1 {{attribute 'rows' failed to satisfy constraint}}
  %r = stm32.cascade %x rows(0) : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8> {
  ^bb0(%a: tensor<1x4x4x4xi8>):
    stm32.yield %a : tensor<1x4x4x4xi8>
  }
  return
}

// -----

func.func @f(%x: tensor<1x4x4x4xi8>) {
  // expected-error @+1 {{must have block arguments of its inputs' types}}
  %r = stm32.cascade %x rows(1) : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8> {
  ^bb0(%a: tensor<1x4x4x4xi8>, %c: tensor<1x4x4x4xi8>):
    %b = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
        padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
        window = array<i64: 1, 1>} : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8>
    stm32.yield %b : tensor<1x4x4x4xi8>
  }
  return
}

// -----

func.func @f(%x: tensor<1x4x4x4xi8>) {
  // expected-error @+1 {{must have block arguments of its inputs' types}}
  %r = stm32.cascade %x rows(1) : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8> {
  ^bb0(%a: tensor<4xi8>):
    %b = stm32.constant dense<0> : tensor<1x4x4x4xi8>
    stm32.yield %b : tensor<1x4x4x4xi8>
  }
  return
}

// -----

func.func @f(%x: tensor<1x4x4x4xi8>) {
  // expected-error @+1 {{must end with stm32.yield of its results' types}}
  %r = stm32.cascade %x rows(1) : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8> {
  ^bb0(%a: tensor<1x4x4x4xi8>):
    %b = stm32.constant dense<0> : tensor<1xi8>
    stm32.yield %b : tensor<1xi8>
  }
  return
}

// -----

func.func @f(%x: tensor<1x4x4x4xi8>) {
  // expected-error @+1 {{must end with stm32.yield of its results' types}}
  %r = stm32.cascade %x rows(1) : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8> {
  ^bb0(%a: tensor<1x4x4x4xi8>):
    "test.end"() : () -> ()
  }
  return
}

// -----

func.func @f(%x: tensor<1x4x4x4xi8>) {
  %r = stm32.cascade %x rows(1) : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8> {
  ^bb0(%a: tensor<1x4x4x4xi8>):
    // expected-error @+1 {{cannot be computed in bands of rows, so it cannot be part of a cascade}}
    %b = stm32.reshape %a : tensor<1x4x4x4xi8> -> tensor<1x4x4x4xi8>
    stm32.yield %b : tensor<1x4x4x4xi8>
  }
  return
}

// -----

func.func @f(%x: tensor<1xi8>) {
  // expected-error @+1 {{expects parent op 'stm32.cascade'}}
  stm32.yield %x : tensor<1xi8>
}

// -----

func.func @f(%x: tensor<2x4x4x4xi8>) {
  %r = stm32.cascade %x rows(1) : (tensor<2x4x4x4xi8>) -> tensor<2x4x4x4xi8> {
  ^bb0(%a: tensor<2x4x4x4xi8>):
    // expected-error @+1 {{cannot be computed in bands of rows, so it cannot be part of a cascade}}
    %b = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
        padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
        window = array<i64: 1, 1>} : (tensor<2x4x4x4xi8>) -> tensor<2x4x4x4xi8>
    stm32.yield %b : tensor<2x4x4x4xi8>
  }
  return
}

// -----

func.func @f(%x: tensor<1x4x4x4xi8>) {
  %r = stm32.cascade %x rows(1) : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8> {
  ^bb0(%a: tensor<1x4x4x4xi8>):
    // expected-error @+1 {{reads activation 0 from outside of its cascade, of which it is no input}}
    %b = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
        padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
        window = array<i64: 1, 1>} : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8>
    stm32.yield %b : tensor<1x4x4x4xi8>
  }
  return
}

// -----

func.func @f(%x: tensor<1x4x4x4xi8>) {
  %r = stm32.cascade %x rows(1) : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8> {
  ^bb0(%a: tensor<1x4x4x4xi8>):
    // expected-error @+1 {{in a cascade has a result that nobody uses}}
    %b = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
        padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
        window = array<i64: 1, 1>} : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8>
    %c = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
        padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
        window = array<i64: 1, 1>} : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8>
    stm32.yield %c : tensor<1x4x4x4xi8>
  }
  return
}

// -----

func.func @f(%x: tensor<1x4x4x4xi8>) {
  %r = stm32.cascade %x rows(1) : (tensor<1x4x4x4xi8>) -> tensor<1x1x1x4xi8> {
  ^bb0(%a: tensor<1x4x4x4xi8>):
    // expected-error @+1 {{is complete after the last row only, so that no other operator of its cascade can read it}}
    %b = stm32.average_pool_2d %a {clamp = array<i32: -128, 127>,
        padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 4, 4>,
        window = array<i64: 4, 4>} : (tensor<1x4x4x4xi8>) -> tensor<1x1x1x4xi8>
    %c = stm32.max_pool_2d %b {clamp = array<i32: -128, 127>,
        padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
        window = array<i64: 1, 1>} : (tensor<1x1x1x4xi8>) -> tensor<1x1x1x4xi8>
    stm32.yield %c : tensor<1x1x1x4xi8>
  }
  return
}

// -----

func.func @f(%x: tensor<1x4x4x4xi8>) {
  // expected-error @+1 {{must yield results of its operators}}
  %r = stm32.cascade %x rows(1) : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8> {
  ^bb0(%a: tensor<1x4x4x4xi8>):
    stm32.yield %a : tensor<1x4x4x4xi8>
  }
  return
}

// -----

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

// expected-error @+1 {{size must be positive}}
stm32.memory_region @ram size(0)

// -----

// expected-error @+1 {{attribute 'address' failed to satisfy constraint}}
stm32.memory_region @ram address(-1)

// -----

stm32.memory_region @ram
// expected-error @+1 {{alignment 2 is not a power of two of 4 .. 2^30}}
stm32.pool @p in @ram align(2)

// -----

stm32.memory_region @ram
// expected-error @+1 {{alignment 24 is not a power of two of 4 .. 2^30}}
stm32.pool @p in @ram align(24)

// -----

stm32.memory_region @ram
// expected-error @+1 {{alignment -9223372036854775808 is not a power of two of 4 .. 2^30}}
stm32.pool @p in @ram align(-9223372036854775808)

// -----

stm32.memory_region @ram
// expected-error @+1 {{alignment 2147483648 is not a power of two of 4 .. 2^30}}
stm32.pool @p in @ram align(2147483648)

// -----

stm32.memory_region @ram
// expected-error @+1 {{needs 64 bytes of 32}}
stm32.pool @p in @ram limit(32) size(64) align(16)

// -----

// expected-error @+1 {{is in @ram, which is no stm32.memory_region}}
stm32.pool @p in @ram align(16)

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
// expected-error @+1 {{is in @p, which is no stm32.memory_region}}
stm32.pool @q in @p align(16)

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([]) outputs([]) {
  // expected-error @+1 {{scratch is neither a tensor nor an input}}
  %0 = stm32.buffer @p tensor(0) scratch : !stm32.buffer<4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
  // expected-error @+1 {{scratch is neither a tensor nor an input}}
  %0 = stm32.buffer @p input(0) scratch : !stm32.buffer<4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([]) outputs([]) {
  // expected-error @+1 {{is in @q, which is no stm32.pool}}
  %0 = stm32.buffer @q : !stm32.buffer<4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([]) outputs([]) {
  // expected-error @+1 {{is in @ram, which is no stm32.pool}}
  %0 = stm32.buffer @ram : !stm32.buffer<4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16) constants
stm32.model @m inputs([]) outputs([]) {
  // expected-error @+1 {{is in @p, which holds constants}}
  %0 = stm32.buffer @p : !stm32.buffer<4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([]) outputs([]) {
  // expected-error @+1 {{offset 8 is not a multiple of the alignment 16 of its pool}}
  %0 = stm32.buffer @p offset(8) : !stm32.buffer<4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
// expected-note @+1 {{pool declared here}}
stm32.pool @p in @ram size(16) align(16)
stm32.model @m inputs([]) outputs([]) {
  // expected-error @+1 {{ends at byte 20 of pool @p, which has 16 bytes}}
  %0 = stm32.buffer @p offset(16) : !stm32.buffer<4xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
// expected-note @+1 {{pool declared here}}
stm32.pool @p in @ram size(16) align(16)
stm32.model @m inputs([]) outputs([]) {
  // expected-error @+1 {{ends at byte 9223372036854775812 of pool @p, which has 16 bytes}}
  %0 = stm32.buffer @p offset(9223372036854775792) : !stm32.buffer<20xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
func.func @f() {
  // expected-error @+1 {{expects parent op 'stm32.model'}}
  %0 = stm32.buffer @p : !stm32.buffer<4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x4x4x4xi8>) {
  // expected-error @+1 {{streams its first input, which must be an input of the model that nothing else reads}}
  %r = stm32.cascade %x rows(1) stream : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8> {
  ^bb0(%a: tensor<1x4x4x4xi8>):
    %b = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
        padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
        window = array<i64: 1, 1>} : (tensor<1x4x4x4xi8>) -> tensor<1x4x4x4xi8>
    stm32.yield %b : tensor<1x4x4x4xi8>
  }
  return
}

// -----

func.func @f(%x: !stm32.buffer<1x8x4x4xi8, rows = 2>) {
  // expected-error @+1 {{[0, 3) is not a range of rows that '!stm32.buffer<1x8x4x4xi8, rows = 2>' can hold}}
  stm32.receive into %x band(0, 3) : !stm32.buffer<1x8x4x4xi8, rows = 2>
  return
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([]) outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @p : <1x8x4x4xi8, rows = 2>
  %y = stm32.buffer @p : <4xi8>
  // expected-error @+1 {{receives rows of what is no input}}
  stm32.receive into %x band(6, 2) : !stm32.buffer<1x8x4x4xi8, rows = 2>
  stm32.output %y : !stm32.buffer<4xi8>
}

// -----

stm32.memory_region @ram
// expected-error @+1 {{'stm32.pool' op streams into @p: only constants can, into a pool of activations}}
stm32.pool @p in @ram align(16) stream(@p)

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([]) outputs([]) {
  %k = stm32.packed ["x"] [dense<1> : tensor<4xi8>] : tensor<4xi8>
  %b = stm32.buffer @p scratch : !stm32.buffer<8xi8>
  // expected-error @+1 {{'stm32.fetch' op of 4 bytes into 8}}
  %f = stm32.fetch %k into %b : tensor<4xi8>, !stm32.buffer<8xi8>
  stm32.output
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([]) outputs([]) {
  %k = stm32.packed ["x"] [dense<1> : tensor<4xi8>] : tensor<4xi8>
  %a = stm32.buffer @p scratch : !stm32.buffer<4xi8>
  %b = stm32.buffer @p scratch : !stm32.buffer<4xi8>
  %f = stm32.fetch %k into %a : tensor<4xi8>, !stm32.buffer<4xi8>
  // expected-error @+1 {{'stm32.fetch' op of a tensor that is not a stm32.packed}}
  %g = stm32.fetch %f into %b : tensor<4xi8>, !stm32.buffer<4xi8>
  stm32.output
}
