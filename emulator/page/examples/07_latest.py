# Step 7: an interrupt, and the latest value. As step 5, but an interrupt reports a press at once, and a mailbox for the latest
# value replaces the queue: after a burst of presses the LED goes straight to the last interval.

import asyncio
from machine import Pin
from time import ticks_diff, ticks_ms


class Latest:
    """A mailbox for one value, in which a newer value replaces an older one, and one task that takes it out."""

    def __init__(self):
        self.was_put = asyncio.Event()

    def empty(self):
        return not self.was_put.is_set()

    async def get(self):
        await self.was_put.wait()
        self.was_put.clear()
        return self.value

    def put(self, value):
        self.value = value
        self.was_put.set()


async def blink(latest, led):
    delay_ms = await latest.get()         # dark until the first press
    while True:
        if not latest.empty():
            delay_ms = await latest.get()
        led.toggle()
        await asyncio.sleep_ms(delay_ms)


# Contacts bounce: for some milliseconds after a press, and again after a release, the pin goes up and down many times. The first
# edge of a press counts; all that follow are ignored until the pin has been high for 20 ms.
async def wait_released(button):
    high_ms = 0
    while high_ms < 20:
        await asyncio.sleep_ms(5)
        high_ms = high_ms + 5 if button.value() == 1 else 0


async def main():
    led = Pin(25, Pin.OUT)
    button = Pin(15, Pin.IN, Pin.PULL_UP)
    pressed = asyncio.ThreadSafeFlag()
    button.irq(lambda pin: pressed.set(), Pin.IRQ_FALLING)
    latest = Latest()
    blinking = asyncio.create_task(blink(latest, led))

    last = ticks_ms()
    while True:
        await pressed.wait()
        now = ticks_ms()
        delay_ms = min(ticks_diff(now, last), 2000)
        last = now
        print(delay_ms)
        latest.put(delay_ms)
        await wait_released(button)
        pressed.clear()                   # bounces have set it meanwhile


asyncio.run(main())
