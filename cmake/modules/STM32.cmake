# Helpers of the project's CMake files.

if(STM32_WERROR)
  add_compile_options(-Wall -Wextra -Werror -Wno-unused-parameter)
endif()
# ccache serves users of a precompiled header only if its use can be seen.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
else()
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
if(STM32_COVERAGE)
  add_compile_options(--coverage -O1)
  add_link_options(--coverage)
endif()
if(STM32_FUZZ)
  set(STM32_SANITIZE ON)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(STM32_SANITIZE)
  # bool: MLIR does not set a flag of its statistics, and is not instrumented.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr,bool
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

# stm32_add_library(NAME sources... [DEPENDS targets...] [LINK_LIBS PUBLIC libs...])
# An MLIR library with the precompiled header of the project. Names of MLIR's own
# libraries in LINK_LIBS become the shared libMLIR: linked as they are, they would
# bring static copies beside it.
function(stm32_add_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK_LIBS" ${ARGN})
  set(mlir_libs ${ARG_LINK_LIBS})
  list(FILTER mlir_libs INCLUDE REGEX "^MLIR")
  list(FILTER ARG_LINK_LIBS EXCLUDE REGEX "^MLIR|^PUBLIC$")
  add_mlir_library(${name} ${ARG_UNPARSED_ARGUMENTS} DISABLE_INSTALL PARTIAL_SOURCES_INTENDED
    DEPENDS ${ARG_DEPENDS} LINK_LIBS PUBLIC ${ARG_LINK_LIBS})
  mlir_target_link_libraries(${name} PUBLIC ${mlir_libs})
  # The heavy headers are compiled once for each library.
  target_precompile_headers(obj.${name} PRIVATE
    "${PROJECT_SOURCE_DIR}/lib/PCH.h")
endfunction()

# stm32_add_tool(NAME source MLIR_LIBS ... STM32_LIBS ...)
# An executable in bin/; MLIR comes from the shared library.
function(stm32_add_tool name source)
  cmake_parse_arguments(ARG "" "" "MLIR_LIBS;STM32_LIBS" ${ARGN})
  add_llvm_executable(${name} PARTIAL_SOURCES_INTENDED ${source})
  llvm_update_compile_flags(${name})
  # LLVM adds -rpath-link with the unquoted build folder, which a blank in its
  # name would break; only static libraries are there, so it is not needed.
  set_property(TARGET ${name} PROPERTY LINK_FLAGS "")
  mlir_target_link_libraries(${name} PRIVATE ${ARG_MLIR_LIBS})
  target_link_libraries(${name} PRIVATE ${ARG_STM32_LIBS})
endfunction()
