// RUN: stm32-opt %s --split-input-file --verify-diagnostics

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{function '2f' is not an identifier of C}}
  %y = stm32.custom "2f"(%x) {operator_name = "F", quantization = [#stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>]}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{function '' is not an identifier of C}}
  %y = stm32.custom ""(%x) {operator_name = "F", quantization = [#stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>]}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{function 'f;g' is not an identifier of C}}
  %y = stm32.custom "f;g"(%x) {operator_name = "F", quantization = [#stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>]}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{has 1 quantizations for 2 inputs and outputs}}
  %y = stm32.custom "f"(%x) {operator_name = "F", quantization = [#stm32.quant<[], [], 0>]}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{quantization 0 has 2 scales along dimension 0 of}}
  %y = stm32.custom "f"(%x) {operator_name = "F", quantization = [#stm32.quant<[1.0, 2.0], [0, 0], 0>, #stm32.quant<[], [], 0>]}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{quantization 1 has 4 scales along dimension 1 of}}
  %y = stm32.custom "f"(%x) {operator_name = "F", quantization = [#stm32.quant<[], [], 0>, #stm32.quant<[1.0, 1.0, 1.0, 1.0], [0, 0, 0, 0], 1>]}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{has 1 scales and 0 zero points}}
  %y = stm32.custom "f"(%x) {operator_name = "F", quantization = [#stm32.quant<[1.0], [], 0>, #stm32.quant<[], [], 0>]}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{has a scale that is not a positive number}}
  %y = stm32.custom "f"(%x) {operator_name = "F", quantization = [#stm32.quant<[-1.0], [0], 0>, #stm32.quant<[], [], 0>]}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{has the dimension -1}}
  %y = stm32.custom "f"(%x) {operator_name = "F", quantization = [#stm32.quant<[1.0], [0], -1>, #stm32.quant<[], [], 0>]}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{absent inputs must be ascending positions below 2}}
  %y = stm32.custom "f"(%x) {operator_name = "F", quantization = [#stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>], absent = array<i64: 2>}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{absent inputs must be ascending positions below 3}}
  %y = stm32.custom "f"(%x) {operator_name = "F", quantization = [#stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>], absent = array<i64: 1, 1>}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{absent inputs must be ascending positions below 2}}
  %y = stm32.custom "f"(%x) {operator_name = "F", quantization = [#stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>], absent = array<i64: -1>}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<4xi8>) {
  // expected-error @below {{needs 3000000000 bytes of scratch}}
  %y = stm32.custom "f"(%x) {operator_name = "F", quantization = [#stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>], scratch_bytes = 3000000000 : i64}
    : (tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%x: tensor<1x2x2x1xi8, #stm32.layout<planar>>) {
  // expected-error @below {{needs channel-last tensors, got}}
  %y = stm32.custom "f"(%x) {operator_name = "F", quantization = [#stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>]}
    : (tensor<1x2x2x1xi8, #stm32.layout<planar>>) -> tensor<4xi8>
  return
}

// -----

stm32.memory_region @ram
stm32.pool @p in @ram align(16)
stm32.model @m inputs([#stm32.io<"x", 0.0 : f32, 0>]) outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
  %x = stm32.buffer @p input(0) : !stm32.buffer<4xi8>
  %y = stm32.buffer @p : !stm32.buffer<4xi8>
  %s = stm32.buffer @p scratch : !stm32.buffer<8xi8>
  // expected-error @below {{needs 9 bytes of scratch, got 8}}
  stm32.custom "f"(%x) into(%y) scratch(%s) {operator_name = "F", quantization = [#stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>], scratch_bytes = 9 : i64}
    : (!stm32.buffer<4xi8>, !stm32.buffer<4xi8>, !stm32.buffer<8xi8>) -> ()
  stm32.output %y : !stm32.buffer<4xi8>
}

// -----

func.func @f() {
  // expected-error @below {{must have either a result (tensors) or a destination (buffers)}}
  stm32.custom "f"() {operator_name = "F", quantization = []} : () -> ()
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xi8>, %a: tensor<6x4xf32>) {
  // expected-error @below {{needs float32, got}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xi8>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x3xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{needs encodings 1 x n x k with k of at least 4, got}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x3xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<2x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{needs encodings 1 x n x k with k of at least 4, got}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<2x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{has 0 classes}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 0 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{needs scores 1 x 6 x 4 or one more, got}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 4 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<5x4xf32>) {
  // expected-error @below {{needs anchors 6 x 4, got}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<5x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{has at most 11 detections in outputs of 10 rows}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 11 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{has at most 0 detections in outputs of 10 rows}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 0 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{needs outputs of 4 r, r, r and 1 elements}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x9x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{needs outputs of 4 r, r, r and 1 elements}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<2xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{has -1 detections per class}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = -1 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{iou_threshold must be in (0, 1]}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.0 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{iou_threshold must be in (0, 1]}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 1.5 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{score_threshold must be finite}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0x7F800000 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{has 3 scales, 4 are needed}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 1.0, 1.0, 1.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}

// -----

func.func @f(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>) {
  // expected-error @below {{has a scale that is 0 or not finite}}
  %b:4 = stm32.detection_postprocess %e, %p, %a {max_detections = 10 : i32,
    num_classes = 2 : i32, detections_per_class = 0 : i32,
    score_threshold = 0.5 : f32, iou_threshold = 0.6 : f32, scales = array<f32: 1.0, 1.0, 1.0, 0.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  return
}
