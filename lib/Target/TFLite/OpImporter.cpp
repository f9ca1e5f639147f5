//===- OpImporter.cpp - From one .tflite operator to TOSA -----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpImporter.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::stm32;
using namespace mlir::stm32::tflite;

//===----------------------------------------------------------------------===//
// Records
//===----------------------------------------------------------------------===//

/// An operator of an audio front end: all its operands are there.
static constexpr OperatorRecord signal(const char *code, unsigned inputs,
                                       unsigned types, const char *notes,
                                       unsigned outputs = 1) {
  return {BuiltinOperator_CUSTOM,
          BuiltinOptions_NONE,
          /*needsOptions=*/false,
          inputs,
          inputs,
          inputs,
          importSignal,
          types,
          notes,
          /*typeOperand=*/0,
          outputs,
          code,
          outputs,
          /*usesHandles=*/false,
          /*takesSignals=*/true};
}

static const OperatorRecord kRecords[] = {
    // code, options, needs them, least, most and read operands, function,
    // types, notes [, operand of the types, most outputs]
    {BuiltinOperator_ABS, BuiltinOptions_AbsOptions, false, 1, 1, 1,
     importUnary,
     types::kInt8 | types::kInt16 | types::kInt32 | types::kFloat32, ""},
    {BuiltinOperator_ADD, BuiltinOptions_AddOptions, false, 2, 2, 2,
     importArithmetic, types::kQuantized | types::kFloat32 | types::kInt32,
     "broadcast up to rank 6, fused activation"},
    {BuiltinOperator_ARG_MAX, BuiltinOptions_ArgMaxOptions, false, 2, 2, 2,
     importArgExtreme, types::kByte | types::kInt32 | types::kFloat32,
     "constant dimension, index int32 or int64"},
    {BuiltinOperator_ARG_MIN, BuiltinOptions_ArgMinOptions, false, 2, 2, 2,
     importArgExtreme, types::kByte | types::kInt32 | types::kFloat32,
     "constant dimension, index int32 or int64"},
    {BuiltinOperator_ASSIGN_VARIABLE, BuiltinOptions_AssignVariableOptions,
     false, 2, 2, 2, importAssignVariable, types::kAny, "keeps its shape", 1, 0,
     "", 0, /*usesHandles=*/true},
    {BuiltinOperator_AVERAGE_POOL_2D, BuiltinOptions_Pool2DOptions, true, 1, 1,
     1, importPool2D, types::kQuantized | types::kFloat32, "fused activation"},
    {BuiltinOperator_BATCH_MATMUL, BuiltinOptions_BatchMatMulOptions, false, 2,
     2, 2, importBatchMatMul, types::kInt8 | types::kInt16 | types::kFloat32,
     "adj_x, adj_y, batches are broadcast"},
    {BuiltinOperator_BATCH_TO_SPACE_ND, BuiltinOptions_BatchToSpaceNDOptions,
     false, 3, 3, 3, importBatchToSpace, types::kAny,
     "constant blocks of one or two dimensions and crops"},
    {BuiltinOperator_BROADCAST_TO, BuiltinOptions_BroadcastToOptions, false, 2,
     2, 1, importBroadcastTo, types::kAny, "up to rank 6"},
    {BuiltinOperator_CALL_ONCE, BuiltinOptions_CallOnceOptions, true, 0, 0, 0,
     importCallOnce, 0, "assigns constants to variables", 0, 0, "", 0},
    {BuiltinOperator_CAST, BuiltinOptions_CastOptions, false, 1, 1, 1,
     importCast, types::kAny, "between any of these types"},
    {BuiltinOperator_CEIL, BuiltinOptions_NONE, false, 1, 1, 1, importUnary,
     types::kFloat32, ""},
    {BuiltinOperator_CONCATENATION, BuiltinOptions_ConcatenationOptions, true,
     1, limits::kOperands, limits::kOperands, importConcatenation, types::kAny,
     "often costs nothing; uint8 is requantised"},
    {BuiltinOperator_CONV_2D, BuiltinOptions_Conv2DOptions, true, 2, 3, 3,
     importConv2D, types::kQuantized | types::kFloat32,
     "stride, dilation, per tensor or channel, fused activation"},
    {BuiltinOperator_COS, BuiltinOptions_CosOptions, false, 1, 1, 1,
     importUnary, types::kFloat32, ""},
    {BuiltinOperator_CUSTOM, BuiltinOptions_NONE, false, 3, 3, 3,
     importDetectionPostprocess, types::kByte | types::kFloat32,
     "regular and fast suppression, one class for each detection; float32 "
     "outputs",
     0, 4, "TFLite_Detection_PostProcess"},
    signal("SignalDelay", 1, types::kInt16, "keeps state"),
    signal("SignalEnergy", 1, types::kInt16, "to uint32"),
    signal("SignalFftAutoScale", 1, types::kInt16, "", 2),
    signal("SignalFilterBank", 6, types::kUInt32,
           "constant weights and lists, to uint64"),
    signal("SignalFilterBankLog", 1, types::kUInt32, "to int16"),
    signal("SignalFilterBankSpectralSubtraction", 1, types::kUInt32,
           "keeps state", 2),
    signal("SignalFilterBankSquareRoot", 2, types::kUInt64, "to uint32"),
    signal("SignalFramer", 1, types::kInt16, "keeps state", 2),
    signal("SignalIrfft", 1, types::kInt16 | types::kInt32 | types::kFloat32,
           "even lengths up to 32768 of prime factors 2, 3, 5"),
    signal("SignalOverlapAdd", 1, types::kInt16 | types::kFloat32,
           "keeps state"),
    signal("SignalPCAN", 3, types::kUInt32, "constant gains"),
    signal("SignalRfft", 1, types::kInt16 | types::kInt32 | types::kFloat32,
           "even lengths up to 32768 of prime factors 2, 3, 5"),
    signal("SignalStacker", 1, types::kInt16, "keeps state", 2),
    signal("SignalWindow", 2, types::kInt16, "constant weights"),
    {BuiltinOperator_DEPTHWISE_CONV_2D, BuiltinOptions_DepthwiseConv2DOptions,
     true, 2, 3, 3, importDepthwiseConv2D, types::kQuantized | types::kFloat32,
     "stride, dilation, depth multiplier, per tensor or channel, fused "
     "activation"},
    {BuiltinOperator_DEPTH_TO_SPACE, BuiltinOptions_DepthToSpaceOptions, true,
     1, 1, 1, importDepthToSpace, types::kAny, "any block"},
    {BuiltinOperator_DEQUANTIZE, BuiltinOptions_DequantizeOptions, false, 1, 1,
     1, importDequantize, types::kQuantized | types::kInt32 | types::kFloat16,
     "float16 of constants"},
    {BuiltinOperator_DIV, BuiltinOptions_DivOptions, false, 2, 2, 2,
     importArithmetic, types::kQuantized | types::kInt32 | types::kFloat32,
     "broadcast up to rank 6, fused activation"},
    {BuiltinOperator_ELU, BuiltinOptions_NONE, false, 1, 1, 1, importUnary,
     types::kInt8 | types::kFloat32, ""},
    {BuiltinOperator_EMBEDDING_LOOKUP, BuiltinOptions_NONE, false, 2, 2, 2,
     importEmbeddingLookup, types::kAny, "also int8 to float32", 1},
    {BuiltinOperator_EQUAL, BuiltinOptions_EqualOptions, false, 2, 2, 2,
     importComparison,
     types::kQuantized | types::kInt32 | types::kInt64 | types::kFloat32 |
         types::kBool,
     "broadcast up to rank 6, to bool"},
    {BuiltinOperator_EXP, BuiltinOptions_ExpOptions, false, 1, 1, 1,
     importUnary, types::kInt8 | types::kInt16 | types::kFloat32, ""},
    {BuiltinOperator_EXPAND_DIMS, BuiltinOptions_ExpandDimsOptions, false, 2, 2,
     1, importReshape, types::kAny, "costs nothing"},
    {BuiltinOperator_FLOOR, BuiltinOptions_NONE, false, 1, 1, 1, importUnary,
     types::kFloat32, ""},
    {BuiltinOperator_FLOOR_DIV, BuiltinOptions_FloorDivOptions, false, 2, 2, 2,
     importPlainBinary,
     types::kInt8 | types::kInt16 | types::kInt32 | types::kFloat32,
     "broadcast up to rank 6; int8 and int16 as they are"},
    {BuiltinOperator_FLOOR_MOD, BuiltinOptions_FloorModOptions, false, 2, 2, 2,
     importPlainBinary,
     types::kInt8 | types::kInt16 | types::kInt32 | types::kFloat32,
     "broadcast up to rank 6; int8 and int16 as they are"},
    {BuiltinOperator_FULLY_CONNECTED, BuiltinOptions_FullyConnectedOptions,
     true, 2, 3, 3, importFullyConnected, types::kQuantized | types::kFloat32,
     "per tensor or channel, keep_num_dims, fused activation"},
    {BuiltinOperator_GATHER, BuiltinOptions_GatherOptions, false, 2, 2, 2,
     importGather, types::kAny, "any axis, batch_dims, indices int32 or int64"},
    {BuiltinOperator_GATHER_ND, BuiltinOptions_GatherNdOptions, false, 2, 2, 2,
     importGatherNd, types::kAny, "indices int32 or int64"},
    {BuiltinOperator_GELU, BuiltinOptions_GeluOptions, false, 1, 1, 1,
     importUnary, types::kQuantized | types::kFloat32, "exact and approximate"},
    {BuiltinOperator_GREATER, BuiltinOptions_GreaterOptions, false, 2, 2, 2,
     importComparison,
     types::kQuantized | types::kInt32 | types::kInt64 | types::kFloat32,
     "broadcast up to rank 6, to bool"},
    {BuiltinOperator_GREATER_EQUAL, BuiltinOptions_GreaterEqualOptions, false,
     2, 2, 2, importComparison,
     types::kQuantized | types::kInt32 | types::kInt64 | types::kFloat32,
     "broadcast up to rank 6, to bool"},
    {BuiltinOperator_HARD_SWISH, BuiltinOptions_HardSwishOptions, false, 1, 1,
     1, importUnary, types::kByte | types::kFloat32, ""},
    {BuiltinOperator_L2_NORMALIZATION, BuiltinOptions_L2NormOptions, false, 1,
     1, 1, importL2Normalization, types::kByte | types::kFloat32,
     "last dimension"},
    {BuiltinOperator_LEAKY_RELU, BuiltinOptions_LeakyReluOptions, false, 1, 1,
     1, importLeakyRelu, types::kQuantized | types::kFloat32, "any alpha"},
    {BuiltinOperator_LESS, BuiltinOptions_LessOptions, false, 2, 2, 2,
     importComparison,
     types::kQuantized | types::kInt32 | types::kInt64 | types::kFloat32,
     "broadcast up to rank 6, to bool"},
    {BuiltinOperator_LESS_EQUAL, BuiltinOptions_LessEqualOptions, false, 2, 2,
     2, importComparison,
     types::kQuantized | types::kInt32 | types::kInt64 | types::kFloat32,
     "broadcast up to rank 6, to bool"},
    {BuiltinOperator_LOG, BuiltinOptions_NONE, false, 1, 1, 1, importUnary,
     types::kInt8 | types::kInt16 | types::kFloat32, ""},
    {BuiltinOperator_LOGICAL_AND, BuiltinOptions_LogicalAndOptions, false, 2, 2,
     2, importPlainBinary, types::kBool, "broadcast up to rank 6"},
    {BuiltinOperator_LOGICAL_NOT, BuiltinOptions_LogicalNotOptions, false, 1, 1,
     1, importUnary, types::kBool, ""},
    {BuiltinOperator_LOGICAL_OR, BuiltinOptions_LogicalOrOptions, false, 2, 2,
     2, importPlainBinary, types::kBool, "broadcast up to rank 6"},
    {BuiltinOperator_LOGISTIC, BuiltinOptions_NONE, false, 1, 1, 1,
     importLogistic, types::kQuantized | types::kFloat32,
     "output 1/256 (int8) or 2^-15 (int16)"},
    {BuiltinOperator_LOG_SOFTMAX, BuiltinOptions_LogSoftmaxOptions, false, 1, 1,
     1, importLogSoftmax, types::kByte | types::kFloat32, "last dimension"},
    {BuiltinOperator_MAXIMUM, BuiltinOptions_MaximumMinimumOptions, false, 2, 2,
     2, importPlainBinary,
     types::kQuantized | types::kFloat32 | types::kInt32 | types::kInt64,
     "broadcast up to rank 6"},
    {BuiltinOperator_MAX_POOL_2D, BuiltinOptions_Pool2DOptions, true, 1, 1, 1,
     importPool2D, types::kQuantized | types::kFloat32, "fused activation"},
    {BuiltinOperator_MEAN, BuiltinOptions_ReducerOptions, false, 2, 2, 2,
     importReduction, types::kQuantized | types::kInt32 | types::kFloat32,
     "constant dimensions, keep_dims"},
    {BuiltinOperator_MINIMUM, BuiltinOptions_MaximumMinimumOptions, false, 2, 2,
     2, importPlainBinary,
     types::kQuantized | types::kFloat32 | types::kInt32 | types::kInt64,
     "broadcast up to rank 6"},
    {BuiltinOperator_MIRROR_PAD, BuiltinOptions_MirrorPadOptions, true, 2, 2, 2,
     importMirrorPad, types::kAny, "constant paddings, reflect and symmetric"},
    {BuiltinOperator_MUL, BuiltinOptions_MulOptions, false, 2, 2, 2,
     importArithmetic, types::kQuantized | types::kFloat32 | types::kInt32,
     "broadcast up to rank 6, fused activation"},
    {BuiltinOperator_NEG, BuiltinOptions_NegOptions, false, 1, 1, 1,
     importUnary,
     types::kInt8 | types::kInt16 | types::kInt32 | types::kInt64 |
         types::kFloat32,
     "int8 and int16 as they are"},
    {BuiltinOperator_NOT_EQUAL, BuiltinOptions_NotEqualOptions, false, 2, 2, 2,
     importComparison,
     types::kQuantized | types::kInt32 | types::kInt64 | types::kFloat32 |
         types::kBool,
     "broadcast up to rank 6, to bool"},
    {BuiltinOperator_PACK, BuiltinOptions_PackOptions, true, 1,
     limits::kOperands, limits::kOperands, importPack, types::kAny,
     "often costs nothing"},
    {BuiltinOperator_PAD, BuiltinOptions_PadOptions, false, 2, 2, 2, importPad,
     types::kAny,
     "constant paddings, up to rank 6; fused into the next convolution where "
     "exact"},
    {BuiltinOperator_PADV2, BuiltinOptions_PadV2Options, false, 3, 3, 3,
     importPad, types::kAny, "constant paddings and value, up to rank 6"},
    {BuiltinOperator_PRELU, BuiltinOptions_NONE, false, 2, 2, 2, importPrelu,
     types::kQuantized | types::kFloat32,
     "any shape of alpha that is broadcast"},
    {BuiltinOperator_QUANTIZE, BuiltinOptions_QuantizeOptions, false, 1, 1, 1,
     importQuantize, types::kQuantized | types::kFloat32 | types::kInt32,
     "to int8, uint8, int16, int32"},
    {BuiltinOperator_READ_VARIABLE, BuiltinOptions_ReadVariableOptions, false,
     1, 1, 1, importReadVariable, types::kAny, "costs nothing in most models",
     0, 1, "", 1, /*usesHandles=*/true},
    {BuiltinOperator_REDUCE_MAX, BuiltinOptions_ReducerOptions, false, 2, 2, 2,
     importReduction, types::kQuantized | types::kInt32 | types::kFloat32,
     "constant dimensions, keep_dims"},
    {BuiltinOperator_REDUCE_MIN, BuiltinOptions_ReducerOptions, false, 2, 2, 2,
     importReduction, types::kQuantized | types::kInt32 | types::kFloat32,
     "constant dimensions, keep_dims"},
    {BuiltinOperator_RELU, BuiltinOptions_NONE, false, 1, 1, 1, importRelu,
     types::kQuantized | types::kFloat32, "requantises"},
    {BuiltinOperator_RELU6, BuiltinOptions_NONE, false, 1, 1, 1, importRelu,
     types::kQuantized | types::kFloat32,
     "in the input's quantisation (int8, int16)"},
    {BuiltinOperator_RELU_N1_TO_1, BuiltinOptions_NONE, false, 1, 1, 1,
     importRelu, types::kQuantized | types::kFloat32, "requantises"},
    {BuiltinOperator_RESHAPE, BuiltinOptions_ReshapeOptions, false, 1, 2, 1,
     importReshape, types::kAny, "costs nothing"},
    {BuiltinOperator_RESIZE_BILINEAR, BuiltinOptions_ResizeBilinearOptions,
     false, 2, 2, 2, importResizeBilinear, types::kQuantized | types::kFloat32,
     "constant size, align_corners, half_pixel_centers"},
    {BuiltinOperator_RESIZE_NEAREST_NEIGHBOR,
     BuiltinOptions_ResizeNearestNeighborOptions, false, 2, 2, 2,
     importResizeNearest, types::kAny,
     "constant size, align_corners, half_pixel_centers"},
    {BuiltinOperator_REVERSE_V2, BuiltinOptions_ReverseV2Options, false, 2, 2,
     2, importReverse, types::kAny, "constant dimensions"},
    {BuiltinOperator_RFFT2D, BuiltinOptions_Rfft2dOptions, false, 2, 2, 2,
     importRfft2D, types::kFloat32,
     "constant lengths of prime factors 2, 3, 5, to complex64", 0, 1, "", 1,
     /*usesHandles=*/false, /*takesSignals=*/true},
    {BuiltinOperator_ROUND, BuiltinOptions_NONE, false, 1, 1, 1, importUnary,
     types::kFloat32, ""},
    {BuiltinOperator_RSQRT, BuiltinOptions_NONE, false, 1, 1, 1, importUnary,
     types::kInt8 | types::kInt16 | types::kFloat32, ""},
    {BuiltinOperator_SELECT_V2, BuiltinOptions_SelectV2Options, false, 3, 3, 3,
     importSelect, types::kAny, "broadcast up to rank 6", 1},
    {BuiltinOperator_SHAPE, BuiltinOptions_ShapeOptions, false, 1, 1, 1,
     importShape, types::kAny, "costs nothing"},
    {BuiltinOperator_SIN, BuiltinOptions_NONE, false, 1, 1, 1, importUnary,
     types::kFloat32, ""},
    {BuiltinOperator_SLICE, BuiltinOptions_SliceOptions, false, 3, 3, 3,
     importSlice, types::kAny, "constant start and size; free where one range"},
    {BuiltinOperator_SOFTMAX, BuiltinOptions_SoftmaxOptions, true, 1, 1, 1,
     importSoftmax, types::kQuantized | types::kFloat32,
     "last dimension, int8 also to int16"},
    {BuiltinOperator_SPACE_TO_BATCH_ND, BuiltinOptions_SpaceToBatchNDOptions,
     false, 3, 3, 3, importSpaceToBatch, types::kAny,
     "constant blocks of one or two dimensions and paddings"},
    {BuiltinOperator_SPACE_TO_DEPTH, BuiltinOptions_SpaceToDepthOptions, true,
     1, 1, 1, importSpaceToDepth, types::kAny, "any block"},
    {BuiltinOperator_SPLIT, BuiltinOptions_SplitOptions, true, 2, 2, 2,
     importSplit, types::kAny,
     "constant dimension; free where parts are one range", 1,
     limits::kOperands},
    {BuiltinOperator_SPLIT_V, BuiltinOptions_SplitVOptions, false, 3, 3, 3,
     importSplitV, types::kAny,
     "constant sizes and dimension; free where parts are one range", 0,
     limits::kOperands},
    {BuiltinOperator_SQRT, BuiltinOptions_NONE, false, 1, 1, 1, importUnary,
     types::kInt8 | types::kInt16 | types::kFloat32, ""},
    {BuiltinOperator_SQUARE, BuiltinOptions_SquareOptions, false, 1, 1, 1,
     importUnary, types::kFloat32, ""},
    {BuiltinOperator_SQUARED_DIFFERENCE,
     BuiltinOptions_SquaredDifferenceOptions, false, 2, 2, 2,
     importSquaredDifference,
     types::kQuantized | types::kFloat32 | types::kInt32,
     "broadcast up to rank 6"},
    {BuiltinOperator_SQUEEZE, BuiltinOptions_SqueezeOptions, false, 1, 1, 1,
     importReshape, types::kAny, "costs nothing"},
    {BuiltinOperator_STRIDED_SLICE, BuiltinOptions_StridedSliceOptions, true, 4,
     4, 4, importStridedSlice, types::kAny,
     "constant begin, end and strides, all masks; free where one range"},
    {BuiltinOperator_SUB, BuiltinOptions_SubOptions, false, 2, 2, 2,
     importArithmetic, types::kQuantized | types::kFloat32 | types::kInt32,
     "broadcast up to rank 6, fused activation"},
    {BuiltinOperator_SUM, BuiltinOptions_ReducerOptions, false, 2, 2, 2,
     importReduction, types::kQuantized | types::kInt32 | types::kFloat32,
     "constant dimensions, keep_dims"},
    {BuiltinOperator_SVDF, BuiltinOptions_SVDFOptions, true, 5, 5, 4,
     importSvdf, types::kInt8 | types::kFloat32,
     "state and weights of time int8 or int16, any rank"},
    {BuiltinOperator_TANH, BuiltinOptions_NONE, false, 1, 1, 1, importLogistic,
     types::kQuantized | types::kFloat32,
     "output 1/128 (int8) or 2^-15 (int16)"},
    {BuiltinOperator_TILE, BuiltinOptions_TileOptions, false, 2, 2, 2,
     importTile, types::kAny, "constant multiples"},
    {BuiltinOperator_TRANSPOSE, BuiltinOptions_TransposeOptions, false, 2, 2, 2,
     importTranspose, types::kAny, "constant permutation, up to rank 6"},
    {BuiltinOperator_TRANSPOSE_CONV, BuiltinOptions_TransposeConvOptions, true,
     3, 4, 4, importTransposeConv, types::kQuantized | types::kFloat32,
     "stride, per tensor or channel, fused activation", 2},
    {BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM,
     BuiltinOptions_UnidirectionalSequenceLSTMOptions, true, 24, 24, 9,
     importLstm, types::kInt8 | types::kInt16 | types::kFloat32,
     "int8 weights, int16 cell, time_major, cell_clip; no peephole, projection "
     "or layer normalisation"},
    {BuiltinOperator_UNPACK, BuiltinOptions_UnpackOptions, true, 1, 1, 1,
     importUnpack, types::kAny, "free where parts are one range", 0,
     limits::kOperands},
    {BuiltinOperator_VAR_HANDLE, BuiltinOptions_VarHandleOptions, false, 0, 0,
     0, importVarHandle, 0, "costs nothing"},
};

