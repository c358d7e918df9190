"""The files for PlatformIO, Arduino and Conan, without these tools: each has the fields that its tool asks
for, and what it says to compile is compiled, as the tool would, and runs."""

import importlib.util
import json
import re
import shutil
import sys
import tempfile
import types
import unittest
from pathlib import Path
from unittest import mock

from support import PROJECT, ROOT, run

from cli.place import version

#: They replace parts of the loop and of the pins when a program is linked, so they are never in one unit with these.
ALONE = ("levels.cpp", "long_steps.cpp", "instrumented_loop.cpp", "edge_watch.cpp")
SEMANTIC_VERSION = r"\d+\.\d+\.\d+"


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def build_and_run(self, sources, flags, link=()):
        """Almost all sources as one, without optimisation: it is quick."""
        alone = [source for source in sources if Path(source).name in ALONE]
        unit = self.folder / "all.cpp"
        unit.write_text("".join(f'#include "{source}"\n' for source in sources if source not in alone), encoding="utf-8")
        program = self.folder / "program"
        run("g++", "-O0", "-Wall", "-Wextra", *flags, unit, *alone, "-o", program, *link)
        return run(program)


class Environment(dict):
    """The part of SCons' construction environment that the script uses."""

    def __init__(self, options):
        super().__init__()
        self.options = options
        self.ended = None

    def GetProjectOption(self, name, default):
        return self.options.get(name, default)

    def Append(self, **more):
        for name, values in more.items():
            self.setdefault(name, []).extend(values)

    def Replace(self, **values):
        self.update(values)

    def Exit(self, status):
        self.ended = status

    def flags(self):
        return [
            *self["CXXFLAGS"],
            *(f"-D{name}={value}" for name, value in self["CPPDEFINES"]),
            *(f"-I{folder}" for folder in self["CPPPATH"]),
        ]


class PlatformIO(InFolder):
    manifest = json.loads((ROOT / "library.json").read_text(encoding="utf-8"))

    def script(self, **options):
        """Runs the script as PlatformIO does, in the library's folder; gives the environments of library, project and all."""
        environments = [Environment(options) for _ in range(3)]
        library, project, everything = environments
        file = ROOT / self.manifest["build"]["extraScript"]
        code = compile(file.read_text(encoding="utf-8"), str(file), "exec")
        with mock.patch("os.getcwd", return_value=str(ROOT)), mock.patch("builtins.print"):
            exec(code, {"Import": lambda *_: None, "env": library, "projenv": project, "DefaultEnvironment": lambda: everything})
        return environments

    def test_fields(self):
        self.assertRegex(self.manifest["name"], r"^[\w -]{1,100}$")
        self.assertRegex(self.manifest["version"], rf"^{SEMANTIC_VERSION}$")
        self.assertLessEqual(len(self.manifest["description"]), 255)
        for keyword in self.manifest["keywords"]:
            self.assertRegex(keyword, r"^[a-z\d\-_]+$")
        self.assertEqual(self.manifest["license"], "MIT")
        for header in self.manifest["headers"]:
            self.assertTrue(any((ROOT / folder / header).exists() for folder in ("include", "ports/sim/include")), header)
        for exported in self.manifest["export"]["include"]:
            self.assertTrue((ROOT / exported).exists(), exported)
        known = {"name", "version", "description", "keywords", "authors", "license", "frameworks", "platforms", "headers", "export", "build"}
        self.assertLessEqual(self.manifest.keys(), known)

    def test_the_library_and_a_program_build(self):
        for options, program, output in (({}, "consumer.cpp", "sum 10, then timeout\n"), ({"custom_uasync_port": "sim"}, "consumer_sim.cpp", "")):
            with self.subTest(**options):
                library, project, everything = self.script(**options)
                self.assertEqual(project.flags(), everything.flags())
                self.assertEqual(project.flags(), library.flags())
                folders = [re.fullmatch(r"\+<([\w/]+/)>", part)[1] for part in library["SRC_FILTER"]]
                sources = [source for folder in folders for source in sorted((ROOT / self.manifest["build"]["srcDir"] / folder).rglob("*.cpp"))]
                include = f"-I{ROOT / self.manifest['build']['includeDir']}"
                said = self.build_and_run([*sources, PROJECT / program], [include, *project.flags()], project["LINKFLAGS"])
                self.assertEqual(said, output)

    def test_an_unknown_port_is_refused(self):
        library, _, _ = self.script(custom_uasync_port="rp2040")
        self.assertEqual(library.ended, 1)


