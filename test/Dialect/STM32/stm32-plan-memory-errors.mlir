// RUN: stm32-opt %s --stm32-plan-memory --split-input-file --verify-diagnostics

// expected-error @+1 {{is on tensors; run --stm32-bufferize first}}
stm32.model @tensors inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<8xi8>):
  stm32.output %x : tensor<8xi8>
}

// -----

// The operator with the most bytes, and what is alive there.
stm32.memory_region @ram
// expected-error @+2 {{memory region 'ram' has 64 bytes for pool 'p', but the model needs 96}}
// expected-note @+1 {{--optimize ram, another region (--memory), a part with more RAM, a smaller input or fewer channels at this operator would help}}
stm32.pool @p in @ram limit(64) align(16)
stm32.model @chain inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @p tensor(0) input(0) : !stm32.buffer<16xi8> loc("input")
  %a = stm32.buffer @p tensor(1) : !stm32.buffer<64xi8> loc("middle")
  stm32.pad %x into %a {before = array<i64: 8>, after = array<i64: 40>,
    value = 0 : i32} : (!stm32.buffer<16xi8>, !stm32.buffer<64xi8>) -> ()
  %s = stm32.buffer @p scratch : !stm32.buffer<16xi8>
  %y = stm32.buffer @p tensor(2) : !stm32.buffer<1xi8> loc("last")
  // expected-note @+1 {{MEAN '' is the operator that needs most: middle (64 bytes), scratch (16 bytes), last (1 bytes)}}
  stm32.reduce mean %a into %y scratch(%s) {axes = array<i64: 0>, input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [34], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<64xi8>, !stm32.buffer<1xi8>, !stm32.buffer<16xi8>) -> ()
  stm32.output %y : !stm32.buffer<1xi8>
}

// -----

// A pool without a limit may use its region, not more.
stm32.memory_region @ram size(20)
// expected-error @+1 {{memory region 'ram' has 20 bytes for pool 'p', but the model needs 32}}
stm32.pool @p in @ram align(16)
// There is no operator to blame.
stm32.model @passthrough inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @p tensor(0) input(0) : !stm32.buffer<17xi8>
  stm32.output %x : !stm32.buffer<17xi8>
}

// -----

// The region is smaller than the pool's limit.
stm32.memory_region @ram size(16)
// expected-error @+1 {{memory region 'ram' has 16 bytes for pool 'p', but the model needs 32}}
stm32.pool @p in @ram limit(100) align(32)
stm32.model @passthrough inputs([#stm32.io<"x", 1.0 : f32, 0>]) outputs([]) {
  %x = stm32.buffer @p tensor(0) input(0) : !stm32.buffer<16xi8>
  stm32.output
}

// -----

// Each pool fits in the region, but not all of them.
// expected-error @+1 {{memory region 'ram' has 64 bytes, but its pools need 80}}
stm32.memory_region @ram size(64)
// expected-note @+1 {{pool 'p' needs 32}}
stm32.pool @p in @ram align(16)
// expected-note @+1 {{pool 'q' needs 48}}
stm32.pool @q in @ram align(16)
stm32.model @pools inputs([#stm32.io<"x", 1.0 : f32, 0>, #stm32.io<"y", 1.0 : f32, 0>]) outputs([]) {
  %x = stm32.buffer @p tensor(0) input(0) : !stm32.buffer<32xi8>
  %y = stm32.buffer @q tensor(1) input(1) : !stm32.buffer<48xi8>
  stm32.output
}
