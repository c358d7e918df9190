"""What the gdb commands are made of, as far as it does not need gdb; tests/firmware/test_gdb.py has the rest."""

import random
import struct
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent / "gdb"))

from uasync_gdb import elf, suspension, words  # noqa: E402  (found only now)

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

SECTION = (
    b"=Event::WaitAwaiter=Event::wait\0=StoreQueue::GetAwaiter=Queue*::get\0=ClosableQueue::GetAwaiter=Queue*::get\0"
    b"=Channel::get=Channel::receive\0=WaitQueue::WaitAwaiter<P>=WaitQueue::wait\0=AwaiterRef=*\0"
    b"=JoinAwaiter::functions_of_join=a task\0=Unsure::Awaiter=this\0=Unsure::Awaiter=that\0damaged"
)
NOTES = words.notes_in(SECTION)


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
                words.wait_of_awaiter(NOTES, name)
                words.noted(NOTES, name)
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
            "uasync::Event::WaitAwaiter": "Event::wait",
            "uasync::detail::StoreQueue<int, uasync::detail::RingStore<int, 8> >::GetAwaiter": "Queue::get",
            "uasync::WaitQueue::WaitAwaiter<Latch::wait()::{lambda()#1}>": "WaitQueue::wait",
            "uasync::detail::AwaiterRef<uasync::Event::WaitAwaiter>": "Event::wait",
            "app::Valve::OpenAwaiter": "Valve::OpenAwaiter",
            "Valve::OpenAwaiter": "Valve::OpenAwaiter",
            # One that only begins or ends like another has no words.
            "app::Big::Event::WaitAwaiter": "Big::Event::WaitAwaiter",
            "uasync::Event": "Event",
            "app::Unsure::Awaiter": "Unsure::Awaiter",
            "uasync::detail::AwaiterRef": "",
        }.items():
            self.assertEqual(words.wait_of_awaiter(NOTES, name), expected, name)

    def test_objects_that_are_made_of_others(self):
        def of(awaiter, *classes):
            return words.wait_of_awaiter(NOTES, f"uasync::detail::{awaiter}::GetAwaiter", classes)

        self.assertEqual(of("StoreQueue<int>", "uasync::LifoQueue<int, 4>", "uasync::detail::StoreQueue<int>"), "LifoQueue::get")
        self.assertEqual(of("ClosableQueue<int>", "uasync::Channel<int, 4>", "uasync::detail::ClosableQueue<int>"), "Channel::receive")
        self.assertEqual(of("ClosableQueue<int>", "app::Station"), "Queue::get")

    def test_without_notes_names_are_all_there_is(self):
        self.assertEqual(words.notes_in(b""), {})
        self.assertEqual(words.wait_of_awaiter({}, "uasync::Event::WaitAwaiter", ["uasync::Event"]), "Event::WaitAwaiter")

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
        self.assertEqual(words.noted(NOTES, "uasync::detail::JoinAwaiter::functions_of_join"), "a task")
        self.assertIsNone(words.noted(NOTES, "main"))


class Elf(unittest.TestCase):
    NAMES = b"\0.names\0.uasync_words\0"

    def file(self, bits):
        """One with a section for the names and another for the words."""
        header, entry = (52, "<IIIIIIIIII") if bits == 32 else (64, "<IIQQQQIIQQ")
        words_at = header + len(self.NAMES)
        table = words_at + len(SECTION)
        start = bytearray(header)
        start[:6] = b"\x7fELF" + bytes([bits // 32, 1])
        struct.pack_into("<I" if bits == 32 else "<Q", start, 32 if bits == 32 else 40, table)
        struct.pack_into("<HHH", start, header - 6, struct.calcsize(entry), 2, 0)
        entries = struct.pack(entry, 1, 3, 0, 0, header, len(self.NAMES), 0, 0, 1, 0)
        entries += struct.pack(entry, 8, 1, 0x30, 0, words_at, len(SECTION), 0, 0, 1, 1)
        return bytes(start) + self.NAMES + SECTION + entries

    def read(self, content):
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            return elf.section(file.name, words.SECTION)

    def test_sections_of_boards_and_hosts_are_read(self):
        for bits in (32, 64):
            with self.subTest(bits=bits):
                self.assertEqual(self.read(self.file(bits)), SECTION)

    def test_damaged_files_have_none(self):
        self.assertEqual(elf.section("/nowhere", words.SECTION), b"")
        whole = self.file(32)
        for end in range(len(whole) - 40):  # the last header
            self.assertEqual(self.read(whole[:end]), b"")
        for seed in range(300):
            damaged = bytearray(whole)
            chance = random.Random(seed)
            for _ in range(4):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            words.notes_in(self.read(bytes(damaged)))


class DamagedLists(unittest.TestCase):
    """The lists of tasks where each leads back to itself. Only gdb has its module, so here is an empty one."""

    def setUp(self):
        with mock.patch.dict(sys.modules, {"gdb": mock.MagicMock()}):
            from uasync_gdb import tasks
        self.tasks = tasks
        self.words = {}
        patch = mock.patch.object(tasks.target, "word", self.words.get)
        patch.start()
        self.addCleanup(patch.stop)
        self.reader = object.__new__(tasks.Tasks)
        offsets = dict(loop_all_first=4, task_all_next=24, task_leaf=20, task_waited=4, lock_owner=0, frame_promise=4, promise_continuation=4)
        self.reader._descriptor = SimpleNamespace(loop=0x100, scope_parent=0, **offsets)
        self.reader._several = SimpleNamespace(older=12, levels=16, context=None)
        self.reader._coroutine = lambda resume: SimpleNamespace(number=lambda frame: None)
        self.reader._tasks_left = self.reader._frames_left = tasks.MOST

    def test_of_loops(self):
        self.words.update({0x100: 0x200, 0x20C: 0x300, 0x30C: 0x200})
        self.assertEqual(self.reader._loops(), [0x300, 0x200])

    def test_of_tasks_and_of_their_coroutines(self):
        self.words.update({0x204: 0x400, 0x418: 0x500, 0x518: 0x400, 0x414: 0x600, 0x514: 0x600, 0x600: 1, 0x608: 0x601})
        self.assertEqual(self.reader._addresses(0x200), [0x400, 0x500])
        self.assertEqual([frame.address for frame in self.reader._chain(0x400)], [0x600])
        self.assertEqual(len(self.reader._chain(0x500)), 1)

    def test_have_one_limit_together(self):
        for frame in range(0x1000, 0x1000 + 16 * 5000, 16):
            self.words.update({frame: 1, frame + 8: frame + 17})
        self.words.update({0x414: 0x1000, 0x514: 0x1000})
        self.assertEqual(len(self.reader._chain(0x400)), self.tasks.MOST)
        self.assertEqual(self.reader._chain(0x500), [])

    def test_of_levels(self):
        self.words.update({0x210: 0x700, 0x700: 0x400, 0x704: 0x700, 0x708: 3})
        self.reader._names = {0x400: "task"}
        self.assertEqual(self.reader._levels(0x200), {0x400: 3})


if __name__ == "__main__":
    unittest.main()
