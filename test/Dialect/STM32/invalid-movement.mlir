// RUN: stm32-opt %s --verify-diagnostics --split-input-file

// stm32.strided_copy

func.func @f(%x: tensor<4xi8>) {
  // expected-error @+1 {{input and output must have one element type}}
  %0 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 4>,
    strides = array<i64: 1>} : (tensor<4xi8>) -> tensor<4xi16>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @+1 {{needs one stride for each of at most 6 sizes}}
  %0 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 4>,
    strides = array<i64: 1, 1>} : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @+1 {{writes a part of its destination only on buffers}}
  %0 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 4>,
    strides = array<i64: 1>, dest_strides = array<i64: 1>} : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<4xi8>, %y: !stm32.buffer<5xi8>) {
  // expected-error @+1 {{with dest_offset needs dest_strides}}
  stm32.strided_copy %x into %y {offset = 0 : i64, sizes = array<i64: 4>,
    strides = array<i64: 1>, dest_offset = 1 : i64}
    : (!stm32.buffer<4xi8>, !stm32.buffer<5xi8>) -> ()
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @+1 {{size 0 is not possible}}
  %0 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 0>,
    strides = array<i64: 1>} : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @+1 {{stride 2147483648 is not possible}}
  %0 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 4>,
    strides = array<i64: 2147483648>} : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @+1 {{offsets must be 0 .. 2^31 - 1}}
  %0 = stm32.strided_copy %x {offset = -1 : i64, sizes = array<i64: 4>,
    strides = array<i64: 1>} : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @+1 {{reads indices from -2 to 1 of 4 elements}}
  %0 = stm32.strided_copy %x {offset = 1 : i64, sizes = array<i64: 4>,
    strides = array<i64: -1>} : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @+1 {{copies 3 elements to an output of 4}}
  %0 = stm32.strided_copy %x {offset = 0 : i64, sizes = array<i64: 3>,
    strides = array<i64: 1>} : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: !stm32.buffer<4xi8>, %y: !stm32.buffer<5xi8>) {
  // expected-error @+1 {{writes indices from 2 to 5 of 5 elements}}
  stm32.strided_copy %x into %y {offset = 0 : i64, sizes = array<i64: 4>,
    strides = array<i64: 1>, dest_offset = 2 : i64, dest_strides = array<i64: 1>}
    : (!stm32.buffer<4xi8>, !stm32.buffer<5xi8>) -> ()
  return
}

// -----

// stm32.pad

func.func @f(%x: tensor<4xi8>) {
  // expected-error @+1 {{input and output must have one element type}}
  %0 = stm32.pad %x {before = array<i64: 0>, after = array<i64: 1>, value = 0 : i32}
    : (tensor<4xi8>) -> tensor<5xi16>
  return
}

// -----

