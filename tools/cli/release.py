"""`tools/release`: builds everything that a release consists of into one folder."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Mapping, Optional, Sequence

from . import docs, packages, page, project, values
from .errors import Failure, Interrupted, UsageError
from .main import interrupt
from .place import version
from .steps import Log, Progress, Step

ROOT = project.ROOT
CHECKSUMS = "SHA256SUMS"
PLACEHOLDER = "uasync.invalid"  # stands where the repository's address is to be
PACKAGES = (*docs.PACKAGES, *packages.HOST_GCC, "git")

DESCRIPTION = f"""
Builds a release of uasync: the source archive, the Debian packages, the Arduino library, UF2 images of the examples, the board page and
the documentation, with their checksums in {CHECKSUMS}. It publishes nothing.

It refuses a tree with changes that are not committed, a commit that is not tagged with the version of CMakeLists.txt, and placeholders
in what is published. --snapshot builds what there is all the same, and gives it a version that sorts before the release.

DEBFULLNAME and DEBEMAIL name the maintainer of the Debian packages.
"""


def run(arguments: Sequence[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        return main(arguments)
    except Failure as failure:
        print(f"tools/release: {failure}", file=sys.stderr)
        return failure.status
    except Interrupted as end:
        print("\ntools/release: interrupted", file=sys.stderr)
        return end.status


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tools/release", description=textwrap.dedent(DESCRIPTION), formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--snapshot", action="store_true", help="build what there is, whether it could be released or not")
    parser.add_argument("--out", metavar="DIR", type=values.output_folder, help="the folder (build/release/uasync-VERSION)")
    parser.add_argument("-v", "--verbose", action="store_true", help="show what every step prints")
    options = parser.parse_args(arguments)

    found = problems(ROOT, os.environ)
    if found and not options.snapshot:
        raise UsageError("this is no release:\n" + "\n".join(f"  {problem}" for problem in found) + "\n--snapshot builds it all the same")
    name = snapshot_version(ROOT) if options.snapshot else version()
    out = (options.out or ROOT / "build" / "release" / f"uasync-{name}").resolve()
    if out.is_dir() and any(out.iterdir()) and not (out / CHECKSUMS).exists():
        raise UsageError(f"--out {out}: is not empty, and not a release that was written before; give a new or an empty folder")
    print(f"uasync {name} is built into {out}\n")
    Progress(options.verbose).run(steps(out, name, maintainer(os.environ)))
    print()
    for path in sorted(out.iterdir()):
        print(f"  {path.name}{'/' if path.is_dir() else ''}")
    return 0


def git(root: Path, *arguments: str) -> Optional[str]:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    except FileNotFoundError:
        raise Failure("git is not installed; the source archive is made with it") from None
    return done.stdout if done.returncode == 0 else None


def problems(root: Path, environment: Mapping[str, str]) -> list[str]:
    """What speaks against a release, in one line each, with what to do."""
    result = []
    changes = git(root, "status", "--porcelain")
    if changes is None:
        raise Failure("this folder is no clone; clone the repository with git")
    if changes:
        files = [line[3:] for line in changes.splitlines()]
        result.append(f"{', '.join(files[:3])}{' and others have' if len(files) > 3 else ': there are'} changes that are not committed; commit or remove them")
    tag = f"v{version(root)}"
    if tag not in (git(root, "tag", "--points-at", "HEAD") or "").splitlines():
        result.append(f"this commit is not tagged {tag}; change the version in CMakeLists.txt, or tag it: git tag {tag}")
    heading = re.search(r"^## .*", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    if heading and "not yet released" in heading[0]:
        result.append(f"CHANGELOG.md says '{heading[0]}'; write the date of the release")
    if PLACEHOLDER in (root / "library.properties").read_text(encoding="utf-8"):
        result.append("library.properties has no address yet; write the repository's after url=")
    if maintainer(environment) is None:
        result.append("the Debian packages need a maintainer; set DEBFULLNAME and DEBEMAIL")
    return result


def maintainer(environment: Mapping[str, str]) -> Optional[str]:
    name, mail = environment.get("DEBFULLNAME"), environment.get("DEBEMAIL")
    return f"{name} <{mail}>" if name and mail else None


def snapshot_version(root: Path) -> str:
    """Such as `0.2.0~git20261129.1a2b3c4`: before 0.2.0, and after older snapshots."""
    date = (git(root, "log", "-1", "--format=%cd.%h", "--date=format:%Y%m%d", "--abbrev=7") or "").strip()
    return f"{version(root)}~git{date}{'.changed' if git(root, 'status', '--porcelain') else ''}"


def steps(out: Path, name: str, contact: Optional[str]) -> list[Step]:
    def begin(log: Log) -> None:
        if out.exists():
            shutil.rmtree(out)
        out.mkdir(parents=True)
        shutil.rmtree(project.EMULATOR / "dist", ignore_errors=True)  # files of sources that are gone would be packed, too

    first = Step(f"emptying {os.path.relpath(out)}", begin)
    setup = packages.steps(PACKAGES)
    emulator = [*(step for step in project.emulator_steps() if "npm ci" in step.title)]
    emulator.append(Step("building the emulator", lambda log: log.run(["npm", "run", "build"], cwd=project.EMULATOR)))
    libraries = project.build_step("gcc", "uasync_linux", "uasync_sim")
    images = project.build_step(page.PRESET, *(source.stem for source in page.sources()), "docs_board")
    return [
        *setup,
        first,
        *emulator,
        libraries,
        images,
        Step("building the page", page.build),
        Step("writing the page", lambda log: page.write_site(make(out / "page"))),
        Step("writing the documentation", lambda log: docs.write_site(make(out / "docs"), log)),
        Step("copying the images", lambda log: copy_images(make(out / "firmware"))),
        Step("packing the sources", lambda log: pack_sources(log, out, name)),
        Step("packing the Arduino library", lambda log: pack_arduino(log, out, name)),
        Step("making the Debian packages", lambda log: pack_debian(log, out, name, contact)),
        Step("writing the checksums", lambda log: write_checksums(out)),
    ]


def make(folder: Path) -> Path:
    folder.mkdir()
    return folder


def copy_images(folder: Path) -> None:
    for source in page.sources():
        shutil.copy(ROOT / "build" / page.PRESET / "examples" / f"{source.stem}.uf2", folder)


def pack_sources(log: Log, out: Path, name: str) -> None:
    """What is committed; of a snapshot also what is changed, but no files that git does not know."""
    changed = log.run(["git", "stash", "create"], cwd=ROOT).strip()
    archive = out / f"uasync-{name}.tar.gz"
    log.run(["git", "archive", f"--prefix=uasync-{name}/", "-o", archive, changed or "HEAD"], cwd=ROOT)


def pack_arduino(log: Log, out: Path, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log.run([sys.executable, ROOT / "packaging" / "arduino.py", folder])
        shutil.make_archive(str(out / f"uasync-arduino-{name}"), "zip", folder, "uasync")


def pack_debian(log: Log, out: Path, name: str, contact: Optional[str]) -> None:
    date = (git(ROOT, "log", "-1", "--format=%ct") or "").strip()
    with tempfile.TemporaryDirectory() as folder:
        words = ["cpack", "-B", folder, "-D", f"CPACK_PACKAGE_VERSION={name}", *(["-D", f"CPACK_PACKAGE_CONTACT={contact}"] if contact else [])]
        log.run(words, cwd=ROOT / "build" / "gcc", env={"SOURCE_DATE_EPOCH": date})
        for package in Path(folder).glob("*.deb"):
            shutil.move(str(package), out)


def write_checksums(out: Path) -> None:
    files = sorted(path for path in out.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(out).as_posix()}\n" for path in files]
    (out / CHECKSUMS).write_text("".join(lines), encoding="utf-8")
