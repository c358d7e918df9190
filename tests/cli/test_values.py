"""The values of options: the same are right and wrong for ./uasync as for the emulator, which reads them again."""

import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from support import ROOT

from cli import values
from cli.errors import UsageError
from cli.options import Parser
from cli.values import Wrong

TABLE = json.loads((ROOT / "emulator" / "test" / "support" / "fixtures" / "option-values.json").read_text(encoding="utf-8"))
READERS = {
    "time": values.time,
    "time_to_run": values.time_to_run,
    "pin": values.pin,
    "button_pin": values.button_pin,
    "press": values.press,
    "input": values.input_text,
    "drive": values.drive,
    "analog": values.analog,
    "wire": values.wire,
    "expected": values.expected,
    "port": values.port,
}


class Values(unittest.TestCase):
    def test_good_ones_are_read(self):
        for kind, table in TABLE.items():
            for text, expected in table["good"].items():
                with self.subTest(kind, text=text):
                    found = READERS[kind](text)
                    if kind in ("input", "expected"):  # what it stands for is for the emulator to know
                        expected = text
                    self.assertEqual(list(found) if isinstance(found, tuple) else found, expected)

    def test_bad_ones_are_told_in_the_emulators_words(self):
        for kind, table in TABLE.items():
            for text, message in table["bad"].items():
                with self.subTest(kind, text=text), self.assertRaises(Wrong) as caught:
                    READERS[kind](text)
                self.assertEqual(str(caught.exception), message)

    def test_a_message_is_one_line_whatever_the_value_is(self):
        for kind, reader in READERS.items():
            if kind == "expected":
                continue  # any text is right
            with self.assertRaises(Wrong) as caught:
                reader("a\nb\x1b[31m")
            self.assertIn("a\\nb\\x1b[31m", str(caught.exception))

    def test_presses_of_one_pin_do_not_overlap(self):
        def check(*texts):
            values.check_presses([values.press(text) for text in texts])

        check("GP15@1s+1s", "GP15@2s+1s", "GP14@1s+1s")
        with self.assertRaisesRegex(UsageError, r"^--press: two presses of GP15 overlap at 1\.5 s; release"):
            check("GP15@1.5s+1s", "GP15@1s+1s")


class Places(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "file").write_text("kept", encoding="utf-8")

    def refused(self, reader, *parts):
        text = str(self.folder.joinpath(*parts))
        with self.assertRaises(Wrong) as caught:
            reader(text)
        return str(caught.exception).replace(str(self.folder), "*")

    def test_of_a_file_is_tried_and_left_as_it_was(self):
        values.output_file(str(self.folder / "new"))
        values.output_file(str(self.folder / "file"))
        self.assertEqual([path.name for path in self.folder.iterdir()], ["file"])
        self.assertEqual((self.folder / "file").read_text(encoding="utf-8"), "kept")

    def test_of_a_file_may_be_a_device_or_a_link_to_what_is_not_there_yet(self):
        values.output_file("/dev/null")
        (self.folder / "link").symlink_to(self.folder / "target")
        values.output_file(str(self.folder / "link"))

    def test_of_a_file_that_cannot_be_made_blames_what_is_in_the_way(self):
        self.assertEqual(
            self.refused(values.output_file, "none", "deep", "x.json"),
            "cannot write */none/deep/x.json: the folder */none does not exist; create it or choose another place",
        )
        self.assertEqual(
            self.refused(values.output_file, "file", "x.json"), "cannot write */file/x.json: */file is not a folder; choose another place"
        )
        self.assertEqual(self.refused(values.output_file), "cannot write *: it is a folder; give the name of a file")
        with self.assertRaisesRegex(Wrong, "^cannot write /proc/x: no such file or directory; choose another place$"):
            values.output_file("/proc/x")

    def test_of_the_flash_is_no_longer_than_the_flash(self):
        values.flash_file(str(self.folder / "file"))
        values.flash_file(str(self.folder / "new"))
        with open(self.folder / "long", "wb") as file:
            file.truncate(2 * 1024 * 1024 + 1)
        self.assertEqual(
            self.refused(values.flash_file, "long"), "*/long has 2097153 bytes, and the Pico's flash has 2097152; give another file"
        )

    def test_of_a_folder_is_tried_and_left_as_it_was(self):
        values.output_folder(str(self.folder / "a" / "b"))
        values.output_folder(str(self.folder))
        self.assertEqual([path.name for path in self.folder.iterdir()], ["file"])

    def test_of_a_folder_that_cannot_be_made_blames_what_is_in_the_way(self):
        self.assertEqual(
            self.refused(values.output_folder, "file", "x", "y"), "cannot create */file/x/y: */file is not a folder; choose another place"
        )
        self.assertEqual(self.refused(values.output_folder, "file"), "*/file is not a folder; give the name of a folder")
        with self.assertRaisesRegex(Wrong, "^cannot create /proc/x/y: no such file or directory; choose another place$"):
            values.output_folder("/proc/x/y")

    @mock.patch("os.access", return_value=False)  # for root it never is
    def test_where_nothing_may_be_written(self, _):
        self.assertEqual(self.refused(values.output_file, "file"), "cannot write */file: permission denied; choose another place")
        self.assertEqual(self.refused(values.output_folder), "cannot write into *: permission denied; choose another place")


class Images(unittest.TestCase):
    def refused(self, name, content, uf2=True):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            path.with_suffix(".elf").touch()
            with self.assertRaises(UsageError) as caught:
                values.check_image(str(path), uf2)
            return str(caught.exception).replace(folder, "*")

    def test_are_known_by_how_they_begin(self):
        self.assertEqual(self.refused("x.bin", b""), "*/x.bin: the file is empty; give the .elf file that the build wrote")
        self.assertEqual(self.refused("x.bin", b"text"), "*/x.bin: neither an ELF nor a UF2 file; give the .elf file that the build wrote")

    def test_uf2_files_have_no_symbols(self):
        self.assertEqual(
            self.refused("x.uf2", values.UF2_MAGIC, uf2=False),
            "*/x.uf2: a UF2 file holds no symbols; open the ELF file it was made from: */x.elf",
        )


class DashedValues(unittest.TestCase):
    def setUp(self):
        self.parser = Parser("run", "", "", "")
        self.parser.add_argument("--until", type=values.time)
        self.parser.add_argument("--quiet", action="store_true")
        self.parser.add_argument("-k")

    def test_are_attached_to_their_options(self):
        for words, expected in (
            (["--until", "-1s"], ["--until=-1s"]),
            (["-k", "--x"], ["-k=--x"]),
            (["--until", "--quiet"], ["--until", "--quiet"]),
            (["--quiet", "-1s"], ["--quiet", "-1s"]),
            (["--until", "1s", "-1s"], ["--until", "1s", "-1s"]),
            (["--until=1s", "-1s"], ["--until=1s", "-1s"]),
            (["--", "--until", "-1s"], ["--", "--until", "-1s"]),
        ):
            self.assertEqual(self.parser.attached(words), expected)

    def test_are_wrong_for_what_they_are(self):
        with self.assertRaisesRegex(UsageError, "^--until: '-1s' is not a time; write"):
            self.parser.read(["--until", "-1s"])


if __name__ == "__main__":
    unittest.main()
