//===- ParameterFile.cpp - Constants in TVM's format ----------------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "stm32/Target/C/ParameterFile.h"

#include "llvm/Support/EndianStream.h"

using namespace mlir;
using namespace mlir::stm32;

static constexpr uint64_t kListMagic = 0xF7E58D4F05049CB7;
static constexpr uint64_t kArrayMagic = 0xDD5E40F096B4A13F;

using Writer = llvm::support::endian::Writer;

/// Elements one by one: an attribute packs bits, and stores equal ones once.
static void writeElements(Writer &writer, DenseElementsAttr value) {
  auto write = [&](const APInt &element) {
    for (unsigned bit = 0; bit < element.getBitWidth(); bit += 8)
      writer.write<uint8_t>(element.extractBitsAsZExtValue(
          std::min(8u, element.getBitWidth()), bit));
  };
  if (isa<ComplexType>(value.getElementType()))
    for (const std::complex<APFloat> &element :
         value.getValues<std::complex<APFloat>>()) {
      write(element.real().bitcastToAPInt());
      write(element.imag().bitcastToAPInt());
    }
  else if (isa<FloatType>(value.getElementType()))
    for (const APFloat &element : value.getValues<APFloat>())
      write(element.bitcastToAPInt());
  else
    for (const APInt &element : value.getValues<APInt>())
      write(element);
}

static void writeArray(Writer &writer, DenseElementsAttr value) {
  Type type = value.getElementType();
  int64_t bytes = getElementBytes(type);
  bool isUnsigned = type.isUnsignedInteger() || type.isInteger(1);
  uint8_t code = isa<ComplexType>(type) ? 5
                 : isa<FloatType>(type) ? 2
                 : isUnsigned           ? 1
                                        : 0;
  writer.write<uint64_t>(kArrayMagic);
  writer.write<uint64_t>(0);
  writer.write<int32_t>(1);
  writer.write<int32_t>(0);
  writer.write<int32_t>(value.getType().getRank());
  writer.write<uint8_t>(code);
  writer.write<uint8_t>(8 * bytes);
  writer.write<uint16_t>(1);
  for (int64_t dim : value.getType().getShape())
    writer.write<int64_t>(dim);
  writer.write<int64_t>(bytes * value.getNumElements());
  writeElements(writer, value);
}

std::string stm32::getParameterFile(const ModelPlan &plan) {
  SmallVector<std::pair<std::string, DenseElementsAttr>> arrays;
  for (const ConstantBlock &block : plan.blocks)
    for (const ConstantField &field : block.fields)
      arrays.emplace_back(block.identifier + "." + field.identifier,
                          field.value);
  std::string text;
  llvm::raw_string_ostream os(text);
  Writer writer(os, llvm::endianness::little);
  writer.write<uint64_t>(kListMagic);
  writer.write<uint64_t>(0);
  writer.write<uint64_t>(arrays.size());
  for (auto &[name, value] : arrays) {
    writer.write<uint64_t>(name.size());
    os << name;
  }
  writer.write<uint64_t>(arrays.size());
  for (auto &[name, value] : arrays)
    writeArray(writer, value);
  return text;
}
