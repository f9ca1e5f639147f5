//===- STM32ToEmitC.cpp - From planned buffers to C files -----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Conversion/STM32ToEmitC/STM32ToEmitC.h"

#include "CFile.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::stm32 {
#define GEN_PASS_DEF_CONVERTSTM32TOEMITC
#include "stm32/Conversion/STM32ToEmitC/Passes.h.inc"
} // namespace mlir::stm32

#define DEBUG_TYPE "convert-stm32-to-emitc"

using namespace mlir;
using namespace mlir::stm32;

//===----------------------------------------------------------------------===//
// Text that all files share
//===----------------------------------------------------------------------===//

std::string stm32::getFrontMatter(const ModelPlan &plan,
                                  const FrontMatter &front, StringRef file,
                                  StringRef purpose) {
  std::string command = "stm32-compile";
  if (!front.target.empty())
    command += " --target " + front.target;
  command += " --name " + plan.identifier;
  if (!front.optimize.empty())
    command += " --optimize " + front.optimize;
  if (!front.apis.empty())
    command += " --api " + llvm::join(front.apis, ",");
  if (front.fullNames)
    command += " --full-names";
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "/* " << file << " - " << purpose << "\n *\n"
     << " * Made by stm32-compile " << getToolVersion()
     << ", not to be edited:\n *   " << command << "\n";
  StringRef signature = plan.getSignature();
  if (!signature.empty())
    os << " * SHA-256 of the source model:\n *   "
       << commentText(signature.take_front(32)) << "\n *   "
       << commentText(signature.substr(32)) << "\n";
  return text + " */";
}

std::string stm32::getShapeText(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return llvm::join(
      llvm::map_range(shape, [](int64_t dim) { return std::to_string(dim); }),
      "x");
}

std::string stm32::getOperatorComment(const ModelPlan &plan, unsigned index,
                                      unsigned indent) {
  const OperatorPlan &entry = plan.operators[index];
  ComputeOpInterface op = entry.op;
  std::string head = std::string(indent, ' ') + "/* " + std::to_string(index) +
                     ": " + commentText(op.getKind()) + " \"" +
                     commentText(plan.tensors[entry.output].name) + "\",";

  SmallVector<std::string> inputs;
  auto getShape = [](Value value) {
    return getShapeText(
        cast<ShapedType>(getRowsSource(value).getType()).getShape());
  };
  for (unsigned i = 0; i < op.getNumActivations(); ++i)
    inputs.push_back(getShape(op.getActivation(i)));
  SmallVector<std::string> outputs;
  for (Value dest : op.getDests())
    outputs.push_back(getShape(dest));
  std::string tail =
      llvm::join(inputs, ", ") + " -> " + llvm::join(outputs, ", ");
  if (entry.macs)
    tail += ", " + groupThousands(entry.macs) + " MACs";
  tail += " */";

  if (head.size() + 1 + tail.size() <= 80)
    return head + " " + tail;
  return head + "\n" + std::string(indent, ' ') + " * " + tail;
}

std::string stm32::getPoolMacro(const ModelPlan &plan, unsigned pool) {
  return makeMacroName(plan.identifier) + "_POOL_" +
         makeMacroName(plan.pools[pool].identifier);
}

std::string stm32::wrapItems(ArrayRef<std::string> items, unsigned indent,
                             unsigned column) {
  constexpr unsigned kColumns = 79;
  std::string text;
  for (auto [i, item] : llvm::enumerate(items)) {
    bool last = i + 1 == items.size();
    // The comma behind the item counts; so may a brace behind the last one.
    if (i != 0 && column + 1 + item.size() + (last ? 2 : 1) > kColumns) {
      text += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (i != 0) {
      text += " ";
      ++column;
    }
    text += item + (last ? "" : ",");
    column += item.size() + 1;
  }
  return text;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct ConvertSTM32ToEmitC
    : stm32::impl::ConvertSTM32ToEmitCBase<ConvertSTM32ToEmitC> {
  using ConvertSTM32ToEmitCBase::ConvertSTM32ToEmitCBase;

  void runOnOperation() override;
  LogicalResult emit(const ModelPlan &plan, OpBuilder &builder);
};
} // namespace

LogicalResult ConvertSTM32ToEmitC::emit(const ModelPlan &plan,
                                        OpBuilder &builder) {
  Location loc = ModelOp(plan.op).getLoc();
  FrontMatter front{target, optimize, ArrayRef<std::string>(apis), fullNames};
  unsigned numShared = 0;

  CFile header(builder, loc, plan.identifier + ".h");
  writeModelHeader(header, plan, front);
  CFile source(builder, loc, plan.identifier + ".c");
  if (failed(writeModelSource(source, plan, front, numShared)))
    return failure();
  CFile dataHeader(builder, loc, plan.identifier + "_data.h");
  writeDataHeader(dataHeader, plan, front);
  CFile dataSource(builder, loc, plan.identifier + "_data.c");
  writeDataSource(dataSource, plan, front);

  for (const std::string &api : apis) {
    StringRef prefix = lookupApi(api)->prefix;
    if (prefix.empty())
      continue;
    CFile alias(builder, loc, (prefix + plan.identifier + ".h").str());
    alias.text(getFrontMatter(plan, front,
                              (prefix + plan.identifier + ".h").str(),
                              "another name of " + plan.identifier + ".h"));
    alias.blank();
    alias.include(plan.identifier + ".h");
    ++numFiles;
  }

  numFiles += 4;
  numSharedDescriptors += numShared;
  return success();
}

void ConvertSTM32ToEmitC::runOnOperation() {
  ModuleOp module = getOperation();
  for (const std::string &api : apis)
    if (!lookupApi(api)) {
      module.emitError("there is no API '") << api << "'";
      return signalPassFailure();
    }
  SmallVector<ModelPlan, 1> plans;
  llvm::StringSet<> taken;
  for (ModelOp model : module.getOps<ModelOp>()) {
    FailureOr<ModelPlan> plan = ModelPlan::get(model, taken);
    if (failed(plan))
      return signalPassFailure();
    for (const std::string &api : apis)
      if (plan->identifier == lookupApi(api)->reserved) {
        model.emitError("a model called '")
            << plan->identifier << "' would have functions of the API '" << api
            << "' itself; give it another name";
        return signalPassFailure();
      }
    plans.push_back(std::move(*plan));
  }

  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  for (const ModelPlan &plan : plans)
    if (failed(emit(plan, builder)))
      return signalPassFailure();

  for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
    if (isa<ModelOp, PoolOp, MemoryRegionOp>(op))
      op.erase();
}
