// RUN: stm32-opt %s --stm32-bufferize --split-input-file | FileCheck %s

// Two 3x3 windows, at most two rows a call: the first two rows of the result need
// three of the tensor between them, each later pair two more, of which the ring
// holds four. Each row is computed once, in order, before it is read.
// CHECK-LABEL: stm32.model @halo
// CHECK-NEXT: %[[X:.*]] = stm32.buffer @activations tensor(0) input(0) : <1x8x8x1xi8>
// CHECK-NEXT: %[[P:.*]] = stm32.packed
// CHECK-NEXT: %[[R:.*]] = stm32.buffer @activations tensor(1) : <1x8x8x1xi8, rows = 4>
// CHECK-NEXT: %[[Y:.*]] = stm32.buffer @fast tensor(2) {stm32.pool = @fast} : <1x8x8x1xi8>
// CHECK-NEXT: stm32.conv_2d %[[X]] packed(%[[P]]) into %[[R]] {band = #stm32.band<0, 2>,
// CHECK-NEXT: stm32.conv_2d %[[X]] packed(%[[P]]) into %[[R]] {band = #stm32.band<2, 1>,
// CHECK-NEXT: stm32.max_pool_2d %[[R]] into %[[Y]] {band = #stm32.band<0, 2>,
// CHECK-NEXT: stm32.conv_2d %[[X]] packed(%[[P]]) into %[[R]] {band = #stm32.band<3, 2>,
// CHECK-NEXT: stm32.max_pool_2d %[[R]] into %[[Y]] {band = #stm32.band<2, 2>,
// CHECK-NEXT: stm32.conv_2d %[[X]] packed(%[[P]]) into %[[R]] {band = #stm32.band<5, 2>,
// CHECK-NEXT: stm32.max_pool_2d %[[R]] into %[[Y]] {band = #stm32.band<4, 2>,
// CHECK-NEXT: stm32.conv_2d %[[X]] packed(%[[P]]) into %[[R]] {band = #stm32.band<7, 1>,
// CHECK-NEXT: stm32.max_pool_2d %[[R]] into %[[Y]] {band = #stm32.band<6, 2>,
// CHECK-NEXT: stm32.output %[[Y]] : !stm32.buffer<1x8x8x1xi8>
stm32.memory_region @ram
stm32.pool @activations in @ram align(16)
stm32.pool @fast in @ram align(16)
stm32.model @halo inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x8x8x1xi8>):
  %r = stm32.cascade %x rows(2) : (tensor<1x8x8x1xi8>) -> tensor<1x8x8x1xi8> {
  ^bb0(%a: tensor<1x8x8x1xi8>):
    %p = stm32.packed ["all"] [dense<0> : tensor<21xi8>] : tensor<21xi8>
    %0 = stm32.conv_2d %a packed(%p) {dilations = array<i64: 1, 1>,
      input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 1, 1, 1, 1>,
      requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
      strides = array<i64: 1, 1>, window = array<i64: 3, 3>,
      kernel = "stm32rt_conv_2d_s8"}
      : (tensor<1x8x8x1xi8>, tensor<21xi8>) -> tensor<1x8x8x1xi8>
    %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
      padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
      window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8",
      stm32.pool = @fast} : (tensor<1x8x8x1xi8>) -> tensor<1x8x8x1xi8>
    stm32.yield %1 : tensor<1x8x8x1xi8>
  }
  stm32.output %r : tensor<1x8x8x1xi8>
}

// -----

