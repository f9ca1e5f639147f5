// As a front end writes it: the batch is dynamic, and there are notes of tools
// that the compiler does not know.
module attributes {tfl.description = "MLIR Converted.", tfl.schema_version = 3 : i32} {
  func.func @main(%x: tensor<?x4x4x2xi8> {tf_saved_model.index_path = ["x"]}) -> (tensor<?x2x2x2xi8> {tf_saved_model.index_path = ["y"]})
      attributes {tf.entry_function = {inputs = "x:0", outputs = "y:0"}} {
    %0 = tosa.max_pool2d %x {kernel = array<i64: 2, 2>, pad = array<i64: 0, 0, 0, 0>,
      stride = array<i64: 2, 2>} : (tensor<?x4x4x2xi8>) -> tensor<?x2x2x2xi8>
    %1 = tosa.clamp %0 {max_val = 127 : i8, min_val = -128 : i8} : (tensor<?x2x2x2xi8>) -> tensor<?x2x2x2xi8>
    return %1 : tensor<?x2x2x2xi8>
  }
}
