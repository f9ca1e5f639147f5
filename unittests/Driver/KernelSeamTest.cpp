//===- KernelSeamTest.cpp - A kernel is one record and one C file ---------===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Adds a kernel from outside, compiles a model that it serves, builds the C
// with the host's compiler and runs it.
//
//===----------------------------------------------------------------------===//

#include "stm32/Driver/Driver.h"
#include "stm32/Target/KernelRecords.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::stm32;

namespace {

/// A maximum over windows that always finds 42.
constexpr llvm::StringLiteral kKernelText = R"c(
#include "stm32rt_kernels.h"
void seam_max_pool(const stm32rt_window *d, const void *x, void *y);
void seam_max_pool(const stm32rt_window *d, const void *x, void *y) {
  int8_t *out = (int8_t *)y;
  (void)x;
  for (int32_t i = 0; i < d->y.height * d->y.width * d->y.channels; i++)
    out[i] = 42;
}
)c";

constexpr llvm::StringLiteral kModelText = R"mlir(
stm32.model @net inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<1x4x4x2xi8>):
  %y = stm32.max_pool_2d %x {clamp = array<i32: -128, 127>,
    padding = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>,
    window = array<i64: 2, 2>} : (tensor<1x4x4x2xi8>) -> tensor<1x2x2x2xi8>
  stm32.output %y : tensor<1x2x2x2xi8>
}
)mlir";

/// Exit status 0 if every output is `WANTED`.
constexpr llvm::StringLiteral kMainText = R"c(
#include "net.h"
#include "net_data.h"
int main(void) {
  AI_ALIGNED(32) static ai_u8 pool[AI_NET_DATA_ACTIVATIONS_SIZE];
  static ai_u8 image[AI_NET_IN_1_SIZE_BYTES];
  static signed char result[AI_NET_OUT_1_SIZE_BYTES];
  const ai_handle acts[] = {pool};
  ai_handle net = AI_HANDLE_NULL;
  ai_u16 n;
  if (ai_net_create_and_init(&net, acts, NULL).type != AI_ERROR_NONE)
    return 2;
  ai_buffer *in = ai_net_inputs_get(net, &n), *out = ai_net_outputs_get(net, &n);
  in[0].data = AI_HANDLE_PTR(image);
  out[0].data = AI_HANDLE_PTR(result);
  if (ai_net_run(net, in, out) != 1)
    return 3;
  for (int i = 0; i < 8; i++)
    if (result[i] != WANTED)
      return 1;
  return 0;
}
)c";

/// A folder that is removed at the end.
class Folder {
public:
  Folder() { llvm::sys::fs::createUniqueDirectory("kernel-seam", path); }
  ~Folder() { llvm::sys::fs::remove_directories(path); }
  std::string operator/(llvm::StringRef name) const {
    llvm::SmallString<128> result(path);
    llvm::sys::path::append(result, name);
    return result.str().str();
  }

private:
  llvm::SmallString<128> path;
};

void write(const std::string &path, llvm::StringRef text) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  ASSERT_FALSE(error) << error.message();
  file << text;
}

/// Compiles the model into `folder`/c; the errors if it fails.
std::string compileModel(const Folder &folder) {
  write(folder / "model.mlir", kModelText);
  CompileOptions options;
  options.models = {folder / "model.mlir"};
  options.folder = folder / "c";
  options.target = "host";
  options.names = {"net"};
  options.quiet = true;
  std::string errors;
  llvm::raw_string_ostream err(errors);
  bool failed = mlir::failed(compile(options, llvm::nulls(), err));
  return failed && errors.empty() ? "failed without an error" : errors;
}

/// Builds and runs the program; its exit status.
int runProgram(const Folder &folder, llvm::StringRef wanted) {
  write(folder / "c/main.c", kMainText);
  std::vector<std::string> words = {STM32_HOST_CC, "-std=c11", "-I",
                                    folder / "c", ("-DWANTED=" + wanted).str()};
  std::error_code error;
  for (llvm::sys::fs::directory_iterator file(folder / "c", error), end;
       file != end && !error; file.increment(error))
    if (llvm::sys::path::extension(file->path()) == ".c")
      words.push_back(file->path());
  words.insert(words.end(), {"-o", folder / "program"});
  std::vector<llvm::StringRef> arguments(words.begin(), words.end());
  if (int status = llvm::sys::ExecuteAndWait(STM32_HOST_CC, arguments))
    return 100 + status;
  std::string program = folder / "program";
  return llvm::sys::ExecuteAndWait(program, {program});
}

TEST(KernelSeam, ANewKernelIsOneRecordAndOneFile) {
  {
    Folder before;
    ASSERT_EQ(compileModel(before), "");
    // Zeros in, zeros out: the runtime's own kernel.
    EXPECT_EQ(runProgram(before, "0"), 0);
    EXPECT_FALSE(llvm::sys::fs::exists(before / "c/seam_max_pool.c"));
  }
  registerKernelRecord({"seam_max_pool", "stm32.max_pool_2d",
                        "kernels/test/seam_max_pool.c", Isa::C, Packing::None,
                        [](ComputeOpInterface) { return true; },
                        [](ComputeOpInterface) -> int64_t { return 0; },
                        [](ComputeOpInterface) { return 0.0; }},
                       kKernelText);
  Folder after;
  ASSERT_EQ(compileModel(after), "");
  EXPECT_TRUE(llvm::sys::fs::exists(after / "c/seam_max_pool.c"));
  EXPECT_FALSE(llvm::sys::fs::exists(after / "c/stm32rt_max_pool_2d_s8.c"));
  EXPECT_EQ(runProgram(after, "42"), 0);
}

} // namespace
