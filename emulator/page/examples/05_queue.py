# Step 5: a queue. It carries each interval between presses to the blink task, which takes one message a round and blinks at that pace.

import asyncio
from collections import deque
from machine import Pin
from time import ticks_diff, ticks_ms


class Queue:
    """MicroPython's asyncio has none. This one is enough here, but does not serve tasks in the order in which they came."""

    def __init__(self, size):
        self.size = size
        self.items = deque((), size)
        self.was_put = asyncio.Event()
        self.was_got = asyncio.Event()

    def empty(self):
        return len(self.items) == 0

    async def get(self):
        while self.empty():               # again after each wait: another task may have been faster
            self.was_put.clear()
            await self.was_put.wait()
        self.was_got.set()
        return self.items.popleft()

    async def put(self, item):
        while len(self.items) == self.size:
            self.was_got.clear()
            await self.was_got.wait()
        self.was_put.set()
        self.items.append(item)


async def blink(queue, led):
    delay_ms = 0
    while True:
        if not queue.empty():
            delay_ms = await queue.get()
        led.toggle()
        await asyncio.sleep_ms(delay_ms)


async def wait_button(button):            # resolves on a press: a 1 -> 0 edge, sampled every 40 ms
    previous = button.value()
    while button.value() == 1 or button.value() == previous:
        previous = button.value()
        await asyncio.sleep_ms(40)


async def main():
    led = Pin(25, Pin.OUT)
    button = Pin(15, Pin.IN, Pin.PULL_UP)
    queue = Queue(8)
    blinking = asyncio.create_task(blink(queue, led))

    last = ticks_ms()
    while True:
        await wait_button(button)
        now = ticks_ms()
        delay_ms = min(ticks_diff(now, last), 2000)
        last = now
        print(delay_ms)
        await queue.put(delay_ms)


asyncio.run(main())
