//===- RecoverSoftmax.cpp - Softmax from its steps ------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The softmax of int8 is about 40 operations of TOSA: they are rule N12 of
// docs/Numerics.md step by step, but for the exponential. That comes from four
// tables, one for each byte of its 32 bits, which hold its value for every
// difference to the maximum of a row. The parameters of `stm32.softmax` do not
// stand in TOSA. They are searched, and proven: with them, the kernel's own
// exponential has to be the tables' value for each of the 256 differences.
//
// The softmax of float32 is seven operations.
//
//===----------------------------------------------------------------------===//

#include "RecoverOperators.h"

#include "stm32/Dialect/STM32/IR/STM32Reduction.h"
#include "stm32/Target/TFLite/QuantMath.h"
#include "stm32rt_fixed_point.h"

#include "mlir/IR/Matchers.h"

#include <array>
#include <cmath>

using namespace mlir;
using namespace mlir::stm32;

/// Greatest difference between two int8 values.
static constexpr int32_t kMaxDifference = 255;
/// Entries of a table for int16, and the one for 0.
static constexpr int64_t kTableSize = 513, kTableZero = 256;
/// Bits that `tosa.table` adds to entries, for an index of 9 bits in 16.
static constexpr int32_t kTableBits = 7;

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

/// Values of the exponential in Q0.31, by the difference -d.
using Exponentials = std::array<int32_t, kMaxDifference + 1>;

static bool isProven(const qmath::SoftmaxParameters &parameters,
                     const Exponentials &values) {
  for (int32_t d = 0; d <= kMaxDifference; ++d) {
    int32_t value = 0;
    if (-d >= parameters.diffMin)
      value = stm32rt_fixed_exp(stm32rt_scaled_difference(
          -d, parameters.multiplier, parameters.leftShift));
    if (value != values[d])
      return false;
  }
  return true;
}

