//===- PrepareTosa.cpp - Static shapes and names for TOSA -----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Conversion/TosaToSTM32/TosaToSTM32.h"

#include "RecoverOperators.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#define DEBUG_TYPE "stm32-prepare-tosa"

namespace mlir::stm32 {
#define GEN_PASS_DEF_STM32PREPARETOSA
#include "stm32/Conversion/TosaToSTM32/Passes.h.inc"
} // namespace mlir::stm32

using namespace mlir;
using namespace mlir::stm32;

/// What front ends that come from TensorFlow Lite write at a function.
static constexpr StringLiteral kEntryFunctionAttrName = "tf.entry_function";

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// A batch of 1 where an argument leaves it open.
static LogicalResult fixBatch(func::FuncOp func) {
  for (BlockArgument argument : func.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || type.hasStaticShape())
      continue;
    SmallVector<int64_t> shape(type.getShape());
    for (auto [dim, size] : llvm::enumerate(shape))
      if (ShapedType::isDynamic(size) && dim != 0)
        return func.emitError("argument ")
               << argument.getArgNumber() << " of type " << type
               << " has a dynamic dimension " << dim
               << ", only dimension 0, the batch, may be dynamic; convert the "
                  "model with a fixed input shape";
    shape[0] = 1;
    argument.setType(type.clone(shape));
  }
  return success();
}

/// Sets what is dynamic in the shapes of the results of `op` to what follows
/// from its operands.
static void inferShapes(Operation *op) {
  // Left by a front end between its types and those of TOSA.
  if (auto cast = dyn_cast<UnrealizedConversionCastOp>(op);
      cast && cast->getNumOperands() == 1 && cast->getNumResults() == 1 &&
      getElementTypeOrSelf(cast.getOperand(0).getType()) ==
          getElementTypeOrSelf(cast.getResult(0).getType()) &&
      succeeded(verifyCompatibleShape(cast.getOperand(0).getType(),
                                      cast.getResult(0).getType())))
    return cast.getResult(0).setType(cast.getOperand(0).getType());
  auto interface = dyn_cast<InferShapedTypeOpInterface>(op);
  bool isStatic = llvm::all_of(op->getResultTypes(), [](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    return !shaped || (shaped.hasRank() && shaped.hasStaticShape());
  });
  if (!interface || isStatic)
    return;
  SmallVector<ShapedTypeComponents> shapes;
  // What cannot be inferred stays dynamic; the conversion reports it.
  if (failed(interface.inferReturnTypeComponents(
          op->getContext(), /*location=*/std::nullopt, op->getOperands(),
          op->getDiscardableAttrDictionary(), op->getPropertiesStorage(),
          op->getRegions(), shapes)) ||
      shapes.size() != op->getNumResults())
    return;
  for (auto [result, known] : llvm::zip_equal(op->getResults(), shapes)) {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (!type || !known.hasRank() ||
        int64_t(known.getDims().size()) != type.getRank())
      continue;
    SmallVector<int64_t> shape(type.getShape());
    for (auto [dim, size] : llvm::zip_equal(shape, known.getDims()))
      if (ShapedType::isDynamic(dim))
        dim = size;
    result.setType(type.clone(shape));
  }
}

/// A constant shape with -1 becomes that of the result, now that it is known.
template <typename Op> static void fixShapeOperand(Op op, OpOperand &operand) {
  auto type = dyn_cast<RankedTensorType>(op.getType());
  auto old = operand.get().template getDefiningOp<tosa::ConstShapeOp>();
  if (!type || !type.hasStaticShape() || !old ||
      llvm::none_of(old.getValues().template getValues<APInt>(),
                    [](const APInt &size) { return size.isNegative(); }))
    return;
  OpBuilder builder(op);
  operand.set(
      tosa::ConstShapeOp::create(builder, old.getLoc(), old.getType(),
                                 builder.getIndexTensorAttr(type.getShape())));
}

