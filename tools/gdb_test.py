"""What the gdb commands are made of, as far as it does not need gdb; tests/firmware/test_gdb.py has the rest."""

import random
import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "gdb"))

from uasync_gdb import suspension, words  # noqa: E402  (found only now)

# Instructions of a Cortex-M0+.
BX_LR = 0x4770
NOP = 0xBF00


def movs(register, value):
    return 0x2000 | register << 8 | value


def adds(register, value):
    return 0x3000 | register << 8 | value


def mov(to, source):
    return 0x4600 | (to & 8) << 4 | source << 3 | to & 7


def cmp(register, value):
    return 0x2800 | register << 8 | value


def strh(register, base, offset):
    return 0x8000 | offset // 2 << 6 | base << 3 | register


def ldrh(register, base, offset):
    return 0x8800 | offset // 2 << 6 | base << 3 | register


def strb(register, base, offset):
    return 0x7000 | offset << 6 | base << 3 | register


def ldrb(register, base, offset):
    return 0x7800 | offset << 6 | base << 3 | register


def branch(condition, halfwords):
    return 0xD000 | condition << 8 | (halfwords - 2) & 0xFF


def code(*instructions):
    return struct.pack(f"<{len(instructions)}H", *instructions)


EQ, NE = 0, 1


class Damaged(unittest.TestCase):
    def test_code_is_not_followed_for_ever(self):
        for seed in range(1000):
            chance = random.Random(seed)
            # Many branches, forth and back, since it is those that lead astray.
            kinds = (lambda: 0xE000 | chance.randrange(0x800), lambda: 0xD000 | chance.randrange(0xF00), lambda: chance.randrange(0x10000))
            damaged = code(*(chance.choice(kinds)() for _ in range(chance.randrange(60))))
            suspension.find_first_load(damaged, 1)
            suspension.find_first_load(damaged, 2)
            self.assertLessEqual(set(suspension.find_stores(damaged, 8, 2, 6)), set(range(len(damaged))), f"with seed {seed}")

    def test_code_that_branches_to_itself_loads_nothing(self):
        self.assertIsNone(suspension.find_first_load(code(0xE7FE), 2))

    def test_names_stay_if_they_are_none(self):
        for name in ("", "::", "(", ")", "()", "> ", " [clone .resume]"):
            with self.subTest(name):
                self.assertIsInstance(words.function_name(name), str)
                words.wait_of_awaiter(name)
                words.wait_of_hook(name)
                words.local_name(name)


class Suspension(unittest.TestCase):
    def assertStores(self, instructions, value, expected, offset=22, width=2):
        self.assertEqual(suspension.find_stores(code(*instructions), offset, width, value), expected)

    def test_a_constant_is_followed_to_its_store(self):
        self.assertStores([movs(3, 6), NOP, strh(3, 0, 22), BX_LR], 6, [4])
        self.assertStores([movs(3, 6), NOP, strh(3, 0, 22), BX_LR], 4, [])

    def test_the_frame_is_followed_through_registers(self):
        self.assertStores([mov(4, 0), movs(0, 1), movs(3, 4), strh(3, 4, 22), strh(3, 0, 22), BX_LR], 4, [6])
        self.assertStores([adds(0, 20), movs(3, 4), strh(3, 0, 2), BX_LR], 4, [4])

    def test_only_the_field_counts(self):
        self.assertStores([movs(3, 4), strh(3, 0, 20), strb(3, 0, 22), BX_LR], 4, [])
        self.assertStores([movs(3, 4), strb(3, 0, 22), BX_LR], 4, [2], width=1)

    def test_a_sum_is_a_constant(self):
        self.assertStores([movs(3, 2), adds(3, 4), strh(3, 0, 22), BX_LR], 6, [4])

    def test_a_call_loses_what_it_may_change(self):
        call = (0xF000, 0xF800)
        self.assertStores([mov(4, 0), movs(3, 4), *call, strh(3, 4, 22), BX_LR], 4, [])
        self.assertStores([mov(4, 0), movs(5, 4), *call, strh(5, 4, 22), BX_LR], 4, [8])

    def test_where_ways_meet_only_what_is_the_same_is_known(self):
        self.assertStores([movs(3, 4), cmp(1, 7), branch(EQ, 2), movs(3, 6), strh(3, 0, 22), BX_LR], 4, [])
        self.assertStores([movs(3, 4), cmp(1, 7), branch(EQ, 2), movs(2, 6), strh(3, 0, 22), BX_LR], 4, [8])

    def test_what_a_comparison_found_equal_is_known(self):
        self.assertStores([cmp(3, 0), branch(NE, 3), adds(3, 4), strh(3, 0, 22), BX_LR], 4, [6])
        self.assertStores([cmp(3, 2), branch(EQ, 2), BX_LR, adds(3, 2), strh(3, 0, 22), BX_LR], 4, [8])

    def test_a_loop_comes_to_an_end(self):
        self.assertStores([movs(3, 0), adds(3, 1), strh(3, 0, 22), branch(NE, -2)], 1, [])

    def test_a_base_that_is_not_known_will_do_if_there_is_no_better(self):
        on_stack = 0x9B00  # ldr r3, [sp]
        self.assertStores([0x9000, on_stack, movs(2, 4), strh(2, 3, 22), BX_LR], 4, [6])

    def test_damaged_code_is_no_trouble(self):
        self.assertEqual(suspension.find_stores(b"", 22, 2, 4), [])
        self.assertEqual(suspension.find_stores(b"\x00", 22, 2, 4), [])
        self.assertStores([0xF000], 4, [])
        self.assertStores([0xE7FE], 4, [])

    def test_the_first_load_of_the_frame_is_found(self):
        self.assertEqual(suspension.find_first_load(code(movs(1, 1), ldrh(3, 0, 24), BX_LR), 2), 24)
        self.assertEqual(suspension.find_first_load(code(mov(4, 0), ldrb(3, 4, 7), BX_LR), 1), 7)
        self.assertIsNone(suspension.find_first_load(code(ldrh(3, 0, 24), BX_LR), 1))
        self.assertIsNone(suspension.find_first_load(code(cmp(1, 0), branch(EQ, 2), ldrh(3, 0, 24), BX_LR), 2))
        self.assertIsNone(suspension.find_first_load(b"", 2))


