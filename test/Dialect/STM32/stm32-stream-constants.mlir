// RUN: stm32-opt %s --stm32-stream-constants --split-input-file | FileCheck %s
// RUN: stm32-opt %s --stm32-stream-constants --stm32-plan-memory --stm32-simulate-memory --split-input-file -o /dev/null

// The copy for an operator begins before the operator ahead of it. The third
// one reads few values of its table, so that a copy would not pay.

// CHECK-LABEL: stm32.model @ahead
// CHECK: %[[A:.*]] = stm32.packed ["a"]
// CHECK: %[[B:.*]] = stm32.packed ["b"]
// CHECK: %[[C:.*]] = stm32.packed ["c"]
// CHECK-DAG: %[[FA:.*]] = stm32.fetch %[[A]] into
// CHECK-DAG: %[[FB:.*]] = stm32.fetch %[[B]] into
// CHECK: stm32.lookup {{.*}} packed(%[[FA]])
// CHECK-NOT: stm32.fetch
// CHECK: stm32.lookup {{.*}} packed(%[[FB]])
// CHECK: stm32.lookup {{.*}} packed(%[[C]])
stm32.memory_region @sram
stm32.memory_region @xflash latency(8)
stm32.pool @fast in @sram align(16)
stm32.pool @rom in @xflash align(16) constants stream(@fast)
stm32.model @ahead inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %a = stm32.packed ["a"] [dense<1> : tensor<256xi8>] : tensor<256xi8>
  %b = stm32.packed ["b"] [dense<2> : tensor<256xi8>] : tensor<256xi8>
  %c = stm32.packed ["c"] [dense<3> : tensor<256xi8>] : tensor<256xi8>
  %x = stm32.buffer @fast tensor(0) input(0) : !stm32.buffer<1x16x16x8xi8>
  %t = stm32.buffer @fast tensor(1) : !stm32.buffer<1x16x16x8xi8>
  %u = stm32.buffer @fast tensor(2) : !stm32.buffer<1x16x16x8xi8>
  %v = stm32.view %u tensor(3) : !stm32.buffer<1x16x16x8xi8> to !stm32.buffer<1x8xi8>
  %y = stm32.buffer @fast tensor(4) : !stm32.buffer<1x8xi8>
  stm32.lookup %x packed(%a) into %t {function = "EXP", kernel = "stm32rt_lookup_s8"}
    : (!stm32.buffer<1x16x16x8xi8>, tensor<256xi8>, !stm32.buffer<1x16x16x8xi8>) -> ()
  stm32.lookup %t packed(%b) into %u {function = "EXP", kernel = "stm32rt_lookup_s8"}
    : (!stm32.buffer<1x16x16x8xi8>, tensor<256xi8>, !stm32.buffer<1x16x16x8xi8>) -> ()
  stm32.lookup %v packed(%c) into %y {function = "EXP", kernel = "stm32rt_lookup_s8"}
    : (!stm32.buffer<1x8xi8>, tensor<256xi8>, !stm32.buffer<1x8xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x8xi8>
}

// -----

// A pool without room takes none; without `stream` nothing is copied.

// CHECK-LABEL: stm32.model @full
// CHECK-NOT: stm32.fetch
stm32.memory_region @sram
stm32.memory_region @xflash latency(8)
stm32.pool @fast in @sram limit(2048) align(16)
stm32.pool @rom in @xflash align(16) constants stream(@fast)
stm32.model @full inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
  %a = stm32.packed ["a"] [dense<1> : tensor<256xi8>] : tensor<256xi8>
  %x = stm32.buffer @fast tensor(0) input(0) : !stm32.buffer<1x16x16x8xi8>
  %y = stm32.buffer @fast tensor(1) : !stm32.buffer<1x16x16x8xi8>
  stm32.lookup %x packed(%a) into %y {function = "EXP", kernel = "stm32rt_lookup_s8"}
    : (!stm32.buffer<1x16x16x8xi8>, tensor<256xi8>, !stm32.buffer<1x16x16x8xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x16x16x8xi8>
}
