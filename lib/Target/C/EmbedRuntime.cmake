# Writes the files of the runtime as initialisers of RuntimeFile:
#   cmake -DROOT=<runtime/> -DFILES=<paths> -DOUT=<file> -P EmbedRuntime.cmake
# Literals are cut before they reach the length that some compilers end at.

set(piece 12000)
set(result "")
foreach(path IN LISTS FILES)
  file(READ "${ROOT}/${path}" text)
  string(LENGTH "${text}" length)
  string(APPEND result "{\"${path}\",\n")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} ${piece} part)
    string(APPEND result "R\"stm32rt(${part})stm32rt\"\n")
    math(EXPR at "${at} + ${piece}")
  endwhile()
  string(APPEND result "},\n")
endforeach()
file(WRITE "${OUT}" "${result}")