// Three operators, the last with a stride, one row a call: a pointwise
// convolution needs one row of the first tensor, the pool three of the second.
// The calls share the scratch of the one that needs most, so those of one
// operator differ in their band alone. A row that a stride leaves out is not
// computed: rows 7 of the first two operators.
// CHECK-LABEL: stm32.model @stride
// CHECK: %[[X:.*]] = stm32.buffer @activations tensor(0) input(0)
// CHECK: %[[A:.*]] = stm32.buffer @activations tensor(1) : <1x8x8x4xi8, rows = 1>
// CHECK-NEXT: %[[B:.*]] = stm32.buffer @activations tensor(2) : <1x8x8x4xi8, rows = 3>
// CHECK-NEXT: %[[Y:.*]] = stm32.buffer @activations tensor(3) : <1x3x3x4xi8>
// CHECK-NEXT: %[[S:.*]] = stm32.buffer @activations scratch : <32xi8>
// CHECK-NEXT: stm32.conv_2d %[[X]] {{.*}}into %[[A]] scratch(%[[S]]) {band = #stm32.band<0, 1>,
// CHECK-NEXT: %[[V:.*]] = stm32.view %[[S]] : !stm32.buffer<32xi8> to <16xi8>
// CHECK-NEXT: stm32.conv_2d %[[A]] {{.*}}into %[[B]] scratch(%[[V]]) {band = #stm32.band<0, 1>,
// CHECK: stm32.conv_2d %[[X]] {{.*}}scratch(%[[S]]) {band = #stm32.band<2, 1>,
// CHECK-NEXT: stm32.conv_2d %[[A]] {{.*}}scratch(%[[V]]) {band = #stm32.band<2, 1>,
// CHECK-NEXT: stm32.average_pool_2d %[[B]] into %[[Y]] {band = #stm32.band<0, 1>,
// CHECK-NEXT: stm32.conv_2d %[[X]] {{.*}}scratch(%[[S]]) {band = #stm32.band<3, 1>,
// CHECK: stm32.conv_2d %[[A]] {{.*}}band = #stm32.band<6, 1>,
// CHECK-NEXT: stm32.average_pool_2d %[[B]] into %[[Y]] {band = #stm32.band<2, 1>,
// CHECK-NEXT: stm32.output
stm32.model @stride inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x8x8x8xi8>):
  %q = stm32.packed ["all"] [dense<0> : tensor<56xi8>] : tensor<56xi8>
  %p = stm32.packed ["all"] [dense<0> : tensor<40xi8>] : tensor<40xi8>
  %r = stm32.cascade %x rows(1) : (tensor<1x8x8x8xi8>) -> tensor<1x3x3x4xi8> {
  ^bb0(%a: tensor<1x8x8x8xi8>):
    %0 = stm32.conv_2d %a packed(%q) {dilations = array<i64: 1, 1>,
      input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
      requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
      strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
      kernel = "stm32rt_conv_2d_1x1_s8_dsp"}
      : (tensor<1x8x8x8xi8>, tensor<56xi8>) -> tensor<1x8x8x4xi8>
    %1 = stm32.conv_2d %0 packed(%p) {dilations = array<i64: 1, 1>,
      input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
      requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
      strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
      kernel = "stm32rt_conv_2d_1x1_s8_dsp"}
      : (tensor<1x8x8x4xi8>, tensor<40xi8>) -> tensor<1x8x8x4xi8>
    %2 = stm32.average_pool_2d %1 {clamp = array<i32: -128, 127>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
      window = array<i64: 3, 3>, kernel = "stm32rt_average_pool_2d_s8"}
      : (tensor<1x8x8x4xi8>) -> tensor<1x3x3x4xi8>
    stm32.yield %2 : tensor<1x3x3x4xi8>
  }
  stm32.output %r : tensor<1x3x3x4xi8>
}

// -----

