//===- RelocatableImage.cpp - Compiling what becomes an image -------------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RelocatableImage.h"

#include "JsonFile.h"

#include "stm32/Target/C/CNames.h"
#include "stm32/Target/C/OutputFolder.h"
#include "stm32/Target/C/RuntimeFiles.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace mlir;
using namespace mlir::stm32;
using llvm::Error;
using llvm::Expected;
namespace path = llvm::sys::path;

static Expected<std::string> findCompiler(const ImageOptions &options) {
  bool isHost = options.part->cpu.empty();
  std::string name = !options.compiler.empty() ? options.compiler
                     : isHost                  ? "gcc"
                                               : "arm-none-eabi-gcc";
  llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName(name);
  if (found)
    return *found;
  std::string package =
      isHost ? "gcc" : "gcc-arm-none-eabi and libnewlib-arm-none-eabi";
  return makeJsonError(
      "--relocatable compiles the model, but there is no program '" + name +
      "'; Debian has it in " + package + ", and --cc names another one");
}

/// Options for the part, the same as firmware for it uses.
static SmallVector<std::string> getTargetOptions(const PartRecord &part) {
  if (part.cpu.empty())
    return {"-DIMAGE_WITHOUT_LIBC"};
  return {("-mcpu=" + part.cpu).str(), "-mthumb",
          part.hasFpu ? "-mfloat-abi=hard" : "-mfloat-abi=soft"};
}

static StringRef getLevel(StringRef optimize) {
  if (optimize == "time")
    return "-O3";
  return optimize == "flash" ? "-Os" : "-O2";
}

/// The lines that say what is wrong, without the temporary folder.
static std::string summarize(StringRef log, StringRef folder) {
  static constexpr size_t most = 5;
  std::string text;
  size_t count = 0;
  while (!log.empty() && count < most) {
    StringRef line;
    std::tie(line, log) = log.split('\n');
    if ((!line.contains("error:") && !line.contains("undefined reference")) ||
        line.starts_with("collect2:"))
      continue;
    // A linker begins with its own name.
    if (size_t end = line.find("/ld: "); end != StringRef::npos)
      line = line.drop_front(end + 5);
    std::string plain = line.str();
    std::string prefix = folder.str() + "/";
    for (size_t at; (at = plain.find(prefix)) != std::string::npos;)
      plain.erase(at, prefix.size());
    text += "\n  " + plain;
    ++count;
  }
  return text;
}

static bool isSource(StringRef name) {
  StringRef extension = path::extension(name);
  return extension == ".c" || extension == ".S";
}

Expected<std::string> stm32::makeImage(const ModelPlan &plan,
                                       ArrayRef<OutputFile> files,
                                       const ImageOptions &options) {
  Expected<std::string> compiler = findCompiler(options);
  if (!compiler)
    return compiler.takeError();
  llvm::SmallString<128> folder;
  if (std::error_code code =
          llvm::sys::fs::createUniqueDirectory("stm32-image", folder))
    return makeJsonError("cannot make a temporary folder: " + code.message());
  llvm::scope_exit remove([&] { llvm::sys::fs::remove_directories(folder); });
  auto place = [&](StringRef name) { return (folder + "/" + name).str(); };

  // The core and the functions for applications belong to the firmware.
  llvm::StringSet<> common;
  SmallVector<OutputFile> all(files);
  for (const RuntimeFile &file : getRuntimeFiles()) {
    if (file.path.starts_with("image/") && !file.path.ends_with("image.c"))
      all.push_back({path::filename(file.path).str(), file.text.str()});
    else if (!file.path.starts_with("src/kernels/"))
      common.insert(path::filename(file.path));
  }
  if (Error error = writeOutputFolder(folder, all))
    return error;

  SmallVector<std::string> words{*compiler, "-std=c11",
                                 getLevel(options.optimize).str()};
  llvm::append_range(words, getTargetOptions(*options.part));
  std::string macro = makeMacroName(plan.identifier);
  llvm::append_range(
      words, std::initializer_list<std::string>{
                 "-fpie", "-ffunction-sections", "-fdata-sections",
                 "-fno-stack-protector", "-fno-asynchronous-unwind-tables",
                 "-D" + macro + "_WEIGHTS_SECTION=\".nn_weights\"", "-include",
                 place("stm32rt_image_hidden.h"), "-I" + folder.str().str()});
  for (const OutputFile &file : all)
    if (isSource(file.name) && !common.contains(file.name))
      words.push_back(place(file.name));
  // Relocations of the code are kept: readImage looks at them.
  llvm::append_range(
      words,
      std::initializer_list<std::string>{
          "-nostdlib", "-pie", "-Wl,--no-dynamic-linker", "-Wl,--gc-sections",
          "-Wl,--build-id=none", "-Wl,--emit-relocs",
          "-Wl,-T," + place("stm32rt_image.ld"),
          "-Wl,--entry=" + plan.identifier + "_model",
          "-Wl,--defsym=image_code=" + std::to_string(getImageCodeOffset(plan)),
          "-o", place("image.elf")});
  if (!options.part->cpu.empty())
    words.push_back("-lc");
  words.push_back("-lgcc");

  SmallVector<StringRef> arguments(words.begin(), words.end());
  std::string log = place("log.txt"), message;
  std::optional<StringRef> redirects[] = {StringRef(), StringRef(log),
                                          StringRef(log)};
  int status = llvm::sys::ExecuteAndWait(*compiler, arguments, std::nullopt,
                                         redirects, 0, 0, &message);
  if (status != 0) {
    auto text = llvm::MemoryBuffer::getFile(log);
    return makeJsonError("'" + path::filename(*compiler) +
                         "' cannot compile the image" +
                         (message.empty() ? "" : ": " + message) +
                         (text ? summarize((*text)->getBuffer(), folder) : ""));
  }
  auto elf = llvm::MemoryBuffer::getFile(place("image.elf"));
  if (std::error_code code = elf.getError())
    return makeJsonError("'" + path::filename(*compiler) +
                         "' wrote no image: " + code.message());
  return readImage((*elf)->getBuffer(), plan);
}