ArrayRef<OperatorRecord> tflite::getOperatorRecords() { return kRecords; }

unsigned tflite::getTypeBit(TensorType type) {
  switch (type) {
  case TensorType_INT8:
    return types::kInt8;
  case TensorType_UINT8:
    return types::kUInt8;
  case TensorType_INT16:
    return types::kInt16;
  case TensorType_INT32:
    return types::kInt32;
  case TensorType_INT64:
    return types::kInt64;
  case TensorType_FLOAT32:
    return types::kFloat32;
  case TensorType_BOOL:
    return types::kBool;
  case TensorType_FLOAT16:
    return types::kFloat16;
  case TensorType_UINT32:
    return types::kUInt32;
  case TensorType_UINT64:
    return types::kUInt64;
  case TensorType_COMPLEX64:
    return types::kComplex64;
  default:
    return 0;
  }
}

const OperatorRecord *tflite::findOperatorRecord(const OperatorInfo &op) {
  const auto *record = llvm::find_if(kRecords, [&](const OperatorRecord &r) {
    return r.code == op.code &&
           (op.code != BuiltinOperator_CUSTOM || r.customCode == op.customCode);
  });
  return record == std::end(kRecords) ? nullptr : record;
}

//===----------------------------------------------------------------------===//
// Types and names
//===----------------------------------------------------------------------===//

