//===- CascadeSearch.cpp - Which operators run in bands -------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CascadeSearch.h"

#include "CascadeSegments.h"

#include <limits>

using namespace mlir;
using namespace mlir::stm32;

/// Rows of a call that are tried; the first ones need least memory.
static constexpr int64_t kRows[] = {1, 2, 4, 8, 16};
static constexpr double kNone = std::numeric_limits<double>::infinity();

namespace {
using Path = SmallVector<CascadeSegment>;

class Search {
public:
  Search(ModelOp model, const CascadeOptions &options)
      : model(model, options.stream), options(options) {}
  CascadeCut run();

private:
  /// A cascade of one row a call, and the same with more rows.
  struct Choices {
    SmallVector<CascadeSegment, 2> segments;
    bool isExpanded = false;
  };
  void findSegments();
  void expand(Choices &choices);
  std::optional<Path> cut(int64_t limit, double mostPrice);
  SmallVector<int64_t> getLimits(int64_t wholePeak);
  std::optional<Path> findPath(int64_t wholePeak);

  SegmentModel model;
  const CascadeOptions &options;
  /// By the operator behind their last one.
  SmallVector<SmallVector<Choices, 0>> choices;
};
} // namespace

void Search::findSegments() {
  unsigned count = model.getOperators().size();
  choices.resize(count + 1);
  for (unsigned begin = 0; begin < count; ++begin) {
    if (model.mayRunWhole(begin))
      choices[begin + 1].push_back({{model.evaluateWhole(begin)}, true});
    unsigned last = std::min(count, begin + options.maxLength);
    for (unsigned end = begin + 1; end <= last && model.mayRunInBands(end - 1);
         ++end)
      if (model.mayCascade(begin, end))
        choices[end].push_back({{model.evaluate(begin, end, kRows[0])}});
  }
}

/// Adds the segments with more rows a call, which need fewer calls and more
/// memory. Most segments are never on a path, so this is put off.
void Search::expand(Choices &choices) {
  choices.isExpanded = true;
  CascadeSegment first = choices.segments.front();
  int64_t numRows =
      getNumRows(cast<ComputeOpInterface>(model.getOperators()[first.end - 1]));
  for (int64_t rows : ArrayRef(kRows).drop_front())
    if (2 * rows <= numRows)
      choices.segments.push_back(model.evaluate(first.begin, first.end, rows));
}

/// The cheapest cut whose segments all have a peak of at most `limit`, unless
/// it costs more than `mostPrice`.
std::optional<Path> Search::cut(int64_t limit, double mostPrice) {
  unsigned count = model.getOperators().size();
  SmallVector<double> price(count + 1, kNone);
  SmallVector<const CascadeSegment *> best(count + 1, nullptr);
  price[0] = 0;
  for (unsigned end = 1; end <= count; ++end)
    for (Choices &choice : choices[end])
      for (const CascadeSegment &segment : choice.segments) {
        double sum = price[segment.begin] + segment.price;
        if (segment.peak <= limit && sum < price[end]) {
          price[end] = sum;
          best[end] = &segment;
        }
      }
  if (price[count] == kNone || price[count] > mostPrice)
    return std::nullopt;
  Path path;
  for (unsigned end = count; end > 0; end = best[end]->begin)
    path.push_back(*best[end]);
  std::reverse(path.begin(), path.end());
  return path;
}

/// The peaks that a cut may have, ascending: that of one of its segments.
SmallVector<int64_t> Search::getLimits(int64_t wholePeak) {
  SmallVector<int64_t> limits = {std::max(wholePeak, options.targetPeak)};
  for (SmallVector<Choices, 0> &list : choices)
    for (const Choices &choice : list) {
      int64_t peak = choice.segments.front().peak;
      if (peak < wholePeak || model.isStreamed())
        limits.push_back(std::max(peak, options.targetPeak));
    }
  llvm::sort(limits);
  limits.erase(llvm::unique(limits), limits.end());
  return limits;
}

