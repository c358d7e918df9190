"""What a task waits for, in the words of the program: from the names that the runtime's awaiters have in the debug information.

The same as emulator/src/tasks/words.ts; docs/design/task_reader.md has the table.
"""

from __future__ import annotations

import re
from typing import Optional

SPECIAL = (
    (r"Sleep\w*Awaiter", "sleep"),
    (r"YieldAwaiter", "its turn"),
    (r"(Typed|Taking)?JoinAwaiter", "a task"),
    (r"EdgeAwaiter", "Pin::wait_for_edge"),
    (r"EventsAwaiter(Of)?", "WaitAny::wait"),
    (r"Gather\w*", "gather"),
    (r"RaceAwaiter", "race"),
    (r"SelectAwaiter", "select"),
    (r"ShieldAwaiter", "shield"),
    (r"WaitAwaiter", "wait"),
    (r"WaitFor(Coro)?Awaiter", "wait_for"),
    (r"TimeoutAwaiter", "timeout"),
    (r"ScopeAwaiter", "catch_cancelled"),
    (r"Condition(Wait|Awaiter)", "Condition::wait"),
    (r"TaskGroup::\w+", "TaskGroup"),
)

# Where the runtime's own classes stand for those that programs name.
STORES = {"FifoStore": "Queue", "LifoStore": "LifoQueue", "HeapStore": "PriorityQueue", "GrowingStore": "Queue"}

HOOKS = {"join": "a task", "group": "TaskGroup"}
HOOK_OWNERS = {"ConditionWait": "Condition::wait", "AcquireAwaiter": "RwLock::acquire"}


def wait_of_awaiter(name: str) -> Optional[str]:
    """`Queue::get` for `uasync::detail::StoreQueue<int, uasync::detail::FifoStore<int, 8> >::GetAwaiter`; None for what is no awaiter."""
    parts = without_namespaces(without_arguments(name)).split("::")
    plain = "::".join(parts)
    for pattern, words in SPECIAL:
        if re.fullmatch(pattern, plain):
            return words
    awaiter = re.fullmatch(r"(\w*)Awaiter", parts[-1])
    if awaiter is None or len(parts) < 2:
        return None
    store = re.search(r"\b(\w+Store)\b", name)
    owner = STORES.get(store[1] if store else "", "Queue") if parts[-2] == "StoreQueue" else re.sub("Base$", "", parts[-2])
    verb = re.sub("^scoped$", "acquire", snake_case(awaiter[1]))
    return f"{owner}::{verb}" if verb else owner


def of_object(words: Optional[str], kind: Optional[str]) -> Optional[str]:
    """The words by the type of the object that is waited for, which may be one of those that are made of another."""
    plain = without_arguments(kind) if kind is not None else None
    owner, _, verb = (words or "").partition("::")
    if plain == "Channel" and owner == "ClosableQueue":
        return "Channel::receive" if verb == "get" else "Channel::send"
    if plain is not None and re.fullmatch(r"\w*Queue", plain) and owner in ("ClosableQueue", "Queue"):
        return f"{plain}::{verb}"
    return words or plain


def wait_of_hook(table: str) -> Optional[str]:
    """The same from the name of the table of functions that a task which waits for others points to."""
    match = re.search(r"(\w+)::functions_of_(\w+)", table)
    if match is None:
        return None
    owner, what = match.groups()
    return HOOKS.get(what) or HOOK_OWNERS.get(owner) or what


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


def snake_case(name: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