Type tflite::getElementType(TensorType type, MLIRContext *context) {
  switch (type) {
  case TensorType_BOOL:
    return IntegerType::get(context, 1);
  case TensorType_INT8:
  case TensorType_UINT8:
    return IntegerType::get(context, 8);
  case TensorType_INT16:
    return IntegerType::get(context, 16);
  case TensorType_INT32:
    return IntegerType::get(context, 32);
  case TensorType_INT64:
    return IntegerType::get(context, 64);
  case TensorType_UINT32:
    return IntegerType::get(context, 32, IntegerType::Unsigned);
  case TensorType_UINT64:
    return IntegerType::get(context, 64, IntegerType::Unsigned);
  case TensorType_COMPLEX64:
    return ComplexType::get(Float32Type::get(context));
  case TensorType_FLOAT16:
    return Float16Type::get(context);
  case TensorType_FLOAT32:
    return Float32Type::get(context);
  default:
    return {};
  }
}

RankedTensorType tflite::getTensorType(const TensorInfo &tensor,
                                       MLIRContext *context) {
  return RankedTensorType::get(tensor.shape,
                               getElementType(tensor.type, context));
}

RankedTensorType tflite::getBoundaryType(const TensorInfo &tensor,
                                         MLIRContext *context) {
  RankedTensorType type = getTensorType(tensor, context);
  if (tensor.type != TensorType_UINT8)
    return type;
  return type.clone(IntegerType::get(context, 8, IntegerType::Unsigned));
}

