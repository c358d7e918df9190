# Step 2b: the same main loop without the sleep. It never waits, so no other task ever runs, and the LED stays dark.

import asyncio
from machine import Pin


async def blink(led):
    while True:
        led.toggle()
        await asyncio.sleep_ms(500)


async def main():
    led = Pin(25, Pin.OUT)
    blinking = asyncio.create_task(blink(led))

    rounds = 0
    while True:
        rounds += 1
        if rounds % 500_000 == 0:
            print(rounds, "rounds")


asyncio.run(main())
