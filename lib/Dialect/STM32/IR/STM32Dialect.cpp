//===- STM32Dialect.cpp - The stm32 dialect -------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"
#include "stm32/Dialect/STM32/IR/STM32Custom.h"
#include "stm32/Dialect/STM32/IR/STM32Elementwise.h"
#include "stm32/Dialect/STM32/IR/STM32Movement.h"
#include "stm32/Dialect/STM32/IR/STM32Recurrent.h"
#include "stm32/Dialect/STM32/IR/STM32Reduction.h"
#include "stm32/Dialect/STM32/IR/STM32Signal.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace mlir::stm32;

#include "stm32/Dialect/STM32/IR/STM32Dialect.cpp.inc"
#include "stm32/Dialect/STM32/IR/STM32Enums.cpp.inc"
#include "stm32/Dialect/STM32/IR/STM32Interfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "stm32/Dialect/STM32/IR/STM32Attributes.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "stm32/Dialect/STM32/IR/STM32Types.cpp.inc"

void STM32Dialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "stm32/Dialect/STM32/IR/STM32Attributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "stm32/Dialect/STM32/IR/STM32Types.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "stm32/Dialect/STM32/IR/STM32StructureOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "stm32/Dialect/STM32/IR/STM32ComputeOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "stm32/Dialect/STM32/IR/STM32ElementwiseOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "stm32/Dialect/STM32/IR/STM32MovementOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "stm32/Dialect/STM32/IR/STM32ReductionOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "stm32/Dialect/STM32/IR/STM32RecurrentOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "stm32/Dialect/STM32/IR/STM32CustomOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "stm32/Dialect/STM32/IR/STM32SignalOps.cpp.inc"
      >();
}

Operation *STM32Dialect::materializeConstant(OpBuilder &builder,
                                             Attribute value, Type type,
                                             Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, type, elements);
}

//===----------------------------------------------------------------------===//
// Attributes on operations of other dialects
//===----------------------------------------------------------------------===//

/// One name for each input.
static bool isInputPools(ModelOp model, Attribute value) {
  auto names = dyn_cast<ArrayAttr>(value);
  return names && names.size() == model.getInputs().size() &&
         llvm::all_of(names, llvm::IsaPred<StringAttr>);
}

static bool isCascades(Attribute value) {
  auto cascades = dyn_cast<ArrayAttr>(value);
  return cascades && llvm::all_of(cascades, llvm::IsaPred<CascadeAttr>);
}

LogicalResult STM32Dialect::verifyOperationAttribute(Operation *op,
                                                     NamedAttribute attr) {
  StringAttr name = attr.getName();
  Attribute value = attr.getValue();
  if ((name == kSignatureAttrName && isa<StringAttr>(value)) ||
      (name == kFunctionAttrName && isa<StringAttr>(value)) ||
      (name == kPoolAttrName &&
       isa<ComputeOpInterface, ConcatOp, BufferOp>(op) &&
       isa<FlatSymbolRefAttr>(value)) ||
      (name == kPoolAttrName && isa<ModelOp>(op) &&
       isInputPools(cast<ModelOp>(op), value)) ||
      (name == kMovedAttrName && isa<ModelOp>(op) && isa<IntegerAttr>(value)) ||
      (name == kCascadesAttrName && isa<ModelOp>(op) && isCascades(value)) ||
      (name == kLowerBoundAttrName && isa<PoolOp>(op) &&
       isa<IntegerAttr>(value)) ||
      (name == kCertificateAttrName && isa<PoolOp>(op) &&
       isa<StringAttr>(value)))
    return success();
  return op->emitOpError("attribute '")
         << name.getValue() << "' is not one that the stm32 dialect knows here";
}

static LogicalResult verifyIO(Operation *op, NamedAttribute attr) {
  if (attr.getName() == kIOAttrName && isa<IOAttr>(attr.getValue()))
    return success();
  return op->emitOpError("attribute '")
         << attr.getName().getValue() << "' must be '" << kIOAttrName
         << "' with a value #stm32.io<...>";
}

LogicalResult STM32Dialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                     unsigned,
                                                     NamedAttribute attr) {
  return verifyIO(op, attr);
}

