/*===-- stm32rt_tvm.c - Models in the shape of TVM's C interface -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/
#include "stm32rt_tvm.h"

#include <string.h>

static char last_error[STM32RT_TVM_ERROR_SIZE];
static const stm32rt_tvm_module *bound;
static stm32rt_tvm_module *modules;

void TVMAPISetLastError(const char *msg) {
  size_t size = msg != NULL ? strlen(msg) : 0;
  if (size >= sizeof last_error)
    size = sizeof last_error - 1u;
  if (size != 0)
    memmove(last_error, msg, size);
  last_error[size] = '\0';
}

const char *TVMGetLastError(void) { return last_error; }

static int fail(const char *text) {
#ifdef STM32RT_NO_MESSAGES
  (void)text;
  TVMAPISetLastError(NULL);
#else
  TVMAPISetLastError(text);
#endif
  return -1;
}

/*===-- Running ---===*/

static int is_bound(const stm32rt_tvm_module *module, void *const *pools) {
  const stm32rt_context *context = module->context;
  if (context->model != module->model)
    return 0;
  for (uint32_t i = 0; i < module->model->pool_count; i++)
    if (context->pools[i] != pools[i])
      return 0;
  return 1;
}

int32_t stm32rt_tvm_bind(stm32rt_tvm_module *module, void *const *pools) {
  const stm32rt_model *model = module->model;
  stm32rt_memory memory[STM32RT_MAX_POOLS];
  if (pools == NULL)
    return fail("the workspace pools are NULL");
  for (uint32_t i = 0; i < model->pool_count && i < STM32RT_MAX_POOLS; i++) {
    memory[i].address = pools[i];
    memory[i].size = model->pools[i].size;
  }
  const stm32rt_status status =
      stm32rt_create(module->context, model, memory, model->pool_count, NULL);
  if (status != STM32RT_OK)
    return fail(stm32rt_status_text(status));
  bound = module;
  return 0;
}

typedef struct places {
  void *const *inputs;
  void *const *outputs;
} places;

static void *locate(void *user, int is_output, uint32_t index) {
  const places *p = (const places *)user;
  return is_output ? p->outputs[index] : p->inputs[index];
}

int32_t stm32rt_tvm_run(stm32rt_tvm_module *module, void *const *inputs,
                        void *const *outputs, void *const *pools) {
  const stm32rt_model *model = module->model;
  places p = {inputs, outputs};
  if (inputs == NULL || outputs == NULL || pools == NULL)
    return fail("the inputs, the outputs or the workspace pools are NULL");
  for (uint32_t i = 0; i < model->input_count; i++)
    if (inputs[i] == NULL)
      return fail("an input is NULL");
  for (uint32_t i = 0; i < model->output_count; i++)
    if (outputs[i] == NULL)
      return fail("an output is NULL");
  if (!is_bound(module, pools) && stm32rt_tvm_bind(module, pools) != 0)
    return -1;
  bound = module;
  const stm32rt_status status = stm32rt_run_with(module->context, locate, &p);
  return status == STM32RT_OK ? 0 : fail(stm32rt_status_text(status));
}

void *stm32rt_tvm_place(const stm32rt_model *model, int is_output,
                        uint32_t index, void *const *pools) {
  const uint16_t tensor =
      is_output ? model->outputs[index] : model->inputs[index];
  const stm32rt_tensor *t = &model->tensors[tensor];
  if (pools == NULL || (!is_output && index == 0 && model->stream != NULL))
    return NULL;
  return (uint8_t *)pools[t->pool] + t->offset;
}

/*===-- Workspaces ---===*/

void *TVMBackendAllocWorkspace(int device_type, int device_id, uint64_t nbytes,
                               int dtype_code_hint, int dtype_bits_hint) {
  (void)dtype_code_hint;
  (void)dtype_bits_hint;
  if (device_type != kDLExtDev) {
    (void)fail(
        "nothing is allocated: planned tensors are on kDLExtDev, scratch "
        "is an argument");
    return NULL;
  }
  if (bound == NULL || bound->context->model != bound->model) {
    (void)fail("no module is bound: there is no memory yet");
    return NULL;
  }
  if (device_id < 0 || device_id >= (int)bound->model->tensor_count) {
    (void)fail("the module has no such tensor");
    return NULL;
  }
  if (nbytes > bound->model->tensors[device_id].size) {
    (void)fail("the tensor has not that many bytes");
    return NULL;
  }
  return stm32rt_tensor_data(bound->context, (uint32_t)device_id);
}

