# Writes one source file of several others: cmake -P together.cmake <file to write> <source>...
#
# What they include comes first, outside of any namespace. Then each comes in a namespace of its own, where its helpers do not clash with those of the
# others; that it includes its headers again has no effect there. A program becomes the function program() instead of main().
math(EXPR last "${CMAKE_ARGC} - 1")
set(includes "")
set(text "")
foreach(index RANGE 4 ${last})
    set(file ${CMAKE_ARGV${index}})
    file(STRINGS ${file} lines REGEX "^#include ")
    list(APPEND includes ${lines})
    cmake_path(GET file STEM name)
    file(READ ${file} code)
    if(code MATCHES "int main\\(\\) {")
        string(REPLACE "int main() {" "void program() {" code "#line 1 \"${file}\"\n${code}")
    else()
        set(code "#include \"${file}\"")
    endif()
    string(APPEND text "namespace from_${name} {\n${code}\n}\n")
endforeach()
list(REMOVE_DUPLICATES includes)
list(JOIN includes "\n" includes)
file(WRITE ${CMAKE_ARGV3} "${includes}\n${text}")