static LogicalResult propagateShapes(func::FuncOp func) {
  if (failed(fixBatch(func)))
    return failure();
  for (Operation &op : func.getBody().front()) {
    inferShapes(&op);
    if (auto reshape = dyn_cast<tosa::ReshapeOp>(op))
      fixShapeOperand(reshape, reshape.getShapeMutable());
    else if (auto slice = dyn_cast<tosa::SliceOp>(op))
      fixShapeOperand(slice, slice.getSizeMutable());
  }
  Block &body = func.getBody().front();
  func.setFunctionType(
      FunctionType::get(func.getContext(), body.getArgumentTypes(),
                        body.getTerminator()->getOperandTypes()));
  return success();
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// The names of inputs or outputs (`key`) that the function lists, or none if
/// they are not `count`.
static SmallVector<StringRef> getListedNames(func::FuncOp func, StringRef key,
                                             unsigned count) {
  SmallVector<StringRef> names;
  if (auto entry = func->getAttrOfType<DictionaryAttr>(kEntryFunctionAttrName))
    if (auto list = entry.getAs<StringAttr>(key))
      list.getValue().split(names, ',');
  return names.size() == count ? names : SmallVector<StringRef>(count);
}

/// The description of a tensor whose quantisation TOSA does not say.
static IOAttr makeIO(MLIRContext *context, StringRef name) {
  return IOAttr::get(context, name,
                     FloatAttr::get(Float32Type::get(context), 0.0), 0);
}

static void nameBoundary(func::FuncOp func) {
  MLIRContext *context = func.getContext();
  auto inputs = getListedNames(func, "inputs", func.getNumArguments());
  StringRef functionName = getTensorName(func.getLoc());
  for (auto [index, name] : llvm::enumerate(inputs)) {
    // Arguments may have the location of their function, which is no name.
    StringRef own = getTensorName(func.getArgument(index).getLoc());
    if (name.empty() && own != functionName)
      name = own;
    if (!name.empty() && !func.getArgAttr(index, kIOAttrName))
      func.setArgAttr(index, kIOAttrName, makeIO(context, name));
  }
  auto outputs = getListedNames(func, "outputs", func.getNumResults());
  Operation *terminator = func.getBody().front().getTerminator();
  for (auto [index, name] : llvm::enumerate(outputs)) {
    Operation *source = terminator->getOperand(index).getDefiningOp();
    if (name.empty() && source)
      name = getTensorName(source->getLoc());
    if (!name.empty() && !func.getResultAttr(index, kIOAttrName))
      func.setResultAttr(index, kIOAttrName, makeIO(context, name));
  }
}

/// True if `attribute` is of a dialect that nobody knows: a note of other
/// tools.
static bool isForeign(NamedAttribute attribute) {
  return attribute.getName().getValue().contains('.') &&
         !attribute.getNameDialect();
}

static void dropForeignAttributes(Operation *op) {
  for (NamedAttribute attribute : llvm::to_vector(op->getDiscardableAttrs()))
    if (isForeign(attribute))
      op->removeDiscardableAttr(attribute.getName());
  auto func = dyn_cast<func::FuncOp>(op);
  if (!func)
    return;
  for (unsigned index = 0; index < func.getNumArguments(); ++index)
    for (NamedAttribute attribute :
         llvm::to_vector(function_interface_impl::getArgAttrs(func, index)))
      if (isForeign(attribute))
        func.removeArgAttr(index, attribute.getName());
  for (unsigned index = 0; index < func.getNumResults(); ++index)
    for (NamedAttribute attribute :
         llvm::to_vector(function_interface_impl::getResultAttrs(func, index)))
      if (isForeign(attribute))
        func.removeResultAttr(index, attribute.getName());
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {

/// Weights of other front ends are reshaped in the function.
struct FoldReshapeOfConstant : OpRewritePattern<tosa::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    DenseElementsAttr values;
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!matchPattern(op.getInput1(), m_Constant(&values)) || !type ||
        !type.hasStaticShape() ||
        type.getNumElements() != values.getNumElements())
      return failure();
    rewriter.replaceOpWithNewOp<tosa::ConstOp>(op, type, values.reshape(type));
    return success();
  }
};

/// A clamp to all values of the type says nothing.
struct DropFullClamp : OpRewritePattern<tosa::ClampOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::ClampOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<IntegerType>(getElementTypeOrSelf(op.getType()));
    auto min = dyn_cast<IntegerAttr>(op.getMinVal());
    auto max = dyn_cast<IntegerAttr>(op.getMaxVal());
    if (!type || type.isUnsigned() || !min || !max ||
        !min.getValue().isMinSignedValue() ||
        !max.getValue().isMaxSignedValue())
      return failure();
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

/// The activation function of a matrix product stands behind a reshape; in
/// front of it, it meets its product.
struct SwapReshapeAndClamp : OpRewritePattern<tosa::ClampOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::ClampOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<tosa::ReshapeOp>();
    if (!reshape || !reshape->hasOneUse())
      return failure();
    auto clamp = tosa::ClampOp::create(rewriter, op.getLoc(),
                                       reshape.getInput1().getType(),
                                       reshape.getInput1(), op.getMinValAttr(),
                                       op.getMaxValAttr(), op.getNanModeAttr());
    rewriter.replaceOpWithNewOp<tosa::ReshapeOp>(op, op.getType(), clamp,
                                                 reshape.getShape());
    return success();
  }
};

/// Values that only pass from one zero point to the same one.
struct DropIdentityRescale : OpRewritePattern<tosa::RescaleOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::RescaleOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<SimpleRescale> rescale = SimpleRescale::get(op);
    if (op.getInput().getType() != op.getType() || !rescale ||
        !rescale->isUnit() || rescale->inputZp != rescale->outputZp)
      return failure();
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

/// Casts between types that now are equal.
struct DropIdentityCast : OpRewritePattern<UnrealizedConversionCastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(UnrealizedConversionCastOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getOperandTypes() != op.getResultTypes())
      return failure();
    rewriter.replaceOp(op, op.getOperands());
    return success();
  }
};

struct STM32PrepareTosaPass
    : stm32::impl::STM32PrepareTosaBase<STM32PrepareTosaPass> {
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    set.add<FoldReshapeOfConstant, DropFullClamp, SwapReshapeAndClamp,
            DropIdentityRescale, DropIdentityCast>(context);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    for (func::FuncOp func : getOperation().getOps<func::FuncOp>()) {
      // The conversion reports functions that have no one block.
      if (!func.getBody().hasOneBlock())
        continue;
      if (failed(propagateShapes(func)))
        return signalPassFailure();
      nameBoundary(func);
      dropForeignAttributes(func);
      if (failed(applyPatternsGreedily(func, patterns)))
        return signalPassFailure();
    }
    dropForeignAttributes(getOperation());
  }

  FrozenRewritePatternSet patterns;
};

} // namespace
