"""What the SDK's own examples put on a pin, read back from its edges, and what comes to one from outside."""

from __future__ import annotations

from typing import Iterator, Sequence

Edges = Sequence["tuple[float, int]"]  # (microseconds, level) of each change


def level_at(edges: Edges, t_us: float, before: int) -> int:
    """The level at a time; `before` is that ahead of the first edge."""
    return next((level for when, level in reversed(edges) if when <= t_us), before)


def pulses(edges: Edges) -> list[float]:
    """How long each high level lasts, in microseconds."""
    return [fall - rise for (rise, level), (fall, _) in zip(edges, edges[1:]) if level == 1]


def uart_bytes(edges: Edges, baud: float) -> bytes:
    """Characters of 8N1, lowest bit first, on a line that is high while nothing is sent. The first edge is that by which the line goes high."""
    bit = 1e6 / baud
    received, ready = bytearray(), edges[0][0]
    for when, level in edges:
        if level == 1 or when < ready:
            continue
        bits = [level_at(edges, when + (index + 0.5) * bit, 1) for index in range(10)]
        if (bits[0], bits[9]) != (0, 1):
            raise AssertionError(f"no start and stop bit at {when} us: {bits}")
        received.append(sum(value << index for index, value in enumerate(bits[1:9])))
        ready = when + 9.5 * bit
    return bytes(received)


def clocked_words(clock: Edges, data: Edges) -> list[int]:
    """Words of 32 bits, highest first, that the data have at each rise of the clock."""
    bits = [level_at(data, when, 0) for when, level in clock if level == 1]
    return [int("".join(map(str, bits[start : start + 32])), 2) for start in range(0, len(bits) - 31, 32)]


def bursts(edges: Edges, gap_us: float) -> list[tuple[float, float]]:
    """Start and end of each run of pulses that follow each other in less than a gap."""
    found: list[tuple[float, float]] = []
    for when, _ in edges:
        if found and when - found[-1][1] < gap_us:
            found[-1] = (found[-1][0], when)
        else:
            found.append((when, when))
    return found


NEC_US = 562.5


def nec_frame(found: Sequence[tuple[float, float]]) -> bytes:
    """What a frame of NEC's infrared code says: a long burst, and for each bit a gap after a short one, which is long for 1. Lowest bit first."""
    if len(found) != 34 or abs(found[0][1] - found[0][0] - 16 * NEC_US) > 50:
        raise AssertionError(f"{len(found)} bursts")
    gaps = [start - end for (_, end), (start, _) in zip(found[1:], found[2:])]
    bits = [0 if gap < 2 * NEC_US else 1 for gap in gaps]
    return bytes(sum(bit << index for index, bit in enumerate(bits[start : start + 8])) for start in range(0, 32, 8))


def nec_detected(data: bytes, start_us: float) -> Iterator[tuple[float, int]]:
    """The levels of an infrared detector, low while it sees a carrier, that receives such a frame."""
    t_us = start_us
    lengths = [(16, 8), *((1, 3 if byte >> index & 1 else 1) for byte in data for index in range(8)), (1, 0)]
    for burst, gap in lengths:
        yield t_us, 0
        yield t_us + burst * NEC_US, 1
        t_us += (burst + gap) * NEC_US


def drives(pin: int, levels: Iterator[tuple[float, int]]) -> list[str]:
    """The options that drive a pin so. It is high before."""
    options = ["--drive", f"GP{pin}@0s=1"]
    for t_us, level in levels:
        options += ["--drive", f"GP{pin}@{t_us:.1f}us={level}"]
    return options


class Rand:
    """rand() of newlib, which the SDK's programs use, without a seed of their own."""

    def __init__(self) -> None:
        self.state = 1

    def __call__(self) -> int:
        self.state = (self.state * 6364136223846793005 + 1) & (2**64 - 1)
        return self.state >> 32 & 0x7FFFFFFF
