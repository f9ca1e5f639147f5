// RUN: stm32-opt %s --stm32-prepare-tosa --split-input-file --verify-diagnostics | FileCheck %s

// The form of a matrix product that tosa-converter-for-tflite writes: the batch
// becomes 1 everywhere, also in the shapes of reshapes and slices; names are
// those that the function lists; weights are reshaped; the clamp to all values
// and the attributes of TensorFlow are gone.
// CHECK-NOT: tfl.
// CHECK-LABEL: func.func @product(
// CHECK-SAME: %[[X:.*]]: tensor<1x4xi8> {stm32.io = #stm32.io<"in:0", 0.000000e+00 : f32, 0>})
// CHECK-SAME: -> (tensor<1x2xi8> {stm32.io = #stm32.io<"out:0", 0.000000e+00 : f32, 0>})
// CHECK-NOT: tf.entry_function
// CHECK-DAG: %[[IN:.*]] = tosa.const_shape {values = dense<[1, 1, 1, 4]> : tensor<4xindex>}
// CHECK-DAG: %[[OUT:.*]] = tosa.const_shape {values = dense<[1, 2]> : tensor<2xindex>}
// CHECK-DAG: %[[W:.*]] = "tosa.const"() <{values = dense<{{.*}}1, 2, 3, 4{{.*}}5, 6, 7, 8{{.*}}> : tensor<2x1x1x4xi8>}>
// CHECK: %[[ROW:.*]] = tosa.reshape %[[X]], %[[IN]] : (tensor<1x4xi8>, !tosa.shape<4>) -> tensor<1x1x1x4xi8>
// CHECK-NEXT: %[[ACC:.*]] = tosa.conv2d %[[ROW]], %[[W]],
// CHECK-NEXT: %[[Y:.*]] = tosa.rescale %[[ACC]],
// CHECK-SAME: -> tensor<1x1x1x2xi8>
// CHECK-NEXT: %[[R:.*]] = tosa.reshape %[[Y]], %[[OUT]]
// CHECK-NEXT: return %[[R]] : tensor<1x2xi8>
module attributes {tfl.description = "MLIR Converted.", tfl.schema_version = 3 : i32} {
  func.func @product(%x: tensor<?x4xi8> {tf_saved_model.index_path = ["x"]}) -> tensor<?x2xi8>
      attributes {tf.entry_function = {inputs = "in:0", outputs = "out:0"}} {
    %in = tosa.const_shape {values = dense<[-1, 1, 1, 4]> : tensor<4xindex>} : () -> !tosa.shape<4>
    %out = tosa.const_shape {values = dense<[-1, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
    %ws = tosa.const_shape {values = dense<[2, 1, 1, 4]> : tensor<4xindex>} : () -> !tosa.shape<4>
    %w0 = "tosa.const"() <{values = dense<[[1, 2, 3, 4], [5, 6, 7, 8]]> : tensor<2x4xi8>}> : () -> tensor<2x4xi8>
    %b = "tosa.const"() <{values = dense<[1, 2]> : tensor<2xi32>}> : () -> tensor<2xi32>
    %zero = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
    %izero = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
    %m = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
    %s = "tosa.const"() <{values = dense<38> : tensor<1xi8>}> : () -> tensor<1xi8>
    %row = tosa.reshape %x, %in : (tensor<?x4xi8>, !tosa.shape<4>) -> tensor<?x1x1x4xi8>
    %w = tosa.reshape %w0, %ws : (tensor<2x4xi8>, !tosa.shape<4>) -> tensor<2x1x1x4xi8>
    %acc = tosa.conv2d %row, %w, %b, %zero, %zero {acc_type = i32,
      dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}
      : (tensor<?x1x1x4xi8>, tensor<2x1x1x4xi8>, tensor<2xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<?x1x1x2xi32>
    %y = tosa.rescale %acc, %m, %s, %izero, %zero {input_unsigned = false, output_unsigned = false,
      per_channel = false, rounding_mode = DOUBLE_ROUND, scale32 = true}
      : (tensor<?x1x1x2xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<?x1x1x2xi8>
    %r = tosa.reshape %y, %out : (tensor<?x1x1x2xi8>, !tosa.shape<2>) -> tensor<?x2xi8>
    %c = tosa.clamp %r {max_val = 127 : i8, min_val = -128 : i8} : (tensor<?x2xi8>) -> tensor<?x2xi8>
    return %c : tensor<?x2xi8>
  }
}

// -----

// A clamp goes in front of the reshape. Without a list, names are those of
// locations; the location of the function is no name of an argument.
// CHECK-LABEL: func.func @clamp(
// CHECK-SAME: %[[X:.*]]: tensor<1x2x2xi8>,
// CHECK-SAME: %[[Z:.*]]: tensor<1xi8> {stm32.io = #stm32.io<"second", 0.000000e+00 : f32, 0>})
// CHECK-SAME: tensor<1x4xi8> {stm32.io = #stm32.io<"relu", 0.000000e+00 : f32, 0>}
// CHECK: %[[C:.*]] = tosa.clamp %[[X]] {max_val = 127 : i8, min_val = 3 : i8}
// CHECK-NEXT: %[[R:.*]] = tosa.reshape %[[C]],
// CHECK-NEXT: return %[[R]], %[[Z]]
func.func @clamp(%x: tensor<?x2x2xi8> loc("clamp"), %z: tensor<1xi8> loc("second")) -> (tensor<?x4xi8>, tensor<1xi8>) {
  %out = tosa.const_shape {values = dense<[-1, 4]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.reshape %x, %out : (tensor<?x2x2xi8>, !tosa.shape<2>) -> tensor<?x4xi8>
  %c = tosa.clamp %r {max_val = 127 : i8, min_val = 3 : i8} : (tensor<?x4xi8>) -> tensor<?x4xi8> loc("relu")
  return %c, %z : tensor<?x4xi8>, tensor<1xi8>
} loc("clamp")

// -----

// A rescale from a zero point to the same one and a cast to the same type are
// nothing; one to another zero point is not. A slice has no -1.
// CHECK-LABEL: func.func @nothing(
// CHECK-SAME: %[[X:.*]]: tensor<1x4x2xi8>
// CHECK-SAME: -> tensor<1x3x2xi8>
// CHECK: tosa.const_shape {values = dense<[1, 3, 2]> : tensor<3xindex>}
// CHECK: %[[S:.*]] = tosa.slice %[[X]],
// CHECK-SAME: -> tensor<1x3x2xi8>
// CHECK-NEXT: %[[Y:.*]] = tosa.rescale %[[S]],
// CHECK-NEXT: return %[[Y]]
func.func @nothing(%x: tensor<?x4x2xi8>) -> tensor<?x3x2xi8> {
  %start = tosa.const_shape {values = dense<0> : tensor<3xindex>} : () -> !tosa.shape<3>
  %size = tosa.const_shape {values = dense<[-1, 3, 2]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %m = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zp = "tosa.const"() <{values = dense<-128> : tensor<1xi8>}> : () -> tensor<1xi8>
  %other = "tosa.const"() <{values = dense<-127> : tensor<1xi8>}> : () -> tensor<1xi8>
  %a = tosa.slice %x, %start, %size : (tensor<?x4x2xi8>, !tosa.shape<3>, !tosa.shape<3>) -> tensor<?x3x2xi8>
  %b = tosa.rescale %a, %m, %s, %zp, %zp {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true}
    : (tensor<?x3x2xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<?x3x2xi8>
  %c = builtin.unrealized_conversion_cast %b : tensor<?x3x2xi8> to tensor<?x3x2xi8>
  %d = tosa.rescale %c, %m, %s, %zp, %other {input_unsigned = false, output_unsigned = false,
    per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true}
    : (tensor<?x3x2xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<?x3x2xi8>
  return %d : tensor<?x3x2xi8>
}

// -----

// What is known already stays: names, types and static shapes.
// CHECK-LABEL: func.func @known(
// CHECK-SAME: tensor<2x4xi8> {stm32.io = #stm32.io<"x", 5.000000e-01 : f32, 3>})
// CHECK-SAME: -> (tensor<2x4xi8> {stm32.io = #stm32.io<"y", 5.000000e-01 : f32, 3>})
// CHECK: stm32.signature = "abc"
func.func @known(%x: tensor<2x4xi8> {stm32.io = #stm32.io<"x", 0.5 : f32, 3>})
    -> (tensor<2x4xi8> {stm32.io = #stm32.io<"y", 0.5 : f32, 3>})
    attributes {stm32.signature = "abc", tf.entry_function = {inputs = "a", outputs = "b"}} {
  return %x : tensor<2x4xi8>
}

// -----

// expected-error@+1 {{argument 1 of type 'tensor<?x?x3xi8>' has a dynamic dimension 1, only dimension 0, the batch, may be dynamic; convert the model with a fixed input shape}}
func.func @dynamic(%a: tensor<1xi8>, %x: tensor<?x?x3xi8>) -> tensor<?x?x3xi8> {
  return %x : tensor<?x?x3xi8>
}
