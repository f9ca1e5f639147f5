// RUN: stm32-opt %s --stm32-plan-memory --stm32-simulate-memory --split-input-file | FileCheck %s
// RUN: stm32-opt %s --stm32-plan-memory=overlap=false --split-input-file | FileCheck %s --check-prefix=APART

// An elementwise operator works in place. A 3x3 window writes row r while it
// reads from row r - 1 on: two rows of the result lie before the input.
// CHECK: stm32.pool @p in @ram size(144)
// CHECK-LABEL: stm32.model @chain
// CHECK: stm32.buffer @p offset(32) storage(0) tensor(0) input(0)
// CHECK: stm32.buffer @p offset(32) storage(0) tensor(1)
// CHECK: stm32.buffer @p offset(0) storage(1) tensor(2)
// APART: stm32.pool @p in @ram size(224)
stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @chain inputs([#stm32.io<"a", 1.0 : f32, 0>])
    outputs([#stm32.io<"z", 1.0 : f32, 0>]) {
  %a = stm32.buffer @p tensor(0) input(0) : <1x7x4x4xi8>
  %y = stm32.buffer @p tensor(1) : <1x7x4x4xi8>
  %z = stm32.buffer @p tensor(2) : <1x7x4x4xi8>
  stm32.binary maximum %a, %a into %y {kernel = "k"} : (!stm32.buffer<1x7x4x4xi8>, !stm32.buffer<1x7x4x4xi8>, !stm32.buffer<1x7x4x4xi8>) -> ()
  stm32.max_pool_2d %y into %z {clamp = array<i32: -128, 127>, kernel = "k",
    padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
    window = array<i64: 3, 3>} : (!stm32.buffer<1x7x4x4xi8>, !stm32.buffer<1x7x4x4xi8>) -> ()
  stm32.output %z : !stm32.buffer<1x7x4x4xi8>
}

// -----

// Not where the input is an output, too, where somebody reads it later, or where
// a kernel says nothing of its order.
// CHECK: stm32.pool @p in @ram size(64)
// CHECK-LABEL: stm32.model @not
// APART: stm32.pool @p in @ram size(64)
stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @not inputs([#stm32.io<"a", 1.0 : f32, 0>, #stm32.io<"b", 1.0 : f32, 0>])
    outputs([#stm32.io<"b", 1.0 : f32, 0>, #stm32.io<"y", 1.0 : f32, 0>]) {
  %a = stm32.buffer @p tensor(0) input(0) : <16xi8>
  %b = stm32.buffer @p tensor(1) input(1) : <16xi8>
  %y = stm32.buffer @p tensor(2) : <16xi8>
  %z = stm32.buffer @p tensor(3) : <16xi8>
  stm32.binary maximum %b, %b into %y {kernel = "k"} : (!stm32.buffer<16xi8>, !stm32.buffer<16xi8>, !stm32.buffer<16xi8>) -> ()
  stm32.softmax %a into %z {diff_min = -124 : i32, kernel = "k", left_shift = 24 : i32,
    multiplier = 1476210432 : i32} : (!stm32.buffer<16xi8>, !stm32.buffer<16xi8>) -> ()
  stm32.output %b, %y : !stm32.buffer<16xi8>, !stm32.buffer<16xi8>
}

// -----

// An elementwise operator that writes the end of a concatenation reads its input
// from there, not from the beginning.
// CHECK-LABEL: stm32.model @part
// CHECK: stm32.buffer @p offset(16) storage(0) tensor(0) input(0)
// CHECK: stm32.buffer @p offset(0) storage(1) tensor(1)
stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @part inputs([#stm32.io<"a", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %a = stm32.buffer @p tensor(0) input(0) : <32xi8>
  %y = stm32.buffer @p tensor(1) : <48xi8>
  %v = stm32.view %y offset(16) tensor(2) : !stm32.buffer<48xi8> to <32xi8>
  stm32.binary maximum %a, %a into %v {kernel = "k"} : (!stm32.buffer<32xi8>, !stm32.buffer<32xi8>, !stm32.buffer<32xi8>) -> ()
  %w = stm32.view %y tensor(3) : !stm32.buffer<48xi8> to <16xi8>
  stm32.strided_copy %v into %w {kernel = "k", offset = 0 : i64,
    sizes = array<i64: 16>, strides = array<i64: 1>} : (!stm32.buffer<32xi8>, !stm32.buffer<16xi8>) -> ()
  stm32.output %y : !stm32.buffer<48xi8>
}
