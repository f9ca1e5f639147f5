/* What must not be in an image, one kind at a time, and what may. */
#include "custom_ops.h"

#if defined(VARIABLE)
static int calls;
static int mix(int a, int b) { return a + b + calls++; }
#elif defined(INITIALISED)
static int last = 1;
static int mix(int a, int b) { return last = last * a + b; }
#elif defined(UNDEFINED)
int missing_function(int a, int b);
static int mix(int a, int b) { return missing_function(a, b); }
#elif defined(WEAK)
__attribute__((weak)) int missing_function(int a, int b);
static int mix(int a, int b) { return missing_function(a, b); }
#elif defined(ADDRESSES)
static const char *const texts[] = {"some", "text"};
static int mix(int a, int b) { return texts[a & 1][b & 3]; }
#elif defined(ABSOLUTE)
const int table[2] = {5, 6};
static int mix(int a, int b) {
  const int *address;
#ifdef __arm__
  __asm__("ldr %0, =table" : "=r"(address));
#else
  __asm__("movabsq $table, %0" : "=r"(address));
#endif
  return address[a & 1] + b;
}
#elif defined(CONSTRUCTOR)
__attribute__((constructor)) static void at_start(void) {
  __asm__ volatile("");
}
static int mix(int a, int b) { return a + b; }
#elif defined(SECTION)
__attribute__((section(".elsewhere"), noinline)) static int mix(int a, int b) {
  return a + b;
}
#elif defined(THREAD)
static _Thread_local int calls;
static int mix(int a, int b) { return a + b + calls++; }
#else
static const int table[2] = {5, 6};
static int mix(int a, int b) { return a + b + table[a & 1]; }
#endif

void my_mix(const stm32rt_custom *d, const void *const x[], void *const y[],
            void *scratch) {
  const int8_t *a = (const int8_t *)x[0];
  uint8_t *out = (uint8_t *)y[0];
  (void)scratch;
  for (int32_t i = 0; i < d->outputs[0].count; i++)
    out[i] = (uint8_t)mix(a[i], i);
}

void my_unique(const stm32rt_custom *d, const void *const x[], void *const y[],
               void *scratch) {
  (void)scratch;
  for (int32_t i = 0; i < d->outputs[0].count; i++)
    ((uint8_t *)y[0])[i] = ((const uint8_t *)x[0])[i];
}
