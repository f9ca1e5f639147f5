//===- Parts.td - Parts and their memories -----------------*- tablegen -*-===//
//
// Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A part is a record: core, clock, memories. Sizes are bytes; a memory of size
// 0 has no limit. `priority` orders the memories that activations may use, 1 is
// tried first, 0 never: memories without DMA or of another power domain are
// left to the user.
//
//===----------------------------------------------------------------------===//

include "llvm/TableGen/SearchableTable.td"

class Core<string name, string isa, string cpu, bit fpu> {
  string Name = name;
  code Isa = "Isa::" # isa;  // C, DSP or MVE: the best instruction set of its kernels
  string Cpu = cpu;  // as in -mcpu=
  bit Fpu = fpu;
}
def M0Plus : Core<"m0plus", "C", "cortex-m0plus", 0>;
def M3 : Core<"m3", "C", "cortex-m3", 0>;
def M4 : Core<"m4", "DSP", "cortex-m4", 1>;
def M7 : Core<"m7", "DSP", "cortex-m7", 1>;
def M33 : Core<"m33", "DSP", "cortex-m33", 1>;
def M55 : Core<"m55", "MVE", "cortex-m55", 1>;
def HostCore : Core<"host", "C", "", 1>;

class Part<string name, Core core, int mhz, string document> {
  string Name = name;
  string CoreName = core.Name;
  code Isa = core.Isa;
  string Cpu = core.Cpu;
  bit Fpu = core.Fpu;
  bits<16> Mhz = mhz;         // highest clock, 0 if unknown
  string Document = document; // where the record is from
}

def PartTable : GenericTable {
  let FilterClass = "Part";
  let CppTypeName = "PartRow";
  let Fields = ["Name", "CoreName", "Isa", "Cpu", "Fpu", "Mhz", "Document"];
  string TypeOf_Isa = "code";
}

class Memory<Part part, string name, int address, int size> {
  string PartName = part.Name;
  string Name = name;
  bits<32> Address = address;
  bits<32> Size = size;
  bits<8> Priority = 0;
  bits<8> WaitStates = 0;
  bit Flash = 0;
  bit Cacheable = 0;
  bit Dma = 1;
  string Section = "." # name;
}

def MemoryTable : GenericTable {
  let FilterClass = "Memory";
  let CppTypeName = "MemoryRow";
  let Fields = ["PartName", "Name", "Address", "Size", "Priority", "WaitStates",
                "Flash", "Cacheable", "Dma", "Section"];
}