// A stride longer than the window skips rows: only the rows that are read are
// computed, and the ring needs one. A planar ring is both.
// CHECK-LABEL: stm32.model @gaps
// CHECK: %[[A:.*]] = stm32.buffer @activations tensor(1) : <1x9x1x2xi8, planar, rows = 1>
// CHECK: stm32.max_pool_2d %{{.*}} into %[[A]] {band = #stm32.band<0, 1>,
// CHECK-NEXT: stm32.max_pool_2d %[[A]] into %{{.*}} {band = #stm32.band<0, 1>,
// CHECK-NEXT: stm32.max_pool_2d %{{.*}} into %[[A]] {band = #stm32.band<4, 1>,
// CHECK-NEXT: stm32.max_pool_2d %[[A]] into %{{.*}} {band = #stm32.band<1, 1>,
// CHECK-NEXT: stm32.max_pool_2d %{{.*}} into %[[A]] {band = #stm32.band<8, 1>,
// CHECK-NEXT: stm32.max_pool_2d %[[A]] into %{{.*}} {band = #stm32.band<2, 1>,
// CHECK-NEXT: stm32.output
stm32.model @gaps inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x9x1x2xi8>):
  %r = stm32.cascade %x rows(1) : (tensor<1x9x1x2xi8>) -> tensor<1x3x1x2xi8> {
  ^bb0(%a: tensor<1x9x1x2xi8>):
    %0 = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
      padding = array<i64: 1, 1, 0, 0>, strides = array<i64: 1, 1>,
      window = array<i64: 3, 1>, kernel = "stm32rt_max_pool_2d_s8"}
      : (tensor<1x9x1x2xi8>) -> tensor<1x9x1x2xi8, #stm32.layout<planar>>
    %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 4, 1>,
      window = array<i64: 1, 1>, kernel = "stm32rt_max_pool_2d_s8"}
      : (tensor<1x9x1x2xi8, #stm32.layout<planar>>) -> tensor<1x3x1x2xi8>
    stm32.yield %1 : tensor<1x3x1x2xi8>
  }
  stm32.output %r : tensor<1x3x1x2xi8>
}

// -----

// More rows than there are: one call each, no rings. The cascade's result may
// be reshaped.
// CHECK-LABEL: stm32.model @whole
// CHECK: %[[A:.*]] = stm32.buffer @activations tensor(1) : <1x8x8x1xi8>
// CHECK: %[[B:.*]] = stm32.buffer @activations tensor(2) : <1x8x8x1xi8>
// CHECK-NEXT: stm32.max_pool_2d %{{.*}} into %[[A]] {band = #stm32.band<0, 8>,
// CHECK-NEXT: stm32.max_pool_2d %[[A]] into %[[B]] {band = #stm32.band<0, 8>,
// CHECK-NEXT: stm32.view %[[B]] tensor(3)
// CHECK-NEXT: stm32.output
stm32.model @whole inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x8x8x1xi8>):
  %r = stm32.cascade %x rows(9223372036854775807) : (tensor<1x8x8x1xi8>) -> tensor<1x8x8x1xi8> {
  ^bb0(%a: tensor<1x8x8x1xi8>):
    %0 = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
      padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
      window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
      : (tensor<1x8x8x1xi8>) -> tensor<1x8x8x1xi8>
    %1 = stm32.max_pool_2d %0 {clamp = array<i32: -128, 127>,
      padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
      window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
      : (tensor<1x8x8x1xi8>) -> tensor<1x8x8x1xi8>
    stm32.yield %1 : tensor<1x8x8x1xi8>
  }
  %s = stm32.reshape %r : tensor<1x8x8x1xi8> -> tensor<64xi8>
  stm32.output %s : tensor<64xi8>
}

// -----

