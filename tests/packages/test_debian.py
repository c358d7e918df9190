"""The Debian packages: made by cpack, installed by dpkg, used, and removed. Needs the preset gcc and the emulator to be built."""

import os
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support import PROJECT, ROOT, run

from cli import packages

NAMES = ("libuasync-dev", "uasync-tools")
OURS = ("usr/include/uasync", "usr/share/uasync", "usr/lib/cmake/uasync", "usr/share/doc/libuasync-dev", "usr/share/doc/uasync-tools", "usr/bin/uasync")
# What lintian says of everything that was not written for Debian's archive, and where a folder of ours holds `include/uasync`.
SUPPRESSED = "initial-upload-closes-no-bugs,repeated-path-segment"


def field(package, name):
    return run("dpkg-deb", "-f", package, name).strip()


def listing(root):
    """All below a folder but what dpkg and others note down."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.relative_to(root).parts[0] != "var")


class Place:
    """Where packages are installed: the system of this machine."""

    path = Path("/")
    dpkg = ("dpkg",)

    def __init__(self, made):
        self.made = made
        # Node may come from elsewhere; ./uasync is content with that.
        self.ignored = [] if packages.installed(["nodejs"]) or packages.node_version() < packages.OLDEST_NODE else ["--ignore-depends=nodejs"]

    def install(self):
        self.call("-i", *self.ignored, *self.made)

    def remove(self):
        self.call("-r", *NAMES)

    def call(self, *words):
        """Waits while another program has dpkg's lock."""
        for attempt in range(60):
            try:
                return run(*self.dpkg, *words)
            except AssertionError as error:
                if "locked by another" not in str(error) or attempt == 59:
                    raise
                time.sleep(1)

    def status(self):
        return run("dpkg-query", f"--admindir={self.path}/var/lib/dpkg", "-W", "-f", "${Package} ${db:Status-Status}\n").splitlines()


