//===- ImageFromElf.cpp - A linked model becomes an image -----------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An image works at any address because of what is not in it: of the words that
// depend on the address, only those of the tables can be changed by a loader,
// and code finds only what moves along with it. The linker accepts more than
// that, so each relocation is looked at.
//
//===----------------------------------------------------------------------===//

#include "RelocatableImage.h"

#include "JsonFile.h"

#include "stm32rt_image.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/CRC.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::stm32;
using namespace llvm::object;
using llvm::Error;
using llvm::Expected;
namespace elf = llvm::ELF;

namespace {
class ImageReader {
public:
  ImageReader(const ELFObjectFileBase &file, const ModelPlan &plan)
      : file(file), plan(plan), word(file.getBytesInAddress()) {}
  Expected<std::string> read();

private:
  Error findSections();
  Error checkReferences(const SectionRef &relocations);
  Error readTables();
  Expected<uint32_t> readMachine();
  void writeTail(uint32_t machine);

  Error refuse(const llvm::Twine &message) {
    return makeJsonError("no image can be made of '" + plan.identifier +
                         "': " + message);
  }
  /// "'f'" for the function or variable that holds `address`; "" if none does.
  std::string describe(uint64_t address);
  bool isIn(const SectionRef &section, uint64_t address) {
    return address >= section.getAddress() &&
           address - section.getAddress() < section.getSize();
  }
  /// The type of a word that needs the image's address and nothing else.
  unsigned getRelativeType();

  const ELFObjectFileBase &file;
  const ModelPlan &plan;
  const unsigned word; ///< bytes of an address
  SectionRef code, tables, machine;
  std::string image;
};
} // namespace

/// Little-endian, as is everything in an image.
static void put32(std::string &image, size_t at, uint32_t value) {
  llvm::support::endian::write32le(image.data() + at, value);
}

size_t stm32::getImageCodeOffset(const ModelPlan &plan) {
  return sizeof(stm32rt_image_header) +
         plan.pools.size() * sizeof(stm32rt_image_pool);
}

uint32_t stm32::getImageTablesSize(StringRef image) {
  return llvm::support::endian::read32le(
      image.data() + offsetof(stm32rt_image_header, tables_size));
}

unsigned ImageReader::getRelativeType() {
  switch (file.getEMachine()) {
  case elf::EM_ARM:
    return elf::R_ARM_RELATIVE;
  case elf::EM_X86_64:
    return elf::R_X86_64_RELATIVE;
  case elf::EM_AARCH64:
    return elf::R_AARCH64_RELATIVE;
  default:
    return ~0u;
  }
}

std::string ImageReader::describe(uint64_t address) {
  std::string name;
  uint64_t best = 0;
  for (ELFSymbolRef symbol : file.symbols()) {
    uint8_t type = symbol.getELFType();
    if (type != elf::STT_FUNC && type != elf::STT_OBJECT)
      continue;
    Expected<uint64_t> start = symbol.getAddress();
    Expected<StringRef> text = symbol.getName();
    if (start && text && *start <= address && *start >= best &&
        address - *start < std::max<uint64_t>(symbol.getSize(), 1)) {
      best = *start;
      name = ("'" + *text + "'").str();
    }
    if (!start)
      llvm::consumeError(start.takeError());
    if (!text)
      llvm::consumeError(text.takeError());
  }
  return name;
}

/// Finds the three sections of an image; others that would be in memory, but
/// for those of the dynamic linker, show what an image cannot have.
Error ImageReader::findSections() {
  for (ELFSectionRef section : file.sections()) {
    Expected<StringRef> name = section.getName();
    if (!name)
      return name.takeError();
    if (*name == ".image")
      code = section;
    else if (*name == ".tables")
      tables = section;
    else if (*name == ".image_machine")
      machine = section;
    else if ((section.getFlags() & elf::SHF_ALLOC) && section.getSize() > 0 &&
             *name != ".got.plt" &&
             !llvm::is_contained({elf::SHT_REL, elf::SHT_RELA, elf::SHT_DYNAMIC,
                                  elf::SHT_DYNSYM, elf::SHT_STRTAB,
                                  elf::SHT_HASH, elf::SHT_GNU_HASH},
                                 section.getType())) {
      std::string symbol = describe(section.getAddress());
      std::string what = symbol.empty() ? "" : " (" + symbol + ")";
      if (section.getFlags() & elf::SHF_TLS || *name == ".data" ||
          *name == ".bss")
        return refuse(
            (symbol.empty() ? "section '" + name->str() + "'" : symbol) +
            " is a variable; the code of an image has only constants, "
            "make it const or keep it in a pool");
      return refuse("section '" + *name + "'" + what +
                    " has no place in an image");
    }
  }
  SectionRef none;
  if (code == none || tables == none || machine == none || code.getSize() == 0)
    return refuse("the linker left out its sections");
  return Error::success();
}

/// Code and constants must not refer to what a loader copies elsewhere.
Error ImageReader::checkReferences(const SectionRef &relocations) {
  for (const RelocationRef &relocation : relocations.relocations()) {
    symbol_iterator symbol = relocation.getSymbol();
    if (symbol == file.symbol_end())
      continue;
    Expected<section_iterator> section = symbol->getSection();
    if (!section)
      return section.takeError();
    if (*section != file.section_end() && **section == code)
      continue;
    Expected<uint32_t> flags = symbol->getFlags();
    if (!flags)
      return flags.takeError();
    std::string from = describe(relocation.getOffset());
    if (from.empty())
      from = "the code";
    Expected<StringRef> name = symbol->getName();
    if (!name)
      return name.takeError();
    if (*flags & SymbolRef::SF_Undefined) {
      if (name->empty())
        continue;
      return refuse(from + " needs '" + *name + "', which is not there");
    }
    if (*flags & SymbolRef::SF_Absolute)
      continue;
    bool isSection = ELFSymbolRef(*symbol).getELFType() == elf::STT_SECTION;
    std::string table = isSection ? "a table" : "'" + name->str() + "'";
    return refuse(from + " reads " + table +
                  ", which holds addresses and is copied to RAM; only the "
                  "descriptor of the model may hold addresses");
  }
  return Error::success();
}

