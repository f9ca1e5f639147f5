//===- SignalTypes.cpp - Audio front ends: options and types --------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Dialect/STM32/IR/STM32Signal.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Facts
//===----------------------------------------------------------------------===//

/// Greatest count: the format's steps.
static constexpr int64_t kCount = 65535;
static constexpr int64_t kInt32 = std::numeric_limits<int32_t>::max();
/// Transforms of up to 2^14 complex points, whose stages fit a descriptor.
static constexpr int64_t kFftLength = 32768;
/// Entries of the tables of a gain and of a logarithm.
static constexpr int64_t kGains = 125, kLogEntries = 129;

static constexpr SignalOption kWindowOptions[] = {{"shift", 0, 31}};
static constexpr SignalOption kFftOptions[] = {{"fft_length", 4, kFftLength}};
static constexpr SignalOption kFft2DOptions[] = {{"rows", 1, kFftLength},
                                                 {"columns", 2, kFftLength}};
static constexpr SignalOption kEnergyOptions[] = {{"start_index", 0, kInt32},
                                                  {"end_index", 0, kInt32}};
static constexpr SignalOption kFilterBankOptions[] = {
    {"num_channels", 1, kCount}};
static constexpr SignalOption kSubtractionOptions[] = {
    {"num_channels", 1, kCount},
    {"smoothing", 0, kInt32},
    {"one_minus_smoothing", 0, kInt32},
    {"alternate_smoothing", 0, kInt32},
    {"alternate_one_minus_smoothing", 0, kInt32},
    {"smoothing_bits", 0, 31},
    {"min_signal_remaining", 0, kInt32},
    {"clamping", 0, 1},
    {"spectral_subtraction_bits", 0, 63}};
static constexpr SignalOption kPcanOptions[] = {{"snr_shift", 0, 63}};
static constexpr SignalOption kLogOptions[] = {
    {"input_correction_bits", 0, 31}, {"output_scale", 0, kInt32}};
static constexpr SignalOption kFramerOptions[] = {
    {"frame_size", 1, kCount}, {"frame_step", 1, kCount}, {"prefill", 0, 1}};
static constexpr SignalOption kStackerOptions[] = {
    {"num_channels", 1, kCount},
    {"stacker_left_context", 0, kCount},
    {"stacker_right_context", 0, kCount},
    {"stacker_step", 1, kCount}};
static constexpr SignalOption kDelayOptions[] = {{"delay_length", 1, kCount}};
static constexpr SignalOption kOverlapOptions[] = {{"frame_step", 1, kCount}};

static constexpr StringLiteral kWindowConstants[] = {"weights"};
static constexpr StringLiteral kFftConstants[] = {"twiddles", "split"};
static constexpr StringLiteral kFft2DConstants[] = {"twiddles", "split",
                                                    "row_twiddles"};
static constexpr StringLiteral kFilterBankConstants[] = {
    "frequency_starts", "weight_starts", "widths", "weights"};
static constexpr StringLiteral kPcanConstants[] = {"gains"};
static constexpr StringLiteral kLogConstants[] = {"table"};

const SignalFacts &stm32::getSignalFacts(SignalFunction function) {
  using F = SignalFunction;
  // In the order of the enumeration.
  static const SignalFacts facts[] = {
      {F::Window, "SignalWindow", 1, kWindowOptions, kWindowConstants},
      {F::Rfft, "SignalRfft", 1, kFftOptions, kFftConstants},
      {F::Irfft, "SignalIrfft", 1, kFftOptions, kFftConstants},
      {F::Rfft2D, "RFFT2D", 1, kFft2DOptions, kFft2DConstants},
      {F::FftAutoScale, "SignalFftAutoScale", 1, {}, {}},
      {F::Energy, "SignalEnergy", 1, kEnergyOptions, {}},
      {F::FilterBank, "SignalFilterBank", 1, kFilterBankOptions,
       kFilterBankConstants},
      {F::FilterBankSquareRoot, "SignalFilterBankSquareRoot", 2, {}, {}},
      {F::FilterBankSpectralSubtraction, "SignalFilterBankSpectralSubtraction",
       1, kSubtractionOptions, {}},
      {F::Pcan, "SignalPCAN", 2, kPcanOptions, kPcanConstants},
      {F::FilterBankLog, "SignalFilterBankLog", 1, kLogOptions, kLogConstants},
      {F::Framer, "SignalFramer", 1, kFramerOptions, {}},
      {F::Stacker, "SignalStacker", 1, kStackerOptions, {}},
      {F::Delay, "SignalDelay", 1, kDelayOptions, {}},
      {F::OverlapAdd, "SignalOverlapAdd", 1, kOverlapOptions, {}}};
  return facts[static_cast<unsigned>(function)];
}

