# The Debian packages: `cpack` in the build folder of a host makes libuasync-dev and uasync-tools. `./uasync test` installs and tries them.

if(NOT UASYNC_INSTALL OR CMAKE_SYSTEM_NAME STREQUAL Generic)
    return()
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME uasync)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The uasync authors <authors@uasync.invalid>")  # no such domain can exist; tools/release asks for a real one
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL dev tools)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libuasync-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "g++ (>= 4:12) | clang-19")
set(CPACK_DEBIAN_DEV_PACKAGE_RECOMMENDS "cmake (>= 3.25), python3")
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS "uasync-tools, gcc-arm-none-eabi, libnewlib-arm-none-eabi, libstdc++-arm-none-eabi-newlib")
set(CPACK_COMPONENT_DEV_DESCRIPTION "asyncio for microcontrollers, in C++ (development files)
uasync brings Python's asyncio to C++20 coroutines: tasks, timeouts, events,
locks, queues and cancellation, without a heap, exceptions or RTTI on a board.
.
This package has the headers, the runtime for Linux and for a simulation with
virtual time, the files for CMake's find_package, and the sources, from which
CMake builds the runtime for the RP2040 (Raspberry Pi Pico).")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME uasync-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOLS_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS gdb-multiarch)
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "run firmware on an emulated Raspberry Pi Pico and see its tasks
The command uasync runs firmware for the RP2040 on an emulated Raspberry Pi
Pico, with scripted or interactive buttons and a server for gdb. It lists the
tasks of firmware that was made with uasync, what each of them waits for, and
where its flash and RAM go.
.
This package also has the gdb commands that show these tasks.")

# Evaluated by cpack, which may have been given another version or contact.
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/packaging/debian/options.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/debian/documents.cmake)
include(CPack)
