// RUN: stm32-opt %s --stm32-bufferize --split-input-file | FileCheck %s

// Two 3x3 windows, two rows of the last output at a time: the first band needs
// three rows of the tensor between them, each later one two more, of which the
// ring holds four. Each row is computed once, in order, before it is read.
// CHECK-LABEL: stm32.model @halo
// CHECK-NEXT: %[[X:.*]] = stm32.buffer @activations tensor(0) input(0) : <1x8x8x1xi8>
// CHECK-NEXT: %[[P:.*]] = stm32.packed
// CHECK-NEXT: %[[R:.*]] = stm32.buffer @activations tensor(1) : <1x8x8x1xi8, rows = 4>
// CHECK-NEXT: %[[Y:.*]] = stm32.buffer @fast tensor(2) : <1x8x8x1xi8>
// CHECK-NEXT: stm32.conv_2d %[[X]] packed(%[[P]]) into %[[R]] {band = #stm32.band<0, 3>,
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

// Three operators, the last with a stride, one row at a time; the planar ring
// has fewer rows than its image. Scratch is there for each call. A row that a
// stride leaves out is not computed: rows 7 of the first two operators.
// CHECK-LABEL: stm32.model @stride
// CHECK: %[[X:.*]] = stm32.buffer @activations tensor(0) input(0)
// CHECK: %[[A:.*]] = stm32.buffer @activations tensor(1) : <1x8x8x4xi8, rows = 3>
// CHECK-NEXT: %[[B:.*]] = stm32.buffer @activations tensor(2) : <1x8x8x4xi8, rows = 3>
// CHECK-NEXT: %[[Y:.*]] = stm32.buffer @activations tensor(3) : <1x3x3x4xi8>
// CHECK-NEXT: %[[S:.*]] = stm32.buffer @activations scratch : <16xi8>
// CHECK-NEXT: stm32.conv_2d %[[X]] {{.*}}into %[[A]] scratch(%[[S]]) {band = #stm32.band<0, 3>,
// CHECK-NEXT: %[[S2:.*]] = stm32.buffer @activations scratch : <16xi8>
// CHECK-NEXT: stm32.conv_2d %[[A]] {{.*}}into %[[B]] scratch(%[[S2]]) {band = #stm32.band<0, 3>,
// CHECK-NEXT: stm32.average_pool_2d %[[B]] into %[[Y]] {band = #stm32.band<0, 1>,
// CHECK-NEXT: %{{.*}} = stm32.buffer @activations scratch
// CHECK-NEXT: stm32.conv_2d %[[X]] {{.*}}band = #stm32.band<3, 2>,
// CHECK-NEXT: %{{.*}} = stm32.buffer @activations scratch
// CHECK-NEXT: stm32.conv_2d %[[A]] {{.*}}band = #stm32.band<3, 2>,
// CHECK-NEXT: stm32.average_pool_2d %[[B]] into %[[Y]] {band = #stm32.band<1, 1>,
// CHECK-NEXT: %{{.*}} = stm32.buffer @activations scratch
// CHECK-NEXT: stm32.conv_2d %[[X]] {{.*}}band = #stm32.band<5, 2>,
// CHECK-NEXT: %{{.*}} = stm32.buffer @activations scratch
// CHECK-NEXT: stm32.conv_2d %[[A]] {{.*}}band = #stm32.band<5, 2>,
// CHECK-NEXT: stm32.average_pool_2d %[[B]] into %[[Y]] {band = #stm32.band<2, 1>,
// CHECK-NEXT: stm32.output
stm32.model @stride inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x8x8x4xi8>):
  %p = stm32.packed ["all"] [dense<0> : tensor<40xi8>] : tensor<40xi8>
  %r = stm32.cascade %x rows(1) : (tensor<1x8x8x4xi8>) -> tensor<1x3x3x4xi8> {
  ^bb0(%a: tensor<1x8x8x4xi8>):
    %0 = stm32.conv_2d %a packed(%p) {dilations = array<i64: 1, 1>,
      input_zp = 0 : i32, pad_value = 0 : i32, padding = array<i64: 0, 0, 0, 0>,
      requant = #stm32.requant<[7], [40], zp = 0, clamp = [-128, 127]>,
      strides = array<i64: 1, 1>, window = array<i64: 1, 1>,
      kernel = "stm32rt_conv_2d_1x1_s8_dsp"}
      : (tensor<1x8x8x4xi8>, tensor<40xi8>) -> tensor<1x8x8x4xi8>
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
