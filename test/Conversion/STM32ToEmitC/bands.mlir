// Bands of rows, rings of rows and planar tensors: one function for each layer, a
// table of its bands.
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
  %f = stm32.buffer @activations offset(288) tensor(5) : !stm32.buffer<1x2x2x2xf32> loc("f")
  %c = stm32.buffer @activations offset(352) tensor(7) : !stm32.buffer<1x4x2x2xi8, rows = 2> loc("collected")
  %m = stm32.buffer @activations offset(384) tensor(8) : !stm32.buffer<1x1x1x2xi8> loc("mean")
  %s = stm32.buffer @activations offset(400) scratch : !stm32.buffer<8xi8>
  %g = stm32.buffer @activations offset(320) tensor(6) : !stm32.buffer<1x2x2x2xf32> loc("g")

// The whole of x, a ring of y. The calls of one layer differ in their band only;
// two that follow each other are one step if the rings hold their rows.
// CHECK:      #include "stm32rt_kernels.h"
// CHECK-NEXT: #include "stm32rt_window.h"
// CHECK:      /* 0: MAX_POOL_2D "ring", 1x8x4x2 -> 1x8x4x2 */
// CHECK-NEXT: /* In 2 bands of rows; rings of rows: y 3. */
// CHECK-NEXT: static const stm32rt_window net_op_0_window = {
// CHECK-NEXT:   .batches = 1,
// CHECK-NEXT:   .x = {.height = 8, .width = 4, .channels = 2, .row_stride = 8,
// CHECK-NEXT:         .pixel_stride = 2, .channel_stride = 1},
// CHECK-NEXT:   .y = {.height = 8, .width = 4, .channels = 2, .row_stride = 8,
// CHECK-NEXT:         .pixel_stride = 2, .channel_stride = 1},
// CHECK:      static void net_op_0(const stm32rt_context *context, uint32_t first,
// CHECK-NEXT:                      uint32_t count) {
// CHECK-NEXT:   const void *x = stm32rt_at(context, NET_POOL_ACTIVATIONS, 0);
// CHECK-NEXT:   void *y = stm32rt_at(context, NET_POOL_ACTIVATIONS, 64);
// CHECK-NEXT:   const stm32rt_band band = stm32rt_band_at(&net_op_0_window, first, count, 0,
// CHECK-NEXT:                                             3);
// CHECK-NEXT:   stm32rt_max_pool_2d_s8_rows(&net_op_0_window, &band, x, y);
// CHECK-NEXT: }
  stm32.max_pool_2d %x into %r {band = #stm32.band<0, 2>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x8x4x2xi8>, !stm32.buffer<1x8x4x2xi8, rows = 3>) -> ()
  stm32.max_pool_2d %x into %r {band = #stm32.band<2, 1>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x8x4x2xi8>, !stm32.buffer<1x8x4x2xi8, rows = 3>) -> ()

// The input becomes planar; row 0 of y reads rows 0 .. 1.
// CHECK:      /* 1: MAX_POOL_2D "planar", 1x8x4x2 -> 1x4x4x2 */
// CHECK-NEXT: /* In 3 bands of rows; rings of rows: x 3. */
// CHECK-NEXT: static const stm32rt_window net_op_1_window = {
// CHECK:        .y = {.height = 4, .width = 4, .channels = 2, .row_stride = 4,
// CHECK-NEXT:         .pixel_stride = 1, .channel_stride = 16},
// CHECK:        const stm32rt_band band = stm32rt_band_at(&net_op_1_window, first, count, 3,
// CHECK-NEXT:                                             0);
  stm32.max_pool_2d %r into %p {band = #stm32.band<0, 1>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 2, 1>, window = array<i64: 2, 1>}
    : (!stm32.buffer<1x8x4x2xi8, rows = 3>, !stm32.buffer<1x4x4x2xi8, planar>) -> ()

// Rows 3 .. 4 of the ring are written around its end.
  stm32.max_pool_2d %x into %r {band = #stm32.band<3, 2>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x8x4x2xi8>, !stm32.buffer<1x8x4x2xi8, rows = 3>) -> ()

// Rows 1 and 2 of y read rows 2 .. 5, more than the ring holds: they stay two
// calls.
  stm32.max_pool_2d %r into %p {band = #stm32.band<1, 1>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 2, 1>, window = array<i64: 2, 1>}
    : (!stm32.buffer<1x8x4x2xi8, rows = 3>, !stm32.buffer<1x4x4x2xi8, planar>) -> ()
  stm32.max_pool_2d %r into %p {band = #stm32.band<2, 1>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 2, 1>, window = array<i64: 2, 1>}
    : (!stm32.buffer<1x8x4x2xi8, rows = 3>, !stm32.buffer<1x4x4x2xi8, planar>) -> ()

// A planar ring: a plane has as many rows as are held.
// CHECK:      /* 2: AVERAGE_POOL_2D "planar_ring", 1x4x4x2 -> 1x4x4x2 */
// CHECK-NEXT: /* In 1 band of rows; rings of rows: y 2. */
// CHECK-NEXT: static const stm32rt_window net_op_2_window = {
// CHECK:        .x = {.height = 4, .width = 4, .channels = 2, .row_stride = 4,
// CHECK-NEXT:         .pixel_stride = 1, .channel_stride = 16},
// CHECK-NEXT:   .y = {.height = 4, .width = 4, .channels = 2, .row_stride = 4,
// CHECK-NEXT:         .pixel_stride = 1, .channel_stride = 8},
// CHECK:        stm32rt_average_pool_2d_s8_rows(&net_op_2_window, &band, x, y);
  stm32.average_pool_2d %p into %q {band = #stm32.band<2, 2>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_average_pool_2d_s8", padding = array<i64: 1, 1, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 3, 1>}
    : (!stm32.buffer<1x4x4x2xi8, planar>, !stm32.buffer<1x4x4x2xi8, planar, rows = 2>) -> ()

// Planar images are not computed row by row: two calls stay two steps.
// CHECK:      /* 3: MAX_POOL_2D "y", 1x4x4x2 -> 1x4x4x2 */
// CHECK-NEXT: /* In 2 bands of rows; rings of rows: x 2. */
  stm32.max_pool_2d %q into %y {band = #stm32.band<2, 1>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x4x4x2xi8, planar, rows = 2>, !stm32.buffer<1x4x4x2xi8>) -> ()
  stm32.max_pool_2d %q into %y {band = #stm32.band<3, 1>, clamp = array<i32: -128, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x4x4x2xi8, planar, rows = 2>, !stm32.buffer<1x4x4x2xi8>) -> ()

// Another attribute is another layer. An operator without bands has no rows. The
// descriptor of a float pool, shared by both, has its window inside.
// CHECK:      /* 4: MAX_POOL_2D "y", 1x4x4x2 -> 1x4x4x2 */
// CHECK-NEXT: /* In 1 band of rows; rings of rows: x 2. */
  stm32.max_pool_2d %q into %y {band = #stm32.band<2, 1>, clamp = array<i32: 0, 127>,
    kernel = "stm32rt_max_pool_2d_s8", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x4x4x2xi8, planar, rows = 2>, !stm32.buffer<1x4x4x2xi8>) -> ()
// CHECK:      static void net_op_5(const stm32rt_context *context) {
// CHECK:        stm32rt_max_pool_2d_f32(&net_op_5_pool_f32, x, y);
  stm32.max_pool_2d %f into %g {float_clamp = array<f32: -1.0, 1.0>,
    kernel = "stm32rt_max_pool_2d_f32", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x2x2x2xf32>, !stm32.buffer<1x2x2x2xf32>) -> ()
// CHECK:        const stm32rt_band band = stm32rt_band_at(&net_op_5_pool_f32.window, first,
// CHECK-NEXT:                                             count, 0, 0);
  stm32.max_pool_2d %g into %f {band = #stm32.band<1, 1>, float_clamp = array<f32: -1.0, 1.0>,
    kernel = "stm32rt_max_pool_2d_f32", padding = array<i64: 0, 0, 0, 0>,
    strides = array<i64: 1, 1>, window = array<i64: 1, 1>}
    : (!stm32.buffer<1x2x2x2xf32>, !stm32.buffer<1x2x2x2xf32>) -> ()

// An average over the image, as its rows come: bands of the input.
// CHECK:      /* 7: AVERAGE_POOL_2D "mean", 1x4x2x2 -> 1x1x1x2 */
// CHECK-NEXT: /* In 2 bands of rows; rings of rows: x 2. */
// CHECK:        const void *x = stm32rt_at(context, NET_POOL_ACTIVATIONS, 352);
// CHECK-NEXT:   void *y = stm32rt_at(context, NET_POOL_ACTIVATIONS, 384);
// CHECK-NEXT:   void *scratch = stm32rt_at(context, NET_POOL_ACTIVATIONS, 400);
// CHECK-NEXT:   const stm32rt_band band = stm32rt_input_band_at(&net_op_7_window, first,
// CHECK-NEXT:                                                   count, 2);
// CHECK-NEXT:   stm32rt_average_pool_2d_s8_partial(&net_op_7_window, &band, x, y, scratch);
  stm32.average_pool_2d %c into %m scratch(%s) {input_band = #stm32.band<0, 1>,
    clamp = array<i32: -128, 127>, kernel = "stm32rt_average_pool_2d_s8",
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>, window = array<i64: 4, 2>}
    : (!stm32.buffer<1x4x2x2xi8, rows = 2>, !stm32.buffer<1x1x1x2xi8>, !stm32.buffer<8xi8>) -> ()
  stm32.average_pool_2d %c into %m scratch(%s) {input_band = #stm32.band<1, 1>,
    clamp = array<i32: -128, 127>, kernel = "stm32rt_average_pool_2d_s8",
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>, window = array<i64: 4, 2>}
    : (!stm32.buffer<1x4x2x2xi8, rows = 2>, !stm32.buffer<1x1x1x2xi8>, !stm32.buffer<8xi8>) -> ()
  stm32.average_pool_2d %c into %m scratch(%s) {input_band = #stm32.band<2, 1>,
    clamp = array<i32: -128, 127>, kernel = "stm32rt_average_pool_2d_s8",
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>, window = array<i64: 4, 2>}
    : (!stm32.buffer<1x4x2x2xi8, rows = 2>, !stm32.buffer<1x1x1x2xi8>, !stm32.buffer<8xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x4x4x2xi8>
}

// The ring's size is that of the rows held; its shape is that of the tensor.
// CHECK:      {.name = "ring",
// CHECK-NEXT:  .type = STM32RT_INT8, .rank = 4, .shape = {1, 8, 4, 2},
// CHECK-NEXT:  .pool = NET_POOL_ACTIVATIONS, .offset = 64, .size = 24},

// CHECK:      static const stm32rt_operator net_operators[8] = {
// CHECK:        .output = 1, .outputs = 1, .run_rows = net_op_0},
// CHECK:        /* 5 */
// CHECK-NEXT:   {.name = "g",
// CHECK-NEXT:    .kind = "MAX_POOL_2D", .kernel = "stm32rt_max_pool_2d_f32", .macs = 0u,
// CHECK-NEXT:    .output = 6, .outputs = 1, .run = net_op_5},

// CHECK:      /* Operator, first row, rows. */
// CHECK-NEXT: static const stm32rt_step net_steps[13] = {
// CHECK-NEXT:   {0, 0, 3}, {1, 0, 1}, {0, 3, 2}, {1, 1, 1}, {1, 2, 1}, {2, 2, 2}, {3, 2, 1},
// CHECK-NEXT:   {3, 3, 1}, {4, 2, 1}, {5, 0, 0}, {6, 1, 1}, {7, 0, 2}, {7, 2, 1}};
// CHECK:        .operator_count = AI_NET_N_NODES,
// CHECK-NEXT:   .step_count = 13,
// CHECK:        .operators = net_operators,
// CHECK-NEXT:   .steps = net_steps,
