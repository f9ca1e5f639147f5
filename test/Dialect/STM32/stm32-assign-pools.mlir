// RUN: stm32-opt %s --stm32-assign-pools --stm32-plan-memory --split-input-file | FileCheck %s

// Each pool takes what still fits, the most used first: the tensor between the
// operators is written and read, and is alive with each of the others.

// CHECK: stm32.pool @fast in @sram size(64)
// CHECK: stm32.pool @slow in @psram size(64)
// CHECK-LABEL: stm32.model @spread
// CHECK: stm32.buffer @slow {{.*}}tensor(0) input(0)
// CHECK: stm32.buffer @fast {{.*}}tensor(1)
// CHECK: stm32.buffer @slow {{.*}}tensor(2)
stm32.memory_region @sram size(64)
stm32.memory_region @psram size(1024)
stm32.pool @fast in @sram align(16)
stm32.pool @slow in @psram align(16)
stm32.model @spread inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"z", 1.0 : f32, 0>]) {
  %x = stm32.buffer @fast tensor(0) input(0) : !stm32.buffer<1x4x4x4xi8>
  %y = stm32.buffer @fast tensor(1) : !stm32.buffer<1x4x4x4xi8>
  %z = stm32.buffer @fast tensor(2) : !stm32.buffer<1x4x4x4xi8>
  stm32.max_pool_2d %x into %y {clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 1, 1, 1, 1>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (!stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x4x4x4xi8>) -> ()
  stm32.max_pool_2d %y into %z {clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 1, 1, 1, 1>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (!stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x4x4x4xi8>) -> ()
  stm32.output %z : !stm32.buffer<1x4x4x4xi8>
}

// -----

// What was asked for stays, and takes its place first.

// CHECK-LABEL: stm32.model @pinned
// CHECK: stm32.buffer @slow {{.*}}tensor(0) input(0)
// CHECK: stm32.buffer @fast {{.*}}tensor(1)
stm32.memory_region @sram size(64)
stm32.memory_region @psram size(1024)
stm32.pool @fast in @sram align(16)
stm32.pool @slow in @psram align(16)
stm32.model @pinned inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @fast tensor(0) input(0) : !stm32.buffer<1x4x4x4xi8>
  %y = stm32.buffer @fast tensor(1) {stm32.pool = @fast} : !stm32.buffer<1x4x4x4xi8>
  stm32.max_pool_2d %x into %y {clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 1, 1, 1, 1>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (!stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x4x4x4xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x4x4x4xi8>
}

// -----

// What fits as it is stays, also where an earlier pool has room.

// CHECK-LABEL: stm32.model @kept
// CHECK: stm32.buffer @slow
stm32.memory_region @sram
stm32.memory_region @psram
stm32.pool @fast in @sram align(16)
stm32.pool @slow in @psram align(16)
stm32.model @kept inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"x", 1.0 : f32, 0>]) {
  %x = stm32.buffer @slow tensor(0) input(0) : !stm32.buffer<1x4x4x4xi8>
  stm32.output %x : !stm32.buffer<1x4x4x4xi8>
}

// -----

// Two pools of one region share its bytes.

// CHECK-LABEL: stm32.model @shared
// CHECK: stm32.buffer @a
// CHECK: stm32.buffer @c
stm32.memory_region @sram size(96)
stm32.memory_region @psram
stm32.pool @a in @sram limit(64) align(16)
stm32.pool @b in @sram limit(64) align(16)
stm32.pool @c in @psram align(16)
stm32.model @shared inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %x = stm32.buffer @a tensor(0) input(0) : !stm32.buffer<1x4x4x4xi8>
  %y = stm32.buffer @a tensor(1) : !stm32.buffer<1x4x4x4xi8>
  stm32.max_pool_2d %x into %y {clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 1, 1, 1, 1>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (!stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x4x4x4xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x4x4x4xi8>
}

// -----

// Latencies go before the order: the tensor between the operators is accessed
// most, and the second pool is the faster one.

// CHECK-LABEL: stm32.model @fastest
// CHECK: stm32.buffer @far {{.*}}tensor(0) input(0)
// CHECK: stm32.buffer @near {{.*}}tensor(1)
// CHECK: stm32.buffer @far {{.*}}tensor(2)
stm32.memory_region @psram size(1024) latency(8)
stm32.memory_region @sram size(64)
stm32.pool @far in @psram align(16)
stm32.pool @near in @sram align(16)
stm32.model @fastest inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"z", 1.0 : f32, 0>]) {
  %x = stm32.buffer @near tensor(0) input(0) : !stm32.buffer<1x4x4x4xi8>
  %y = stm32.buffer @near tensor(1) : !stm32.buffer<1x4x4x4xi8>
  %z = stm32.buffer @near tensor(2) : !stm32.buffer<1x4x4x4xi8>
  stm32.max_pool_2d %x into %y {clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 1, 1, 1, 1>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (!stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x4x4x4xi8>) -> ()
  stm32.max_pool_2d %y into %z {clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 1, 1, 1, 1>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 3>}
    : (!stm32.buffer<1x4x4x4xi8>, !stm32.buffer<1x4x4x4xi8>) -> ()
  stm32.output %z : !stm32.buffer<1x4x4x4xi8>
}
