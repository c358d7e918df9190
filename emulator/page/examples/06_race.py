# Step 6: a race, and its cure. Between two awaits a task has the processor to itself; at an await, other tasks may run. So a read
# and a write that belong together need a lock if there is an await between them.

import asyncio


class Counter:                            # an int cannot be changed in place, so tasks share an object that has one
    def __init__(self):
        self.value = 0


async def count(counter):
    for i in range(1000):
        seen = counter.value
        await asyncio.sleep_ms(0)         # the other task runs here, and sees the same number
        counter.value = seen + 1          # so one of the two additions is lost


async def count_locked(counter, lock):
    for i in range(1000):
        async with lock:
            seen = counter.value
            await asyncio.sleep_ms(0)     # the other task waits for the lock
            counter.value = seen + 1      # the block ends here, and with it the lock goes to the other task


async def main():
    counter = Counter()
    await asyncio.gather(count(counter), count(counter))
    print("without a lock:", counter.value, "of 2000")

    counter = Counter()
    lock = asyncio.Lock()
    await asyncio.gather(count_locked(counter, lock), count_locked(counter, lock))
    print("with a lock:", counter.value, "of 2000")


asyncio.run(main())