class Arduino(InFolder):
    fields = dict(line.split("=", 1) for line in (ROOT / "library.properties").read_text(encoding="utf-8").splitlines())
    CATEGORIES = ("Communication", "Data Processing", "Data Storage", "Device Control", "Display", "Other", "Sensors", "Signal Input/Output", "Timing", "Uncategorized")

    def test_fields(self):
        required = {"name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url", "architectures"}
        optional = {"depends", "includes", "dot_a_linkage", "precompiled", "ldflags"}
        self.assertLessEqual(required, self.fields.keys())
        self.assertLessEqual(self.fields.keys(), required | optional)
        self.assertTrue(all(self.fields.values()))
        self.assertRegex(self.fields["name"], r"^[a-zA-Z0-9][\w .-]{0,62}$")
        self.assertRegex(self.fields["version"], rf"^{SEMANTIC_VERSION}$")
        self.assertIn(self.fields["category"], self.CATEGORIES)
        self.assertRegex(self.fields["url"], r"^https://\S+$")

    def test_the_library_builds_with_a_port(self):
        run(sys.executable, ROOT / "packaging" / "arduino.py", self.folder)
        library = self.folder / "uasync"
        self.assertTrue((library / "src" / self.fields["includes"]).exists())
        for folder in ("board", "device"):  # as with dot_a_linkage: the port has no pins, and the program uses none
            shutil.rmtree(library / "src" / "runtime" / folder)
        sources = [*sorted((library / "src").rglob("*.cpp")), *sorted((library / "extras" / "port").glob("*.cpp"))]
        options = ["-DUASYNC_BOARD=1", "-DUASYNC_FRAME_POOL_BYTES=4096", "-DUASYNC_STEPS_PER_POLL=1"]
        said = self.build_and_run(sources, ["-std=gnu++23", "-fno-exceptions", "-fno-rtti", f"-I{library / 'src'}", *options])
        self.assertRegex(said, r"^fast 1 at \d+ ms\nslow 1 at \d+ ms\nfast 2 at \d+ ms\n")

    def test_nothing_is_written_over(self):
        (self.folder / "uasync").mkdir()
        with self.assertRaisesRegex(AssertionError, "exists; remove it"):
            run(sys.executable, ROOT / "packaging" / "arduino.py", self.folder)


class Conan(InFolder):
    def recipe(self):
        """The recipe, with stand-ins for what it imports from Conan."""
        names = ("conan", "conan.errors", "conan.tools", "conan.tools.build", "conan.tools.cmake", "conan.tools.files", "conan.tools.scm")
        modules = {name: mock.MagicMock(name=name) for name in names}
        modules["conan"].ConanFile = type("ConanFile", (), {"recipe_folder": str(ROOT)})
        modules["conan.tools.files"].load = lambda _, path: Path(path).read_text(encoding="utf-8")
        spec = importlib.util.spec_from_file_location("conanfile", ROOT / "conanfile.py")
        module = importlib.util.module_from_spec(spec)
        with mock.patch.dict(sys.modules, modules):
            spec.loader.exec_module(module)
        return module

    def test_version_and_options(self):
        recipe = self.recipe().UasyncConan()
        recipe.set_version()
        self.assertEqual(recipe.version, version())
        recipe.cpp_info = types.SimpleNamespace(set_property=mock.Mock())
        recipe.package_info()
        files = [ROOT / "cmake" / "uasync.cmake", *(ROOT / "ports").glob("*/port.cmake")]
        graph = "".join(file.read_text(encoding="utf-8") for file in files)
        for define in recipe.cpp_info.defines:
            self.assertIn(define, graph)

    def test_what_it_exports_builds_and_is_where_it_says(self):
        module = self.recipe()
        recipe = module.UasyncConan()
        for pattern in recipe.exports_sources:
            found = [path for path in ROOT.glob(pattern.replace("/*", "/**/*")) if path.is_file()]
            self.assertTrue(found, pattern)
            for path in found:
                copy = self.folder / "source" / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copy)
        recipe.build()
        build = module.CMake.return_value
        variables = [f"-D{name}={'ON' if value else 'OFF'}" for name, value in build.configure.call_args.kwargs["variables"].items()]
        build.build.assert_called_once_with()
        run("cmake", "-S", self.folder / "source", "-B", self.folder / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_COMPILER=g++", *variables)
        run("cmake", "--build", self.folder / "build", "-j", 1)
        run("cmake", "--install", self.folder / "build", "--prefix", self.folder / "package")
        recipe.cpp_info = types.SimpleNamespace(set_property=mock.Mock())
        recipe.package_info()
        recipe.cpp_info.set_property.assert_called_once_with("cmake_find_mode", "none")
        for folder in recipe.cpp_info.builddirs:
            self.assertTrue((self.folder / "package" / folder / "uasyncConfig.cmake").exists())
        for name in recipe.cpp_info.libs:
            self.assertTrue((self.folder / "package" / "lib" / f"lib{name}.a").exists())


if __name__ == "__main__":
    unittest.main()