// A residual join: the ring of the first tensor waits for the sum, which is
// computed row by row, and the pool over the image takes the rows as they come.
// Tensors whose rows are read at once, at different times, share their memory.
// CHECK-LABEL: stm32.model @residual
// CHECK: %[[X:.*]] = stm32.buffer @activations tensor(0) input(0)
// CHECK: %[[A:.*]] = stm32.buffer @activations tensor(1) : <1x4x2x4xi8, rows = 3>
// CHECK-NEXT: %[[M:.*]] = stm32.buffer @activations scratch : <8xi8>
// CHECK-NEXT: %[[B:.*]] = stm32.view %[[M]] tensor(2) : {{.*}} to <1x4x2x4xi8, rows = 1>
// CHECK-NEXT: %[[N:.*]] = stm32.buffer @activations tensor(3) : <1x4x2x4xi8, rows = 1>
// CHECK-NEXT: %[[C:.*]] = stm32.view %[[M]] tensor(4) : {{.*}} to <1x4x2x4xi8, rows = 1>
// CHECK-NEXT: %[[Y:.*]] = stm32.buffer @activations tensor(5) : <1x1x1x4xi8>
// CHECK-NEXT: stm32.max_pool_2d %[[X]] into %[[A]] {band = #stm32.band<0, 1>,
// CHECK-NEXT: stm32.max_pool_2d %[[X]] into %[[A]] {band = #stm32.band<1, 1>,
// CHECK-NEXT: stm32.max_pool_2d %[[A]] into %[[B]] {band = #stm32.band<0, 1>,
// CHECK-NEXT: %[[A0:.*]] = stm32.rows %[[A]] band(0, 1)
// CHECK-NEXT: %[[B0:.*]] = stm32.rows %[[B]] band(0, 1)
// CHECK-NEXT: %[[N0:.*]] = stm32.rows %[[N]] band(0, 1)
// CHECK-NEXT: stm32.binary add %[[A0]], %[[B0]] into %[[N0]]
// CHECK-NEXT: stm32.max_pool_2d %[[N]] into %[[C]] {band = #stm32.band<0, 1>,
// CHECK-NEXT: %[[S:.*]] = stm32.buffer @activations scratch : <16xi8>
// CHECK-NEXT: stm32.average_pool_2d %[[C]] into %[[Y]] scratch(%[[S]]) {{.*}}input_band = #stm32.band<0, 1>
// CHECK: stm32.average_pool_2d %[[C]] into %[[Y]] scratch(%[[S]]) {{.*}}input_band = #stm32.band<3, 1>
// CHECK-NEXT: stm32.output
stm32.model @residual inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x2x4xi8>):
  %r = stm32.cascade %x rows(1) : (tensor<1x4x2x4xi8>) -> tensor<1x1x1x4xi8> {
  ^bb0(%i: tensor<1x4x2x4xi8>):
    %a = stm32.max_pool_2d %i {clamp = array<i32: -128, 127>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
      window = array<i64: 1, 1>, kernel = "stm32rt_max_pool_2d_s8"}
      : (tensor<1x4x2x4xi8>) -> tensor<1x4x2x4xi8>
    %b = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
      padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
      window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
      : (tensor<1x4x2x4xi8>) -> tensor<1x4x2x4xi8>
    %n = stm32.binary add %a, %b {kernel = "stm32rt_add_s8", left_shift = 20 : i32,
      lhs_scale = array<i32: 1073741824, 31>, rhs_scale = array<i32: 1073741824, 31>,
      requant = #stm32.requant<[1073741824], [50], zp = 0, clamp = [-128, 127]>}
      : (tensor<1x4x2x4xi8>, tensor<1x4x2x4xi8>) -> tensor<1x4x2x4xi8>
    %c = stm32.max_pool_2d %n {clamp = array<i32: -128, 127>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
      window = array<i64: 1, 1>, kernel = "stm32rt_max_pool_2d_s8"}
      : (tensor<1x4x2x4xi8>) -> tensor<1x4x2x4xi8>
    %y = stm32.average_pool_2d %c {clamp = array<i32: -128, 127>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
      window = array<i64: 4, 2>, kernel = "stm32rt_average_pool_2d_s8"}
      : (tensor<1x4x2x4xi8>) -> tensor<1x1x1x4xi8>
    stm32.yield %y : tensor<1x1x1x4xi8>
  }
  stm32.output %r : tensor<1x1x1x4xi8>
}

// -----

