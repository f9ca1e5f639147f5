// A model on planned buffers.
stm32.memory_region @ram size(4096)
stm32.memory_region @flash {section = ".rodata"}
stm32.pool @activations in @ram size(1024) align(16)
    {stm32.lower_bound = 960 : i64, stm32.certificate = "optimal"}
stm32.pool @weights in @flash size(16) align(16) constants
stm32.model @tiny inputs([#stm32.io<"x:0", 0.5 : f32, -3>])
    outputs([#stm32.io<"y:0", 0.25 : f32, 3>]) {
  %k = stm32.packed ["bias", "multiplier", "shift", "weights"] [
    dense<7> : tensor<1xi32>, dense<1073741824> : tensor<1xi32>,
    dense<30> : tensor<1xi32>, dense<[1, 2, 3, 4]> : tensor<4xi8>]
    offset(0) : tensor<16xi8>
  %x = stm32.buffer @activations offset(0) storage(0) tensor(0) input(0) : !stm32.buffer<1x2x2x1xi8> loc("x")
  %v = stm32.view %x tensor(1) : !stm32.buffer<1x2x2x1xi8> to !stm32.buffer<1x4xi8> loc("flat")
  %y = stm32.buffer @activations offset(896) storage(1) tensor(2) : !stm32.buffer<1x1xi8> loc("y")
  %s = stm32.buffer @activations offset(960) scratch : !stm32.buffer<64xi8>
  stm32.fully_connected %v packed(%k) into %y scratch(%s) {input_zp = 0 : i32,
    kernel = "stm32rt_fully_connected_s8",
    requant = #stm32.requant<[1073741824], [30], zp = 3, clamp = [-128, 127]>}
    : (!stm32.buffer<1x4xi8>, tensor<16xi8>, !stm32.buffer<1x1xi8>, !stm32.buffer<64xi8>) -> ()
  stm32.output %y : !stm32.buffer<1x1xi8>
}