LogicalResult STM32Dialect::verifyRegionResultAttribute(Operation *op, unsigned,
                                                        unsigned,
                                                        NamedAttribute attr) {
  return verifyIO(op, attr);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

LogicalResult
RequantAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                    ArrayRef<int32_t> multiplier, ArrayRef<int32_t> shift,
                    int32_t zeroPoint, int32_t min, int32_t max,
                    bool /*single*/) {
  if (multiplier.empty() || multiplier.size() != shift.size())
    return emitError() << "needs one shift for each multiplier, got "
                       << multiplier.size() << " multipliers and "
                       << shift.size() << " shifts";
  for (auto [m, s] : llvm::zip_equal(multiplier, shift)) {
    if (m < 0)
      return emitError() << "multiplier " << m << " is negative";
    if (s < 2 || s > 62)
      return emitError() << "shift " << s << " is not in 2 .. 62";
  }
  if (min > max)
    return emitError() << "clamp [" << min << ", " << max << "] is empty";
  if (zeroPoint < -128 || zeroPoint > 255)
    return emitError() << "zero point " << zeroPoint
                       << " is neither int8 nor uint8";
  return success();
}

int32_t RequantAttr::apply(int64_t sum, size_t channel) const {
  int32_t shift = getShift()[getEntry(channel)];
  int64_t value =
      sum * getMultiplier()[getEntry(channel)] + (int64_t(1) << (shift - 1));
  if (shift > 31 && !getSingle())
    value += sum >= 0 ? int64_t(1) << 30 : -(int64_t(1) << 30);
  return std::clamp<int64_t>((value >> shift) + getZeroPoint(), getMin(),
                             getMax());
}

RequantAttr RequantAttr::withClamp(int32_t min, int32_t max) const {
  // The range stays non-empty: a clamp outside [getMin, getMax] gives one of
  // its bounds for every value.
  int32_t low = std::clamp(min, getMin(), getMax());
  int32_t high = std::clamp(max, getMin(), getMax());
  return get(getContext(), getMultiplier(), getShift(), getZeroPoint(), low,
             high, getSingle());
}

LogicalResult IOAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                             StringRef name, FloatAttr scale,
                             int32_t zeroPoint) {
  if (!scale.getType().isF32() || !scale.getValue().isFinite() ||
      scale.getValue().isNegative())
    return emitError() << "scale " << scale
                       << " is not a finite float32 of 0 or more";
  // int16 has one other than 0 where a softmax of int8 gives it.
  if (zeroPoint < std::numeric_limits<int16_t>::min() ||
      zeroPoint > std::numeric_limits<int16_t>::max())
    return emitError() << "zero point " << zeroPoint
                       << " is neither int8, uint8 nor int16";
  return success();
}

LogicalResult
QuantAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                  DenseF32ArrayAttr scales, DenseI32ArrayAttr zeroPoints,
                  int64_t dimension) {
  if (scales.size() != zeroPoints.size())
    return emitError() << "has " << scales.size() << " scales and "
                       << zeroPoints.size() << " zero points";
  for (float scale : scales.asArrayRef())
    if (!std::isfinite(scale) || scale <= 0.0f)
      return emitError() << "has a scale that is not a positive number";
  if (dimension < 0)
    return emitError() << "has the dimension " << dimension;
  return success();
}

LogicalResult LayoutAttr::verifyEncoding(
    ArrayRef<int64_t> shape, Type elementType,
    llvm::function_ref<InFlightDiagnostic()> emitError) const {
  if (getValue() == Layout::Planar && shape.size() != 4)
    return emitError() << "a planar tensor has rank 4, not " << shape.size();
  return success();
}

LogicalResult
BandAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                 int64_t first, int64_t count) {
  constexpr int64_t limit = std::numeric_limits<int32_t>::max();
  if (first < 0 || first > limit || count <= 0 || count > limit)
    return emitError() << "band [" << first << ", " << first << " + " << count
                       << ") is not a range of rows";
  return success();
}

