@ Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
@ Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
@
@ Instructions whose number and classes test_cycles.py knows, between two calls of
@ bench_mark.
  .syntax unified
  .cpu cortex-m4
  .fpu fpv4-sp-d16
  .thumb

  .global main
  .type main, %function
main:
  push {r4, lr}
  bl bench_mark          @ the interval begins in bench_mark

  ldr r0, =cell
  movs r4, #10
loop:
  ldr r1, [r0]           @ three loads that overlap
  ldr r2, [r0, #4]
  ldrh r3, [r0, #8]
  smlad r1, r2, r3, r1
  str r1, [r0]
  subs r4, #1
  bne loop               @ nine times of ten

  cbz r4, over           @ taken
  udf #0
over:
  stmia r0!, {r1, r2, r3}
  subs r0, #12
  ldrd r1, r2, [r0]
  movs r3, #3
  sdiv r1, r1, r3
  smull r1, r2, r1, r3
  cmp r3, #5
  beq over               @ never
  it ne
  addne r3, #1
  vmov s0, r3
  vcvt.f32.s32 s0, s0
  vadd.f32 s1, s0, s0
  vfma.f32 s1, s0, s0
  vdiv.f32 s1, s1, s0
  bl bench_mark
  movs r0, #5
  pop {r4, pc}

  .global bench_mark
  .type bench_mark, %function
bench_mark:
  bx lr

  .ltorg
  .bss
  .align 3
cell:
  .space 16
