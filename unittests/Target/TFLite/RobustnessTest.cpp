//===- RobustnessTest.cpp - Damaged models --------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Models are cut off and changed at random. Whatever comes out, the importer
// must end with a module that verifies, or with null and exactly one error of
// its own; the verifier of MLIR is no substitute for a check.
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "stm32/Target/TFLite/Import.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace mlir;

namespace {

struct Fixture {
  std::string name, bytes;
};

std::string readFile(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  EXPECT_TRUE(static_cast<bool>(buffer)) << path;
  return buffer ? (*buffer)->getBuffer().str() : std::string();
}

/// The models of the lit tests, small enough for thousands of imports.
const std::vector<Fixture> &getSmallModels() {
  static const std::vector<Fixture> models = [] {
    std::vector<Fixture> result;
    for (const char *name :
         {"add", "conv_2d", "depthwise_conv_2d", "detection", "fully_connected",
          "lstm", "mean", "pad", "pool_2d", "quantize", "relu", "reshape",
          "softmax", "svdf", "unsupported", "variables"})
      result.push_back(
          {name, readFile(std::string(STM32_FIXTURES "/") + name + ".tflite")});
    return result;
  }();
  return models;
}

/// Imports many models; now and then in a fresh context, because a context
/// keeps every constant that it has seen.
class Importer {
public:
  explicit Importer(std::vector<stm32::CustomBinding> bindings = {})
      : bindings(std::move(bindings)) {}

  /// True if there was a module.
  bool import(const std::string &bytes) {
    if (count++ % 256 == 0)
      context = std::make_unique<MLIRContext>(MLIRContext::Threading::DISABLED);
    unsigned errors = 0, foreignErrors = 0;
    ScopedDiagnosticHandler handler(context.get(), [&](Diagnostic &diag) {
      if (diag.getSeverity() == DiagnosticSeverity::Error) {
        ++errors;
        foreignErrors += !isa<FileLineColLoc>(diag.getLocation());
        message = diag.str();
      }
      return success();
    });
    OwningOpRef<ModuleOp> module =
        stm32::importTFLite(bytes, "model.tflite", context.get(), bindings);
    EXPECT_EQ(errors, module ? 0u : 1u) << message;
    EXPECT_EQ(foreignErrors, 0u) << message;
    if (module) {
      EXPECT_TRUE(succeeded(verify(*module)));
    }
    return static_cast<bool>(module);
  }

private:
  std::vector<stm32::CustomBinding> bindings;
  std::unique_ptr<MLIRContext> context;
  std::string message;
  unsigned count = 0;
};

/// Changes a few bytes, bits or 32-bit words.
void mutate(std::string &bytes, std::mt19937 &random) {
  auto below = [&](size_t bound) { return random() % bound; };
  for (size_t change = 0, changes = below(2) ? 1 : 1 + below(4);
       change < changes; ++change) {
    size_t position = below(bytes.size());
    switch (below(4)) {
    case 0:
      bytes[position] = static_cast<char>(random());
      break;
    case 1:
      bytes[position] ^= static_cast<char>(1 << below(8));
      break;
    case 2: {
      static const uint32_t words[] = {0,          1,          0xffffffff,
                                       0x7fffffff, 0x80000000, 0x10000};
      uint32_t word = words[below(std::size(words))];
      position &= ~size_t(3);
      std::memcpy(&bytes[position], &word,
                  std::min(sizeof(word), bytes.size() - position));
      break;
    }
    default:
      // A part of the file stands where another one should.
      size_t source = below(bytes.size());
      size_t length =
          std::min(1 + below(16), bytes.size() - std::max(source, position));
      std::memmove(&bytes[position], &bytes[source], length);
    }
  }
}

TEST(Robustness, SoundModels) {
  Importer importer;
  for (const Fixture &model : getSmallModels())
    EXPECT_EQ(importer.import(model.bytes), model.name != "unsupported")
        << model.name;
  EXPECT_TRUE(importer.import(readFile(STM32_EXAMPLE_MODEL)));
}

TEST(Robustness, UnalignedBytes) {
  Importer importer;
  for (const Fixture &model : getSmallModels()) {
    std::string shifted = "x" + model.bytes;
    MLIRContext context;
    ScopedDiagnosticHandler quiet(&context,
                                  [](Diagnostic &) { return success(); });
    auto module = stm32::importTFLite(llvm::StringRef(shifted).drop_front(),
                                      "model.tflite", &context);
    EXPECT_EQ(static_cast<bool>(module), model.name != "unsupported");
  }
}

TEST(Robustness, EveryPrefix) {
  Importer importer;
  for (const Fixture &model : getSmallModels())
    for (size_t length = 0; length < model.bytes.size(); ++length)
      importer.import(model.bytes.substr(0, length));
}

TEST(Robustness, RandomChangesOfSmallModels) {
  Importer importer;
  std::mt19937 random(20240229);
  const auto &models = getSmallModels();
  unsigned imported = 0;
  for (unsigned round = 0; round < 100000; ++round) {
    std::string bytes = models[round % models.size()].bytes;
    mutate(bytes, random);
    imported += importer.import(bytes);
  }
  // Neither all of the changes nor none of them do harm.
  EXPECT_GT(imported, 5000u);
  EXPECT_LT(imported, 95000u);
}

TEST(Robustness, RandomChangesOfBoundOperators) {
  std::vector<stm32::CustomBinding> bindings;
  for (const char *name : {"ADD", "CONV_2D", "SOFTMAX", "QUANTIZE", "RESHAPE",
                           "Magic", "TFLite_Detection_PostProcess"}) {
    stm32::CustomBinding &binding = bindings.emplace_back();
    binding.operatorName = name;
    binding.function = "f";
    binding.scratch = 7;
    if (binding.operatorName == "SOFTMAX")
      binding.outputs.push_back({std::vector<int64_t>{2, 3}, "float32"});
  }
  Importer importer(bindings);
  std::mt19937 random(99);
  const auto &models = getSmallModels();
  for (unsigned round = 0; round < 20000; ++round) {
    std::string bytes = models[round % models.size()].bytes;
    mutate(bytes, random);
    importer.import(bytes);
  }
}

TEST(Robustness, RandomChangesOfTheExample) {
  Importer importer;
  std::mt19937 random(7);
  const std::string model = readFile(STM32_EXAMPLE_MODEL);
  ASSERT_FALSE(model.empty());
  for (unsigned round = 0; round < 4000; ++round) {
    std::string bytes = model;
    mutate(bytes, random);
    importer.import(bytes);
  }
  for (size_t length = 0; length < model.size(); length += 61)
    importer.import(model.substr(0, length));
}

} // namespace