std::string tflite::getDisplayName(const TensorInfo &tensor) {
  return tensor.name.empty() ? "tensor_" + std::to_string(tensor.index)
                             : tensor.name.str();
}

Location tflite::getTensorLoc(const TensorInfo &tensor, MLIRContext *context) {
  return NameLoc::get(StringAttr::get(context, getDisplayName(tensor)));
}

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

Value GraphImporter::getValue(const TensorInfo &tensor) {
  Value &value = values[tensor.index];
  if (!value)
    value = UnrealizedConversionCastOp::create(
                builder, builder.getUnknownLoc(),
                getTensorType(tensor, builder.getContext()), ValueRange())
                .getResult(0);
  return value;
}

void GraphImporter::run() {
  collectVariables();
  for (const OperatorInfo &info : model.operators)
    OpImporter(*this, info).run();
}

void OpImporter::run() {
  if (!info.outputs.empty())
    loc = getTensorLoc(getOutput(), builder.getContext());
  FailureOr<Value> value = import();
  if (succeeded(value) && *value)
    graph.setValue(getOutput(), *value);
}

FailureOr<Value> OpImporter::import() {
  if (info.binding)
    return importBound(*this, *info.binding);
  const OperatorRecord *record = findOperatorRecord(info);
  if (!record && info.code == BuiltinOperator_CUSTOM)
    return unsupported("the operator is not supported; --custom-ops binds it "
                       "to a C function of yours");
  if (!record)
    return unsupported("the operator is not supported");
  if (failed(checkOperands(*record)) || failed(checkTypes(*record)) ||
      failed(checkOptions(*record)))
    return failure();
  return record->import(*this);
}

