# Step 1: a coroutine. Calling blink() only makes one; awaiting it runs it. It never ends, so neither does the program.

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