// Two results, both whole; the second operator computes all its rows though the
// last one does not need row 3.
// CHECK-LABEL: stm32.model @results
// CHECK: %[[A:.*]] = stm32.buffer @activations tensor(1) : <1x4x2x4xi8>
// CHECK-NEXT: %[[B:.*]] = stm32.buffer @activations tensor(2) : <1x2x2x4xi8>
// CHECK-NEXT: stm32.max_pool_2d %{{.*}} into %[[A]] {band = #stm32.band<0, 1>,
// CHECK-NEXT: stm32.max_pool_2d %[[A]] into %[[B]] {band = #stm32.band<0, 1>,
// CHECK-NEXT: stm32.max_pool_2d %{{.*}} into %[[A]] {band = #stm32.band<1, 1>,
// CHECK-NEXT: stm32.max_pool_2d %{{.*}} into %[[A]] {band = #stm32.band<2, 1>,
// CHECK-NEXT: stm32.max_pool_2d %[[A]] into %[[B]] {band = #stm32.band<1, 1>,
// CHECK-NEXT: stm32.max_pool_2d %{{.*}} into %[[A]] {band = #stm32.band<3, 1>,
// CHECK-NEXT: stm32.output %[[A]], %[[B]]
stm32.model @results inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"z", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x2x4xi8>):
  %r:2 = stm32.cascade %x rows(1) : (tensor<1x4x2x4xi8>) -> (tensor<1x4x2x4xi8>, tensor<1x2x2x4xi8>) {
  ^bb0(%i: tensor<1x4x2x4xi8>):
    %a = stm32.max_pool_2d %i {clamp = array<i32: -128, 127>,
      padding = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>,
      window = array<i64: 3, 3>, kernel = "stm32rt_max_pool_2d_s8"}
      : (tensor<1x4x2x4xi8>) -> tensor<1x4x2x4xi8>
    %b = stm32.max_pool_2d %a {clamp = array<i32: -128, 127>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 1>,
      window = array<i64: 1, 1>, kernel = "stm32rt_max_pool_2d_s8"}
      : (tensor<1x4x2x4xi8>) -> tensor<1x2x2x4xi8>
    stm32.yield %a, %b : tensor<1x4x2x4xi8>, tensor<1x2x2x4xi8>
  }
  stm32.output %r#0, %r#1 : tensor<1x4x2x4xi8>, tensor<1x2x2x4xi8>
}

// -----

// A constant of as many rows as the result is read row by row, too.
// CHECK-LABEL: stm32.model @constant
// CHECK: %[[C:.*]] = stm32.view %{{.*}} : tensor<16xi8> to <1x4x2x2xi8>
// CHECK: %[[R0:.*]] = stm32.rows %{{.*}} band(0, 1) : <1x4x2x2xi8, rows = 1> to <1x1x2x2xi8>
// CHECK-NEXT: %[[C0:.*]] = stm32.rows %[[C]] band(0, 1) : <1x4x2x2xi8> to <1x1x2x2xi8>
// CHECK: stm32.binary add %[[R0]], %[[C0]] into
// CHECK: stm32.rows %[[C]] band(3, 1)
stm32.model @constant inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x2x2xi8>):
  %k = stm32.constant dense<3> : tensor<1x4x2x2xi8>
  %r = stm32.cascade %x rows(1) : (tensor<1x4x2x2xi8>) -> tensor<1x4x2x2xi8> {
  ^bb0(%i: tensor<1x4x2x2xi8>):
    %a = stm32.max_pool_2d %i {clamp = array<i32: -128, 127>,
      padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>,
      window = array<i64: 1, 1>, kernel = "stm32rt_max_pool_2d_s8"}
      : (tensor<1x4x2x2xi8>) -> tensor<1x4x2x2xi8>
    %n = stm32.binary add %a, %k {kernel = "stm32rt_add_s8", left_shift = 20 : i32,
      lhs_scale = array<i32: 1073741824, 31>, rhs_scale = array<i32: 1073741824, 31>,
      requant = #stm32.requant<[1073741824], [50], zp = 0, clamp = [-128, 127]>}
      : (tensor<1x4x2x2xi8>, tensor<1x4x2x2xi8>) -> tensor<1x4x2x2xi8>
    stm32.yield %n : tensor<1x4x2x2xi8>
  }
  stm32.output %r : tensor<1x4x2x2xi8>
}
