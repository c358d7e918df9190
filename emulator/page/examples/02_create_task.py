# Step 2: a task. The LED blinks while the main loop does work of its own and yields to the other task once a round.

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
        await asyncio.sleep_ms(0)         # every task that is ready runs here


asyncio.run(main())
