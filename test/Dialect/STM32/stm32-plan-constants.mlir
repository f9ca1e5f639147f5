// RUN: stm32-opt %s --stm32-plan-constants --split-input-file --verify-diagnostics | FileCheck %s

// Each block at a multiple of 16; equal blocks of a model lie at one place, and
// the pool ends on a multiple as well. The second model begins at 0 again: it
// has constants of its own.
// CHECK: stm32.pool @first in @flash limit(80) size(48) align(4) constants
// CHECK-NOT: stm32.pool @second
// CHECK-LABEL: stm32.model @a
// CHECK: stm32.packed ["x"] [dense<1> : tensor<17xi8>] offset(0)
// CHECK: stm32.packed ["x"] [dense<2> : tensor<3xi8>] offset(32)
// CHECK: stm32.packed ["x"] [dense<1> : tensor<17xi8>] offset(0)
// CHECK-LABEL: stm32.model @b
// CHECK: stm32.packed ["x"] [dense<2> : tensor<3xi8>] offset(0)
// Other names, other fields of the struct.
// CHECK: stm32.packed ["y"] [dense<2> : tensor<3xi8>] offset(16)
stm32.memory_region @flash
stm32.pool @ram in @flash align(16)
stm32.pool @first in @flash limit(80) align(4) constants
stm32.pool @second in @flash align(16) constants
stm32.model @a inputs([]) outputs([]) {
  %0 = stm32.packed ["x"] [dense<1> : tensor<17xi8>] : tensor<17xi8>
  %1 = stm32.packed ["x"] [dense<2> : tensor<3xi8>] offset(1000) : tensor<3xi8>
  %2 = stm32.packed ["x"] [dense<1> : tensor<17xi8>] : tensor<17xi8>
  stm32.output
}
stm32.model @b inputs([]) outputs([]) {
  %0 = stm32.packed ["x"] [dense<2> : tensor<3xi8>] : tensor<3xi8>
  %1 = stm32.packed ["y"] [dense<2> : tensor<3xi8>] : tensor<3xi8>
  stm32.output
}

// -----

// Blocks that are activations like those of weights; equal ones are shared
// whatever the shapes of their views are.
// CHECK: stm32.pool @p in @flash size(32) align(16) constants
// CHECK: stm32.packed ["all"] [dense<1> : tensor<4xi8>] offset(0)
// CHECK: stm32.packed ["values"] [dense<1.000000e+00> : tensor<4xf32>] offset(16)
// CHECK-NEXT: stm32.view
// CHECK-NEXT: stm32.packed ["values"] [dense<1.000000e+00> : tensor<4xf32>] offset(16)
// CHECK-NEXT: stm32.view
stm32.memory_region @flash
stm32.pool @p in @flash align(16) constants
stm32.model @activations inputs([]) outputs([]) {
  %0 = stm32.packed ["all"] [dense<1> : tensor<4xi8>] : tensor<4xi8>
  %1 = stm32.packed ["values"] [dense<1.0> : tensor<4xf32>] : tensor<16xi8>
  %2 = stm32.view %1 : tensor<16xi8> to !stm32.buffer<4xf32>
  %3 = stm32.packed ["values"] [dense<1.0> : tensor<4xf32>] : tensor<16xi8>
  %4 = stm32.view %3 : tensor<16xi8> to !stm32.buffer<2x2xf32>
  stm32.output
}

// -----

// The pool's own alignment, if it is larger; without constants, no bytes.
// CHECK: stm32.pool @p in @flash size(128) align(64) constants
// CHECK: stm32.packed {{.*}} offset(0)
// CHECK: stm32.packed {{.*}} offset(64)
stm32.memory_region @flash
stm32.pool @p in @flash align(64) constants
stm32.model @a inputs([]) outputs([]) {
  %0 = stm32.packed ["x"] [dense<1> : tensor<1xi8>] : tensor<1xi8>
  %1 = stm32.packed ["x"] [dense<2> : tensor<1xi8>] : tensor<1xi8>
  stm32.output
}

// -----

// CHECK: stm32.pool @p in @flash size(0) align(16) constants
stm32.memory_region @flash
stm32.pool @p in @flash align(16) constants

// -----

// expected-error @below {{has no stm32.pool for constants; run --stm32-bufferize first}}
module {
  stm32.memory_region @flash
  stm32.pool @p in @flash align(16)
}

// -----

// The models' constants lie in the flash together.
stm32.memory_region @flash size(1000)
// expected-error @+1 {{memory region 'flash' has 31 bytes for pool 'p', but the constants need 32}}
stm32.pool @p in @flash limit(31) align(16) constants
stm32.model @a inputs([]) outputs([]) {
  %0 = stm32.packed ["x"] [dense<1> : tensor<16xi8>] : tensor<16xi8>
  stm32.output
}
stm32.model @b inputs([]) outputs([]) {
  %0 = stm32.packed ["x"] [dense<1> : tensor<16xi8>] : tensor<16xi8>
  stm32.output
}

// -----

stm32.memory_region @flash size(15)
// expected-error @+1 {{memory region 'flash' has 15 bytes for pool 'p', but the constants need 16}}
stm32.pool @p in @flash align(16) constants
stm32.model @a inputs([]) outputs([]) {
  %0 = stm32.packed ["x"] [dense<1> : tensor<16xi8>] : tensor<16xi8>
  stm32.output
}