LogicalResult OpImporter::checkOperands(const OperatorRecord &record) {
  unsigned count = info.inputs.size();
  if (count < record.minInputs || count > record.maxInputs)
    return invalid("it has " + Twine(count) + " inputs");
  if (info.outputs.size() < record.minOutputs ||
      info.outputs.size() > record.maxOutputs)
    return invalid("it has " + Twine(info.outputs.size()) + " outputs");
  for (unsigned index = 0; index < std::min(count, record.numRead); ++index) {
    const TensorInfo *tensor = getInput(index);
    if (!tensor && index < record.minInputs)
      return invalid("input " + Twine(index) + " is absent");
    bool isHandle = record.usesHandles && index == 0;
    if (tensor && !isHandle && failed(checkOperand(record, *tensor)))
      return failure();
  }
  bool makesHandle = record.code == BuiltinOperator_VAR_HANDLE;
  for (unsigned index = 0; index < info.outputs.size() && !makesHandle; ++index)
    if (failed(checkOperand(record, getOutput(index))))
      return failure();
  return success();
}

LogicalResult OpImporter::checkOperand(const OperatorRecord &record,
                                       const TensorInfo &tensor) {
  if (!record.takesSignals && (getTypeBit(tensor.type) & types::kSignal))
    return unsupported("tensor \"" + getDisplayName(tensor) + "\" has type " +
                       getTypeName(tensor.type));
  return checkTensor(tensor);
}

