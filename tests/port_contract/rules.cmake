# The contract of ports, on those that run here; tests/qemu has the others.
foreach(port sim linux)
    uasync_add_test(port_contract.${port} uasync_${port} ${CMAKE_CURRENT_LIST_DIR}/contract.cpp ${CMAKE_CURRENT_LIST_DIR}/${port}.cpp)
    set_tests_properties(port_contract.${port} PROPERTIES PASS_REGULAR_EXPRESSION "port contract: kept")
endforeach()
