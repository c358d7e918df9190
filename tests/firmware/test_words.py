"""Every awaiter of the library has words that tell people what its tasks wait for: docs/design/task_reader.md."""

import json
import re
import subprocess
import sys
import unittest

from .support import ROOT, FirmwareTest, image_path, on_each_preset, slow
from .test_tasks import tasks

sys.path.insert(0, str(ROOT / "tools" / "gdb"))

from uasync_gdb import elf, words  # noqa: E402  (found only now)

AWAITERS = ROOT / "tests" / "firmware" / "awaiters.mjs"

# Awaiters in which no task is ever found waiting, with the reason.
A_COROUTINE_WAITS = "it awaits a coroutine, and that is the one which waits"
WITHOUT_WORDS = {
    "Coro": A_COROUTINE_WAITS,
    "AsyncGenerator::NextAwaiter": A_COROUTINE_WAITS,
    "CleanUpAwaiter": A_COROUTINE_WAITS,
    "Once::CallAwaiter": A_COROUTINE_WAITS,
    "ScopeAwaiter": A_COROUTINE_WAITS,
    "TaskGroup::BodyAwaiter": A_COROUTINE_WAITS,
    "TimeoutAwaiter": A_COROUTINE_WAITS,
    "WaitForAwaiter": A_COROUTINE_WAITS,
    "WaitForCoroAwaiter": A_COROUTINE_WAITS,
    "FailAwaiter": "its task ends",
    "GeneratorPromise::YieldAwaiter": "the task goes on with the coroutine that asked",
    "PromiseBase::FinalAwaiter": "its coroutine has ended",
    "suspend_always": "its coroutine has not begun",
}
ALL_INHERITED = {"WaitForCoroAwaiter", "suspend_always"}  # they have no await_resume of their own in the sources
NO_HOOKS = {"FramePool::functions_of_pool": "belongs to a source of frames"}
# Queues that are made of ClosableQueue: the readers get the name of the class, and the verb, from its words.
OTHER_NAMES = {"Channel::get", "Channel::put", "Joinable::get", "Joinable::put"}
# A SleepAwaiter under a name that the compiler shows to those who call the Pico SDK's sleep_ms.
OTHER_NAMES.add("sleep_ms_is_also_one_that_blocks_all_tasks_write_co_await_uasync_sleep_ms")

SOURCES = sorted(path for folder in ("include", "ports", "src") for path in (ROOT / folder).rglob("*.[ch]pp"))
CLASS = re.compile(r"^ *(?:class|struct)(?: \[\[.*?\]\])? ([\w:]+)(?: final)?(?: :[^;]*)?(\{)?[^;]*$")
NOTE = re.compile(r"^UASYNC_WAITS_FOR\(([\w:]+), ", re.MULTILINE)


LABELS = ("public:", "protected:", "private:")


def declared(member):
    """The classes, with those around them, in whose bodies a line of the sources matches; {name: the text that matched}."""
    found = {}
    for path in SOURCES:
        around = []  # (indentation, name) of the classes that a line is in
        ended = (0, "")
        before = text = ""
        for line in path.read_text().splitlines():
            before, text = (text, line.strip()) if line.strip() else (before, "")
            if not text or text in LABELS or text.startswith(("#", "//", ":")):
                continue
            indentation = len(line) - len(line.lstrip())
            if text == "{" and before == "#else":  # of a class that was begun before the #if
                around.append(ended)
                continue
            while around and indentation <= around[-1][0]:
                ended = around.pop()
            match = CLASS.match(line)
            if match is not None:
                around.append((indentation, match[1]))
            elif around:
                found.update(("::".join(name for _, name in around), text) for text in re.findall(member, line))
    return found


