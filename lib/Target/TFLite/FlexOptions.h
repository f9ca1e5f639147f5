//===- FlexOptions.h - Options of CUSTOM operators --------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The options of most CUSTOM operators are a FlexBuffer, a format of its own
// that the verifier of the model does not look into.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_TARGET_TFLITE_FLEXOPTIONS_H
#define STM32_LIB_TARGET_TFLITE_FLEXOPTIONS_H

#include "ModelReader.h"
#include "flatbuffers/flexbuffers.h"
#include <cstring>

namespace mlir::stm32::tflite {

/// Reads a FlexBuffer from a hostile file; the first defect is kept.
class FlexOptions {
public:
  explicit FlexOptions(llvm::ArrayRef<uint8_t> bytes)
      : words((bytes.size() + sizeof(uint64_t) - 1) / sizeof(uint64_t)) {
    // The format wants its values aligned, the file aligns only the first byte.
    if (!bytes.empty())
      std::memcpy(words.data(), bytes.data(), bytes.size());
    const auto *data = reinterpret_cast<const uint8_t *>(words.data());
    std::vector<uint8_t> seen;
    flexbuffers::Verifier verifier(data, bytes.size(), &seen,
                                   /*_check_alignment=*/true,
                                   limits::kTableDepth);
    if (bytes.empty())
      defect = "its options are missing";
    else if (!verifier.VerifyBuffer())
      defect = "its options are damaged";
    else if (root = flexbuffers::GetRoot(data, bytes.size()); !root.IsMap())
      defect = "its options are no map";
  }

  /// A number in [least, most]; `value` stays where an optional one is absent.
  template <typename T>
  void read(const char *key, double least, double most, T &value,
            bool isOptional = false) {
    if (!defect.empty())
      return;
    flexbuffers::Reference entry = root.AsMap()[key];
    if (entry.IsNull() && isOptional)
      return;
    if (!entry.IsIntOrUint() && !entry.IsFloat() && !entry.IsBool()) {
      defect = std::string("its option ") + key + " is not a number";
      return;
    }
    double number = entry.IsFloat()  ? entry.AsDouble()
                    : entry.IsBool() ? double(entry.AsBool())
                                     : double(entry.AsInt64());
    if (!(number >= least && number <= most)) {
      defect = std::string("its option ") + key + " is out of range";
      return;
    }
    value = static_cast<T>(number);
  }

  std::string defect;

private:
  llvm::SmallVector<uint64_t> words;
  flexbuffers::Reference root;
};

} // namespace mlir::stm32::tflite

#endif // STM32_LIB_TARGET_TFLITE_FLEXOPTIONS_H
