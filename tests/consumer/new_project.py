#!/usr/bin/env python3
"""Builds what `./uasync new` writes: new_project.py ROOT FOLDER KIND, in the folder, which is emptied first."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


#: What is said to `new`, and the presets that are built.
KINDS = {"linux": ([], ["linux"]), "fetched": ([], ["linux"]), "pico": ([], ["pico"]), "pico-sdk": (["--pico-sdk"], ["pico", "pico2"])}


def run(*words, cwd):
    # A project is configured as on a fresh machine, whatever this build was told.
    environment = {name: value for name, value in os.environ.items() if name not in ("CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS")}
    print("$", *words, flush=True)
    subprocess.run(words, cwd=cwd, env=environment, check=True)


def repository(root, folder):
    """A git repository with the sources as they are now, committed or not."""
    for name in ("CMakeLists.txt", "cmake", "include", "src", "ports", "tools/image.py"):
        to = folder / name
        to.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (root / name).is_dir() else shutil.copyfile)(root / name, to)
    git = ("git", "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "core.hooksPath=/dev/null")
    run(*git, "init", "-q", "-b", "main", cwd=folder)
    run(*git, "add", ".", cwd=folder)
    run(*git, "commit", "-q", "-m", "all", cwd=folder)
    return folder


def main(root, folder, kind):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    options, presets = KINDS[kind]
    if kind == "fetched":
        options = ["--fetch", str(repository(root, folder / "uasync")), "--tag", "main"]
    run(root / "uasync", "new", "hello", *options, cwd=folder)
    for preset in presets:
        run("cmake", "--workflow", "--preset", preset, cwd=folder / "hello")
        for suffix in ("elf", "uf2") if preset.startswith("pico") else ():
            if not (folder / "hello" / "build" / preset / f"hello.{suffix}").stat().st_size:
                sys.exit(f"hello.{suffix} is empty")


main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3])
