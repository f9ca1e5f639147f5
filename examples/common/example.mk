# Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
# Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Builds an example. Its Makefile sets, and the command line may set again:
#   NAME      name of the model in C
#   MODEL     the .tflite file
#   MORE_MODELS, MORE_NAMES   further ones of the application, if it has some
#   SOURCES   C files of the application
#   GENERATED headers in BUILD that they include; the Makefile has their rules
#   OPTIONS   further options of stm32-compile, such as --stream-input
#   DEFINES   further options of the C compiler
#   BUILD     folder for all that is made
#   TOOLS     folder of stm32-compile
#   PYTHON    with numpy, where data become headers
#
#   make run     on this machine, with sanitizers
#   make qemu    as firmware of an STM32F405 in QEMU's netduinoplus2
#   make host, make firmware    build only
#   make clean
example_common := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
example_root := $(example_common)/../..
port := $(example_root)/runtime/port/qemu

BUILD ?= $(example_root)/build/examples/$(NAME)
TOOLS ?= $(example_root)/build/bin
PYTHON ?= $(firstword $(wildcard $(example_root)/.venv/bin/python) python3)
HOST_CC ?= gcc
ARM_CC ?= arm-none-eabi-gcc

warnings := -Wall -Wextra -Wpedantic -Wconversion -Wcast-qual -Wundef -Wshadow \
  -Wstrict-prototypes -Wc++-compat -Wvla -Werror
common_flags = -std=c11 $(warnings) -I. -I$(example_common) -I$(BUILD) $(DEFINES)
host_flags = $(common_flags) -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
arm_flags = $(common_flags) -O2 -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 \
  -mfloat-abi=hard -ffunction-sections -fdata-sections -I$(port)
arm_link := -nostartfiles -Wl,--gc-sections -Wl,--no-warn-rwx-segments -L$(port) -T stm32f405.ld

empty :=
comma := ,
names := $(subst $(empty) $(empty),$(comma),$(strip $(NAME) $(MORE_NAMES)))

sources := $(SOURCES) $(example_common)/console.c
headers := $(wildcard *.h) $(wildcard $(example_common)/*.h) $(addprefix $(BUILD)/,$(GENERATED))

.PHONY: host firmware run qemu clean
.DELETE_ON_ERROR:
.DEFAULT_GOAL := host
host: $(BUILD)/host/app
firmware: $(BUILD)/firmware/app.elf

run: host
	@$(BUILD)/host/app

qemu: firmware
	@qemu-system-arm -M netduinoplus2 -display none -monitor none -serial none \
	  -semihosting-config enable=on,target=native -kernel $(BUILD)/firmware/app.elf 2>&1

# One file of the generated folder stands for all of them.
$(BUILD)/host/c/$(NAME).c: target := host
$(BUILD)/firmware/c/$(NAME).c: target := stm32f405rg
$(BUILD)/%/c/$(NAME).c: $(MODEL) $(MORE_MODELS) $(TOOLS)/stm32-compile
	@rm -rf $(@D) && mkdir -p $(@D)
	$(TOOLS)/stm32-compile $(MODEL) $(MORE_MODELS) -o $(@D) --target $(target) \
	  --name $(names) $(OPTIONS) --quiet

$(BUILD)/host/app: $(BUILD)/host/c/$(NAME).c $(sources) $(example_common)/console_host.c $(headers)
	$(HOST_CC) $(host_flags) -I$(<D) $(sources) $(example_common)/console_host.c $(<D)/*.c -o $@

$(BUILD)/firmware/app.elf: $(BUILD)/firmware/c/$(NAME).c $(sources) \
    $(example_common)/console_qemu.c $(headers)
	$(ARM_CC) $(arm_flags) -I$(<D) $(sources) $(example_common)/console_qemu.c \
	  $(port)/startup.c $(<D)/*.c $(arm_link) -o $@

clean:
	rm -rf $(BUILD)