int TVMBackendFreeWorkspace(int device_type, int device_id, void *ptr) {
  (void)device_type;
  (void)device_id;
  (void)ptr;
  return 0;
}

/*===-- Functions by name ---===*/

static int find(const stm32rt_tvm_module *module, const char *name,
                TVMFunctionHandle *out) {
  for (uint32_t i = 0; i < module->function_count; i++)
    if (strcmp(module->functions[i].name, name) == 0) {
      /* A handle is a pointer to what nobody may write. */
      *out = (TVMFunctionHandle)(uintptr_t)&module->functions[i];
      return 1;
    }
  return 0;
}

int TVMModGetFunction(TVMModuleHandle mod, const char *func_name,
                      int query_imports, TVMFunctionHandle *out) {
  (void)query_imports;
  if (mod == NULL || func_name == NULL || out == NULL)
    return fail("the module, the name or the result is NULL");
  *out = NULL;
  (void)find((const stm32rt_tvm_module *)mod, func_name, out);
  return 0;
}

void stm32rt_tvm_register(stm32rt_tvm_module *module) {
  for (const stm32rt_tvm_module *m = modules; m != NULL; m = m->next)
    if (m == module)
      return;
  module->next = modules;
  modules = module;
}

int TVMFuncGetGlobal(const char *name, TVMFunctionHandle *out) {
  if (name == NULL || out == NULL)
    return fail("the name or the result is NULL");
  *out = NULL;
  for (const stm32rt_tvm_module *m = modules; m != NULL; m = m->next)
    if (find(m, name, out))
      return 0;
  return 0;
}

int TVMFuncCall(TVMFunctionHandle func, TVMValue *arg_values, int *type_codes,
                int num_args, TVMValue *ret_val, int *ret_type_code) {
  const stm32rt_tvm_function *function = (const stm32rt_tvm_function *)func;
  if (function == NULL)
    return fail("the function is NULL");
  if (ret_type_code != NULL)
    *ret_type_code = kTVMNullptr;
  if (ret_val != NULL)
    ret_val->v_handle = NULL;
  return function->call(arg_values, type_codes, num_args, ret_val,
                        ret_type_code, NULL);
}

int TVMFuncFree(TVMFunctionHandle func) {
  (void)func;
  return 0;
}

int TVMModFree(TVMModuleHandle mod) {
  (void)mod;
  return 0;
}

int stm32rt_tvm_unpack(const TVMValue *args, const int *type_codes,
                       int num_args, void **pointers, uint32_t pointer_count,
                       uint64_t optional, uint32_t *numbers,
                       uint32_t number_count) {
  if (num_args < 0 || (uint32_t)num_args != pointer_count + number_count)
    return fail("the function takes another number of arguments");
  if (num_args != 0 && (args == NULL || type_codes == NULL))
    return fail("the arguments or their types are NULL");
  for (uint32_t i = 0; i < pointer_count; i++) {
    const DLTensor *tensor = (const DLTensor *)args[i].v_handle;
    if (type_codes[i] == kTVMNullptr)
      pointers[i] = NULL;
    else if (type_codes[i] == kTVMOpaqueHandle)
      pointers[i] = args[i].v_handle;
    else if ((type_codes[i] == kTVMDLTensorHandle ||
              type_codes[i] == kTVMNDArrayHandle) &&
             tensor != NULL)
      pointers[i] = (uint8_t *)tensor->data + tensor->byte_offset;
    else
      return fail("an argument is neither a tensor nor a pointer");
    if (pointers[i] == NULL && (i > 63u || (optional >> i & 1u) == 0))
      return fail("an argument is NULL");
  }
  for (uint32_t i = 0; i < number_count; i++) {
    const int64_t value = args[pointer_count + i].v_int64;
    if (type_codes[pointer_count + i] != kDLInt || value < 0 ||
        value > (int64_t)UINT32_MAX)
      return fail("an argument is no number of rows");
    numbers[i] = (uint32_t)value;
  }
  return 0;
}