func.func @f(%x: tensor<4xf32>) {
  // expected-error @+1 {{value 0 : i32 is not a float32}}
  %0 = stm32.pad %x {before = array<i64: 0>, after = array<i64: 1>, value = 0 : i32}
    : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @f(%x: tensor<4xi64>) {
  // expected-error @+1 {{value 0 : i32 must be an i64}}
  %0 = stm32.pad %x {before = array<i64: 0>, after = array<i64: 1>, value = 0 : i32}
    : (tensor<4xi64>) -> tensor<5xi64>
  return
}

// -----

// stm32.concat

func.func @f() {
  // expected-error @+1 {{needs inputs}}
  %0 = "stm32.concat"() {axis = 0 : i64} : () -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @+1 {{has axis 1 for rank 1}}
  %0 = stm32.concat %x {axis = 1 : i64} : tensor<4xi8> -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>, %y: tensor<4x1xi8>) {
  // expected-error @+1 {{is no part of}}
  %0 = stm32.concat %x, %y {axis = 0 : i64} : tensor<4xi8>, tensor<4x1xi8> -> tensor<8xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @+1 {{inputs have 8 elements along axis 0 but the result has 9}}
  %0 = stm32.concat %x, %x {axis = 0 : i64} : tensor<4xi8>, tensor<4xi8> -> tensor<9xi8>
  return
}

// -----

// stm32.gather, stm32.gather_nd

func.func @f(%x: tensor<4x2xi8>, %i: tensor<3xi16>) {
  // expected-error @+1 {{needs indices of int32 or int64, got 'i16'}}
  %0 = stm32.gather %x, %i {axis = 0 : i64, batch_dims = 0 : i64}
    : (tensor<4x2xi8>, tensor<3xi16>) -> tensor<3x2xi8>
  return
}

// -----

func.func @f(%x: tensor<4x2xi8>, %i: tensor<3xi32>) {
  // expected-error @+1 {{has axis 2 for rank 2}}
  %0 = stm32.gather %x, %i {axis = 2 : i64, batch_dims = 0 : i64}
    : (tensor<4x2xi8>, tensor<3xi32>) -> tensor<3x2xi8>
  return
}

// -----

func.func @f(%x: tensor<4x2xi8>, %i: tensor<3xi32>) {
  // expected-error @+1 {{input and indices must agree in the first 1 dimensions}}
  %0 = stm32.gather %x, %i {axis = 1 : i64, batch_dims = 1 : i64}
    : (tensor<4x2xi8>, tensor<3xi32>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4x2xi8>, %i: tensor<3xi32>) {
  // expected-error @+1 {{must have an output of shape [3, 2]}}
  %0 = stm32.gather %x, %i {axis = 0 : i64, batch_dims = 0 : i64}
    : (tensor<4x2xi8>, tensor<3xi32>) -> tensor<4x2xi8>
  return
}

// -----

func.func @f(%x: tensor<4x2xi8>, %i: tensor<3x3xi32>) {
  // expected-error @+1 {{needs indices whose last dimension has at most one coordinate}}
  %0 = stm32.gather_nd %x, %i : (tensor<4x2xi8>, tensor<3x3xi32>) -> tensor<3xi8>
  return
}

// -----

// stm32.resize_bilinear

func.func @f(%x: tensor<1x2x2x1xi8>, %r: tensor<2x2xi32>, %w: tensor<2xi32>) {
  // expected-error @+1 {{must be images that differ in height and width only}}
  %0 = stm32.resize_bilinear %x constants(%r, %w, %r, %w)
    : (tensor<1x2x2x1xi8>, tensor<2x2xi32>, tensor<2xi32>, tensor<2x2xi32>, tensor<2xi32>)
    -> tensor<1x2x2x2xi8>
  return
}

// -----

func.func @f(%x: tensor<1x2x2x1xi32>, %r: tensor<2x2xi32>, %w: tensor<2xi32>) {
  // expected-error @+1 {{elements must be int8, int16 or float32}}
  %0 = stm32.resize_bilinear %x constants(%r, %w, %r, %w)
    : (tensor<1x2x2x1xi32>, tensor<2x2xi32>, tensor<2xi32>, tensor<2x2xi32>, tensor<2xi32>)
    -> tensor<1x2x2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<1x2x2x1xi16>, %r: tensor<2x2xi32>, %w: tensor<2xf32>) {
  // expected-error @+1 {{from_uint8 needs elements of int8}}
  %0 = stm32.resize_bilinear %x constants(%r, %w, %r, %w) {from_uint8}
    : (tensor<1x2x2x1xi16>, tensor<2x2xi32>, tensor<2xf32>, tensor<2x2xi32>, tensor<2xf32>)
    -> tensor<1x2x2x1xi16>
  return
}

// -----

func.func @f(%x: tensor<1x2x2x1xi8>, %r: tensor<2x2xi32>, %w: tensor<2xi32>) {
  // expected-error @+1 {{needs rows, row_weights, columns and column_weights}}
  %0 = stm32.resize_bilinear %x constants(%r, %w)
    : (tensor<1x2x2x1xi8>, tensor<2x2xi32>, tensor<2xi32>) -> tensor<1x2x2x1xi8>
  return
}

// -----

func.func @f(%x: tensor<1x2x2x1xi8>, %r: tensor<2x2xi32>, %w: tensor<2xf32>) {
  // expected-error @+1 {{needs for rows positions of type 'tensor<2x2xi32>' and weights of type 'tensor<2xi32>'}}
  %0 = stm32.resize_bilinear %x constants(%r, %w, %r, %w)
    : (tensor<1x2x2x1xi8>, tensor<2x2xi32>, tensor<2xf32>, tensor<2x2xi32>, tensor<2xf32>)
    -> tensor<1x2x2x1xi8>
  return
}

// -----

func.func @f(%x: tensor<1x2x2x1xi8>, %w: tensor<2xi32>) {
  %r = stm32.constant dense<2> : tensor<2x2xi32>
  // expected-error @+1 {{position 2 is outside of the 2 rows}}
  %0 = stm32.resize_bilinear %x constants(%r, %w, %r, %w)
    : (tensor<1x2x2x1xi8>, tensor<2x2xi32>, tensor<2xi32>, tensor<2x2xi32>, tensor<2xi32>)
    -> tensor<1x2x2x1xi8>
  return
}
