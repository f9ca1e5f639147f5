//===- CFile.h - Writing one C file as EmitC --------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Includes and globals are operations of EmitC. Functions are verbatim text:
// EmitC names every argument and local v1, v2 and so on, and generated code is
// there to be read.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_CONVERSION_STM32TOEMITC_CFILE_H
#define STM32_LIB_CONVERSION_STM32TOEMITC_CFILE_H

#include "stm32/Dialect/STM32/IR/STM32Custom.h"
#include "stm32/Target/C/CNames.h"
#include "stm32/Target/C/ModelPlan.h"

#include "mlir/Dialect/EmitC/IR/EmitC.h"
#include "mlir/IR/Builders.h"

namespace mlir::stm32 {

/// Appends to the body of a new `emitc.file`.
class CFile {
public:
  CFile(OpBuilder &builder, Location loc, const std::string &name)
      : builder(builder), loc(loc) {
    OpBuilder::InsertionGuard guard(builder);
    auto file = emitc::FileOp::create(builder, loc, name);
    body = file.getBody();
  }

  /// Whole lines, without the last line break.
  void text(const llvm::Twine &lines) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(body);
    emitc::VerbatimOp::create(builder, loc, lines.str());
  }
  void blank() { text(""); }
  void include(StringRef file, bool isStandard = false) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(body);
    emitc::IncludeOp::create(builder, loc, file, isStandard);
  }
  /// `[static] const type name = value;`
  void constant(StringRef type, StringRef name, StringRef value,
                bool isStatic = true) {
    global(emitc::OpaqueType::get(builder.getContext(), type), name, value,
           isStatic);
  }
  /// `static const type name[count] = value;`
  void constantArray(StringRef type, StringRef name, int64_t count,
                     StringRef value) {
    Type element = emitc::OpaqueType::get(builder.getContext(), type);
    global(emitc::ArrayType::get({count}, element), name, value,
           /*isStatic=*/true);
  }

private:
  void global(Type type, StringRef name, StringRef value, bool isStatic) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(body);
    emitc::GlobalOp::create(builder, loc, name, type,
                            emitc::OpaqueAttr::get(builder.getContext(), value),
                            /*extern_specifier=*/false,
                            /*static_specifier=*/isStatic,
                            /*const_specifier=*/true);
  }

  OpBuilder &builder;
  Location loc;
  Block *body;
};

/// What the front matter of all files says.
struct FrontMatter {
  std::string target, optimize;
  ArrayRef<std::string> apis; ///< those on request that the files have
  bool fullNames = false;     ///< see --full-names
};

/// Text of the front matter of `file`; `purpose` is one line.
std::string getFrontMatter(const ModelPlan &plan, const FrontMatter &front,
                           StringRef file, StringRef purpose);

/// The comment at the head of a section of a file.
std::string getBanner(StringRef title);

/// "1x32x32x16"
std::string getShapeText(ArrayRef<int64_t> shape);

/// `/* 3: CONV_2D "conv", 1x8x8x3 -> 1x8x8x16, 27,648 MACs */`, indented, in
/// two lines if the name is long.
std::string getOperatorComment(const ModelPlan &plan, unsigned index,
                               unsigned indent = 0);

/// STM32RT_INT8 and so on.
StringRef getTypeConstant(Type elementType);

/// <NAME>_POOL_<POOL>, the index of a pool in the generated header.
std::string getPoolMacro(const ModelPlan &plan, unsigned pool);

/// `items` with commas between them in lines of up to 80 columns. The text
/// begins in column `column` of its line, other lines are indented by `indent`.
std::string wrapItems(ArrayRef<std::string> items, unsigned indent,
                      unsigned column);

/// The descriptor and the shape of the call of an operator's kernel. Where the
/// operands are rows of images, it is the call for one row.
struct KernelCall {
  StringRef type;         ///< of the descriptor, e.g. "stm32rt_window"
  std::string descriptor; ///< its initialiser
  StringRef window;       ///< where its stm32rt_window is, if not all of it
  bool hasConstants;      ///< the kernel takes constants and scratch
  bool hasScratch;        ///< the kernel takes scratch, without constants
};

/// Describes the call of `entry`; what a kernel cannot do is an error.
FailureOr<KernelCall> describeCall(const OperatorPlan &entry);

/// The prototype of the function that `op` calls.
std::string getCustomPrototype(CustomOp op);

/// The body of the call of a function of the user, which takes its operands as
/// arrays, from their addresses; `scratch` may be NULL.
std::string getCustomCall(CustomOp op, StringRef descriptor,
                          ArrayRef<std::string> inputs,
                          ArrayRef<std::string> outputs, StringRef scratch);

/// A pointer that an operator's function gets.
struct Operand {
  /// In the order of a public function.
  enum Kind { Activation, State, Constants, Dest, Scratch } kind;
  std::string name;
  Value buffer; ///< null for constants that are read in their place

  bool isWritten() const { return kind != Activation && kind != Constants; }
  StringRef getType() const { return isWritten() ? "void *" : "const void *"; }
};
/// The operands of an operator, in the order of its kernel's arguments.
SmallVector<Operand> getOperands(const OperatorPlan &entry);
/// The same in the order of a public function.
SmallVector<Operand> getOperandsInOrder(const OperatorPlan &entry);
/// The prototype of an operator's public function, without the semicolon.
std::string getOperatorPrototype(const OperatorPlan &entry, StringRef function);

/// A further shape of a model's functions, on request (`--api`). The runtime's
/// part of it is in runtime/api/<name>/.
struct ApiRecord {
  StringRef name;
  StringRef header;                                ///< that <name>.h includes
  void (*writeHeader)(CFile &, const ModelPlan &); ///< in <name>.h
  void (*writeSource)(CFile &, const ModelPlan &); ///< at the end of <name>.c
  StringRef reserved; ///< a name that no model may have, or ""
  /// The function of an operator that other files may call, which the model
  /// calls too; null if the operators stay private.
  std::string (*getFunction)(const ModelPlan &, unsigned) = nullptr;
  /// `<prefix><name>.h`, where applications look for it, includes <name>.h.
  StringRef prefix = {};
};
/// The record of that name, or null.
const ApiRecord *lookupApi(StringRef name);

/// What `--api stai` and `--api tvm` add to <name>.h and <name>.c.
void writeStaiHeader(CFile &file, const ModelPlan &plan);
void writeStaiSource(CFile &file, const ModelPlan &plan);
void writeTvmHeader(CFile &file, const ModelPlan &plan);
void writeTvmSource(CFile &file, const ModelPlan &plan);
std::string getTvmFunction(const ModelPlan &plan, unsigned index);

/// The files of a model.
LogicalResult writeModelSource(CFile &file, const ModelPlan &plan,
                               const FrontMatter &front, unsigned &numShared);
void writeModelHeader(CFile &file, const ModelPlan &plan,
                      const FrontMatter &front);
void writeDataSource(CFile &file, const ModelPlan &plan,
                     const FrontMatter &front);
void writeDataHeader(CFile &file, const ModelPlan &plan,
                     const FrontMatter &front);

} // namespace mlir::stm32

#endif // STM32_LIB_CONVERSION_STM32TOEMITC_CFILE_H
