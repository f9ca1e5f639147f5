/* Pools as a variable, as a type, and of given size and alignment. */
#include "network.h"

#ifndef BYTES
#define BYTES NETWORK_POOL_ACTIVATIONS_SIZE
#endif
#ifndef ALIGNMENT
#define ALIGNMENT NETWORK_POOL_ACTIVATIONS_ALIGN
#endif

extern STM32RT_ALIGNED(ALIGNMENT) uint8_t memory[BYTES];
extern struct network_activations typed;

STM32RT_CHECK_POOL(NETWORK_POOL_ACTIVATIONS, memory);
STM32RT_CHECK_POOL(NETWORK_POOL_ACTIVATIONS, typed);
STM32RT_ASSERT(sizeof(struct network_activations) >=
                   NETWORK_POOL_ACTIVATIONS_SIZE,
               "a pool's type has its size");
