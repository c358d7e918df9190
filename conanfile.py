"""Conan 2: the library for Linux and for its simulation, as CMake installs it."""

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load
from conan.tools.scm import Version


class UasyncConan(ConanFile):
    name = "uasync"
    description = "asyncio for microcontrollers, in C++"
    license = "MIT"
    topics = ("asyncio", "coroutines", "embedded", "scheduler")
    package_type = "static-library"
    settings = "os", "compiler", "build_type", "arch"
    exports_sources = "CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "packaging/*", "ports/*", "src/*", "tools/image.py"

    def set_version(self):
        cmake = load(self, os.path.join(self.recipe_folder, "CMakeLists.txt"))
        self.version = re.search(r"^project\(uasync VERSION ([\d.]+)", cmake, re.MULTILINE)[1]

    def validate(self):
        check_min_cppstd(self, 23)
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("this recipe builds uasync for Linux; a firmware takes the sources that it installs in share/uasync")
        if self.settings.compiler == "gcc" and Version(self.settings.compiler.version) < "12":
            raise ConanInvalidConfiguration("uasync needs GCC 12 or newer")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeToolchain(self).generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        # The library alone, as a part of another project has it, but with its installation.
        cmake.configure(variables={"UASYNC_LIBRARY_ONLY": True, "UASYNC_WERROR": False})
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        # uasync's own uasyncConfig.cmake defines the targets uasync::uasync and uasync::sim.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "uasync")]
        self.cpp_info.libs = ["uasync_linux"]
        self.cpp_info.defines = ["UASYNC_NAMES=1", "UASYNC_THREADS=1", "UASYNC_STEPS_PER_POLL=61"]
        self.cpp_info.system_libs = ["pthread"]
