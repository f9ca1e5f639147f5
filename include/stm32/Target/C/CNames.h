//===- CNames.h - Names and strings in C ------------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Names of a source model may hold any byte; what goes into C must not change
// its meaning. Everything here is pure text.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_C_CNAMES_H
#define STM32_TARGET_C_CNAMES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"

#include <string>

namespace mlir::stm32 {

/// Version of the tools, as "1.2.3".
llvm::StringRef getToolVersion();

/// Why `name` cannot name a model in C, or "" if it can. A name must be an
/// identifier of C and C++ and its files must not hide others: `<name>.h`
/// stands on the include path beside the headers of C and of the runtime.
std::string explainBadModelName(llvm::StringRef name);

/// Why `name` cannot name a function of the user in C, or "" if it can.
std::string explainBadFunctionName(llvm::StringRef name);

/// An identifier made of `name`: other characters become '_'. Keywords and
/// names that explainBadModelName refuses get a suffix; "" becomes `fallback`.
std::string makeIdentifier(llvm::StringRef name, llvm::StringRef fallback);

/// makeIdentifier, then a number behind it if `taken` has it; adds it there.
std::string makeUniqueIdentifier(llvm::StringRef name, llvm::StringRef fallback,
                                 llvm::StringSet<> &taken);

/// The name's letters as capitals, for macros.
std::string makeMacroName(llvm::StringRef identifier);

/// `text` as a string literal of C, quotes included.
std::string quoteString(llvm::StringRef text);

/// `text` so that it may stand inside of a comment of C: printable, without
/// the beginning or the end of a comment, trigraphs or backslashes; long texts
/// are cut.
std::string commentText(llvm::StringRef text);

/// `value` with a comma between thousands, for comments.
std::string groupThousands(uint64_t value);

/// `value` as a hexadecimal float constant, exact; it must be finite.
std::string floatLiteral(float value);

/// `value` as a constant of type int32_t.
std::string intLiteral(int64_t value);

} // namespace mlir::stm32

#endif // STM32_TARGET_C_CNAMES_H
