// RUN: stm32-opt %s --verify-roundtrip | stm32-opt | FileCheck %s
// RUN: stm32-opt %s --mlir-print-op-generic | stm32-opt | FileCheck %s

// What is the default is not written.
// CHECK-LABEL: func.func private @buffers
// CHECK-SAME: !stm32.buffer<i8>,
// CHECK-SAME: !stm32.buffer<1x16xi8>,
// CHECK-SAME: !stm32.buffer<1x16xi8>,
// CHECK-SAME: !stm32.buffer<4xf32>,
// CHECK-SAME: !stm32.buffer<2x3x3x4xi8, planar>,
// CHECK-SAME: !stm32.buffer<1x8x8x4xi8, rows = 3>,
// CHECK-SAME: !stm32.buffer<1x8x8x4xi8, rows = 8>,
// CHECK-SAME: !stm32.buffer<1x8x8x4xi8, planar, rows = 3>,
// CHECK-SAME: !stm32.buffer<1x8x8x4xi8, planar, rows = 3>,
// CHECK-SAME: !stm32.buffer<2147483647xi8>)
func.func private @buffers(!stm32.buffer<i8>, !stm32.buffer<1x16xi8>,
  !stm32.buffer<1x16xi8, nhwc>, !stm32.buffer<4xf32>,
  !stm32.buffer<2x3x3x4xi8, planar>, !stm32.buffer<1x8x8x4xi8, rows = 3>,
  !stm32.buffer<1x8x8x4xi8, rows = 8>,
  !stm32.buffer<1x8x8x4xi8, planar, rows = 3>,
  !stm32.buffer<1x8x8x4xi8, rows = 3, planar>,
  !stm32.buffer<2147483647xi8>)

// CHECK-LABEL: func.func private @layouts
// CHECK-SAME: tensor<1x8x8x16xi8, #stm32.layout<planar>>
// CHECK-SAME: tensor<16xi8, #stm32.layout<nhwc>>
func.func private @layouts(tensor<1x8x8x16xi8, #stm32.layout<planar>>,
                           tensor<16xi8, #stm32.layout<nhwc>>)

// CHECK-LABEL: func.func @attributes
// CHECK-SAME: stm32.io = #stm32.io<"a \22quoted\22 name", 3.906250e-03 : f32, -128>
// CHECK-SAME: -> (tensor<1xi8> {stm32.io = #stm32.io<"", 0.000000e+00 : f32, 255>})
// CHECK-SAME: stm32.signature = "ab"
func.func @attributes(
    %x: tensor<1xi8> {stm32.io = #stm32.io<"a \"quoted\" name", 0.00390625 : f32, -128>})
    -> (tensor<1xi8> {stm32.io = #stm32.io<"", 0.0 : f32, 255>})
    attributes {stm32.signature = "ab"} {
  return %x : tensor<1xi8>
}

// The extremes of each parameter.
// CHECK-LABEL: func.func private @values
// CHECK-SAME: test.a = #stm32.requant<[0, 2147483647], [2, 62], zp = 255, clamp = [-128, -128]>
// CHECK-SAME: test.b = #stm32.band<0, 1>
// CHECK-SAME: test.c = #stm32.band<2147483647, 2147483647>
// CHECK-SAME: test.d = #stm32.requant<[1], [31], zp = -128, clamp = [-2147483648, 2147483647]>
// CHECK-SAME: test.e = #stm32.cascade<"a", "b", 1>
module attributes {test.x} {
func.func private @values() attributes {
  test.a = #stm32.requant<[0, 2147483647], [2, 62], zp = 255, clamp = [-128, -128]>,
  test.b = #stm32.band<0, 1>, test.e = #stm32.cascade<"a", "b", 1>, test.c = #stm32.band<2147483647, 2147483647>,
  test.d = #stm32.requant<[1], [31], zp = -128, clamp = [-2147483648, 2147483647]>}
}
