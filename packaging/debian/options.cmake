# Read by cpack: what depends on the version and the contact, which its command line may change, and
# what CMake would otherwise set itself.

set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${CPACK_PACKAGE_CONTACT}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # cpack would put it before each package's own
set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS
    "python3 (>= 3.9), nodejs (>= 18), binutils-arm-none-eabi, libuasync-dev (= ${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")
