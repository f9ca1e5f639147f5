// Operators that know no bands, on rows of images: one function for each layer,
// called for one row after the other.
//
// RUN: stm32-opt --convert-stm32-to-emitc %s \
// RUN: | stm32-translate --mlir-to-c --stm32-file=net.c | FileCheck %s

stm32.memory_region @ram
stm32.pool @activations in @ram size(4096) align(16)
stm32.pool @weights in @ram size(4096) align(16) constants

stm32.model @net inputs([#stm32.io<"x", 0.0 : f32, 0>])
    outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @activations offset(0) tensor(0) input(0) : !stm32.buffer<1x4x2x3xi8> loc("x")
  %r = stm32.buffer @activations offset(64) tensor(1) : !stm32.buffer<1x4x2x3xi8, rows = 2> loc("ring")
  %y = stm32.buffer @activations offset(128) tensor(2) : !stm32.buffer<1x4x2x3xi16> loc("y")
  %z = stm32.buffer @activations offset(256) tensor(3) : !stm32.buffer<1x4x2x3xi8> loc("z")
  %p = stm32.packed ["values"] [dense<7> : tensor<24xi8>] offset(16) : tensor<24xi8>
  %c = stm32.view %p : tensor<24xi8> to !stm32.buffer<1x4x2x3xi8>

// The descriptor is that of one row; shapes are those of the images.
// CHECK-NOT:  stm32rt_window.h
// CHECK:      /* 0: REQUANTIZE "ring", 1x4x2x3 -> 1x4x2x3 */
// CHECK-NEXT: /* In 2 bands of rows; rings of rows: y 2. */
// CHECK-NEXT: static const stm32rt_requantize net_op_0_requantize = {
// CHECK-NEXT:   .count = 6,
// CHECK:      static void net_op_0(const stm32rt_context *context, uint32_t first,
// CHECK-NEXT:                      uint32_t count) {
// CHECK-NEXT:   for (uint32_t row = first; row < first + count; row++) {
// CHECK-NEXT:     const void *x =
// CHECK-NEXT:         stm32rt_at(context, NET_POOL_ACTIVATIONS,
// CHECK-NEXT:                    0 + stm32rt_row_at(row, 0, 6));
// CHECK-NEXT:     void *y =
// CHECK-NEXT:         stm32rt_at(context, NET_POOL_ACTIVATIONS,
// CHECK-NEXT:                    64 + stm32rt_row_at(row, 2, 6));
// CHECK-NEXT:     stm32rt_requantize_s8_s8(&net_op_0_requantize, x, y);
// CHECK-NEXT:   }
// CHECK-NEXT: }
  %x0 = stm32.rows %x band(0, 1) : !stm32.buffer<1x4x2x3xi8> to !stm32.buffer<1x1x2x3xi8>
  %r0 = stm32.rows %r band(0, 1) : !stm32.buffer<1x4x2x3xi8, rows = 2> to !stm32.buffer<1x1x2x3xi8>
  stm32.requantize %x0 into %r0 {input_zp = 1 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x1x2x3xi8>, !stm32.buffer<1x1x2x3xi8>) -> ()
  %x1 = stm32.rows %x band(1, 1) : !stm32.buffer<1x4x2x3xi8> to !stm32.buffer<1x1x2x3xi8>
  %r1 = stm32.rows %r band(1, 1) : !stm32.buffer<1x4x2x3xi8, rows = 2> to !stm32.buffer<1x1x2x3xi8>
  stm32.requantize %x1 into %r1 {input_zp = 1 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x1x2x3xi8>, !stm32.buffer<1x1x2x3xi8>) -> ()

// Rows of 16 bits: a row has 12 bytes.
// CHECK:      /* 1: REQUANTIZE "y", 1x4x2x3 -> 1x4x2x3 */
// CHECK-NEXT: /* In 1 band of rows; rings of rows: x 2. */
// CHECK:          128 + stm32rt_row_at(row, 0, 12));
  %y1 = stm32.rows %y band(1, 1) : !stm32.buffer<1x4x2x3xi16> to !stm32.buffer<1x1x2x3xi16>
  stm32.requantize %r1 into %y1 {input_zp = 1 : i32, kernel = "stm32rt_requantize_s8_s16",
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-32768, 32767]>}
    : (!stm32.buffer<1x1x2x3xi8>, !stm32.buffer<1x1x2x3xi16>) -> ()

// Back to the first layer, with other values for the same rows.
  %x2 = stm32.rows %x band(2, 1) : !stm32.buffer<1x4x2x3xi8> to !stm32.buffer<1x1x2x3xi8>
  %r2 = stm32.rows %r band(2, 1) : !stm32.buffer<1x4x2x3xi8, rows = 2> to !stm32.buffer<1x1x2x3xi8>
  stm32.requantize %x2 into %r2 {input_zp = 1 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x1x2x3xi8>, !stm32.buffer<1x1x2x3xi8>) -> ()

// Rows of a constant.
// CHECK:      /* 2: REQUANTIZE "z", 1x4x2x3 -> 1x4x2x3 */
// CHECK:          const void *x = stm32rt_constant(context, 16 + stm32rt_row_at(row, 0, 6));
  %c3 = stm32.rows %c band(3, 1) : !stm32.buffer<1x4x2x3xi8> to !stm32.buffer<1x1x2x3xi8>
  %z3 = stm32.rows %z band(3, 1) : !stm32.buffer<1x4x2x3xi8> to !stm32.buffer<1x1x2x3xi8>
  stm32.requantize %c3 into %z3 {input_zp = 1 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [31], zp = 0, clamp = [-128, 127]>}
    : (!stm32.buffer<1x1x2x3xi8>, !stm32.buffer<1x1x2x3xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x4x2x3xi16>
}

// CHECK:      static const stm32rt_step net_steps[4] = {
// CHECK-NEXT:   {0, 0, 2}, {1, 1, 1}, {0, 2, 1}, {2, 3, 1}};
