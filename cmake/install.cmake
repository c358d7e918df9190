# What `cmake --install` installs on a host, for find_package(uasync): the headers, and the runtime with the Linux port and with the
# simulation. A firmware takes the sources instead (add_subdirectory, FetchContent), as it needs its own options and linker script.

option(UASYNC_INSTALL "Have the install target install uasync" ${PROJECT_IS_TOP_LEVEL})
if(NOT UASYNC_INSTALL)
    return()
endif()

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(uasync_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/uasync)

set_target_properties(uasync_headers PROPERTIES EXPORT_NAME headers)
set_target_properties(uasync_linux PROPERTIES EXPORT_NAME linux)
set_target_properties(uasync_sim PROPERTIES EXPORT_NAME sim)
install(TARGETS uasync_headers uasync_linux uasync_sim EXPORT uasync ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/uasync ports/sim/include/uasync DESTINATION include FILES_MATCHING PATTERN *.hpp)

install(EXPORT uasync NAMESPACE uasync:: FILE uasyncTargets.cmake DESTINATION ${uasync_package_dir})
configure_package_config_file(cmake/uasyncConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/uasyncConfig.cmake
    INSTALL_DESTINATION ${uasync_package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/uasyncConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/uasyncConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/uasyncConfigVersion.cmake
    DESTINATION ${uasync_package_dir})
