"""The operations of uasync_bench.cpp on CPython's asyncio: cpython_bench.py NAME COUNT."""

import asyncio
import os
import sys
import threading
import time


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


class Stopwatch:
    def __init__(self):
        self.cpu_start = time.process_time()
        self.wall_start = time.monotonic()

    def cpu(self):
        return time.process_time() - self.cpu_start

    def wall(self):
        return time.monotonic() - self.wall_start


def tell(name, value):
    print(f"{name} {value:.6g}")


def tell_ns(stopwatch, count):
    tell("ns", stopwatch.cpu() * 1e9 / count)


def expect(right, what):
    if not right:
        sys.exit(f"wrong: {what}")


def delays():
    state = 1
    while True:
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        yield (state >> 8) % 1001


async def yields(count):
    for _ in range(count):
        await asyncio.sleep(0)


async def switches(count):
    stopwatch = Stopwatch()
    one = asyncio.create_task(yields(count // 2))
    other = asyncio.create_task(yields(count // 2))
    await one
    await other
    tell_ns(stopwatch, count)


async def trivial(x):
    return x


async def spawns(count):
    stopwatch = Stopwatch()
    total = 0
    for _ in range(count):
        total += await asyncio.create_task(trivial(1))
    tell_ns(stopwatch, count)
    expect(total == count, "sum of the tasks' results")


async def awaits(count):
    stopwatch = Stopwatch()
    total = 0
    for _ in range(count):
        total += await trivial(1)
    tell_ns(stopwatch, count)
    expect(total == count, "sum of the children's results")


async def produce(queue, count):
    for i in range(count):
        await queue.put(i)


async def consume(queue, count):
    total = 0
    for _ in range(count):
        total += await queue.get()
    return total


async def messages(size, count):
    stopwatch = Stopwatch()
    queue = asyncio.Queue(size)
    producer = asyncio.create_task(produce(queue, count))
    total = await asyncio.create_task(consume(queue, count))
    await producer
    tell_ns(stopwatch, count)
    expect(total == count * (count - 1) // 2, "sum of the messages")


def far_off(delay):
    return 1000 + next(delay)


async def timers(count):
    loop = asyncio.get_running_loop()
    delay = delays()
    for _ in range(1000):
        loop.call_later(far_off(delay), int)
    stopwatch = Stopwatch()
    for i in range(count):
        loop.call_later(far_off(delay), int).cancel()
        if i % 64 == 63:
            await asyncio.sleep(0)  # the loop drops those that are cancelled when it looks at its timers
    tell_ns(stopwatch, count)


async def posts(count):
    burst = 1024
    loop = asyncio.get_running_loop()
    called = 0
    ended = False

    def one():
        nonlocal called
        called += 1

    def post_all():
        nonlocal ended
        busy = 0
        posted = 0
        while posted < count:
            busy -= time.thread_time()
            for _ in range(burst):
                loop.call_soon_threadsafe(one)
            busy += time.thread_time()
            posted += burst
            while called < posted:
                time.sleep(0)
        tell("ns", busy * 1e9 / posted)
        ended = True

    poster = threading.Thread(target=post_all)
    poster.start()
    while not ended:
        await asyncio.sleep(0)
    poster.join()


async def sleepers(count):
    resident = resident_bytes()
    stopwatch = Stopwatch()
    delay = delays()
    all_awake = asyncio.Event()
    left = count

    async def sleeper(ms):
        nonlocal left
        await asyncio.sleep(ms / 1000)
        left -= 1
        if left == 0:
            all_awake.set()

    for _ in range(count):
        asyncio.create_task(sleeper(next(delay)))
    await asyncio.sleep(0)
    tell("rss_bytes", (resident_bytes() - resident) / count)
    await all_awake.wait()
    tell("over_ms", stopwatch.wall() * 1000 - 1000)
    tell("cpu_ms", stopwatch.cpu() * 1000)


OPERATIONS = {
    "switch": switches,
    "spawn_join": spawns,
    "await_child": awaits,
    "queue1": lambda count: messages(1, count),
    "queue128": lambda count: messages(128, count),
    "timer_insert_cancel": timers,
    "post": posts,
    "sleepers": sleepers,
}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in OPERATIONS:
        sys.exit(f"usage: cpython_bench.py NAME COUNT, where NAME is {' '.join(OPERATIONS)}")
    asyncio.run(OPERATIONS[sys.argv[1]](int(sys.argv[2])))


main()