// Generic cores and the host: one RAM and one flash without limit.
class Generic<string name, Core core> : Part<name, core, 0, "no real part">;
multiclass GenericPart<string name, Core core> {
  def Part : Generic<name, core>;
  let Priority = 1 in
  def Ram : Memory<!cast<Part>(NAME # "Part"), "ram", 0, 0>;
  let Flash = 1, Section = ".rodata" in
  def Flash : Memory<!cast<Part>(NAME # "Part"), "flash", 0, 0>;
}
defm GenericM0Plus : GenericPart<"generic-m0plus", M0Plus>;
defm GenericM3 : GenericPart<"generic-m3", M3>;
defm GenericM4 : GenericPart<"generic-m4", M4>;
defm GenericM7 : GenericPart<"generic-m7", M7>;
defm GenericM33 : GenericPart<"generic-m33", M33>;
defm GenericM55 : GenericPart<"generic-m55", M55>;
defm Host : GenericPart<"host", HostCore>;

// STM32F401RE: one SRAM.
def F401 : Part<"stm32f401re", M4, 84, "RM0368, DS10086">;
let Priority = 1 in def : Memory<F401, "sram1", 0x20000000, 0x18000>;
let Flash = 1, WaitStates = 2, Section = ".rodata" in
def : Memory<F401, "flash", 0x08000000, 0x80000>;

// STM32F407VG: SRAM1 and SRAM2 are adjacent but separate in the bus matrix; CCM
// is reached by the core alone.
def F407 : Part<"stm32f407vg", M4, 168, "RM0090, DS8626">;
let Priority = 1 in def : Memory<F407, "sram1", 0x20000000, 0x1C000>;
let Priority = 3 in def : Memory<F407, "sram2", 0x2001C000, 0x4000>;
let Priority = 2, Dma = 0 in def : Memory<F407, "ccm", 0x10000000, 0x10000>;
let Flash = 1, WaitStates = 5, Section = ".rodata" in
def : Memory<F407, "flash", 0x08000000, 0x100000>;

// STM32F405RG: the memories of the F407.
def F405 : Part<"stm32f405rg", M4, 168, "RM0090, DS8626">;
let Priority = 1 in def : Memory<F405, "sram1", 0x20000000, 0x1C000>;
let Priority = 3 in def : Memory<F405, "sram2", 0x2001C000, 0x4000>;
let Priority = 2, Dma = 0 in def : Memory<F405, "ccm", 0x10000000, 0x10000>;
let Flash = 1, WaitStates = 5, Section = ".rodata" in
def : Memory<F405, "flash", 0x08000000, 0x100000>;

// STM32F746NG: DTCM is read without wait states, SRAM1 through the cache.
def F746 : Part<"stm32f746ng", M7, 216, "RM0385, DS10916">;
let Priority = 2 in def : Memory<F746, "dtcm", 0x20000000, 0x10000>;
let Priority = 1, Cacheable = 1 in
def : Memory<F746, "sram1", 0x20010000, 0x3C000>;
let Priority = 3, Cacheable = 1 in
def : Memory<F746, "sram2", 0x2004C000, 0x4000>;
let Flash = 1, WaitStates = 7, Cacheable = 1, Section = ".rodata" in
def : Memory<F746, "flash", 0x08000000, 0x100000>;

// STM32H743ZI: AXI SRAM in domain 1, SRAM1..3 in domain 2, SRAM4 in domain 3.
// DTCM is out of reach of all DMA controllers but MDMA.
def H743 : Part<"stm32h743zi", M7, 480, "RM0433, DS12110">;
let Dma = 0 in def : Memory<H743, "itcm", 0x00000000, 0x10000>;
let Priority = 2, Dma = 0 in def : Memory<H743, "dtcm", 0x20000000, 0x20000>;
let Priority = 1, Cacheable = 1 in
def : Memory<H743, "axi_sram", 0x24000000, 0x80000>;
let Priority = 3, Cacheable = 1, WaitStates = 1 in {
  def : Memory<H743, "sram1", 0x30000000, 0x20000>;
  def : Memory<H743, "sram2", 0x30020000, 0x20000>;
  def : Memory<H743, "sram3", 0x30040000, 0x8000>;
}
let Priority = 4, Cacheable = 1, WaitStates = 1 in
def : Memory<H743, "sram4", 0x38000000, 0x10000>;
let Flash = 1, WaitStates = 4, Cacheable = 1, Section = ".rodata" in
def : Memory<H743, "flash", 0x08000000, 0x200000>;

// STM32L4R5ZI: SRAM1, SRAM2 (seen here behind SRAM3's alias at its own address)
// and SRAM3.
def L4R5 : Part<"stm32l4r5zi", M4, 120, "RM0432, DS12023">;
let Priority = 2 in def : Memory<L4R5, "sram1", 0x20000000, 0x30000>;
let Priority = 3 in def : Memory<L4R5, "sram2", 0x10000000, 0x10000>;
let Priority = 1 in def : Memory<L4R5, "sram3", 0x20040000, 0x60000>;
let Flash = 1, WaitStates = 5, Section = ".rodata" in
def : Memory<L4R5, "flash", 0x08000000, 0x200000>;

// STM32U575ZI: SRAM4 belongs to the low-power domain.
def U575 : Part<"stm32u575zi", M33, 160, "RM0456, DS13737">;
let Priority = 2 in def : Memory<U575, "sram1", 0x20000000, 0x30000>;
let Priority = 3 in def : Memory<U575, "sram2", 0x20030000, 0x10000>;
let Priority = 1 in def : Memory<U575, "sram3", 0x20040000, 0x80000>;
let Priority = 4 in def : Memory<U575, "sram4", 0x28000000, 0x4000>;
let Flash = 1, WaitStates = 4, Cacheable = 1, Section = ".rodata" in
def : Memory<U575, "flash", 0x08000000, 0x200000>;

// STM32G0B1RE: the whole SRAM, with parity check off.
def G0B1 : Part<"stm32g0b1re", M0Plus, 64, "RM0444, DS13560">;
let Priority = 1 in def : Memory<G0B1, "sram", 0x20000000, 0x24000>;
let Flash = 1, WaitStates = 2, Section = ".rodata" in
def : Memory<G0B1, "flash", 0x08000000, 0x80000>;

// STM32N657X0: no internal flash, constants come from external memory that the
// board adds (here the octo-SPI window, without a size). AXISRAM3..6 are shared
// with the NPU, which the compiler does not use.
def N657 : Part<"stm32n657x0", M55, 800, "RM0486, DS14791">;
let Priority = 3, Dma = 0 in def : Memory<N657, "dtcm", 0x30000000, 0x20000>;
let Priority = 2, Cacheable = 1 in
def : Memory<N657, "axisram1", 0x34000000, 0x100000>;
let Priority = 1, Cacheable = 1 in
def : Memory<N657, "axisram2", 0x34100000, 0x100000>;
let Priority = 4, Cacheable = 1 in {
  def : Memory<N657, "axisram3", 0x34200000, 0x70000>;
  def : Memory<N657, "axisram4", 0x34270000, 0x70000>;
  def : Memory<N657, "axisram5", 0x342E0000, 0x70000>;
  def : Memory<N657, "axisram6", 0x34350000, 0x70000>;
}
let Flash = 1, Cacheable = 1, WaitStates = 20, Section = ".rodata" in
def : Memory<N657, "xspi2", 0x70000000, 0>;

// QEMU's mps2-an386, for tests: two RAMs at the addresses of the board.
def AN386 : Part<"mps2-an386", M4, 25, "Arm DAI 0386, QEMU hw/arm/mps2.c">;
let Priority = 1 in def : Memory<AN386, "sram", 0x20000000, 0x400000>;
let Priority = 2, WaitStates = 2, Cacheable = 1 in
def : Memory<AN386, "psram", 0x21000000, 0x1000000>;
let Flash = 1, Section = ".rodata" in
def : Memory<AN386, "flash", 0x00000000, 0x400000>;
