// Functions of elements, there and back.
//
// RUN: stm32-opt --verify-roundtrip %s | FileCheck %s

// CHECK-LABEL: stm32.model @functions
stm32.model @functions
    inputs([#stm32.io<"a", 1.0 : f32, 0>, #stm32.io<"f", 0.0 : f32, 0>,
            #stm32.io<"w", 1.0 : f32, 0>, #stm32.io<"c", 0.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%a: tensor<2x8xi8>, %f: tensor<2x8xf32>, %w: tensor<2x8xi16>, %c: tensor<8xi1>):
  // CHECK: stm32.binary mul %{{.*}}, %{{.*}} {lhs_zp = 3 : i32, requant = {{.*}}} : (tensor<2x8xi8>, tensor<2x8xi8>)
  %0 = stm32.binary mul %a, %a {lhs_zp = 3 : i32,
    requant = #stm32.requant<[1073741824], [37], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x8xi8>, tensor<2x8xi8>) -> tensor<2x8xi8>
  // CHECK: stm32.binary sub %{{.*}} {left_shift = 20 : i32, lhs_scale = array<i32: 1073741824, 31>
  %1 = stm32.binary sub %0, %a {left_shift = 20 : i32,
    lhs_scale = array<i32: 1073741824, 31>, rhs_scale = array<i32: 1073741824, 32>,
    requant = #stm32.requant<[1073741824], [49], zp = 0, clamp = [-128, 127]>}
    : (tensor<2x8xi8>, tensor<2x8xi8>) -> tensor<2x8xi8>
  // CHECK: stm32.binary add %{{.*}} {float_clamp = array<f32: 0.000000e+00, 6.000000e+00>}
  %2 = stm32.binary add %f, %f {float_clamp = array<f32: 0.0, 6.0>}
    : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: stm32.binary less_equal %{{.*}} : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xi1>
  %3 = stm32.binary less_equal %f, %2
    : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xi1>
  // CHECK: stm32.binary logical_and %{{.*}} : (tensor<2x8xi1>, tensor<8xi1>) -> tensor<2x8xi1>
  %4 = stm32.binary logical_and %3, %c
    : (tensor<2x8xi1>, tensor<8xi1>) -> tensor<2x8xi1>
  // CHECK: stm32.unary tanh %{{.*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %5 = stm32.unary tanh %2 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: stm32.unary leaky_relu %{{.*}} {alpha = 1.000000e-01 : f32}
  %6 = stm32.unary leaky_relu %5 {alpha = 0.1 : f32}
    : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: stm32.unary logistic %{{.*}} {scale = array<i32: 24576, 3>} : (tensor<2x8xi16>) -> tensor<2x8xi16>
  %7 = stm32.unary logistic %w {scale = array<i32: 24576, 3>}
    : (tensor<2x8xi16>) -> tensor<2x8xi16>
  // CHECK: stm32.unary neg %{{.*}} : (tensor<2x8xi16>) -> tensor<2x8xi16>
  %n = stm32.unary neg %7 : (tensor<2x8xi16>) -> tensor<2x8xi16>
  // CHECK: stm32.unary rsqrt %{{.*}} {requant = {{.*}}} : (tensor<2x8xi16>) -> tensor<2x8xi16>
  %r = stm32.unary rsqrt %n
    {requant = #stm32.requant<[1073741824], [47], zp = 0, clamp = [-32768, 32767]>}
    : (tensor<2x8xi16>) -> tensor<2x8xi16>
  // CHECK: stm32.lookup %{{.*}} constants(%{{.*}}) {function = "EXP"} : (tensor<2x8xi16>, tensor<513xi16>) -> tensor<2x8xi16>
  %t = stm32.constant dense<7> : tensor<513xi16>
  %l = stm32.lookup %r constants(%t) {function = "EXP"}
    : (tensor<2x8xi16>, tensor<513xi16>) -> tensor<2x8xi16>
  // CHECK: stm32.binary floor_mod %{{.*}} : (tensor<2x8xi16>, tensor<2x8xi16>) -> tensor<2x8xi16>
  %m = stm32.binary floor_mod %l, %w
    : (tensor<2x8xi16>, tensor<2x8xi16>) -> tensor<2x8xi16>
  // CHECK: stm32.unary gelu_tanh %{{.*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %g = stm32.unary gelu_tanh %6 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: stm32.cast %{{.*}} : (tensor<2x8xf32>) -> tensor<2x8xi8>
  %8 = stm32.cast %6 : (tensor<2x8xf32>) -> tensor<2x8xi8>
  // CHECK: stm32.select %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x8xi1>, tensor<2x8xi8>, tensor<2x8xi8>) -> tensor<2x8xi8>
  %9 = stm32.select %4, %1, %8
    : (tensor<2x8xi1>, tensor<2x8xi8>, tensor<2x8xi8>) -> tensor<2x8xi8>
  stm32.output %9 : tensor<2x8xi8>
}
