// RUN: stm32-opt %s --split-input-file --verify-diagnostics --allow-unregistered-dialect

// Every error of the attributes and types and of their parsers.

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

// expected-error @+1 {{needs one shift for each multiplier, got 2 multipliers and 1 shifts}}
func.func private @f() attributes {test.a = #stm32.requant<[1, 2], [31], zp = 0, clamp = [0, 1]>}

// -----

// expected-error @+1 {{multiplier -1 is negative}}
func.func private @f() attributes {test.a = #stm32.requant<[-1], [31], zp = 0, clamp = [0, 1]>}

// -----

// expected-error @+1 {{shift 1 is not in 2 .. 62}}
func.func private @f() attributes {test.a = #stm32.requant<[1], [1], zp = 0, clamp = [0, 1]>}

// -----

// expected-error @+1 {{shift 63 is not in 2 .. 62}}
func.func private @f() attributes {test.a = #stm32.requant<[1, 1], [2, 63], zp = 0, clamp = [0, 1]>}

// -----

// expected-error @+1 {{clamp [1, 0] is empty}}
func.func private @f() attributes {test.a = #stm32.requant<[1], [31], zp = 0, clamp = [1, 0]>}

// -----

// expected-error @+1 {{zero point -129 is neither int8 nor uint8}}
func.func private @f() attributes {test.a = #stm32.requant<[1], [31], zp = -129, clamp = [0, 1]>}

// -----

// expected-error @+1 {{zero point 256 is neither int8 nor uint8}}
func.func private @f() attributes {test.a = #stm32.requant<[1], [31], zp = 256, clamp = [0, 1]>}

// -----

// expected-error @+2 {{integer value too large}}
// expected-error @+1 {{failed to parse STM32_RequantAttr parameter 'multiplier'}}
func.func private @f() attributes {test.a = #stm32.requant<[2147483648], [31], zp = 0, clamp = [0, 1]>}

// -----

// expected-error @+1 {{scale -1.000000e+00 : f32 is not a finite float32 of 0 or more}}
func.func private @f() attributes {test.a = #stm32.io<"x", -1.0 : f32, 0>}

// -----

// expected-error @+1 {{scale 0x7FC00000 : f32 is not a finite float32 of 0 or more}}
func.func private @f() attributes {test.a = #stm32.io<"x", 0x7FC00000 : f32, 0>}

// -----

// expected-error @+1 {{scale 1.000000e+00 : f64 is not a finite float32 of 0 or more}}
func.func private @f() attributes {test.a = #stm32.io<"x", 1.0 : f64, 0>}

// -----

// expected-error @+1 {{zero point 40000 is neither int8, uint8 nor int16}}
func.func private @f() attributes {test.a = #stm32.io<"x", 1.0 : f32, 40000>}

// -----

// expected-error @+1 {{band [0, 0 + 0) is not a range of rows}}
func.func private @f() attributes {test.a = #stm32.band<0, 0>}

// -----

// expected-error @+1 {{band [-1, -1 + 2) is not a range of rows}}
func.func private @f() attributes {test.a = #stm32.band<-1, 2>}

// -----

// expected-error @+1 {{band [9223372036854775807, 9223372036854775807 + 9223372036854775807) is not a range of rows}}
func.func private @f() attributes {test.a = #stm32.band<9223372036854775807, 9223372036854775807>}

// -----

// expected-error @+1 {{a cascade from "a" to "b" cannot have 0 rows a call}}
func.func private @f() attributes {test.a = #stm32.cascade<"a", "b", 0>}

// -----

// expected-error @+1 {{a planar tensor has rank 4, not 1}}
func.func private @f(tensor<4xi8, #stm32.layout<planar>>)

// -----

// expected-error @+1 {{attribute 'stm32.signature' is not one that the stm32 dialect knows here}}
func.func private @f() attributes {stm32.signature = 1}

// -----

// expected-error @+1 {{attribute 'stm32.io' is not one that the stm32 dialect knows here}}
func.func private @f() attributes {stm32.io = #stm32.io<"x", 1.0 : f32, 0>}

// -----

// expected-error @+1 {{attribute 'stm32.io' must be 'stm32.io' with a value #stm32.io<...>}}
func.func private @f(tensor<1xi8> {stm32.io = 3})

// -----

// expected-error @+1 {{attribute 'stm32.other' must be 'stm32.io' with a value #stm32.io<...>}}
func.func private @f() -> (tensor<1xi8> {stm32.other = #stm32.io<"x", 1.0 : f32, 0>})

// -----

func.func @f(%x: tensor<1xi8>) {
  // expected-error @+1 {{attribute 'stm32.pool' is not one that the stm32 dialect knows here}}
  %0 = stm32.pad %x {after = array<i64: 1>, before = array<i64: 0>, value = 0 : i32, stm32.pool = 3}
    : (tensor<1xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%x: tensor<1xi8>) {
  // expected-error @+1 {{attribute 'stm32.certificate' is not one that the stm32 dialect knows here}}
  %0 = stm32.pad %x {after = array<i64: 1>, before = array<i64: 0>, value = 0 : i32, stm32.certificate = "no"}
    : (tensor<1xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%x: tensor<1xi8>) {
  // expected-error @+1 {{attribute 'stm32.pool' is not one that the stm32 dialect knows here}}
  %0 = stm32.reshape %x {stm32.pool = @p} : tensor<1xi8> -> tensor<1x1xi8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

// expected-error @+1 {{element type 'i4' has no whole number of bytes}}
func.func private @f(!stm32.buffer<4xi4>)

// -----

// expected-error @+1 {{element type 'i0' has no whole number of bytes}}
func.func private @f(!stm32.buffer<4xi0>)

// -----

// expected-error @+1 {{element type 'index' has no whole number of bytes}}
func.func private @f(!stm32.buffer<4xindex>)

// -----

// expected-error @+1 {{element type 'vector<4xi8>' has no whole number of bytes}}
func.func private @f(!stm32.buffer<4xvector<4xi8>>)

// -----

// expected-error @+1 {{dimensions must be positive}}
func.func private @f(!stm32.buffer<4x0xi8>)

// -----

// expected-error @+1 {{2 GiB or more are not supported}}
func.func private @f(!stm32.buffer<2147483648xi8>)

// -----

// expected-error @+1 {{2 GiB or more are not supported}}
func.func private @f(!stm32.buffer<65536x8192xf32>)

// -----

// expected-error @+1 {{2 GiB or more are not supported}}
func.func private @f(!stm32.buffer<9223372036854775807x9223372036854775807xi8>)

// -----

// expected-error @+1 {{a planar buffer or a ring of rows has rank 4}}
func.func private @f(!stm32.buffer<4x4xi8, planar>)

// -----

// expected-error @+1 {{a planar buffer or a ring of rows has rank 4}}
func.func private @f(!stm32.buffer<i8, rows = 1>)

// -----

// expected-error @+1 {{a ring of 9 rows does not fit 8 rows}}
func.func private @f(!stm32.buffer<1x8x8x4xi8, rows = 9>)

// -----

// expected-error @+1 {{a ring of rows holds one image}}
func.func private @f(!stm32.buffer<2x8x8x4xi8, rows = 4>)

// -----

// expected-error @+1 {{rows must be positive}}
func.func private @f(!stm32.buffer<1x8x8x4xi8, rows = 0>)

// -----

// expected-error @+1 {{rows must be positive}}
func.func private @f(!stm32.buffer<1x8x8x4xi8, rows = -1>)

// -----

// expected-error @+1 {{expected a layout or 'rows'}}
func.func private @f(!stm32.buffer<1x8x8x4xi8, nchw>)

// -----

// expected-error @+1 {{layout or rows given twice}}
func.func private @f(!stm32.buffer<1x8x8x4xi8, planar, nhwc>)

// -----

// expected-error @+1 {{layout or rows given twice}}
func.func private @f(!stm32.buffer<1x8x8x4xi8, rows = 1, rows = 2>)

// -----

// expected-error @+1 {{expected '='}}
func.func private @f(!stm32.buffer<1x8x8x4xi8, rows 1>)

// -----

// expected-error @+1 {{expected '>'}}
func.func private @f(!stm32.buffer<1x8x8x4xi8 planar>)

// -----

// expected-error @+1 {{expected static shape}}
func.func private @f(!stm32.buffer<1x?xi8>)