/// Makes each word of the tables that holds an address an offset, and marks it.
Error ImageReader::readTables() {
  std::string bits(
      llvm::divideCeil(tables.getSize() / word, 32) * sizeof(uint32_t), '\0');
  for (const SectionRef &section : file.dynamic_relocation_sections())
    for (ELFRelocationRef relocation : section.relocations()) {
      uint64_t at = relocation.getOffset();
      if (!isIn(tables, at) || (at - tables.getAddress()) % word != 0) {
        std::string symbol = describe(at);
        return refuse((symbol.empty() ? "the code" : symbol) +
                      " holds an address; only tables that the descriptor of "
                      "the model refers to may hold addresses");
      }
      if (relocation.getType() != getRelativeType()) {
        SmallString<32> type;
        relocation.getTypeName(type);
        return refuse(describe(at) + " needs the relocation " + type +
                      ", which an image does not have");
      }
      // Where there is no addend, the word holds it.
      Expected<int64_t> addend = relocation.getAddend();
      if (addend) {
        put32(image, at, static_cast<uint32_t>(*addend));
        if (word == 8)
          put32(image, at + 4, static_cast<uint32_t>(*addend >> 32));
      } else {
        llvm::consumeError(addend.takeError());
      }
      uint64_t index = (at - tables.getAddress()) / word;
      bits[index / 8] |= static_cast<char>(1u << index % 8);
    }
  image += bits;
  return Error::success();
}

Expected<uint32_t> ImageReader::readMachine() {
  Expected<StringRef> bytes = machine.getContents();
  if (!bytes)
    return bytes.takeError();
  if (bytes->size() != sizeof(uint32_t))
    return refuse("the compiler did not say what it compiles for");
  return llvm::support::endian::read32le(bytes->data());
}

/// Fills in the header and the pools, and adds the checksum.
void ImageReader::writeTail(uint32_t machine) {
  uint8_t magic[] = STM32RT_IMAGE_MAGIC;
  std::copy(std::begin(magic), std::end(magic), image.begin());
  auto putText = [&](size_t at, size_t room, StringRef text) {
    llvm::copy(text.take_front(room - 1), image.begin() + at);
  };
#define HEADER(field) offsetof(stm32rt_image_header, field)
  put32(image, HEADER(format), STM32RT_IMAGE_FORMAT);
  put32(image, HEADER(size), image.size() + sizeof(uint32_t));
  put32(image, HEADER(abi_version), STM32RT_ABI_VERSION);
  put32(image, HEADER(machine), machine);
  put32(image, HEADER(alignment),
        std::max<uint64_t>(code.getAlignment().value(), 8));
  put32(image, HEADER(tables), tables.getAddress());
  put32(image, HEADER(tables_size), tables.getSize());
  put32(image, HEADER(model), *file.getStartAddress());
  put32(image, HEADER(pool_count), plan.pools.size());
  putText(HEADER(name), sizeof(stm32rt_image_header::name), plan.identifier);
#undef HEADER
  size_t at = sizeof(stm32rt_image_header);
  for (const PoolPlan &pool : plan.pools) {
    put32(image, at + offsetof(stm32rt_image_pool, size), pool.size);
    put32(image, at + offsetof(stm32rt_image_pool, alignment), pool.alignment);
    putText(at + offsetof(stm32rt_image_pool, name),
            sizeof(stm32rt_image_pool::name), pool.identifier);
    at += sizeof(stm32rt_image_pool);
  }
  uint32_t checksum = llvm::crc32(llvm::arrayRefFromStringRef(image));
  image.resize(image.size() + sizeof(uint32_t));
  put32(image, image.size() - sizeof(uint32_t), checksum);
}

Expected<std::string> ImageReader::read() {
  if (Error error = findSections())
    return error;
  for (const SectionRef &section : file.sections()) {
    Expected<section_iterator> target = section.getRelocatedSection();
    if (!target)
      return target.takeError();
    if (*target != file.section_end() && **target == code)
      if (Error error = checkReferences(section))
        return error;
  }
  uint64_t end = tables.getAddress() + tables.getSize();
  if (end > std::numeric_limits<int32_t>::max())
    return refuse("it would have " + llvm::Twine(end) + " bytes");
  image.assign(end, '\0');
  for (const SectionRef &section : {code, tables}) {
    Expected<StringRef> bytes = section.getContents();
    if (!bytes)
      return bytes.takeError();
    llvm::copy(*bytes, image.begin() + section.getAddress());
  }
  if (Error error = readTables())
    return error;
  Expected<uint32_t> needs = readMachine();
  if (!needs)
    return needs.takeError();
  writeTail(*needs);
  return std::move(image);
}

Expected<std::string> stm32::readImage(StringRef elf, const ModelPlan &plan) {
  auto file =
      ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(elf, "image"));
  if (!file)
    return file.takeError();
  return ImageReader(cast<ELFObjectFileBase>(**file), plan).read();
}
