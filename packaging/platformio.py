"""PlatformIO runs this before it compiles the library on its platform `native`: it chooses the port and the options, which a program
has to share with the library.

The port is Linux. For the simulation with virtual time, write into platformio.ini:

    custom_uasync_port = sim
"""

import os

Import("env", "projenv")  # noqa: F821  # type: ignore  # PlatformIO's, as are env, projenv and DefaultEnvironment

ROOT = os.getcwd()  # the folder of library.json
DEFINES = {
    "linux": [("UASYNC_NAMES", 1), ("UASYNC_THREADS", 1), ("UASYNC_STEPS_PER_POLL", 61)],
    "sim": [("UASYNC_NAMES", 1), ("UASYNC_PORT_PICKS", 1), ("UASYNC_STATISTICS", 1)],
}

port = env.GetProjectOption("custom_uasync_port", "linux")  # noqa: F821
if port not in DEFINES:
    print("uasync: custom_uasync_port is linux or sim, not '%s'" % port)
    env.Exit(1)  # noqa: F821
else:
    env.Replace(SRC_FILTER=["+<src/>", "+<ports/%s/>" % port, "+<ports/host/>"])  # noqa: F821
    for environment in (env, projenv, DefaultEnvironment()):  # noqa: F821
        environment.Append(
            CXXFLAGS=["-std=gnu++23"],
            CPPDEFINES=DEFINES[port],
            CPPPATH=[os.path.join(ROOT, "ports", "sim", "include")],
            LINKFLAGS=["-pthread"],
        )