class PrivateRoot(Place):
    """A folder, with a copy of what dpkg knows of this machine, so that it checks what the packages depend on."""

    def __init__(self, made, path):
        super().__init__(made)
        self.path = path
        as_root = () if os.geteuid() == 0 else ("unshare", "--map-root-user")
        # Triggers are scripts of other packages, which are not in this folder.
        self.dpkg = (*as_root, "dpkg", f"--root={path}", "--no-triggers")
        database = path / "var" / "lib" / "dpkg"
        for folder in ("info", "updates", "triggers"):
            (database / folder).mkdir(parents=True)
        shutil.copyfile("/var/lib/dpkg/status", database / "status")


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for needed in (ROOT / "build" / "gcc" / "libuasync_sim.a", ROOT / "emulator" / "dist" / "cli" / "run.js"):
            if not needed.exists():
                raise AssertionError(f"{needed.relative_to(ROOT)} is missing; ./uasync test builds it first")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        run("cpack", "-B", cls.folder / "made", cwd=ROOT / "build" / "gcc")
        cls.made = sorted((cls.folder / "made").glob("*.deb"))

    def test_say_what_they_are(self):
        self.assertEqual([field(package, "Package") for package in self.made], list(NAMES))
        library, tools = self.made
        self.assertEqual(field(library, "Architecture"), run("dpkg", "--print-architecture").strip())
        self.assertEqual(field(tools, "Architecture"), "all")
        self.assertIn(f"libuasync-dev (= {field(library, 'Version')})", field(tools, "Depends"))
        for package in self.made:
            summary, *rest = field(package, "Description").splitlines()
            self.assertLess(len(summary), 81)
            self.assertGreater(len(rest), 3)
            for name in ("copyright", "changelog.gz", "changelog.Debian.gz"):
                self.assertIn(f"./usr/share/doc/{field(package, 'Package')}/{name}\n", run("dpkg-deb", "-c", package))

    @unittest.skipUnless(shutil.which("lintian"), "lintian is not installed")
    def test_lintian_has_no_complaint(self):
        said = run("lintian", *(["--allow-root"] if os.geteuid() == 0 else []), "--pedantic", f"--suppress-tags={SUPPRESSED}", *self.made)
        self.assertEqual(said, "")

    def test_in_a_folder(self):
        if os.geteuid() != 0 and subprocess.run(["unshare", "--map-root-user", "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("dpkg has to be root, and this user may not be root in a namespace of its own")
        root = self.folder / "root"
        place = PrivateRoot(self.made, root)
        before = listing(root)
        place.install()
        for name in NAMES:
            self.assertIn(f"{name} installed", place.status())
        self.assertNotEqual(listing(root), before)
        self.build_for_host(place, f"-DCMAKE_PREFIX_PATH={root}/usr")
        self.look_into(place, self.build_for_pico(place, f"-DCMAKE_PREFIX_PATH={root}/usr"))
        place.remove()
        self.assertEqual(listing(root), before)

    @unittest.skipUnless(os.geteuid() == 0, "only root installs packages")
    def test_on_this_machine(self):
        place = Place(self.made)
        if any(line.split()[0] in NAMES for line in place.status()) or any((place.path / name).exists() for name in OURS):
            self.skipTest("uasync is installed here, and stays")
        self.addCleanup(subprocess.run, ["dpkg", "-r", *NAMES], capture_output=True, check=False)  # if this is stopped half-way
        place.install()
        self.assertRegex(run("uasync", "--version"), r"^uasync \d+\.\d+\.\d+\n$")
        self.build_for_host(place)
        place.remove()
        self.assertEqual([name for name in OURS if (place.path / name).exists()], [])
        self.assertEqual([line for line in place.status() if line.split()[0] in NAMES], [])

    def build_for_host(self, place, *options):
        build = self.folder / f"host{len(place.path.parts)}"
        run("cmake", "-S", PROJECT, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_COMPILER=g++", "-DUASYNC_FROM=find_package", *options)
        self.assertIn(f"uasync_DIR:PATH={place.path / 'usr/lib/cmake/uasync'}\n", (build / "CMakeCache.txt").read_text(encoding="utf-8"))
        run("cmake", "--build", build, "-j", 1)
        self.assertIn("100% tests passed, 0 tests failed out of 2", run("ctest", "--test-dir", build))

    def build_for_pico(self, place, *options):
        build = self.folder / "pico"
        toolchain = place.path / "usr" / "share" / "uasync" / "cmake" / "rp2040-gcc.cmake"
        run("cmake", "-S", PROJECT, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", f"-DCMAKE_TOOLCHAIN_FILE={toolchain}",
            "-DUASYNC_FROM=find_package", *options)
        run("cmake", "--build", build, "-j", 1)
        return build / "consumer.elf"

    def look_into(self, place, image):
        """Each thing that the installed command does, with an image that the installed library has made."""
        uasync = place.path / "usr" / "bin" / "uasync"
        self.assertIn("sum 10, then timeout\n", run(uasync, "run", image))
        self.assertIn("sum 10, then timeout\n", run(uasync, "run", image.with_suffix(".uf2")))
        self.assertRegex(run(uasync, "ps", image, "--at", "2ms"), r"(?m)^produce +sleeping")
        self.assertRegex(run(uasync, "size", image), r"(?m)^task +[1-9]")
        script = place.path / "usr" / "share" / "uasync" / "tools" / "gdb" / "uasync.py"
        self.assertIn("uasync ps", run("gdb-multiarch", "-nx", "-batch", "-ex", f"source {script}", "-ex", "help uasync"))
        refused = subprocess.run([uasync, "demo"], capture_output=True, text=True, check=False)
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertRegex(refused.stderr, r"^uasync: 'demo' works in a clone of uasync's repository only[^\n]*\n$")
        manual = place.path / "usr" / "share" / "man" / "man1" / "uasync.1.gz"
        if shutil.which("man") and manual.exists():  # small systems have neither
            self.assertIn("uasync ps", run("man", "-l", manual))


if __name__ == "__main__":
    unittest.main()
