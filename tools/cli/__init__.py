"""What `./uasync` does. A thin front: CMake, ctest, node and the tools beside this folder do the work."""
