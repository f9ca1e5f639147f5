//===- KernelRecords.h - What the runtime's kernels can do ------*- C++ -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel record says which operator a C function of the runtime serves, under
// which conditions, on which instruction set, how its constants are packed, how
// much scratch it takes and what it costs. The records are in Kernels.td;
// choosing a kernel is a search over them.
//
// A new kernel is one record and one C file. Records that are not in Kernels.td
// (tests, other projects) join with registerKernelRecord before any pass runs.
//
//===----------------------------------------------------------------------===//

#ifndef STM32_TARGET_KERNELRECORDS_H
#define STM32_TARGET_KERNELRECORDS_H

#include "stm32/Dialect/STM32/IR/STM32Dialect.h"

namespace mlir::stm32 {

/// Instruction set that a kernel needs.
enum class Isa { C, DSP, MVE };

/// Its name as an option or a report has it: c, dsp, mve.
llvm::StringRef stringifyIsa(Isa isa);

/// What a compilation optimises for, as bits of KernelRecord::aims.
enum Aim : unsigned {
  AimTime = 1,
  AimBalanced = 2,
  AimRam = 4,
  AimFlash = 8,
};
inline constexpr unsigned allAims = AimTime | AimBalanced | AimRam | AimFlash;

/// The aim of that name: time, balanced, ram or flash.
std::optional<Aim> symbolizeAim(llvm::StringRef name);

/// Order of a kernel's constants in their block; see packConstants.
enum class Packing {
  None,         ///< The kernel has no constants.
  Plain,        ///< bias, multiplier, shift, weights as they are.
  ChannelPairs, ///< bias, doubled multiplier, shift less 32, words with weights
                ///< of two outputs.
  ChannelQuads, ///< bias, doubled multiplier, shift less 32, weights of a
                ///< depthwise convolution, those of four channels one behind
                ///< the other.
  PairStream, ///< One stream with constants and weights of two outputs after the
              ///< other, in the order in which they are needed.
  WideStream, ///< The same with weights of 16 bits.
  QuadStream, ///< The same of four outputs.
  BlocksOf16, ///< bias, multiplier, shift, weights in blocks of four outputs
              ///< by 16 terms, without padding.
};

struct AcceleratedKernel;

struct KernelRecord {
  llvm::StringRef name;   ///< C symbol; `<name>_rows` computes a band.
  llvm::StringRef op;     ///< Operation it serves, e.g. "stm32.conv_2d".
  llvm::StringRef source; ///< C file, relative to runtime/src.
  Isa isa;
  Packing packing;
  /// True if the kernel can do this operation.
  bool (*matches)(ComputeOpInterface op);
  /// Bytes of scratch.
  int64_t (*scratch)(ComputeOpInterface op);
  /// Estimated instructions of one run.
  double (*cost)(ComputeOpInterface op);
  /// Output rows that a kernel over windows computes together, counted from the
  /// first one of its call: what it reads for them may be read after any of
  /// them is written. See Accesses.h.
  int64_t rowsAtOnce = 1;
  /// What the kernel is chosen for: others would pay too much for its speed.
  unsigned aims = allAims;
  /// Set for a function of an accelerator: it is used where the driver says so,
  /// and has no bands. See Accelerators.h.
  const AcceleratedKernel *accelerated = nullptr;
};

/// All records, those of Kernels.td first.
llvm::ArrayRef<KernelRecord> getKernelRecords();

/// Adds a record; its strings must outlive every use. `sourceText` is the text
/// of the C file if it is not one of the runtime's own.
void registerKernelRecord(const KernelRecord &record,
                          llvm::StringRef sourceText = {});

/// Adds a record in place of the one of its name, if there is one.
void replaceKernelRecord(const KernelRecord &record);

/// The record of that name, or null.
const KernelRecord *lookupKernelRecord(llvm::StringRef name);

/// True if the kernel can do `op`, on a core that has its instruction set.
bool canServe(const KernelRecord &record, ComputeOpInterface op);

/// Text of a kernel's C file that was registered with its record, or "".
llvm::StringRef getRegisteredSource(llvm::StringRef source);

} // namespace mlir::stm32

#endif // STM32_TARGET_KERNELRECORDS_H
