//===- SourceWriter.h - Writing <name>.c ------------------------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The file of one model, section by section:
//
//   ModelSource.cpp       includes, the model, the ai_<name>_* functions
//   SourceOperators.cpp   a descriptor and a function for each operator
//   SourceTables.cpp      the tables that the model points to
//
//===----------------------------------------------------------------------===//

#ifndef STM32_LIB_CONVERSION_STM32TOEMITC_SOURCEWRITER_H
#define STM32_LIB_CONVERSION_STM32TOEMITC_SOURCEWRITER_H

#include "CFile.h"

#include "llvm/ADT/StringMap.h"

namespace mlir::stm32 {

/// Writes the file of one model, section by section.
class SourceWriter {
public:
  SourceWriter(CFile &file, const ModelPlan &plan, const FrontMatter &front)
      : file(file), plan(plan), name(plan.identifier),
        fullNames(front.fullNames) {
    for (const std::string &api : front.apis)
      if (lookupApi(api)->getFunction)
        getFunction = lookupApi(api)->getFunction;
  }

  void writeIncludes();
  LogicalResult writeOperators(unsigned &numShared);
  void writeTables();
  void writeModel();
  void writeFunctions();

private:
  void writeSection(StringRef title);
  void writePrototypes(ArrayRef<KernelCall> calls);
  /// Name of a constant with this type and value; a new one if there is none.
  std::string getDescriptor(StringRef type, const std::string &value,
                            const std::string &newName, unsigned &numShared);
  /// The address of a buffer; of rows of an image, that of its row `row`. The
  /// text begins in `column`.
  std::string getAddress(Value buffer, unsigned column = 0);
  std::string getLocals(const OperatorPlan &entry, ArrayRef<Operand> operands,
                        unsigned indent);
  std::string getCall(const OperatorPlan &entry, const KernelCall &call,
                      StringRef descriptor, ArrayRef<Operand> operands,
                      unsigned indent, bool hasContext);
  void writeOperator(unsigned index, const KernelCall &call,
                     unsigned &numShared);
  StringRef getTableName(const TensorPlan &tensor) const;
  void writeTensorTable();
  void writeStateTable();
  void writeOperatorTable();
  void writeStepTable();
  void writeTransferTable();
  void writeAcceleratorTable();
  void writeIndexTable(StringRef suffix, ArrayRef<unsigned> tensors);

  CFile &file;
  const ModelPlan &plan;
  const std::string name;
  const bool fullNames;
  /// Of the API that makes operators public, or null.
  std::string (*getFunction)(const ModelPlan &, unsigned) = nullptr;
  llvm::StringMap<std::string> descriptors;
  /// Addresses of the descriptors of custom operators, see writeOperators.
  SmallVector<std::string> customs;
  SmallVector<std::string> operatorDescriptors; ///< their names
};

} // namespace mlir::stm32

#endif // STM32_LIB_CONVERSION_STM32TOEMITC_SOURCEWRITER_H
