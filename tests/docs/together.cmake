# Writes one source file of several programs: cmake -P together.cmake <file to write> <program>...
#
# What they include comes first. Then each program comes in a namespace of its own, as the function program() instead of main().
math(EXPR last "${CMAKE_ARGC} - 1")
set(includes "")
set(text "")
foreach(index RANGE 4 ${last})
    set(file ${CMAKE_ARGV${index}})
    file(STRINGS ${file} lines REGEX "^#include ")
    list(APPEND includes ${lines})
    cmake_path(GET file STEM name)
    file(READ ${file} code)
    string(REPLACE "int main() {" "void program() {" code "${code}")
    string(APPEND text "namespace program_${name} {\n#line 1 \"${file}\"\n${code}\n}\n")
endforeach()
list(REMOVE_DUPLICATES includes)
list(JOIN includes "\n" includes)
file(WRITE ${CMAKE_ARGV3} "${includes}\n${text}")
