"""What a task waits for, in words: as the sources of the awaiters say it in the ELF file, with UASYNC_WAITS_FOR.

The same as emulator/src/tasks/words.ts; docs/design/task_reader.md has the rules.
"""

from __future__ import annotations

import re
from typing import Iterable, Mapping, Optional

SECTION = ".uasync_words"
Notes = Mapping[str, str]  # words by the name of an awaiter, of a hook, or by other words

A_TASK = "a task"


def notes_in(section: bytes) -> Notes:
    """The notes of a firmware: `=AWAITER=WORDS`, each ended by a zero. Two that contradict each other count as none."""
    notes: dict[str, str] = {}
    contradicted = set()
    for note in section.decode(errors="replace").split("\0"):
        parts = note.split("=")
        if len(parts) == 3 and notes.setdefault(without_arguments(parts[1]), parts[2]) != parts[2]:
            contradicted.add(without_arguments(parts[1]))
    return {name: words for name, words in notes.items() if name not in contradicted}


def noted(notes: Notes, name: str) -> Optional[str]:
    """The words for `uasync::Event::WaitAwaiter` under `Event::WaitAwaiter`; None if there are none.

    What is left out may be namespaces only: classes begin with a capital, namespaces do not.
    """
    parts = without_arguments(name).split("::")
    for start, part in enumerate(parts):
        words = notes.get("::".join(parts[start:]))
        if words is not None:
            return words
        if part[:1].isupper():
            return None
    return None


def wait_of_awaiter(notes: Notes, awaiter: str, object_classes: Iterable[str] = ()) -> str:
    """`Queue::get` for `uasync::detail::StoreQueue<int, uasync::detail::RingStore<int, 8> >::GetAwaiter`; its own name if there are no words.

    object_classes: the class of the object that is waited for, and then those that it is derived from.
    """
    words = noted(notes, awaiter)
    if words == "*":  # it stands for another one, its template argument
        return wait_of_awaiter(notes, awaiter[awaiter.find("<") + 1 : max(awaiter.rfind(">"), 0)], object_classes)
    plain = plain_name(awaiter)
    if words is None:
        return plain
    classes = [plain_name(name) for name in object_classes]
    is_known = plain.rpartition("::")[0] in classes
    words = re.sub(r"(\w+)\*", lambda match: classes[0] if is_known else match[1], words)
    return notes.get(words, words)


def plain_name(name: str) -> str:
    """A class's name without namespaces and template arguments."""
    return without_namespaces(without_arguments(name))


def without_arguments(name: str) -> str:
    """A type's name without what is between angle brackets."""
    result, depth = "", 0
    for character in name:
        if character == ">":
            depth -= 1
        elif character == "<":
            depth += 1
        elif depth == 0:
            result += character
    return result


def without_namespaces(name: str) -> str:
    """`Event::Awaiter` for `uasync::detail::Event::Awaiter`: classes begin with a capital, namespaces do not."""
    return re.sub(r"^(?:[a-z_(][\w ()]*::)+(?=[A-Z])", "", name)


def function_name(name: str) -> str:
    """`app::blink` for what gdb says of a function, `app::blink(uasync::Pin) [clone .resume]`; `lambda in main` for a lambda."""
    plain = _without_parentheses(re.sub(r" \[clone[^]]*\]", "", name))
    # Of an instance of a template gdb gives the result's type, too.
    last = re.split(r" (?![^<]*>)", re.sub(r"( const| volatile|&| noexcept)+$", "", plain))[-1]
    parts = [part for part in last.split("::") if part]
    if not parts:
        return name
    if parts[-1] != "operator":
        return "::".join(parts)
    around = [part for part in parts[:-1] if re.fullmatch(r"[A-Za-z_]\w*", part)]
    return f"lambda in {'::'.join(around)}" if around else "lambda"


def _without_parentheses(name: str) -> str:
    result, depth = "", 0
    for character in name:
        depth -= character == ")"
        if depth == 0 and character not in "()":
            result += character
        depth += character == "("
    return result


def local_name(member: Optional[str]) -> Optional[str]:
    """A local variable's name, from the name of its place in a frame: `delay_ms_1_2`. None for what the compiler added."""
    if not member or re.match(r"_Coro_|Aw\d+_|Is_\d|Fs_\d|D\.\d|__", member):
        return None
    return re.sub(r"_\d+_\d+$", "", member)
