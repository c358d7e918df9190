# The contract of ports, on those that run here; tests/qemu has the others. It has its own main, as on a board.
foreach(port sim linux)
    set(target test_port_contract_${port})
    add_executable(${target} ${CMAKE_CURRENT_LIST_DIR}/contract.cpp ${CMAKE_CURRENT_LIST_DIR}/${port}.cpp)
    target_link_libraries(${target} PRIVATE uasync_${port} uasync_warnings)
    add_test(NAME port_contract.${port} COMMAND ${target})
    set_tests_properties(port_contract.${port} PROPERTIES TIMEOUT 120)
endforeach()
uasync_test_part(threads port_contract.linux test_port_contract_linux)