class Words(unittest.TestCase):
    def test_awaiters(self):
        for name, expected in {
            "uasync::detail::SleepMsAwaiter": "sleep",
            "uasync::detail::SleepUntilAwaiter": "sleep",
            "uasync::detail::StoreQueue<int, uasync::detail::FifoStore<int, 8> >::GetAwaiter": "Queue::get",
            "uasync::detail::StoreQueue<app::Job, uasync::detail::HeapStore<app::Job, 4> >::PutAwaiter": "PriorityQueue::put",
            "uasync::Event::WaitAwaiter": "Event::wait",
            "uasync::TaskGroup::Waiter": "TaskGroup",
            "uasync::detail::GatherAwaiter<uasync::Coro<void>, uasync::Coro<int> >": "gather",
            "uasync::detail::JoinAwaiter": "a task",
            "uasync::Lock::ScopedAwaiter": "Lock::acquire",
            "uasync::Coro<void>": None,
            "int": None,
        }.items():
            self.assertEqual(words.wait_of_awaiter(name), expected, name)

    def test_objects_that_are_made_of_others(self):
        self.assertEqual(words.of_object("Queue::get", "JoinableQueue<int, 4>"), "JoinableQueue::get")
        self.assertEqual(words.of_object("ClosableQueue::put", "Channel<int, 1>"), "Channel::send")
        self.assertEqual(words.of_object("Event::wait", None), "Event::wait")
        self.assertEqual(words.of_object(None, "Queue<int, 4>"), "Queue")

    def test_functions(self):
        for name, expected in {
            "blink(blink(uasync::Queue<int, 8u>&, uasync::Pin)::_Z5blink.Frame*) [clone .actor]": "blink",
            "app::Motor::turn(uasync::Event&) [clone .resume]": "app::Motor::turn",
            "uasync::Coro<int> app::twice<int>(int) [clone .resume]": "app::twice<int>",
            "async_main()::{lambda()#2}::operator()(async_main()::{lambda()#2}::operator()() const::_Z.Frame*) [clone .actor]": (
                "lambda in async_main"
            ),
            "async_main()::$_0::operator()(uasync::Queue<int, 4u>&) const [clone .resume]": "lambda in async_main",
            "(anonymous namespace)::child() [clone .resume]": "child",
        }.items():
            self.assertEqual(words.function_name(name), expected, name)

    def test_variables(self):
        self.assertEqual(words.local_name("delay_ms_1_2"), "delay_ms")
        self.assertEqual(words.local_name("led"), "led")
        for name in ("_Coro_resume_index", "Aw0_2_3", "Is_1_1", "Fs_1_5", "D.165300_3_4", "__coro_index", ""):
            self.assertIsNone(words.local_name(name), name)

    def test_hooks(self):
        self.assertEqual(words.wait_of_hook("uasync::detail::JoinAwaiter::functions_of_join"), "a task")
        self.assertEqual(words.wait_of_hook("uasync::ConditionWait::functions_of_acquire"), "Condition::wait")
        self.assertIsNone(words.wait_of_hook("main"))


if __name__ == "__main__":
    unittest.main()
