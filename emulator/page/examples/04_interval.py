# Step 4: time. Each press prints the milliseconds since the previous press, the first press those since the start.

import asyncio
from machine import Pin
from time import ticks_diff, ticks_ms


async def blink(led):
    while True:
        led.toggle()
        await asyncio.sleep_ms(500)


async def wait_button(button):            # resolves on a press: a 1 -> 0 edge, sampled every 40 ms
    previous = button.value()
    while button.value() == 1 or button.value() == previous:
        previous = button.value()
        await asyncio.sleep_ms(40)


async def main():
    led = Pin(25, Pin.OUT)
    button = Pin(15, Pin.IN, Pin.PULL_UP)
    blinking = asyncio.create_task(blink(led))

    last = ticks_ms()
    while True:
        await wait_button(button)
        now = ticks_ms()
        print(ticks_diff(now, last))
        last = now


asyncio.run(main())
