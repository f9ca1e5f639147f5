/*===-- stm32rt_custom.h - Operators of the user and of TFLM ----------------===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * Included by stm32rt_kernels.h, which has the conventions.
 */
#ifndef STM32RT_CUSTOM_H
#define STM32RT_CUSTOM_H

#include "stm32rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/*===-- Functions of the user ---------------------------------------------===*/

/* An input or output of a function of the user, whole and channel last. */
typedef struct stm32rt_custom_tensor {
  uint8_t type;                      /* stm32rt_type; 0: the input is absent */
  uint8_t rank;
  int32_t shape[STM32RT_MAX_RANK];   /* outermost dimension first            */
  int32_t count;                     /* elements                             */
  /* real = scale * (q - zero_point); scale 0: not quantised. */
  float scale;
  int32_t zero_point;
  /* NULL, or shape[channel_dimension] scales and zero points; then the two
   * fields above are those of channel 0. */
  const float *channel_scales;
  const int32_t *channel_zero_points;
  int32_t channel_dimension;
} stm32rt_custom_tensor;

/* One use of a function of the user in a model. */
typedef struct stm32rt_custom {
  const stm32rt_custom_tensor *inputs, *outputs;
  int32_t input_count, output_count;
  /* The operator's own options as the model has them: of a CUSTOM operator
   * mostly a FlexBuffer. Those of a builtin operator are not passed. */
  const uint8_t *options;            /* NULL if options_size is 0            */
  uint32_t options_size;             /* bytes                                */
  uint32_t scratch_size;             /* bytes that the binding asks for      */
} stm32rt_custom;

/* What a function named in the file of --custom-ops must be:
 *
 *   void my_op(const stm32rt_custom *d, const void *const x[],
 *              void *const y[], void *scratch);
 *
 * x[i] are the bytes of d->inputs[i], activations and constants alike, NULL for
 * an optional input that the operator does not have; y[i] are those of
 * d->outputs[i], to be written in full. Types are those of the source model:
 * a uint8 tensor has the zero point of uint8. Inputs and outputs are aligned to
 * their elements, scratch to 4 bytes (and all of them to the alignment of their
 * pool); scratch is NULL if the binding asks for none, and holds nothing from
 * one call to the next.
 *
 * The function depends on its inputs and on d alone: the compiler may join equal
 * calls and leave out those whose results nobody reads. It must not fail; what
 * it cannot do should be found when the model is tested. */
typedef void (*stm32rt_custom_function)(const stm32rt_custom *d,
                                        const void *const x[], void *const y[],
                                        void *scratch);

/*===-- Detections --------------------------------------------------------===*/

/* TFLite_Detection_PostProcess. */
typedef struct stm32rt_detection {
  int32_t boxes;                     /* anchors                              */
  int32_t box_stride;                /* floats of one encoding: 4 or more    */
  int32_t classes;                   /* without the background               */
  int32_t score_stride;              /* classes, or one more: background     */
  int32_t max_detections;
  int32_t rows;                      /* of the outputs, >= max_detections    */
  int32_t detections_per_class;      /* 0: fast suppression                  */
  float score_threshold, iou_threshold;
  float scale[4];                    /* of y, x, h, w                        */
} stm32rt_detection;

/* Rule N90. encodings[boxes][box_stride] begins with y, x, h, w; scores
 * [boxes][score_stride] begins with the background if there is one;
 * anchors[boxes][4] is y, x, h, w. Writes box[rows][4] as ymin, xmin, ymax,
 * xmax, class_index[rows], score[rows] and count[1], all float32. Rows from
 * count on are 0. A box without area makes count 0. Scratch:
 * 21 * boxes + 12 * max_detections bytes, aligned to 4. */
void stm32rt_detection_postprocess_f32(const stm32rt_detection *d,
                                       const void *encodings,
                                       const void *scores, const void *anchors,
                                       void *box, void *class_index,
                                       void *score, void *count, void *scratch);

#ifdef __cplusplus
}
#endif

#endif /* STM32RT_CUSTOM_H */
