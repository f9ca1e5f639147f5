// RUN: stm32-opt %s --stm32-select-kernels=target=stm32f407vg --stm32-bufferize=target=stm32f407vg --stm32-plan-memory --split-input-file | FileCheck %s

// States lie in a pool of their own. A read whose value is used before the next
// assignment is a view; the assignment is a copy.
// CHECK: stm32.pool @activations in @sram1
// CHECK-NEXT: stm32.pool @states in @sram1 size(16) align(16) states
// CHECK-LABEL: stm32.model @before
// CHECK: %[[X:.*]] = stm32.buffer @activations offset({{[0-9]+}}) storage({{[0-9]+}}) tensor(0) input(0) : <4xi8>
// CHECK-NEXT: %[[S:.*]] = stm32.buffer @states offset(0) storage(0) tensor(1) initial(dense<-7> : tensor<4xi8>) : <4xi8>
// CHECK-NEXT: %[[R:.*]] = stm32.view %[[S]] tensor(2) : !stm32.buffer<4xi8> to <4xi8>
// CHECK-NEXT: %[[Y:.*]] = stm32.buffer @activations {{.*}} tensor(3) : <4xi8>
// CHECK-NEXT: stm32.requantize %[[R]] into %[[Y]]
// CHECK-NEXT: stm32.assign %[[X]] into %[[S]] {kernel = "stm32rt_assign_variable"}
stm32.model @before inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<4xi8>):
  %s = stm32.state dense<-7> : tensor<4xi8> -> <4xi8>
  %0 = stm32.read %s : (!stm32.buffer<4xi8>) -> tensor<4xi8>
  %1 = stm32.requantize %0 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 127]>}
    : (tensor<4xi8>) -> tensor<4xi8>
  stm32.assign %x into %s : (tensor<4xi8>, !stm32.buffer<4xi8>) -> ()
  stm32.output %1 : tensor<4xi8>
}

// -----

// A use behind the assignment, by an assignment itself or as a result of the
// model needs a copy; so does a use through a reshape.
// CHECK-LABEL: stm32.model @behind
// CHECK: %[[S:.*]] = stm32.buffer @states
// CHECK-NEXT: %[[R:.*]] = stm32.buffer @activations {{.*}} tensor(2) : <4xi8>
// CHECK-NEXT: stm32.read %[[S]] into %[[R]] {kernel = "stm32rt_read_variable"}
// CHECK-NEXT: %[[V:.*]] = stm32.view %[[R]] tensor(3) : !stm32.buffer<4xi8> to <2x2xi8>
// CHECK-NEXT: stm32.assign
// CHECK-NEXT: %[[T:.*]] = stm32.buffer @activations
// CHECK-NEXT: stm32.read %[[S]] into %[[T]]
// CHECK: stm32.requantize %[[V]]
// CHECK: stm32.output %{{.*}}, %[[T]]
stm32.model @behind inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>, #stm32.io<"z", 1.0 : f32, 0>]) {
^bb0(%x: tensor<4xi8>):
  %s = stm32.state dense<[1, 2, 3, 4]> : tensor<4xi8> -> <4xi8>
  %0 = stm32.read %s : (!stm32.buffer<4xi8>) -> tensor<4xi8>
  %1 = stm32.reshape %0 : tensor<4xi8> -> tensor<2x2xi8>
  stm32.assign %x into %s : (tensor<4xi8>, !stm32.buffer<4xi8>) -> ()
  %2 = stm32.read %s : (!stm32.buffer<4xi8>) -> tensor<4xi8>
  %3 = stm32.requantize %1 {input_zp = 0 : i32,
    requant = #stm32.requant<[1073741824], [30], zp = 0, clamp = [0, 127]>}
    : (tensor<2x2xi8>) -> tensor<2x2xi8>
  stm32.output %3, %2 : tensor<2x2xi8>, tensor<4xi8>
}

// -----

// Two models keep their states in two pools.
// CHECK: stm32.pool @states{{.*}} in @sram1 {{.*}} states
// CHECK: stm32.pool @states{{.*}} in @sram1 {{.*}} states
// CHECK-LABEL: stm32.model @first
// CHECK: stm32.buffer @[[P:states[_0-9]*]] {{.*}} initial
// CHECK-LABEL: stm32.model @second
// CHECK-NOT: stm32.buffer @[[P]] {{.*}} initial
// CHECK: stm32.buffer @states{{.*}} initial
stm32.model @first inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<4xi8>):
  %s = stm32.state dense<0> : tensor<4xi8> -> <4xi8>
  stm32.assign %x into %s : (tensor<4xi8>, !stm32.buffer<4xi8>) -> ()
  stm32.output %x : tensor<4xi8>
}
stm32.model @second inputs([#stm32.io<"x", 1.0 : f32, 0>])
    outputs([#stm32.io<"y", 1.0 : f32, 0>]) {
^bb0(%x: tensor<4xi8>):
  %s = stm32.state dense<0> : tensor<4xi8> -> <4xi8>
  stm32.assign %x into %s : (tensor<4xi8>, !stm32.buffer<4xi8>) -> ()
  stm32.output %x : tensor<4xi8>
}