/// Names of a set of types: "int8, float32".
static std::string formatTypes(unsigned set) {
  std::string text;
  for (tflite::TensorType type :
       {TensorType_INT8, TensorType_UINT8, TensorType_INT16, TensorType_INT32,
        TensorType_INT64, TensorType_UINT32, TensorType_UINT64,
        TensorType_FLOAT32, TensorType_FLOAT16, TensorType_BOOL})
    if (getTypeBit(type) & set)
      text += (text.empty() ? "" : ", ") + getTypeName(type);
  return text;
}

LogicalResult OpImporter::checkTypes(const OperatorRecord &record) {
  const TensorInfo *tensor = getInput(record.typeOperand);
  if (!tensor || record.usesHandles ||
      (getTypeBit(tensor->type) & record.types))
    return success();
  return unsupported("tensor \"" + getDisplayName(*tensor) + "\" has type " +
                     getTypeName(tensor->type) + ", supported are " +
                     formatTypes(record.types));
}

LogicalResult OpImporter::checkOptions(const OperatorRecord &record) {
  BuiltinOptions type = info.table->builtin_options_type();
  if (type != BuiltinOptions_NONE && type != record.options)
    return invalid("its options are those of another operator");
  bool isMissing =
      type == BuiltinOptions_NONE || !info.table->builtin_options();
  if (record.needsOptions && isMissing)
    return invalid("its options are missing");
  return success();
}

