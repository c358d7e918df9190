"""Command-line parsing as every verb does it: one line for an error, help with examples."""

from __future__ import annotations

import argparse
import re
import textwrap
from typing import Any, Iterable, NoReturn, Optional, Sequence

from .errors import UsageError
from .place import COMMAND, worded


class Parser(argparse.ArgumentParser):
    def __init__(self, verb: str, usage: str, description: str, examples: str) -> None:
        super().__init__(
            prog=f"{COMMAND} {verb}",
            usage=f"{COMMAND} {verb} {usage}".rstrip(),
            description=worded(textwrap.dedent(description).strip()),
            epilog=worded("Examples:\n" + textwrap.indent(textwrap.dedent(examples).strip(), "  ")),
            formatter_class=Formatter,
            allow_abbrev=False,
            add_help=False,
        )
        self.verb = verb

    def add_common(self) -> None:
        self.add_argument("-v", "--verbose", action="store_true", help="show what every step prints, not only a failed one's")
        self.add_help_option()

    def add_help_option(self) -> None:
        self.add_argument("-h", "--help", action="help", help="show this text")

    def attached(self, arguments: Sequence[str]) -> list[str]:
        """The same with values that begin with a dash, as in `--until -1s`, attached to their options: `--until=-1s`."""
        takes_value = {name for action in self._actions if action.nargs is None for name in action.option_strings}
        known = set(self._option_string_actions)
        result: list[str] = []
        waiting = False  # for the value of the last word
        for number, word in enumerate(arguments):
            if word == "--":
                return [*result, *arguments[number:]]
            if waiting and word.startswith("-") and word.split("=")[0] not in known:
                result[-1] += f"={word}"
                waiting = False
            else:
                waiting = word in takes_value and not waiting
                result.append(word)
        return result

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        return self.parse_args(self.attached(arguments))

    def error(self, message: str) -> NoReturn:
        message = message.replace("unrecognized arguments", "unknown option or argument")
        message = re.sub(r"^argument (?:-\w/)?(-[^:]*): ", r"\1: ", message)
        advice = "" if "; " in message else f"; see {COMMAND} {self.verb} --help"
        raise UsageError(message + advice)


class Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=110)

    def add_usage(self, usage: Optional[str], actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: Optional[str] = None) -> None:
        super().add_usage(usage, actions, groups, "Usage: ")

    def start_section(self, heading: Optional[str]) -> None:
        super().start_section(heading and heading.capitalize())
