#include "stm32rt_kernels.h"

void my_mix(const stm32rt_custom *d, const void *const x[], void *const y[],
            void *scratch);
