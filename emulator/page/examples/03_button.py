# Step 3: a button between GP15 and ground. The main task waits for presses while the LED blinks.

import asyncio
from machine import Pin


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

    while True:
        await wait_button(button)
        print("pressed")


asyncio.run(main())