class Sources(unittest.TestCase):
    """Also of what only hosts have, and of what no program of the tests awaits."""

    notes = {name for path in SOURCES for name in NOTE.findall(path.read_text())}
    awaiters = set(declared(r"\bawait_resume\((?=.*[{;]| )"))
    hooks = {f"{name}::{table}" for name, table in declared(r"^ *static const (?:CancelHook::)?Functions (functions_of_\w+);").items()}

    def test_awaiters_and_hooks_are_found(self):
        self.assertIn("Broadcast::Subscriber::GetAwaiter", self.awaiters)
        self.assertIn("TaskGroup::TasksAwaiter", self.awaiters)
        self.assertIn("RwLock::AcquireAwaiter::functions_of_wait", self.hooks)
        self.assertGreater(len(self.awaiters), 50)

    def test_every_awaiter_has_words_or_needs_none(self):
        self.assertEqual(sorted(self.awaiters - self.notes - WITHOUT_WORDS.keys()), [])

    def test_every_hook_has_words(self):
        self.assertEqual(sorted(self.hooks - self.notes - NO_HOOKS.keys()), [])

    def test_nothing_is_left_of_what_is_gone(self):
        self.assertEqual(sorted(self.notes - self.awaiters - self.hooks - OTHER_NAMES), [])
        self.assertEqual(sorted(WITHOUT_WORDS.keys() - self.awaiters - ALL_INHERITED), [])
        self.assertEqual(sorted(self.notes & WITHOUT_WORDS.keys()), [])


@slow
class InElf(FirmwareTest):
    presets = ("pico-os",)  # where the ledger's programs are built; and Clang describes no awaiters

    @on_each_preset
    def test_every_awaiter_that_is_awaited_has_words(self, preset):
        programs = sorted(image_path(preset, "bench/pico/primitive_nothing").parent.glob("primitive_*.elf"))
        programs += [image_path(preset, f"tests/firmware/{name}") for name in ("waiting", "waiting_in_others")]
        said = subprocess.run(["node", AWAITERS, *programs], capture_output=True, text=True, check=True, timeout=120).stdout
        found = set()
        for program, awaiters in json.loads(said).items():
            notes = words.notes_in(elf.section(program, words.SECTION))
            for awaiter in awaiters:
                plain = words.plain_name(awaiter)
                found.add(plain)
                if plain not in WITHOUT_WORDS and plain != "Valve::OpenAwaiter":  # which is there to have none
                    self.assertIsNotNone(words.noted(notes, awaiter), f"{awaiter} in {program}")
        self.assertGreater(len(found), 30)


class NotLoaded(FirmwareTest):
    @on_each_preset
    def test_the_words_take_no_flash(self, preset):
        image = image_path(preset, "tests/firmware/waiting")
        self.assertNotEqual(elf.section(str(image), words.SECTION), b"")
        self.assertNotIn(b"Event::WaitAwaiter", image.with_suffix(".bin").read_bytes())


class Names(FirmwareTest):
    """A firmware with UASYNC_NAMES says itself what its tasks wait for."""

    presets = ("pico-os",)

    @on_each_preset
    def test_the_words_are_those_that_the_firmware_says(self, preset):
        for name in ("waiting", "waiting_in_others"):
            _, read = tasks(preset, f"tests/firmware/{name}")
            _, said = tasks(preset, f"tests/firmware/{name}_named")
            expected = {task["name"]: task["waits_for"] for task in said}
            self.assertGreater(len(expected), 12)
            self.assertEqual({task["name"]: task["waits_for"] for task in read if task["name"] in expected}, expected)


class WithGcc(FirmwareTest):
    presets = InElf.presets

    @on_each_preset
    def test_what_each_waits_for(self, preset):
        _, found = tasks(preset, "tests/firmware/waiting_in_others")
        self.assertEqual(
            [(task["waits_for"], task["object"]) for task in found],
            [
                ("sleep", None),
                ("Queue::get", "office"),
                ("Valve::OpenAwaiter", "valve"),
                ("Gate::open", "gate"),
                ("LifoQueue::get", "lifo"),
                ("PriorityQueue::get", "priority"),
                ("JoinableQueue::get", "joinable"),
                ("Channel::send", "channel"),
                ("Pipe::read_exactly", "pipe"),
                ("Semaphore::acquire", "semaphore"),
                ("Latest::get", "latest"),
                ("ThreadSafeFlag::wait", "flag"),
                ("ThreadSafeQueue::get", "shared"),
                ("WaitAny::wait", None),
                ("WaitAll::wait", None),
            ],
        )
