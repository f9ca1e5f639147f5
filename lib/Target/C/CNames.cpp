//===- CNames.cpp - Names and strings in C --------------------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/C/CNames.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"

#include <limits>

using namespace llvm;
using namespace mlir;

StringRef stm32::getToolVersion() { return STM32_VERSION; }

//===----------------------------------------------------------------------===//
// Identifiers
//===----------------------------------------------------------------------===//

static bool isIdentifier(StringRef name) {
  return !name.empty() && !isDigit(name.front()) &&
         all_of(name, [](char c) { return isAlnum(c) || c == '_'; });
}

/// Keywords of C11 and C++17, and what the headers of C define as macros.
static bool isKeyword(StringRef name) {
  static const llvm::StringSet<> keywords = {
      "alignas",      "alignof",  "and",           "and_eq",
      "asm",          "auto",     "bitand",        "bitor",
      "bool",         "break",    "case",          "catch",
      "char",         "char16_t", "char32_t",      "class",
      "compl",        "const",    "const_cast",    "constexpr",
      "continue",     "decltype", "default",       "delete",
      "do",           "double",   "dynamic_cast",  "else",
      "enum",         "explicit", "export",        "extern",
      "false",        "float",    "for",           "friend",
      "goto",         "if",       "inline",        "int",
      "long",         "mutable",  "namespace",     "new",
      "noexcept",     "not",      "not_eq",        "nullptr",
      "operator",     "or",       "or_eq",         "private",
      "protected",    "public",   "register",      "reinterpret_cast",
      "restrict",     "return",   "short",         "signed",
      "sizeof",       "static",   "static_assert", "static_cast",
      "struct",       "switch",   "template",      "this",
      "thread_local", "throw",    "true",          "try",
      "typedef",      "typeid",   "typename",      "typeof",
      "union",        "unsigned", "using",         "virtual",
      "void",         "volatile", "wchar_t",       "while",
      "xor",          "xor_eq"};
  return keywords.contains(name);
}

/// Headers of C, any of which may include another one.
static bool isStandardHeader(StringRef name) {
  static const llvm::StringSet<> headers = {
      "assert",   "complex",  "ctype",  "errno",       "fenv",    "float",
      "inttypes", "iso646",   "limits", "locale",      "math",    "setjmp",
      "signal",   "stdalign", "stdarg", "stdatomic",   "stdbool", "stddef",
      "stdint",   "stdio",    "stdlib", "stdnoreturn", "string",  "tgmath",
      "threads",  "time",     "uchar",  "wchar",       "wctype"};
  return headers.contains(name);
}

static bool isRuntimeName(StringRef name) {
  return name.starts_with("stm32rt") || name.starts_with("ai_platform");
}

std::string stm32::explainBadFunctionName(StringRef name) {
  if (!isIdentifier(name))
    return "is not an identifier of C";
  if (isKeyword(name) || name.starts_with("_"))
    return "is reserved in C or C++";
  if (isRuntimeName(name.lower()))
    return "is a name of the runtime";
  return "";
}

std::string stm32::explainBadModelName(StringRef name) {
  // File systems may not tell capitals from small letters.
  if (isIdentifier(name) && isStandardHeader(name.lower()))
    return "is the name of a header of C";
  return explainBadFunctionName(name);
}

std::string stm32::makeIdentifier(StringRef name, StringRef fallback) {
  std::string result;
  for (char c : name)
    result += isAlnum(c) ? c : '_';
  if (result.find_first_not_of('_') == std::string::npos)
    result = fallback.str();
  StringRef trimmed = StringRef(result).ltrim('_');
  if (isDigit(trimmed.front()))
    return (fallback + "_" + trimmed).str();
  if (explainBadModelName(trimmed).empty())
    return trimmed.str();
  // Runtime names are refused by their beginning, so a suffix is not enough.
  return isRuntimeName(trimmed.lower()) ? (fallback + "_" + trimmed).str()
                                        : (trimmed + "_").str();
}

std::string stm32::makeUniqueIdentifier(StringRef name, StringRef fallback,
                                        llvm::StringSet<> &taken) {
  std::string base = makeIdentifier(name, fallback);
  std::string result = base;
  // Macros are made of capitals: names must differ in more than case.
  for (unsigned number = 2; !taken.insert(StringRef(result).lower()).second;
       ++number)
    result = base + "_" + std::to_string(number);
  return result;
}

std::string stm32::makeMacroName(StringRef identifier) {
  return identifier.upper();
}

//===----------------------------------------------------------------------===//
// Strings and comments
//===----------------------------------------------------------------------===//

std::string stm32::quoteString(StringRef text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (c == '?' && result.back() == '?') {
      // Two question marks may begin a trigraph.
      result += "\\?";
    } else if (isPrint(c)) {
      result += c;
    } else {
      // Octal escapes end after three digits, whatever follows.
      unsigned char byte = static_cast<unsigned char>(c);
      result += '\\';
      for (int shift : {6, 3, 0})
        result += static_cast<char>('0' + ((byte >> shift) & 7));
    }
  }
  return result + "\"";
}

std::string stm32::commentText(StringRef text) {
  constexpr size_t kLongest = 48;
  std::string result;
  for (char c : text.take_front(kLongest)) {
    if (!isPrint(c) || c == '\\' || c == '?')
      c = '_';
    bool mark = (c == '/' || c == '*') && !result.empty() &&
                (result.back() == '/' || result.back() == '*');
    result += mark ? '_' : c;
  }
  // What follows the text may be the end of the comment.
  if (!result.empty() && result.back() == '/')
    result.back() = '_';
  if (!result.empty() && (result.front() == '/' || result.front() == '*'))
    result.front() = '_';
  return text.size() > kLongest ? result + "..." : result;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

std::string stm32::groupThousands(uint64_t value) {
  std::string digits = std::to_string(value);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

std::string stm32::floatLiteral(float value) {
  APFloat number(value);
  if (number.isZero())
    return number.isNegative() ? "-0.0f" : "0.0f";
  char text[64];
  unsigned length =
      number.convertToHexString(text, /*hexDigits=*/0, /*upperCase=*/false,
                                APFloat::roundingMode::NearestTiesToEven);
  return std::string(text, length) + "f";
}

std::string stm32::intLiteral(int64_t value) {
  // The minimum has no literal: -2147483648 is an operator on a larger type.
  if (value == std::numeric_limits<int32_t>::min())
    return "INT32_MIN";
  return std::to_string(value);
}
