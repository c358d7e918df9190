"""Command-line parsing as every verb does it: one line for an error, help with examples."""

import argparse
import textwrap

from .errors import UsageError


class Parser(argparse.ArgumentParser):
    def __init__(self, verb, usage, description, examples, **more):
        super().__init__(
            prog=f"./uasync {verb}",
            usage=f"./uasync {verb} {usage}".rstrip(),
            description=textwrap.dedent(description).strip(),
            epilog="Examples:\n" + textwrap.indent(textwrap.dedent(examples).strip(), "  "),
            formatter_class=Formatter,
            allow_abbrev=False,
            add_help=False,
            **more,
        )
        self.verb = verb

    def add_common(self):
        self.add_argument("-v", "--verbose", action="store_true", help="show what every step prints, not only a failed one's")
        self.add_help_option()

    def add_help_option(self):
        self.add_argument("-h", "--help", action="help", help="show this text")

    def error(self, message):
        message = message.replace("unrecognized arguments", "unknown option or argument")
        raise UsageError(f"{message}; see ./uasync {self.verb} --help")


class Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog):
        super().__init__(prog, max_help_position=30, width=110)

    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "Usage: ")

    def start_section(self, heading):
        super().start_section(heading and heading.capitalize())