std::optional<SmallVector<int64_t>> stm32::getFftRadices(int64_t points) {
  SmallVector<int64_t> radices;
  for (int64_t radix : {4, 2, 3, 5})
    for (; points % radix == 0; points /= radix)
      radices.push_back(radix);
  if (points != 1)
    return std::nullopt;
  return radices;
}

FramerPlan stm32::planFramer(int64_t size, int64_t step, bool prefill) {
  if (prefill)
    return {size - step, 0};
  // The reference fills whole steps before it gives the first frame.
  int64_t steps = llvm::divideCeil(size, step);
  return {(steps - 1) * step, steps - 1};
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

namespace {
/// Infers the types of one operator; `fail` keeps the first defect.
class Inference {
public:
  Inference(SignalFunction function, ArrayRef<ShapedType> inputs,
            llvm::function_ref<int64_t(StringRef)> option)
      : function(function), inputs(inputs), option(option),
        builder(inputs[0].getContext()), x(inputs[0]) {}
  void run();

  SignalInference result;

private:
  void window();
  void fft();
  void fft2D();
  void autoScale();
  void energy();
  void filterBank();
  void squareRoot();
  void subtraction();
  void gain();
  void logarithm();
  void framer();
  void stacker();
  void delay();
  void overlapAdd();

  void fail(const Twine &defect) {
    if (result.defect.empty())
      result.defect = defect.str();
  }
  /// Checks that input `index` has `rank` dimensions, or at least so many, of
  /// one of these types.
  bool check(unsigned index, ArrayRef<Type> elements, unsigned rank,
             bool isLeast = false);
  /// Checks that the transforms of these lengths are possible.
  bool checkFactors(StringRef name, int64_t length, int64_t points);
  void addFftConstants(int64_t points, Type element);

  Type i(unsigned bits) { return builder.getIntegerType(bits); }
  Type ui(unsigned bits) { return builder.getIntegerType(bits, false); }
  void output(ArrayRef<int64_t> shape, Type element) {
    result.types.outputs.push_back(RankedTensorType::get(shape, element));
  }
  void state(ArrayRef<int64_t> shape, Type element) {
    result.types.states.push_back(RankedTensorType::get(shape, element));
  }
  void constant(ArrayRef<int64_t> shape, Type element) {
    result.types.constants.push_back(RankedTensorType::get(shape, element));
  }
  /// The shape without its last dimensions, and with others.
  SmallVector<int64_t> replace(unsigned count, ArrayRef<int64_t> by) {
    SmallVector<int64_t> shape(x.getShape().drop_back(count));
    llvm::append_range(shape, by);
    return shape;
  }

  SignalFunction function;
  ArrayRef<ShapedType> inputs;
  llvm::function_ref<int64_t(StringRef)> option;
  Builder builder;
  ShapedType x;
};
} // namespace

static std::string format(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

bool Inference::check(unsigned index, ArrayRef<Type> elements, unsigned rank,
                      bool isLeast) {
  ShapedType type = inputs[index];
  bool hasRank = isLeast ? type.getRank() >= int64_t(rank)
                         : type.getRank() == int64_t(rank);
  if (hasRank && llvm::is_contained(elements, type.getElementType()))
    return true;
  fail("needs " + llvm::join(llvm::map_range(elements, format), " or ") +
       " of rank " + Twine(rank) + (isLeast ? " or more" : "") + " as input " +
       Twine(index) + ", got " + format(type));
  return false;
}

void Inference::window() {
  if (!check(0, {i(16)}, 1, /*isLeast=*/true))
    return;
  constant({x.getShape().back()}, i(16));
  output(x.getShape(), i(16));
}

bool Inference::checkFactors(StringRef name, int64_t length, int64_t points) {
  if (getFftRadices(points))
    return true;
  fail(name + " is " + Twine(length) +
       ", only lengths whose prime factors are 2, 3 and 5 are supported");
  return false;
}

void Inference::addFftConstants(int64_t points, Type element) {
  constant({points, 2}, element);
  constant({std::max<int64_t>(points / 2, 1), 2}, element);
}

void Inference::fft() {
  if (!check(0, {i(16), i(32), builder.getF32Type()}, 1, /*isLeast=*/true))
    return;
  Type element = x.getElementType();
  int64_t length = option("fft_length"), given = x.getShape().back();
  if (length % 2 != 0)
    return fail("fft_length is " + Twine(length) + ", which is odd");
  if (!checkFactors("fft_length", length, length / 2))
    return;
  bool isInverse = function == SignalFunction::Irfft;
  if (isInverse ? given != length + 2 : given > length)
    return fail("needs rows of " + Twine(isInverse ? "" : "at most ") +
                Twine(isInverse ? length + 2 : length) + " for fft_length " +
                Twine(length) + ", got " + format(x));
  addFftConstants(length / 2, element);
  output(replace(1, {isInverse ? length : length + 2}), element);
}

void Inference::fft2D() {
  Type element = builder.getF32Type();
  if (!check(0, {element}, 2, /*isLeast=*/true))
    return;
  int64_t rows = option("rows"), columns = option("columns");
  if (columns % 2 != 0)
    return fail("columns is " + Twine(columns) + ", which is odd");
  if (!checkFactors("columns", columns, columns / 2) ||
      !checkFactors("rows", rows, rows))
    return;
  addFftConstants(columns / 2, element);
  constant({rows, 2}, element);
  output(replace(2, {rows, columns / 2 + 1}), ComplexType::get(element));
}

void Inference::autoScale() {
  if (!check(0, {i(16)}, 1))
    return;
  output(x.getShape(), i(16));
  output({}, i(32));
}

void Inference::energy() {
  if (!check(0, {i(16)}, 1))
    return;
  int64_t count = x.getDimSize(0) / 2;
  if (x.getDimSize(0) != 2 * count || count == 0)
    return fail("needs complex numbers, got " + format(x));
  if (option("start_index") > option("end_index") ||
      option("end_index") > count)
    return fail("has the range " + Twine(option("start_index")) + " .. " +
                Twine(option("end_index")) + " of " + Twine(count) +
                " numbers");
  output({count}, ui(32));
}

void Inference::filterBank() {
  if (!check(0, {ui(32)}, 1))
    return;
  int64_t channels = option("num_channels");
  for (unsigned list = 0; list < 3; ++list)
    constant({channels + 1}, i(16));
  constant({ShapedType::kDynamic, 2}, i(16));
  output({channels}, ui(64));
}

void Inference::squareRoot() {
  if (!check(0, {ui(64)}, 1) || !check(1, {i(32)}, 0))
    return;
  output(x.getShape(), ui(32));
}

void Inference::subtraction() {
  if (!check(0, {ui(32)}, 1))
    return;
  if (option("num_channels") != x.getDimSize(0))
    return fail("has num_channels " + Twine(option("num_channels")) + " for " +
                format(x));
  state(x.getShape(), ui(32));
  output(x.getShape(), ui(32));
  output(x.getShape(), ui(32));
}

void Inference::gain() {
  if (!check(0, {ui(32)}, 1) || !check(1, {ui(32)}, 1))
    return;
  if (inputs[1].getDimSize(0) != x.getDimSize(0))
    return fail("needs a noise for each channel, got " + format(x) + " and " +
                format(inputs[1]));
  constant({kGains}, i(16));
  output(x.getShape(), ui(32));
}

void Inference::logarithm() {
  if (!check(0, {ui(32)}, 1))
    return;
  constant({kLogEntries}, i(16));
  output(x.getShape(), i(16));
}

void Inference::framer() {
  if (!check(0, {i(16)}, 1, /*isLeast=*/true))
    return;
  int64_t size = option("frame_size"), step = option("frame_step");
  int64_t samples = x.getShape().back();
  if (step > size)
    return fail("has frame_step " + Twine(step) + ", more than frame_size " +
                Twine(size));
  if (samples % step != 0)
    return fail("needs rows of a multiple of " + Twine(step) +
                " samples, got " + format(x));
  FramerPlan plan = planFramer(size, step, option("prefill") != 0);
  state({x.getNumElements() / samples, std::max<int64_t>(plan.history, 1)},
        i(16));
  state({1}, i(32));
  output(replace(1, {samples / step, size}), i(16));
  output({}, i(1));
}

void Inference::stacker() {
  if (!check(0, {i(16)}, 1))
    return;
  int64_t channels = option("num_channels");
  int64_t frames =
      option("stacker_left_context") + 1 + option("stacker_right_context");
  if (channels != x.getDimSize(0))
    return fail("has num_channels " + Twine(channels) + " for " + format(x));
  if (option("stacker_step") > frames)
    return fail("has stacker_step " + Twine(option("stacker_step")) +
                ", more than its " + Twine(frames) + " frames");
  state({frames, channels}, i(16));
  state({1}, i(32));
  output({frames * channels}, i(16));
  output({}, i(1));
}

void Inference::delay() {
  if (!check(0, {i(16)}, 1, /*isLeast=*/true))
    return;
  state({x.getNumElements() / x.getShape().back(), option("delay_length")},
        i(16));
  output(x.getShape(), i(16));
}

void Inference::overlapAdd() {
  if (!check(0, {i(16), builder.getF32Type()}, 2, /*isLeast=*/true))
    return;
  int64_t size = x.getShape().back(), step = option("frame_step");
  int64_t frames = x.getShape()[x.getRank() - 2];
  if (step > size)
    return fail("has frame_step " + Twine(step) + " for frames of " +
                Twine(size));
  state({x.getNumElements() / (frames * size), size}, x.getElementType());
  output(replace(2, {frames * step}), x.getElementType());
}

void Inference::run() {
  switch (function) {
  case SignalFunction::Window:
    return window();
  case SignalFunction::Rfft:
  case SignalFunction::Irfft:
    return fft();
  case SignalFunction::Rfft2D:
    return fft2D();
  case SignalFunction::FftAutoScale:
    return autoScale();
  case SignalFunction::Energy:
    return energy();
  case SignalFunction::FilterBank:
    return filterBank();
  case SignalFunction::FilterBankSquareRoot:
    return squareRoot();
  case SignalFunction::FilterBankSpectralSubtraction:
    return subtraction();
  case SignalFunction::Pcan:
    return gain();
  case SignalFunction::FilterBankLog:
    return logarithm();
  case SignalFunction::Framer:
    return framer();
  case SignalFunction::Stacker:
    return stacker();
  case SignalFunction::Delay:
    return delay();
  case SignalFunction::OverlapAdd:
    return overlapAdd();
  }
}

SignalInference
stm32::inferSignalTypes(SignalFunction function, ArrayRef<ShapedType> inputs,
                        llvm::function_ref<int64_t(StringRef)> option) {
  Inference inference(function, inputs, option);
  inference.run();
  return inference.result;
}
