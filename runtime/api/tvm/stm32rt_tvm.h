/*===-- stm32rt_tvm.h - Models in the shape of TVM's C interface -----------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * For models generated with --api tvm; docs/Tvm.md says how it is used. The
 * generated header declares tvmgen_<name>_run and a function for each operator,
 * which production code calls directly. Here are the functions that TVM's C
 * runtime has around them: the last error, workspaces, and, for tools,
 * functions by name with packed arguments.
 *
 * The last error, the list of modules and the module whose workspaces are given
 * out are variables of this file: its functions belong to one task.
 */
#ifndef STM32RT_TVM_H
#define STM32RT_TVM_H

#include "stm32rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that are kept of an error's text. */
#ifndef STM32RT_TVM_ERROR_SIZE
#define STM32RT_TVM_ERROR_SIZE 128
#endif

/*===-- Values, as TVM has them ---===*/

enum {
  kDLCPU = 1,
  kDLExtDev = 12 /* here: memory that the compiler has planned */
};

typedef struct DLDevice {
  int32_t device_type;
  int32_t device_id;
} DLDevice;

typedef struct DLDataType {
  uint8_t code; /* kDLInt and so on */
  uint8_t bits;
  uint16_t lanes;
} DLDataType;

typedef struct DLTensor {
  void *data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape;
  int64_t *strides; /* NULL: without gaps */
  uint64_t byte_offset;
} DLTensor;

typedef union TVMValue {
  int64_t v_int64;
  double v_float64;
  void *v_handle;
  const char *v_str;
} TVMValue;

/* What a TVMValue holds. */
enum {
  kDLInt = 0,
  kDLUInt = 1,
  kDLFloat = 2,
  kTVMOpaqueHandle = 3,
  kTVMNullptr = 4,
  kTVMDLTensorHandle = 7,
  kTVMNDArrayHandle = 13
};

typedef void *TVMModuleHandle;
typedef void *TVMFunctionHandle;

typedef int (*TVMBackendPackedCFunc)(TVMValue *args, int *type_codes,
                                     int num_args, TVMValue *out_ret_value,
                                     int *out_ret_tcode, void *resource_handle);

/*===-- Errors and workspaces ---===*/

/* Keeps the beginning of `msg`; NULL is "". */
void TVMAPISetLastError(const char *msg);

/* What a function that returned -1 has said, never NULL. */
const char *TVMGetLastError(void);

/* The place that the compiler has planned for a tensor of the module that was
 * bound or run last: device_type is kDLExtDev, device_id its index in the
 * model's tensors, nbytes at most its size. NULL after an error, and for
 * kDLCPU: an operator's scratch is an argument, nothing is allocated. The hints
 * are not used. */
void *TVMBackendAllocWorkspace(int device_type, int device_id, uint64_t nbytes,
                               int dtype_code_hint, int dtype_bits_hint);

/* 0. Places are planned for the whole run, so nothing has to be done. */
int TVMBackendFreeWorkspace(int device_type, int device_id, void *ptr);

/*===-- Functions by name, for tools ---===*/

typedef struct stm32rt_tvm_function {
  const char *name;
  TVMBackendPackedCFunc call;
} stm32rt_tvm_function;

/* One generated model; tvmgen_<name>_module. Without functions unless <name>.c
 * is compiled with TVMGEN_<NAME>_FUNCTIONS. */
typedef struct stm32rt_tvm_module {
  const stm32rt_model *model;
  stm32rt_context *context;
  const stm32rt_tvm_function *functions;
  uint32_t function_count;
  struct stm32rt_tvm_module *next; /* of the list of TVMFuncGetGlobal */
} stm32rt_tvm_module;

/* The function of that name of a module, given as its address. -1 without `out`
 * or a name; a name that it does not have is no error and gives NULL. A module
 * has no imports: `query_imports` is not used. */
int TVMModGetFunction(TVMModuleHandle mod, const char *func_name,
                      int query_imports, TVMFunctionHandle *out);

/* Makes the functions of a module global. */
void stm32rt_tvm_register(stm32rt_tvm_module *module);

/* The function of that name among those of all registered modules, or NULL. */
int TVMFuncGetGlobal(const char *name, TVMFunctionHandle *out);

/* Calls a function: a DLTensor or a pointer (kTVMOpaqueHandle) for each pointer
 * of the C function, in their order, then its numbers. kTVMNullptr for
 * constants stands for the model's own. Nothing is returned but 0, or -1 after
 * an error. */
int TVMFuncCall(TVMFunctionHandle func, TVMValue *arg_values, int *type_codes,
                int num_args, TVMValue *ret_val, int *ret_type_code);

/* 0: functions and modules are not allocated. */
int TVMFuncFree(TVMFunctionHandle func);
int TVMModFree(TVMModuleHandle mod);

/*===-- For generated code ---===*/

/* Binds a pool for each of the model's; gives states their first values. */
int32_t stm32rt_tvm_bind(stm32rt_tvm_module *module, void *const *pools);

/* Binds the pools unless they are bound already, and runs the model. */
int32_t stm32rt_tvm_run(stm32rt_tvm_module *module, void *const *inputs,
                        void *const *outputs, void *const *pools);

/* Address of input or output `index` in the pools; NULL for one that comes row
 * by row. */
void *stm32rt_tvm_place(const stm32rt_model *model, int is_output,
                        uint32_t index, void *const *pools);

/* `pointer`, or the constants at `offset` if it is NULL. */
static inline const void *stm32rt_tvm_or(const void *pointer,
                                         const void *constants,
                                         uint32_t offset) {
  return pointer != NULL ? pointer : (const uint8_t *)constants + offset;
}

/* The arguments of a packed call: `pointers`, then `numbers`. Pointer i may be
 * NULL if bit i of `optional` is set. */
int stm32rt_tvm_unpack(const TVMValue *args, const int *type_codes,
                       int num_args, void **pointers, uint32_t pointer_count,
                       uint64_t optional, uint32_t *numbers,
                       uint32_t number_count);

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_TVM_H */
