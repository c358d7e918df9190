# What `cmake --install` installs on a host, for find_package(uasync): the headers, the runtime with the Linux port and with the
# simulation, and the sources, which a firmware compiles with its own options and linker script. The component `tools` is the command
# `uasync`. It is installed only when it is asked for (--component tools), as the emulator has to be built first.

option(UASYNC_INSTALL "Have the install target install uasync" ${PROJECT_IS_TOP_LEVEL})
if(NOT UASYNC_INSTALL)
    return()
endif()

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(uasync_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/uasync)
set(uasync_source_dir ${CMAKE_INSTALL_DATADIR}/uasync)

set_target_properties(uasync_headers PROPERTIES EXPORT_NAME headers)
set_target_properties(uasync_linux PROPERTIES EXPORT_NAME linux)
set_target_properties(uasync_sim PROPERTIES EXPORT_NAME sim)
install(TARGETS uasync_headers uasync_linux uasync_sim EXPORT uasync ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
install(DIRECTORY include/uasync ports/sim/include/uasync DESTINATION include COMPONENT dev FILES_MATCHING PATTERN *.hpp)

install(EXPORT uasync NAMESPACE uasync:: FILE uasyncTargets.cmake DESTINATION ${uasync_package_dir} COMPONENT dev)
configure_package_config_file(cmake/uasyncConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/uasyncConfig.cmake
    INSTALL_DESTINATION ${uasync_package_dir} PATH_VARS uasync_source_dir)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/uasyncConfigVersion.cmake COMPATIBILITY SameMinorVersion)
# The libraries are for this machine's pointers, the sources for any.
file(APPEND ${CMAKE_CURRENT_BINARY_DIR}/uasyncConfigVersion.cmake "
if(CMAKE_SYSTEM_NAME MATCHES \"^(Generic|PICO)$\")
  set(PACKAGE_VERSION_UNSUITABLE FALSE)
endif()
")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/uasyncConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/uasyncConfigVersion.cmake
    DESTINATION ${uasync_package_dir} COMPONENT dev)

install(FILES CMakeLists.txt LICENSE DESTINATION ${uasync_source_dir} COMPONENT dev)
install(DIRECTORY cmake include src ports DESTINATION ${uasync_source_dir} COMPONENT dev)
install(PROGRAMS tools/image.py DESTINATION ${uasync_source_dir}/tools COMPONENT dev)

set(uasync_tools COMPONENT tools EXCLUDE_FROM_ALL)
install(CODE "
    foreach(file dist/cli/run.js node_modules/rp2040js/package.json)
        if(NOT EXISTS \"${PROJECT_SOURCE_DIR}/emulator/\${file}\")
            message(FATAL_ERROR \"emulator/\${file} is missing; build the emulator first: npm ci && npm run build, in emulator\")
        endif()
    endforeach()" ${uasync_tools})
install(PROGRAMS packaging/uasync DESTINATION bin ${uasync_tools})
install(FILES packaging/uasync.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 ${uasync_tools})
install(FILES tools/constants.py tools/frames.py DESTINATION ${uasync_source_dir}/tools ${uasync_tools})
install(DIRECTORY tools/cli tools/gdb DESTINATION ${uasync_source_dir}/tools ${uasync_tools} FILES_MATCHING PATTERN *.py
    PATTERN __pycache__ EXCLUDE)
install(FILES emulator/package.json DESTINATION ${uasync_source_dir}/emulator ${uasync_tools})
install(DIRECTORY emulator/dist DESTINATION ${uasync_source_dir}/emulator ${uasync_tools} FILES_MATCHING PATTERN *.js
    PATTERN dist/cli/run.js EXCLUDE PATTERN dist/cli/ps.js EXCLUDE)
install(PROGRAMS emulator/dist/cli/run.js emulator/dist/cli/ps.js DESTINATION ${uasync_source_dir}/emulator/dist/cli ${uasync_tools})
install(DIRECTORY emulator/node_modules/rp2040js/dist/esm DESTINATION ${uasync_source_dir}/emulator/node_modules/rp2040js/dist
    ${uasync_tools} FILES_MATCHING PATTERN *.js PATTERN package.json)
install(FILES emulator/node_modules/rp2040js/package.json emulator/node_modules/rp2040js/LICENSE
    DESTINATION ${uasync_source_dir}/emulator/node_modules/rp2040js ${uasync_tools})
