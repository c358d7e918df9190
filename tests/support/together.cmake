# Writes one source file that includes several files of tests: cmake -P together.cmake <file to write> <file of tests>...
#
# What the tests include comes first, outside of any namespace. Then each file comes in a namespace of its own, where its helpers do not clash
# with those of the others; that it includes its headers again has no effect there.
math(EXPR last "${CMAKE_ARGC} - 1")
set(includes "")
set(text "")
foreach(index RANGE 4 ${last})
    set(file ${CMAKE_ARGV${index}})
    file(STRINGS ${file} lines REGEX "^#include ")
    list(APPEND includes ${lines})
    cmake_path(GET file STEM name)
    string(APPEND text "namespace ${name}_cpp {\n#include \"${file}\"\n}\n")
endforeach()
list(REMOVE_DUPLICATES includes)
list(JOIN includes "\n" includes)
file(WRITE ${CMAKE_ARGV3} "${includes}\n${text}")