/// The parameters of the softmax whose exponentials are `values`: first those
/// of float32 scales (beta is 1 in practice), then any.
static std::optional<qmath::SoftmaxParameters>
findParameters(const Exponentials &values) {
  // The exponential with most digits of beta * scale: the last above 1/16.
  int32_t best = 1;
  while (best < kMaxDifference && values[best + 1] >= INT32_MAX / 16)
    ++best;
  if (values[best] <= 0)
    return std::nullopt;
  double scale = -std::log(values[best] / 2147483648.0) / best;
  if (!(scale > 0.0))
    return std::nullopt;

  constexpr int kSteps = 32;
  float candidate = static_cast<float>(scale);
  for (int i = 0; i < kSteps; ++i)
    candidate = std::nextafter(candidate, 0.0f);
  for (int i = 0; i < 2 * kSteps; ++i) {
    auto parameters = qmath::softmaxParameters(1.0f, candidate);
    if (parameters && parameters->leftShift <= 30 &&
        isProven(*parameters, values))
      return parameters;
    candidate = std::nextafter(candidate, 2.0f * candidate);
  }
  // Where beta is not 1, the product is no float32: any multiplier near it.
  auto parameters = qmath::softmaxParameters(1.0f, static_cast<float>(scale));
  if (!parameters || parameters->leftShift > 30)
    return std::nullopt;
  constexpr int32_t kReach = 4096;
  int32_t middle = parameters->multiplier;
  for (int32_t step = -kReach; step <= kReach; ++step) {
    if (step > 0 && middle > INT32_MAX - step)
      break;
    parameters->multiplier = middle + step;
    if (isProven(*parameters, values))
      return parameters;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

/// The factor of a product, if `value` is `(factor * other) >> shift`.
static Value matchProduct(Value value, Value other, int64_t shift) {
  auto mul = value.getDefiningOp<tosa::MulOp>();
  if (!mul || getSplatInteger(mul.getShift()) != shift)
    return {};
  if (mul.getInput2() == other)
    return mul.getInput1();
  return mul.getInput1() == other ? mul.getInput2() : Value();
}

static Value matchProduct(Value value, int64_t number, int64_t shift) {
  auto mul = value.getDefiningOp<tosa::MulOp>();
  if (!mul || getSplatInteger(mul.getShift()) != shift)
    return {};
  return matchOther(mul.getInput1(), mul.getInput2(), number);
}

static Value matchSum(Value value, int64_t number) {
  auto add = value.getDefiningOp<tosa::AddOp>();
  return add ? matchOther(add.getInput1(), add.getInput2(), number) : Value();
}

/// What is taken away from `number`.
static Value matchDifferenceFrom(Value value, int64_t number) {
  auto sub = value.getDefiningOp<tosa::SubOp>();
  return sub && getSplatInteger(sub.getInput1()) == number ? sub.getInput2()
                                                           : Value();
}

static Value matchLeftShift(Value value, int64_t bits) {
  auto shift = value.getDefiningOp<tosa::LogicalLeftShiftOp>();
  return shift && getSplatInteger(shift.getInput2()) == bits ? shift.getInput1()
                                                             : Value();
}

static Value matchRightShift(Value value, int64_t bits) {
  auto shift = value.getDefiningOp<tosa::ArithmeticRightShiftOp>();
  return shift && shift.getRound() && getSplatInteger(shift.getInput2()) == bits
             ? shift.getInput1()
             : Value();
}

/// `input` if `value` is it, moved by its left shift and from its zero point.
static Value matchMoved(Value value, int32_t leftShift, unsigned fromBits,
                        unsigned toBits) {
  std::optional<SimpleRescale> rescale = SimpleRescale::get(value);
  if (!rescale || rescale->getLeftShift() != leftShift ||
      rescale->outputZp != 0 || !hasBits(rescale->input, fromBits) ||
      !hasBits(value, toBits))
    return {};
  return rescale->input;
}

/// True if `reduce` is along the last dimension.
template <typename Op> static bool isAlongLast(Op reduce) {
  auto type = cast<ShapedType>(reduce.getInput().getType());
  return type.hasRank() && reduce.getAxis() == type.getRank() - 1;
}

/// `x` if `value` is `x - max(x)` of each row.
static Value matchDifferenceToMax(Value value) {
  auto sub = value.getDefiningOp<tosa::SubOp>();
  if (!sub)
    return {};
  auto max = sub.getInput2().getDefiningOp<tosa::ReduceMaxOp>();
  if (!max || max.getInput() != sub.getInput1() || !isAlongLast(max))
    return {};
  return sub.getInput1();
}

/// The index of a table, if `value` is `table[index]` moved left by `bits`.
static Value matchTable(Value value, int32_t bits,
                        DenseIntElementsAttr &table) {
  // Entries have `kTableBits` fraction bits.
  int32_t shift = bits - kTableBits;
  Value entry =
      shift > 0 ? matchLeftShift(value, shift) : matchRightShift(value, -shift);
  auto op = entry ? entry.getDefiningOp<tosa::TableOp>() : nullptr;
  if (!op || !matchPattern(op.getTable(), m_Constant(&table)) ||
      table.getNumElements() != kTableSize || !hasBits(op.getTable(), 16) ||
      !hasBits(op.getInput1(), 16) || !hasBits(entry, 32))
    return {};
  return op.getInput1();
}

/// The four parts of a sum, in any order.
static bool collectParts(Value value, SmallVectorImpl<Value> &parts) {
  auto add = value.getDefiningOp<tosa::AddOp>();
  if (!add) {
    parts.push_back(value);
    return parts.size() <= 4;
  }
  return collectParts(add.getInput1(), parts) &&
         collectParts(add.getInput2(), parts);
}

/// The differences whose exponentials, in `values`, make `value`: the sum of
/// four tables, one for each byte.
static Value matchExponential(Value value, Exponentials &values) {
  SmallVector<Value, 4> parts;
  if (!collectParts(value, parts) || parts.size() != 4)
    return {};
  values.fill(0);
  Value index;
  for (int32_t bits : {24, 16, 8, 0}) {
    Value input;
    DenseIntElementsAttr table;
    for (Value &part : parts)
      if (part && (input = matchTable(part, bits, table))) {
        part = nullptr;
        break;
      }
    if (!input || (index && index != input))
      return {};
    index = input;
    auto entries = table.getValues<APInt>();
    for (int32_t d = 0; d <= kMaxDifference; ++d) {
      int64_t entry = entries[kTableZero - d].getSExtValue();
      if (entry < 0 || entry > UINT8_MAX || (bits == 24 && entry > INT8_MAX))
        return {};
      values[d] += static_cast<int32_t>(entry << bits);
    }
  }
  return matchMoved(index, kTableBits, 32, 16);
}

/// One step of Newton's method for the reciprocal of `half`: the value before.
static Value matchNewtonStep(Value value, Value half) {
  auto add = value.getDefiningOp<tosa::AddOp>();
  if (!add)
    return {};
  for (auto [previous, change] :
       {std::pair<Value, Value>(add.getInput1(), add.getInput2()),
        std::pair<Value, Value>(add.getInput2(), add.getInput1())}) {
    Value product = matchProduct(change, 4, 0);
    Value error = product ? matchProduct(product, previous, 31) : Value();
    Value estimate =
        error ? matchDifferenceFrom(error, int64_t(1) << 29) : Value();
    if (estimate && matchProduct(estimate, previous, 31) == half)
      return previous;
  }
  return {};
}

/// True if `value` is the reciprocal of `half` in rule N12.
static bool matchReciprocal(Value value, Value half) {
  for (int step = 0; step < 3 && value; ++step)
    value = matchNewtonStep(value, half);
  Value line = value ? matchSum(value, 1515870810) : Value();
  return line && matchProduct(line, -1010580540, 31) == half;
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {

/// The last step of the softmax of int8 moves the quotient to zero point -128.
struct RecoverInt8Softmax : OpRewritePattern<tosa::RescaleOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::RescaleOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<SimpleRescale> last = SimpleRescale::get(op.getOutput());
    if (!last || !last->isUnit() || last->inputZp != 0 ||
        last->outputZp != -128 || !hasBits(op.getOutput(), 8) ||
        !hasBits(last->input, 32))
      return failure();
    // quotient = (e * reciprocal(sum)) >> (35 - clz(sum))
    auto shift = last->input.getDefiningOp<tosa::ArithmeticRightShiftOp>();
    if (!shift || !shift.getRound())
      return failure();
    Value zeros = matchDifferenceFrom(shift.getInput2(), 35);
    auto clz = zeros ? zeros.getDefiningOp<tosa::ClzOp>() : nullptr;
    auto sum =
        clz ? clz.getInput1().getDefiningOp<tosa::ReduceSumOp>() : nullptr;
    if (!sum || !isAlongLast(sum))
      return failure();
    Value exponential = matchRightShift(sum.getInput(), 12);
    Value reciprocal = exponential
                           ? matchProduct(shift.getInput1(), exponential, 30)
                           : Value();
    if (!reciprocal)
      return failure();
    Value half = findHalf(clz, sum);
    if (!half || !matchReciprocal(reciprocal, half))
      return failure();

    Exponentials values;
    Value differences = matchExponential(exponential, values);
    Value wide = differences ? matchDifferenceToMax(differences) : Value();
    Value input = wide ? matchMoved(wide, 0, 8, 32) : Value();
    if (!input || input.getType() != op.getType())
      return failure();
    auto parameters = findParameters(values);
    if (!parameters)
      return failure();
    rewriter.replaceOpWithNewOp<SoftmaxOp>(
        op, op.getType(), input, /*dest=*/Value(), /*scratch=*/Value(),
        parameters->multiplier, parameters->leftShift, parameters->diffMin,
        /*beta=*/FloatAttr(), /*kernel=*/StringAttr());
    return success();
  }

  /// The sum with its leading bit at bit 30: `sum << (clz - 1)`.
  static Value findHalf(tosa::ClzOp clz, tosa::ReduceSumOp sum) {
    for (Operation *user : sum.getOutput().getUsers()) {
      auto shift = dyn_cast<tosa::LogicalLeftShiftOp>(user);
      auto sub =
          shift ? shift.getInput2().getDefiningOp<tosa::SubOp>() : nullptr;
      if (sub && shift.getInput1() == sum.getOutput() &&
          sub.getInput1() == clz.getOutput() &&
          getSplatInteger(sub.getInput2()) == 1)
        return shift.getOutput();
    }
    return {};
  }
};

/// exp(x - max) / sum, where the quotient is a product with a reciprocal.
struct RecoverFloatSoftmax : OpRewritePattern<tosa::MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tosa::MulOp op,
                                PatternRewriter &rewriter) const override {
    if (!isFloat32(op.getOutput()))
      return failure();
    for (auto [numerator, factor] :
         {std::pair<Value, Value>(op.getInput1(), op.getInput2()),
          std::pair<Value, Value>(op.getInput2(), op.getInput1())}) {
      auto exp = numerator.getDefiningOp<tosa::ExpOp>();
      auto reciprocal = factor.getDefiningOp<tosa::ReciprocalOp>();
      auto sum = reciprocal
                     ? reciprocal.getInput1().getDefiningOp<tosa::ReduceSumOp>()
                     : nullptr;
      if (!exp || !sum || sum.getInput() != numerator || !isAlongLast(sum))
        continue;
      Value input = matchDifferenceToMax(exp.getInput1());
      if (!input || input.getType() != op.getType())
        continue;
      // x * beta stands before, if beta is not 1.
      float beta = 1.0f;
      if (auto mul = input.getDefiningOp<tosa::MulOp>())
        if (std::optional<float> number = getSplatFloat(mul.getInput2());
            number && *number > 0.0f &&
            mul.getInput1().getType() == op.getType()) {
          beta = *number;
          input = mul.getInput1();
        }
      rewriter.replaceOpWithNewOp<SoftmaxOp>(
          op, op.getType(), input, /*dest=*/Value(), /*scratch=*/Value(), 0, 0,
          0, rewriter.getF32FloatAttr(beta), /*kernel=*/StringAttr());
      return success();
    }
    return failure();
  }
};

} // namespace

void stm32::populateRecoverSoftmaxPatterns(RewritePatternSet &patterns) {
  patterns.add<RecoverInt8Softmax, RecoverFloatSoftmax>(patterns.getContext());
}
