# The models of the wake-up from an interrupt, and from another thread or core, where Spin is there. They do not depend on the compiler of the
# build, so one is enough.
find_program(UASYNC_SPIN spin)
find_program(UASYNC_CC cc)  # what Spin writes is C
if(UASYNC_SPIN AND UASYNC_CC AND CMAKE_CXX_COMPILER_ID STREQUAL GNU AND NOT CMAKE_CXX_FLAGS MATCHES sanitize)
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    foreach(model wake inbox flag cores)
        add_test(NAME model.${model}
            COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/check_model.py ${UASYNC_SPIN} ${UASYNC_CC} ${model}.pml)
        set_tests_properties(model.${model} PROPERTIES TIMEOUT 240 COST 50)
    endforeach()
endif()