//===----------------------------------------------------------------------===//
// Problems
//===----------------------------------------------------------------------===//

std::string OpImporter::describe() const {
  std::string name = getOperatorName(info);
  if (info.outputs.empty())
    return name + " at position " + std::to_string(info.index);
  return name + " that writes \"" + getDisplayName(getOutput()) + "\"";
}

LogicalResult OpImporter::report(const Twine &text, bool isInvalid) {
  graph.problems.push_back(
      {describe() + ": " + text.str(), /*isOperator=*/true, isInvalid});
  return failure();
}

//===----------------------------------------------------------------------===//
// Facts and checks
//===----------------------------------------------------------------------===//

const TensorInfo *OpImporter::getInput(unsigned index) const {
  if (index >= info.inputs.size() || info.inputs[index] < 0)
    return nullptr;
  return &graph.model.tensors[info.inputs[index]];
}

const TensorInfo &OpImporter::getOutput(unsigned index) const {
  return graph.model.tensors[info.outputs[index]];
}

LogicalResult OpImporter::checkTensor(const TensorInfo &tensor) {
  if (tensor.defect.empty())
    return success();
  return unsupported("tensor \"" + getDisplayName(tensor) + "\" " +
                     tensor.defect);
}

LogicalResult OpImporter::checkType(const TensorInfo &tensor, TensorType type) {
  if (tensor.type == type ||
      (type == TensorType_INT8 && tensor.type == TensorType_UINT8))
    return success();
  return unsupported("tensor \"" + getDisplayName(tensor) + "\" has type " +
                     getTypeName(tensor.type) + ", only " + getTypeName(type) +
                     " is supported");
}

LogicalResult OpImporter::checkInt8InOut() {
  return success(succeeded(checkType(*getInput(0), TensorType_INT8)) &&
                 succeeded(checkType(getOutput(), TensorType_INT8)) &&
                 succeeded(checkSameType(*getInput(0), getOutput())));
}

LogicalResult OpImporter::checkSameType(const TensorInfo &a,
                                        const TensorInfo &b) {
  if (a.type == b.type)
    return success();
  return unsupported("tensors \"" + getDisplayName(a) + "\" and \"" +
                     getDisplayName(b) + "\" have the types " +
                     getTypeName(a.type) + " and " + getTypeName(b.type));
}

LogicalResult OpImporter::checkRank(const TensorInfo &tensor, unsigned rank) {
  if (tensor.shape.size() == rank)
    return success();
  return unsupported("tensor \"" + getDisplayName(tensor) + "\" has shape " +
                     formatShape(tensor.shape) + ", only rank " + Twine(rank) +
                     " is supported");
}

