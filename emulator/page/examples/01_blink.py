# Step 1: a coroutine. Calling blink() only creates it; awaiting it runs it. It never ends, so the program never ends.

import asyncio
from machine import Pin


async def blink(led):
    while True:
        led.toggle()
        await asyncio.sleep_ms(500)


async def main():
    led = Pin(25, Pin.OUT)
    await blink(led)                      # without await nothing would happen, and nobody says so


asyncio.run(main())
