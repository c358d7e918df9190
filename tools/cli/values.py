"""The values of options, checked before anything is built.

The emulator reads its own options again, in emulator/src; both are tested with emulator/test/support/fixtures/option-values.json.
"""

import argparse
import math
import os
import re
from pathlib import Path
from typing import NamedTuple, Optional, Tuple, Union

from .errors import UsageError

PIN_COUNT = 30
LED_PIN = 25
EDGE_PINS = frozenset([*range(23), 26, 27, 28])
EDGE = "the pins at the edge are GP0 to GP22 and GP26 to GP28"
NANOS = {"us": 1e3, "ms": 1e6, "s": 1e9}
FIRST_ANALOG_PIN = 26
FLASH_BYTES = 2 * 1024 * 1024
MOST_VOLTS = 3.3  # full scale of the converter
LONGEST_NANOS = 100 * 24 * 3600 * 1e9  # beyond some 104 days nanoseconds are no longer exact

ELF_MAGIC = b"\x7fELF"
UF2_MAGIC = b"UF2\nWQ]\x9e"


class Wrong(argparse.ArgumentTypeError):
    """A value that cannot be used; the message says why, and what to write instead."""


class Press(NamedTuple):
    pin: int
    start: int
    duration: int


class Drive(NamedTuple):
    pin: int
    start: int
    level: Union[int, str]  # "z" to let go of the pin


class Analog(NamedTuple):
    channel: int
    start: int
    volts: float


def shown(text: str) -> str:
    """The text on one line, whatever is in it."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text)


def time(text: str) -> int:
    """`250us`, `20ms` or `1.5s` in nanoseconds."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)(us|ms|s)", text)
    if not match:
        raise Wrong(f"'{shown(text)}' is not a time; write for example 250us, 20ms or 1.5s")
    nanos = float(match[1]) * NANOS[match[2]]
    if nanos > LONGEST_NANOS:
        raise Wrong(f"'{shown(text)}' is longer than 100 days; write a shorter time")
    return math.floor(nanos + 0.5)


def time_to_run(text: str) -> int:
    nanos = time(text)
    if nanos == 0:
        raise Wrong(f"'{shown(text)}' leaves the firmware no time to run; write for example 20ms or 1.5s")
    return nanos


def pin(text: str) -> int:
    match = re.fullmatch(r"GP([0-9]{1,2})", text, re.IGNORECASE)
    if not match or int(match[1]) >= PIN_COUNT:
        raise Wrong(f"'{shown(text)}' is not a pin; the pins are GP0 to GP{PIN_COUNT - 1}")
    return int(match[1])


def button_pin(text: str) -> int:
    number = pin(text)
    if number == LED_PIN:
        raise Wrong(f"GP{number} is the LED on the Pico and has no pin at the edge; {EDGE}")
    if number not in EDGE_PINS:
        raise Wrong(f"GP{number} is used inside the Pico and has no pin at the edge; {EDGE}")
    return number


def press(text: str) -> Press:
    """`GP15@1s+100ms`"""
    match = re.fullmatch(r"([^@+]+)@([^@+]+)\+([^@+]+)", text)
    if not match:
        raise Wrong(f"'{shown(text)}' is not a press; write PIN@START+DURATION, for example GP15@1s+100ms")
    result = Press(button_pin(match[1]), time(match[2]), time(match[3]))
    if result.duration == 0:
        raise Wrong(f"'{shown(text)}' presses for no time at all; write for example GP15@1s+100ms")
    return result


def check_presses(presses: "list[Press]") -> None:
    """No button is pressed while it is pressed already."""
    ordered = sorted(presses)
    for before, after in zip(ordered, ordered[1:]):
        if before.pin == after.pin and before.start + before.duration > after.start:
            seconds = f"{after.start / 1e9:.9f}".rstrip("0").rstrip(".")
            raise UsageError(f"--press: two presses of GP{after.pin} overlap at {seconds} s; release the button before the next press")


def parts(text: str) -> "Optional[re.Match[str]]":
    """`PIN@TIME=VALUE`"""
    return re.fullmatch(r"([^@=]+)@([^@=]+)=([^@=]+)", text)


def drive(text: str) -> Drive:
    """`GP4@1s=1`"""
    match = parts(text)
    if not match:
        raise Wrong(f"'{shown(text)}' is not a drive; write PIN@TIME=LEVEL, for example GP4@1s=1")
    result = Drive(pin(match[1]), time(match[2]), match[3] if match[3] == "z" else int(match[3] == "1"))
    if match[3] not in ("0", "1", "z"):
        raise Wrong(f"'{shown(match[3])}' is not a level; write 0, 1, or z to let go of the pin")
    return result


def analog(text: str) -> Analog:
    """`GP26@0s=1.65V`"""
    match = parts(text)
    if not match:
        raise Wrong(f"'{shown(text)}' is not a voltage at a pin; write PIN@TIME=VOLTS, for example GP26@0s=1.65V")
    channel, start = pin(match[1]) - FIRST_ANALOG_PIN, time(match[2])
    if channel < 0:
        raise Wrong(f"{match[1]} has no analog input; GP26 to GP29 have")
    if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]+)?V?", match[3]):
        raise Wrong(f"'{shown(match[3])}' is not a voltage; write for example 1.65V")
    volts = float(match[3].rstrip("V"))
    if volts > MOST_VOLTS:
        raise Wrong(f"'{match[3]}' is more than a pin bears; write up to {MOST_VOLTS}V")
    return Analog(channel, start, volts)