LogicalResult OpImporter::checkMaxRank(const TensorInfo &tensor,
                                       unsigned rank) {
  if (tensor.shape.size() <= rank)
    return success();
  return unsupported("tensor \"" + getDisplayName(tensor) + "\" has shape " +
                     formatShape(tensor.shape) + ", rank " + Twine(rank) +
                     " is the most that is supported");
}

LogicalResult OpImporter::checkOutputShape(ArrayRef<int64_t> shape) {
  if (ArrayRef<int64_t>(getOutput().shape) == shape)
    return success();
  return invalid("the output has shape " + formatShape(getOutput().shape) +
                 ", but " + formatShape(shape) +
                 " follows from the inputs and options");
}

LogicalResult OpImporter::checkStep(int64_t value, const Twine &what) {
  if (value >= 1 && value <= limits::kStep)
    return success();
  return invalid(what + " is " + Twine(value));
}

LogicalResult OpImporter::checkConstant(const TensorInfo &tensor,
                                        const Twine &what) {
  if (tensor.isConstant)
    return success();
  return unsupported(what + " \"" + getDisplayName(tensor) +
                     "\" is not a constant");
}

FailureOr<Quantization> OpImporter::getQuantization(const TensorInfo &tensor,
                                                    bool isAffine,
                                                    bool allowsZero) {
  std::string name = "tensor \"" + getDisplayName(tensor) + "\" ";
  std::string defect = tensor.getQuantizationDefect();
  if (!defect.empty())
    return invalid(name + defect);
  if (tensor.getNumScales() != 1)
    return unsupported(name + "has " + Twine(tensor.getNumScales()) +
                       " scales, activations have one");
  float scale = tensor.getScale(0);
  if (!std::isfinite(scale) || scale < 0.0f || (scale == 0.0f && !allowsZero))
    return invalid(name + "has a scale that is not a positive number");
  int64_t zeroPoint = tensor.getZeroPoint(0);
  bool isUnsigned = tensor.type == TensorType_UINT8;
  qmath::Range range = isUnsigned ? qmath::kUInt8Range : qmath::kInt8Range;
  // Wider integers are symmetric.
  if (tensor.type != TensorType_INT8 && !isUnsigned)
    range = {0, 0};
  if (isAffine && tensor.type == TensorType_INT16)
    range = {std::numeric_limits<int16_t>::min(),
             std::numeric_limits<int16_t>::max()};
  if (zeroPoint < range.min || zeroPoint > range.max)
    return invalid(name + "has zero point " + Twine(zeroPoint) +
                   ", which is outside of its type");
  if (isUnsigned)
    zeroPoint += kUInt8Offset;
  return Quantization{scale, static_cast<int32_t>(zeroPoint)};
}

FailureOr<qmath::Activation>
OpImporter::getActivation(ActivationFunctionType function) {
  switch (function) {
  case ActivationFunctionType_NONE:
    return qmath::Activation::None;
  case ActivationFunctionType_RELU:
    return qmath::Activation::Relu;
  case ActivationFunctionType_RELU_N1_TO_1:
    return qmath::Activation::ReluN1To1;
  case ActivationFunctionType_RELU6:
    return qmath::Activation::Relu6;
  default:
    break;
  }
  StringRef name = EnumNameActivationFunctionType(function);
  return unsupported("fused activation " +
                     (name.empty() ? Twine(int(function)) : Twine(name)) +
                     " is not applied by integer reference kernels");
}

LogicalResult OpImporter::chargeConstant(int64_t bytes) {
  graph.constantBudget -= bytes;
  if (graph.constantBudget >= 0)
    return success();
  graph.constantBudget = 0;
  return invalid("constants are used too often for a file of " +
                 Twine(graph.model.fileBytes) + " bytes");
}

FailureOr<SmallVector<int64_t>>
OpImporter::getIntegers(const TensorInfo &tensor, const Twine &what) {
  bool isLong = tensor.type == TensorType_INT64;
  if (failed(checkConstant(tensor, what)) ||
      (!isLong && failed(checkType(tensor, TensorType_INT32))) ||
      failed(chargeConstant(tensor.data.size())))
    return failure();
  SmallVector<int64_t> values;
  for (size_t offset = 0; offset < tensor.data.size();
       offset += getElementBytes(tensor.type)) {
    const uint8_t *data = tensor.data.data() + offset;
    if (isLong)
      values.push_back(
          static_cast<int64_t>(llvm::support::endian::read64le(data)));
    else
      values.push_back(
          static_cast<int32_t>(llvm::support::endian::read32le(data)));
  }
  return values;
}

LogicalResult OpImporter::checkMultiplier(const qmath::Multiplier &factor,
                                          int64_t bound) {
  if (qmath::isRepresentable(factor, bound))
    return success();
  return unsupported("the ratio of its scales is too great: multiplier " +
                     Twine(factor.multiplier) + ", right shift " +
                     Twine(factor.shift) + ", values up to " + Twine(bound));
}
