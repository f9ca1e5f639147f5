// RUN: stm32-opt %s | FileCheck %s
// RUN: stm32-opt %s --verify-roundtrip -o /dev/null
// RUN: stm32-opt %s --stm32-schedule-pipeline=target=host --stm32-memory-pipeline=target=host | FileCheck %s --check-prefix=BUFFERS
// RUN: stm32-opt %s --stm32-schedule-pipeline=target=host --stm32-memory-pipeline=target=host --stm32-emitc-pipeline=target=host | stm32-translate --mlir-to-c | FileCheck %s --check-prefix=C

// A function with an absent input, a constant and two outputs.

// CHECK-LABEL: stm32.model @net
// CHECK: %[[K:.*]] = stm32.constant
// CHECK: %{{.*}}:2 = stm32.custom "my_split"(%{{.*}}, %[[K]])
// CHECK-SAME: absent = array<i64: 1>
// CHECK-SAME: options = array<i8: 1, -1>
// CHECK-SAME: quantization = [#stm32.quant<[5.000000e-01], [3], 0>, #stm32.quant<[5.000000e-01, 2.500000e-01], [0, 1], 0>, #stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>]
// CHECK-SAME: scratch_bytes = 40

// BUFFERS: stm32.view %{{.*}} : tensor<2xi8> to <2xi8>
// BUFFERS: stm32.custom "my_split"(%{{.*}}, %{{.*}}) into(%{{.*}}, %{{.*}}) scratch(%{{.*}}) {
// BUFFERS-SAME: kernel = "stm32rt_custom_function"
// BUFFERS-SAME: (!stm32.buffer<1x4xi8>, !stm32.buffer<2xi8>, !stm32.buffer<1x4xf32>, !stm32.buffer<3xi32>, !stm32.buffer<40xi8>) -> ()

// C: #include "my_split.h"
// C-NOT: void my_split(
// C: .inputs = (const stm32rt_custom_tensor[]){
// C: {.type = STM32RT_INT8, .rank = 2, .shape = {1, 4}, .count = 4,
// C: .scale = 0x1p-1f, .zero_point = 3},
// C: {.type = 0},
// C: {.type = STM32RT_INT8, .rank = 1, .shape = {2}, .count = 2,
// C: .channel_scales = (const float[]){0x1p-1f, 0x1p-2f},
// C: .channel_zero_points = (const int32_t[]){0, 1},
// C: .channel_dimension = 0}},
// C: .outputs = (const stm32rt_custom_tensor[]){
// C: .input_count = 3, .output_count = 2,
// C: .options = (const uint8_t[]){1, 255},
// C: .options_size = 2,
// C: .scratch_size = 40,
// C: const void *const x[] = {
// C: NULL,
// C: void *const y[] = {
// C: my_split(context->model->customs[0], x, y, scratch);
// C: my_end(context->model->customs[1], x, y, NULL);
// C: .kind = "Split/_it", .kernel = "my_split"
// C: .outputs = 2
stm32.model @net inputs([#stm32.io<"x", 0.5 : f32, 3>])
    outputs([#stm32.io<"y", 0.0 : f32, 0>]) {
^bb0(%x: tensor<1x4xi8>):
  %k = stm32.constant dense<[1, 2]> : tensor<2xi8>
  %a, %b = stm32.custom "my_split"(%x, %k) {operator_name = "Split/_it",
    absent = array<i64: 1>, options = array<i8: 1, -1>, scratch_bytes = 40 : i64,
    header = "my_split.h", quantization = [
      #stm32.quant<[0.5], [3], 0>, #stm32.quant<[0.5, 0.25], [0, 1], 0>,
      #stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>]}
    : (tensor<1x4xi8>, tensor<2xi8>) -> (tensor<1x4xf32>, tensor<3xi32>)
  %y = stm32.custom "my_end"(%a, %b) {operator_name = "END",
    quantization = [#stm32.quant<[], [], 0>, #stm32.quant<[], [], 0>,
      #stm32.quant<[], [], 0>]}
    : (tensor<1x4xf32>, tensor<3xi32>) -> tensor<2xf32>
  stm32.output %y : tensor<2xf32>
}

// CHECK-LABEL: stm32.model @detect
// CHECK: stm32.detection_postprocess %{{.*}}, %{{.*}}, %{{.*}} {
// BUFFERS-LABEL: stm32.model @detect
// BUFFERS: scratch : <246xi8>
// BUFFERS: stm32.detection_postprocess
// C: .boxes = 6, .box_stride = 4,
// C: .classes = 2, .score_stride = 3,
// C: .max_detections = 10, .rows = 10, .detections_per_class = 0,
// C: stm32rt_detection_postprocess_f32(&detect_op_0_detection, a, b, c, y0, y1,
stm32.model @detect inputs([#stm32.io<"e", 0.0 : f32, 0>,
      #stm32.io<"p", 0.0 : f32, 0>, #stm32.io<"a", 0.0 : f32, 0>])
    outputs([#stm32.io<"b", 0.0 : f32, 0>, #stm32.io<"c", 0.0 : f32, 0>,
      #stm32.io<"s", 0.0 : f32, 0>, #stm32.io<"n", 0.0 : f32, 0>]) {
^bb0(%e: tensor<1x6x4xf32>, %p: tensor<1x6x3xf32>, %a: tensor<6x4xf32>):
  %b, %c, %s, %n = stm32.detection_postprocess %e, %p, %a {
    max_detections = 10 : i32, num_classes = 2 : i32,
    detections_per_class = 0 : i32, score_threshold = 0.5 : f32,
    iou_threshold = 0.6 : f32, scales = array<f32: 10.0, 10.0, 5.0, 5.0>}
    : (tensor<1x6x4xf32>, tensor<1x6x3xf32>, tensor<6x4xf32>)
    -> (tensor<1x10x4xf32>, tensor<1x10xf32>, tensor<1x10xf32>, tensor<1xf32>)
  stm32.output %b, %c, %s, %n : tensor<1x10x4xf32>, tensor<1x10xf32>,
    tensor<1x10xf32>, tensor<1xf32>
}
