// Bands of rows, rings of rows and planar tensors.
//
// RUN: stm32-opt --convert-stm32-to-emitc %s \
// RUN: | stm32-translate --mlir-to-c --stm32-file=net.c | FileCheck %s

stm32.memory_region @ram
stm32.pool @activations in @ram size(4096) align(16)

stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>])
    outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x8x4x2xi8> loc("x")
  %r = stm32.buffer @activations offset(64) tensor(1) : !stm32.buffer<1x8x4x2xi8, rows = 3> loc("ring")
  %p = stm32.buffer @activations offset(128) tensor(2) : !stm32.buffer<1x4x4x2xi8, planar> loc("planar")
  %q = stm32.buffer @activations offset(192) tensor(3) : !stm32.buffer<1x4x4x2xi8, planar, rows = 2> loc("planar_ring")
  %y = stm32.buffer @activations offset(256) tensor(4) : !stm32.buffer<1x4x4x2xi8> loc("y")

// The whole of x, a ring of y: rows 0 .. 2 lie in slots 0 .. 2.
// CHECK:      /* 0: MAX_POOL_2D "ring", 1x8x4x2 -> 1x8x4x2, rows 0 .. 2 */
// CHECK-NEXT: static const stm32rt_window net_op_0_window = {
// CHECK-NEXT:   .batches = 1,
// CHECK-NEXT:   .x = {.height = 8, .width = 4, .channels = 2, .row_stride = 8,
// CHECK-NEXT:         .pixel_stride = 2, .channel_stride = 1},
// CHECK-NEXT:   .y = {.height = 8, .width = 4, .channels = 2, .row_stride = 8,
// CHECK-NEXT:         .pixel_stride = 2, .channel_stride = 1},
// CHECK:      static const stm32rt_band net_op_0_band = {
// CHECK-NEXT:   .first = 0, .count = 3,
// CHECK-NEXT:   .x_first = 0, .x_rows = 8,
// CHECK-NEXT:   .y_first = 0, .y_rows = 3,
// CHECK-NEXT: };
// CHECK:        stm32rt_max_pool_2d_s8_rows(&net_op_0_window, &net_op_0_band, x, y);
  stm32.max_pool_2d %x into %r {band = #stm32.band<0, 3>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x8x4x2xi8>, !stm32.buffer<1x8x4x2xi8, rows = 3>) -> ()

// The input becomes planar; two rows at a time. Row 0 of y reads rows 0 .. 1.
// CHECK:      /* 1: MAX_POOL_2D "planar", 1x8x4x2 -> 1x4x4x2, rows 0 .. 0 */
// CHECK-NEXT: static const stm32rt_window net_op_1_window = {
// CHECK:        .y = {.height = 4, .width = 4, .channels = 2, .row_stride = 4,
// CHECK-NEXT:         .pixel_stride = 1, .channel_stride = 16},
// CHECK:      static const stm32rt_band net_op_1_band = {
// CHECK-NEXT:   .first = 0, .count = 1,
// CHECK-NEXT:   .x_first = 0, .x_rows = 3,
// CHECK-NEXT:   .y_first = 0, .y_rows = 4,
// CHECK-NEXT: };
  stm32.max_pool_2d %r into %p {band = #stm32.band<0, 1>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 2, 1>, window = array<i64: 2, 1>}
    : (!stm32.buffer<1x8x4x2xi8, rows = 3>, !stm32.buffer<1x4x4x2xi8, planar>) -> ()

// The next band of the same layer shares the descriptor: rows 3 .. 4 of the
// ring are written around its end, slots 0 and 1.
// CHECK:      /* 2: MAX_POOL_2D "ring", 1x8x4x2 -> 1x8x4x2, rows 3 .. 4 */
// CHECK-NEXT: static const stm32rt_band net_op_2_band = {
// CHECK-NEXT:   .first = 3, .count = 2,
// CHECK-NEXT:   .x_first = 0, .x_rows = 8,
// CHECK-NEXT:   .y_first = 3, .y_rows = 3,
// CHECK-NEXT: };
// CHECK:        stm32rt_max_pool_2d_s8_rows(&net_op_0_window, &net_op_2_band, x, y);
  stm32.max_pool_2d %x into %r {band = #stm32.band<3, 2>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x8x4x2xi8>, !stm32.buffer<1x8x4x2xi8, rows = 3>) -> ()

// Row 1 of y reads rows 2 and 3: slot 2 of the turn that began with row 0.
// CHECK:      static const stm32rt_band net_op_3_band = {
// CHECK-NEXT:   .first = 1, .count = 1,
// CHECK-NEXT:   .x_first = 0, .x_rows = 3,
// CHECK:        stm32rt_max_pool_2d_s8_rows(&net_op_1_window, &net_op_3_band, x, y);
  stm32.max_pool_2d %r into %p {band = #stm32.band<1, 1>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 2, 1>, window = array<i64: 2, 1>}
    : (!stm32.buffer<1x8x4x2xi8, rows = 3>, !stm32.buffer<1x4x4x2xi8, planar>) -> ()

// Row 2 of y reads rows 4 and 5: the turn that began with row 3.
// CHECK:      static const stm32rt_band net_op_4_band = {
// CHECK-NEXT:   .first = 2, .count = 1,
// CHECK-NEXT:   .x_first = 3, .x_rows = 3,
  stm32.max_pool_2d %r into %p {band = #stm32.band<2, 1>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 2, 1>, window = array<i64: 2, 1>}
    : (!stm32.buffer<1x8x4x2xi8, rows = 3>, !stm32.buffer<1x4x4x2xi8, planar>) -> ()

// A planar ring: a plane has as many rows as are held.
// CHECK:      /* 5: AVERAGE_POOL_2D "planar_ring", 1x4x4x2 -> 1x4x4x2, rows 2 .. 3 */
// CHECK-NEXT: static const stm32rt_window net_op_5_window = {
// CHECK:        .x = {.height = 4, .width = 4, .channels = 2, .row_stride = 4,
// CHECK-NEXT:         .pixel_stride = 1, .channel_stride = 16},
// CHECK-NEXT:   .y = {.height = 4, .width = 4, .channels = 2, .row_stride = 4,
// CHECK-NEXT:         .pixel_stride = 1, .channel_stride = 8},
// CHECK:      static const stm32rt_band net_op_5_band = {
// CHECK-NEXT:   .first = 2, .count = 2,
// CHECK-NEXT:   .x_first = 0, .x_rows = 4,
// CHECK-NEXT:   .y_first = 2, .y_rows = 2,
  stm32.average_pool_2d %p into %q {band = #stm32.band<2, 2>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_average_pool_2d_s8", padding = array<i64: 1, 1, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 1>}
    : (!stm32.buffer<1x4x4x2xi8, planar>, !stm32.buffer<1x4x4x2xi8, planar, rows = 2>) -> ()

// CHECK:      static const stm32rt_band net_op_6_band = {
// CHECK-NEXT:   .first = 2, .count = 2,
// CHECK-NEXT:   .x_first = 2, .x_rows = 2,
// CHECK-NEXT:   .y_first = 0, .y_rows = 4,
  stm32.max_pool_2d %q into %y {band = #stm32.band<2, 2>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x4x4x2xi8, planar, rows = 2>, !stm32.buffer<1x4x4x2xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x4x4x2xi8>
}

// The ring's size is that of the rows held; its shape is that of the tensor.
// CHECK:      {.name = "ring",
// CHECK-NEXT:  .type = STM32RT_INT8, .rank = 4, .shape = {1, 8, 4, 2},
// CHECK-NEXT:  .pool = NET_POOL_ACTIVATIONS, .offset = 64, .size = 24},
