// Names may hold any byte. Two models in one module; colliding names.
//
// RUN: stm32-opt --convert-stm32-to-emitc %s -o %t
// RUN: stm32-translate --mlir-to-c %t | FileCheck %s --check-prefixes=CHECK,SHORT
// RUN: stm32-opt --convert-stm32-to-emitc=full-names %s \
// RUN: | stm32-translate --mlir-to-c | FileCheck %s --check-prefix=FULL
// RUN: not stm32-translate --mlir-to-c --stm32-file=net.c %t 2>&1 \
// RUN: | FileCheck %s --check-prefix=MISSING

// MISSING: error: there is no file 'net.c'
// MISSING: note: there is 'my_net_2.h'

stm32.memory_region @ram
stm32.pool @"on chip" in @ram size(64) align(16)
stm32.pool @count in @ram size(64) align(16)
stm32.pool @on_chip in @ram size(64) align(16)
stm32.pool @x_size in @ram size(64) align(16)

// CHECK: /* ==== my_net_2.h ==== */
// CHECK: #ifndef MY_NET_2_H
// CHECK: #define AI_MY_NET_2_MODEL_NAME "my-net 2"
// CHECK: /* "a*_ /_ b/_ _c"___/____=__-___d", int8 1x2 */
// CHECK: #define MY_NET_2_POOL_COUNT 4
// CHECK-NEXT: #define MY_NET_2_POOL_ON_CHIP 0
// CHECK: #define MY_NET_2_POOL_COUNT_POOL 1
// CHECK: #define MY_NET_2_POOL_ON_CHIP_2 2
// CHECK: #define MY_NET_2_POOL_X_SIZE_POOL 3
// CHECK: /* ==== my_net_2.c ==== */
// CHECK: /* 0: REQUANTIZE "__{{.*}} end", 1x2 -> 1x2 */
// FULL: stm32-compile --name my_net_2 --full-names
// CHECK: {.name = "a*/ // b/* \\c\"\012?\?/\377\000?\?=?\?-\342\202\254d",
// Joined names: the first, but for inputs and outputs.
// SHORT: {.name = "/*/\\/ end",
// SHORT: {.name = "b",
// SHORT: {.name = "y;z",
// SHORT: {.name = "b",
// SHORT-NEXT: .kind
// FULL: {.name = "b;c",
// FULL: {.name = "y;z",
// FULL: {.name = "b;c",
// FULL-NEXT: .kind
stm32.model @"my-net 2" inputs([#stm32.io<"a*/ // b/* \\c\22\0A??/\FF\00??=??-\E2\82\ACd", 0.0 : f32, 0>])
    outputs([#stm32.io<"y;z", 0.0 : f32, 0>]) {
  %x = stm32.buffer @"on chip" offset(0) tensor(3) input(0) : !stm32.buffer<1x2xi8>
  %a = stm32.buffer @count offset(0) tensor(5) : !stm32.buffer<1x2xi8> loc("/*/\\/ end")
  %b = stm32.buffer @on_chip offset(0) tensor(7) : !stm32.buffer<1x2xi8> loc("b;c")
  %y = stm32.buffer @x_size offset(0) tensor(9) : !stm32.buffer<1x2xi8>
  stm32.requantize %x into %a {input_zp = 0 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [30], zp = 2, clamp = [-128, 127]>}
    : (!stm32.buffer<1x2xi8>, !stm32.buffer<1x2xi8>) -> ()
  stm32.requantize %a into %b {input_zp = 0 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [30], zp = 2, clamp = [-128, 127]>}
    : (!stm32.buffer<1x2xi8>, !stm32.buffer<1x2xi8>) -> ()
  stm32.requantize %b into %y {input_zp = 0 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [30], zp = 2, clamp = [-128, 127]>}
    : (!stm32.buffer<1x2xi8>, !stm32.buffer<1x2xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x2xi8>
}

// Without operators and with names that C or the runtime have.
// CHECK: /* ==== my_net_2_2.h ==== */
// CHECK: .inputs = NULL
// CHECK: .operators = NULL
stm32.model @my_net_2 inputs([]) outputs([#stm32.io<"", 0.0 : f32, 0>]) {
  %x = stm32.buffer @count offset(0) tensor(0) : !stm32.buffer<2xi8>
  stm32.output %x : !stm32.buffer<2xi8>
}
// CHECK: /* ==== int_.h ==== */
stm32.model @int inputs([]) outputs([#stm32.io<"", 0.0 : f32, 0>]) {
  %x = stm32.buffer @count offset(0) tensor(0) : !stm32.buffer<2xi8>
  stm32.output %x : !stm32.buffer<2xi8>
}
// CHECK: /* ==== model_stm32rt.h ==== */
stm32.model @stm32rt inputs([]) outputs([#stm32.io<"", 0.0 : f32, 0>]) {
  %x = stm32.buffer @count offset(0) tensor(0) : !stm32.buffer<2xi8>
  stm32.output %x : !stm32.buffer<2xi8>
}
// CHECK: /* ==== model_7.h ==== */
stm32.model @"7" inputs([]) outputs([#stm32.io<"", 0.0 : f32, 0>]) {
  %x = stm32.buffer @count offset(0) tensor(0) : !stm32.buffer<2xi8>
  stm32.output %x : !stm32.buffer<2xi8>
}

// RUN: echo "module {}" | not stm32-translate --mlir-to-c 2>&1 \
// RUN: | FileCheck %s --check-prefix=EMPTY
// EMPTY: error: has no emitc.file: run --stm32-emitc-pipeline first