LogicalResult
CascadeAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                    StringAttr first, StringAttr last, int64_t rows) {
  constexpr int64_t limit = std::numeric_limits<int32_t>::max();
  if (rows <= 0 || rows > limit)
    return emitError() << "a cascade from " << first << " to " << last
                       << " cannot have " << rows << " rows a call";
  return success();
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

Type BufferType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape;
  Type elementType;
  Layout layout = Layout::NHWC;
  int64_t rows = 0;
  llvm::SmallSet<StringRef, 2> seen;
  if (parser.parseLess() ||
      parser.parseDimensionList(shape, /*allowDynamic=*/false) ||
      parser.parseType(elementType))
    return {};
  while (succeeded(parser.parseOptionalComma())) {
    StringRef keyword;
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&keyword))
      return {};
    if (!seen.insert(keyword == "rows" ? keyword : "layout").second)
      return parser.emitError(loc, "layout or rows given twice"), Type();
    if (keyword == "rows") {
      if (parser.parseEqual() || parser.parseInteger(rows))
        return {};
      if (rows <= 0)
        return parser.emitError(loc, "rows must be positive"), Type();
    } else if (auto parsed = symbolizeLayout(keyword)) {
      layout = *parsed;
    } else {
      return parser.emitError(loc, "expected a layout or 'rows'"), Type();
    }
  }
  if (parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(parser.getNameLoc()); },
                    parser.getContext(), shape, elementType, layout, rows);
}

void BufferType::print(AsmPrinter &printer) const {
  printer << '<';
  for (int64_t dim : getShape())
    printer << dim << 'x';
  printer << getElementType();
  if (getLayout() != Layout::NHWC)
    printer << ", " << stringifyLayout(getLayout());
  if (getRows())
    printer << ", rows = " << getRows();
  printer << '>';
}

LogicalResult
BufferType::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                   ArrayRef<int64_t> shape, Type elementType, Layout layout,
                   int64_t rows) {
  if (failed(stm32::detail::verifyStorage(emitError, shape, elementType)))
    return failure();
  if ((layout == Layout::Planar || rows) && shape.size() != 4)
    return emitError() << "a planar buffer or a ring of rows has rank 4";
  if (rows < 0 || (rows && rows > shape[1]))
    return emitError() << "a ring of " << rows << " rows does not fit "
                       << shape[1] << " rows";
  if (rows && shape[0] != 1)
    return emitError() << "a ring of rows holds one image";
  return success();
}

ShapedType BufferType::cloneWith(std::optional<ArrayRef<int64_t>> shape,
                                 Type elementType) const {
  return get(getContext(), shape.value_or(getShape()), elementType, getLayout(),
             getRows());
}

bool BufferType::hasRank() const { return true; }

int64_t BufferType::getHeldRows() const {
  return getRows() ? getRows() : getDimSize(1);
}

int64_t BufferType::getBytes() const {
  int64_t elements = getNumElements();
  if (getRows())
    elements = elements / getDimSize(1) * getRows();
  return elements * getElementBytes(getElementType());
}

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

LogicalResult
stm32::detail::verifyStorage(llvm::function_ref<InFlightDiagnostic()> emitError,
                             ArrayRef<int64_t> shape, Type elementType) {
  auto complex = dyn_cast<ComplexType>(elementType);
  bool isWhole = (complex && complex.getElementType().isF32()) ||
                 (elementType.isIntOrFloat() &&
                  (elementType.isInteger(1) ||
                   (elementType.getIntOrFloatBitWidth() != 0 &&
                    elementType.getIntOrFloatBitWidth() % 8 == 0)));
  if (!isWhole)
    return emitError() << "element type " << elementType
                       << " has no whole number of bytes";
  int64_t bytes = getElementBytes(elementType);
  for (int64_t dim : shape) {
    if (dim <= 0)
      return emitError() << "dimensions must be positive";
    if (dim > std::numeric_limits<int32_t>::max() / bytes)
      return emitError() << "2 GiB or more are not supported";
    bytes *= dim;
  }
  return success();
}

Layout stm32::getLayout(Type type) {
  if (auto buffer = dyn_cast<BufferType>(type))
    return buffer.getLayout();
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    if (auto layout = dyn_cast_or_null<LayoutAttr>(tensor.getEncoding()))
      return layout.getValue();
  return Layout::NHWC;
}

int64_t stm32::getElementBytes(Type elementType) {
  if (auto complex = dyn_cast<ComplexType>(elementType))
    return 2 * getElementBytes(complex.getElementType());
  return llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

StringRef stm32::getTensorName(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName();
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : llvm::reverse(fused.getLocations()))
      if (StringRef name = getTensorName(part); !name.empty())
        return name;
  return {};
}