def wire(text: str) -> Tuple[int, int]:
    """`GP4-GP3`"""
    match = re.fullmatch(r"([^-]+)-([^-]+)", text)
    if not match:
        raise Wrong(f"'{shown(text)}' is not a wire; write PIN-PIN, for example GP4-GP3")
    result = pin(match[1]), pin(match[2])
    if result[0] == result[1]:
        raise Wrong(f"'{shown(text)}' wires a pin to itself; write two pins, for example GP4-GP3")
    return result


def input_text(text: str) -> str:
    r"""`hello\n@1s`, or with a port before it: `USB:hello\n@1s`"""
    characters, at, when = re.sub(r"^(UART0|UART1|USB):", "", text).rpartition("@")
    if not at or not characters:
        raise Wrong(f"'{shown(text)}' is not an input; write TEXT@TIME, for example 'hello\\n@1s'")
    check_escapes(characters, text)
    time(when)
    return text


def expected(text: str) -> str:
    r"""A text that the firmware is to print: `ready\n`"""
    if not text:
        raise Wrong("'' is printed by every firmware; write what this one is to print")
    check_escapes(text, text)
    return text


def check_escapes(characters: str, text: str) -> None:
    for escape in re.findall(r"\\(?:x[0-7][0-9a-fA-F]|.?)", characters, re.DOTALL):
        if len(escape) != 4 and escape not in (r"\n", r"\r", r"\t", "\\\\"):
            raise Wrong(f"'{shown(escape)}' in '{shown(text)}' means nothing; there are \\n, \\r, \\t, \\\\, and \\x00 to \\x7f")


def port(text: str) -> int:
    """A TCP port; 0 takes any free one."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65535:
        raise Wrong(f"'{shown(text)}' is not a port; write a number of up to 65535, for example 3333")
    return int(text)


def output_file(text: str) -> str:
    """A file that can be written. Tries it, and leaves nothing behind."""
    path = Path(text)
    if not text:
        raise Wrong("'' is not the name of a file; write for example out.json")
    if path.is_dir():
        raise Wrong(f"cannot write {shown(text)}: it is a folder; give the name of a file")
    check_folders(text, path.parent)
    if path.exists():
        if not os.access(path, os.W_OK):
            raise Wrong(f"cannot write {shown(text)}: permission denied; choose another place")
        return text
    try:
        with open(path, "xb"):
            pass
        path.unlink()
    except FileExistsError:  # a link to what does not exist yet
        pass
    except OSError as error:
        raise Wrong(f"cannot write {shown(text)}: {reason(error)}; choose another place") from None
    return text


def flash_file(text: str) -> str:
    """A file for the contents of the Pico's flash, or one that has them."""
    output_file(text)
    path = Path(text)
    if path.is_file() and path.stat().st_size > FLASH_BYTES:
        raise Wrong(f"{shown(text)} has {path.stat().st_size} bytes, and the Pico's flash has {FLASH_BYTES}; give another file")
    return text


def output_folder(text: str) -> Path:
    """A folder that exists or can be created. Tries it, and leaves nothing behind."""
    path = Path(text)
    if not text:
        raise Wrong("'' is not the name of a folder; write for example site")
    if path.exists() and not path.is_dir():
        raise Wrong(f"{shown(text)} is not a folder; give the name of a folder")
    made = []
    try:
        for folder in [*reversed(path.parents), path]:
            if folder.exists() and not folder.is_dir():
                raise Wrong(f"cannot create {shown(text)}: {shown(str(folder))} is not a folder; choose another place")
            if not folder.exists():
                folder.mkdir()
                made.append(folder)
    except OSError as error:
        raise Wrong(f"cannot create {shown(text)}: {reason(error)}; choose another place") from None
    finally:
        for folder in reversed(made):
            folder.rmdir()
    if path.is_dir() and not os.access(path, os.W_OK | os.X_OK):
        raise Wrong(f"cannot write into {shown(text)}: permission denied; choose another place")
    return path


def check_folders(text: str, folder: Path) -> None:
    """Names the folder that is missing on the way to a file."""
    for outer in [*reversed(folder.parents), folder]:
        if not outer.exists():
            raise Wrong(f"cannot write {shown(text)}: the folder {shown(str(outer))} does not exist; create it or choose another place")
        if not outer.is_dir():
            raise Wrong(f"cannot write {shown(text)}: {shown(str(outer))} is not a folder; choose another place")


def check_image(text: str, uf2: bool = True) -> None:
    """A firmware that can be read. Its reader checks the rest."""
    try:
        with open(text, "rb") as file:
            start = file.read(len(UF2_MAGIC))
    except FileNotFoundError:
        raise UsageError(f"{shown(text)}: no such file; build it first, or give another image") from None
    except IsADirectoryError:
        raise UsageError(f"{shown(text)}: is a folder; give the ELF file in it") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown(text)}: cannot be read: {reason(error)}") from None
    if start.startswith(ELF_MAGIC):
        return
    if start != UF2_MAGIC:
        kinds = "neither an ELF nor a UF2 file" if uf2 else "not an ELF file"
        raise UsageError(f"{shown(text)}: {'the file is empty' if not start else kinds}; give the .elf file that the build wrote")
    if not uf2:
        raise UsageError(f"{shown(text)}: a UF2 file holds no symbols; open the ELF file it was made from{beside(text)}")


def beside(text: str) -> str:
    """Names the ELF file beside a UF2 file, if it is there."""
    elf = Path(text).with_suffix(".elf")
    return f": {shown(str(elf))}" if elf.is_file() else ""


def reason(error: Exception) -> str:
    words = getattr(error, "strerror", None) or str(error)
    return words[:1].lower() + words[1:]