std::optional<Path> Search::findPath(int64_t wholePeak) {
  SmallVector<int64_t> limits = getLimits(wholePeak);
  // The smallest peak at any price; a larger limit allows all that a smaller
  // one does.
  auto *least = llvm::partition_point(
      limits, [&](int64_t limit) { return !cut(limit, kNone).has_value(); });
  // Then up to the first one whose price is within the budget.
  double mostPrice = options.budget * model.getInstructions();
  for (size_t index = least - limits.begin(), step = 1; index < limits.size();
       index += step, step *= 2) {
    for (SmallVector<Choices, 0> &list : choices)
      for (Choices &choice : list)
        if (!choice.isExpanded && choice.segments.front().peak <= limits[index])
          expand(choice);
    if (std::optional<Path> path = cut(limits[index], mostPrice))
      return path;
  }
  if (std::optional<Path> path = cut(limits.back(), mostPrice))
    return path;
  // Who wants a stream wants it at any price.
  return model.isStreamed() && least != limits.end() ? cut(*least, kNone)
                                                     : std::nullopt;
}

CascadeCut Search::run() {
  CascadeCut result;
  ArrayRef<Operation *> operators = model.getOperators();
  result.operators.append(operators.begin(), operators.end());
  result.instructions = model.getInstructions();
  for (unsigned index = 0; index < operators.size(); ++index)
    result.wholePeak =
        std::max(result.wholePeak, model.evaluateWhole(index).peak);
  bool isEnough = options.budget <= 0 || result.wholePeak <= options.targetPeak;
  if (isEnough && !model.isStreamed()) {
    for (unsigned index = 0; index < operators.size(); ++index)
      result.segments.push_back(model.evaluateWhole(index));
    result.peak = result.wholePeak;
    return result;
  }
  findSegments();
  std::optional<Path> path = findPath(result.wholePeak);
  if (!path)
    return result;
  for (const CascadeSegment &segment : *path) {
    result.segments.push_back(segment);
    result.peak = std::max(result.peak, segment.peak);
    result.price += segment.price;
  }
  return result;
}

CascadeCut stm32::searchCascades(ModelOp model, const CascadeOptions &options) {
  return Search(model, options).run();
}

/// The first of `operators`, from `begin` on, that writes the tensor `name`.
static std::optional<unsigned> findOperator(ArrayRef<Operation *> operators,
                                            unsigned begin, StringRef name) {
  for (unsigned index = begin; index < operators.size(); ++index)
    if (matchesTensorName(getTensorName(operators[index]->getLoc()), name))
      return index;
  return std::nullopt;
}

FailureOr<CascadeCut> stm32::takeCascades(ModelOp model, ArrayAttr asked,
                                          const CascadeOptions &options) {
  SegmentModel segments(model, options.stream);
  ArrayRef<Operation *> operators = segments.getOperators();
  CascadeCut cut;
  cut.operators.append(operators.begin(), operators.end());
  cut.instructions = segments.getInstructions();
  auto add = [&](CascadeSegment segment) {
    cut.segments.push_back(segment);
    cut.peak = std::max(cut.peak, segment.peak);
    cut.price += segment.price;
  };
  unsigned end = 0;
  auto runWhole = [&](unsigned until) -> LogicalResult {
    for (; end < until; ++end) {
      if (!segments.mayRunWhole(end))
        return model.emitError()
               << "operator '" << getTensorName(operators[end]->getLoc())
               << "' is in none of the cascades asked for, but reads an input "
                  "that comes row by row";
      add(segments.evaluateWhole(end));
    }
    return success();
  };
  for (auto cascade : asked.getAsRange<CascadeAttr>()) {
    auto refuse = [&]() {
      return model.emitError()
             << "cannot run operators from " << cascade.getFirst() << " to "
             << cascade.getLast() << " in bands of " << cascade.getRows()
             << " rows: ";
    };
    std::optional<unsigned> first =
        findOperator(operators, end, cascade.getFirst());
    if (!first)
      return refuse() << "there is no operator " << cascade.getFirst()
                      << " behind those that come before";
    std::optional<unsigned> last =
        findOperator(operators, *first, cascade.getLast());
    if (!last)
      return refuse() << "there is no operator " << cascade.getLast()
                      << " behind the first one";
    if (failed(runWhole(*first)))
      return failure();
    for (unsigned index = *first; index <= *last; ++index)
      if (!segments.mayRunInBands(index))
        return refuse() << "'" << getTensorName(operators[index]->getLoc())
                        << "' runs only as a whole";
    if (!segments.mayCascade(*first, *last + 1))
      return refuse() << "they do not form a chain that ends with the last one";
    int64_t numRows = getNumRows(cast<ComputeOpInterface>(operators[*last]));
    if (cascade.getRows() > numRows)
      return refuse() << "the last one has " << numRows << " rows";
    add(segments.evaluate(*first, *last + 1, cascade.getRows()));
    end = *last + 1;
  }
  if (failed(runWhole(operators.size())))
    return failure();
  return cut;
}
