// RUN: stm32-opt %s --stm32-bufferize --split-input-file | FileCheck %s
// RUN: stm32-opt %s --stm32-bufferize=concat-views=false --split-input-file \
// RUN:   | FileCheck %s --check-prefix=COPIES

// A slice that is one range is a view, other slices are copies.
// CHECK-LABEL: stm32.model @slices
// CHECK: %[[X:.*]] = stm32.buffer {{.*}}input(0) : <4x8xi16>
// CHECK: %[[V:.*]] = stm32.view %[[X]] offset(16) tensor(1) : !stm32.buffer<4x8xi16> to <2x8xi16>
// CHECK: %[[Y:.*]] = stm32.buffer
// CHECK: stm32.strided_copy %[[X]] into %[[Y]]
// CHECK: stm32.output %[[V]], %[[Y]]
stm32.model @slices inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"v", 1.0 : f32, 0>, #stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<4x8xi16>):
  %v = stm32.strided_copy %x {offset = 8 : i64, sizes = array<i64: 16>,
    strides = array<i64: 1>, kernel = "stm32rt_copy_runs"} : (tensor<4x8xi16>) -> tensor<2x8xi16>
  %y = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 4, 2>,
    strides = array<i64: 8, 1>, kernel = "stm32rt_copy_32"} : (tensor<4x8xi16>) -> tensor<4x2xi16>
  stm32.output %v, %y : tensor<2x8xi16>, tensor<4x2xi16>
}

// -----

// Operators write their parts of a concatenation; an input is copied there.
// CHECK-LABEL: stm32.model @concat
// CHECK: %[[X:.*]] = stm32.buffer {{.*}}input(0)
// CHECK: %[[Y:.*]] = stm32.buffer {{.*}}: <12xi8>
// CHECK: %[[A:.*]] = stm32.view %[[Y]] offset(4) {{.*}} to <4xi8>
// CHECK: stm32.requantize %[[X]] into %[[A]]
// CHECK: %[[B:.*]] = stm32.view %[[Y]] offset(8) {{.*}} to <4xi8>
// CHECK: stm32.requantize %[[A]] into %[[B]]
// CHECK: stm32.strided_copy %[[X]] into %[[Y]] {dest_strides = array<i64: 1>, function = "CONCATENATION", kernel = "stm32rt_copy_runs"
// CHECK-NOT: stm32.strided_copy
// CHECK: stm32.output %[[Y]]
// COPIES-LABEL: stm32.model @concat
// COPIES-COUNT-3: stm32.strided_copy
stm32.model @concat inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<4xi8>):
  %a = stm32.requantize %x {input_zp = 0 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 127]>}
    : (tensor<4xi8>) -> tensor<4xi8>
  %b = stm32.requantize %a {input_zp = 0 : i32, kernel = "stm32rt_requantize_s8_s8",
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 127]>}
    : (tensor<4xi8>) -> tensor<4xi8>
  %y = stm32.concat %x, %a, %b {axis = 0 : i64}
    : tensor<4xi8>, tensor<4xi8>, tensor<4xi8> -> tensor<12xi8>
  stm32.output %y : tensor<12xi8>
}

// -----

// Along an inner dimension parts are copied into rows; a transpose that only the
// concatenation reads is part of its copy.
// CHECK-LABEL: stm32.model @inner
// CHECK: %[[Y:.*]] = stm32.buffer {{.*}}: <4x6xi8>
// CHECK: stm32.strided_copy %[[X:.*]] into %[[Y]] {dest_strides = array<i64: 6, 1>, {{.*}}sizes = array<i64: 4, 3>, strides = array<i64: 1, 4>}
// CHECK: stm32.strided_copy %[[Z:.*]] into %[[Y]] {dest_offset = 3 : i64, dest_strides = array<i64: 6, 1>, {{.*}}sizes = array<i64: 4, 3>, strides = array<i64: 3, 1>}
stm32.model @inner inputs([#stm32.io<"x", 1.0 : f32, 0>, #stm32.io<"z", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<3x4xi8>, %z: tensor<4x3xi8>):
  %t = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 4, 3>,
    strides = array<i64: 1, 4>, kernel = "stm32rt_copy_8"} : (tensor<3x4xi8>) -> tensor<4x3xi8>
  %y = stm32.concat %t, %z {axis = 1 : i64}
    : tensor<4x3xi8>, tensor<4x3xi8> -> tensor<4x6xi8>
  stm32.output %y : tensor<4x6xi8>
}

// -----

// So is one that is reshaped on the way, but not where another operator reads a
// step of that way.
// CHECK-LABEL: stm32.model @reshaped
// CHECK: stm32.buffer {{.*}}input(0)
// CHECK: %[[T:.*]] = stm32.buffer {{.*}}: <3x4xi8>
// CHECK-NEXT: stm32.strided_copy %{{.*}} into %[[T]]
// CHECK-NEXT: %[[V:.*]] = stm32.view %[[T]]
// CHECK: stm32.strided_copy %[[X:.*]] into %[[Y:.*]] {dest_strides = array<i64: 6, 1>, {{.*}}sizes = array<i64: 4, 3>, strides = array<i64: 1, 4>}
// CHECK: stm32.strided_copy %{{.*}} into %[[Y]] {dest_offset = 3 : i64, dest_strides = array<i64: 6, 1>, {{.*}}strides = array<i64: 3, 1>}
// CHECK: stm32.output %[[Y]], %[[V]]
stm32.model @reshaped inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"v", 1.0 : f32, 0>]) {
^bb0(%x: tensor<3x4xi8>):
  %t = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 4, 3>,
    strides = array<i64: 1, 4>, kernel = "stm32rt_copy_8"} : (tensor<3x4xi8>) -> tensor<4x3x1xi8>
  %a = stm32.reshape %t : tensor<4x3x1xi8> -> tensor<4x3xi8>
  %u = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 4, 3>,
    strides = array<i64: 1, 4>, kernel = "stm32rt_copy_8"} : (tensor<3x4xi8>) -> tensor<3x4xi8>
  %v = stm32.reshape %u : tensor<3x4xi8> -> tensor<12xi8>
  %b = stm32.reshape %v : tensor<12xi8> -> tensor<4x3xi8>
  %y = stm32.concat %a, %b {axis = 1 : i64}
    : tensor<4x3xi8>, tensor<4x3xi8> -> tensor<4x6xi8>
  stm32.output %y, %v : tensor<4x6xi8>, tensor<12xi8>
}
