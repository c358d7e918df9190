"""The machinery of the documentation: what it finds in headers and pages, and what it complains about."""

import tempfile
import unittest
from pathlib import Path

from support import ROOT, in_process

from cli import docs as verb
from cli.errors import UsageError
from docs import blocks, book, filter as header_filter, headers, links, programs, reference, site

HEADER = """#pragma once

#include <cstddef>

namespace uasync {

namespace detail {

/// What all boxes have.
class Base {
public:
    /// How many. @return 0 or more
    std::size_t size() const;

protected:
    int kept;
};

/// For boxes only.
void help();

}  // namespace detail

/// A box of numbers.
///
/// @par Use it for
/// Numbers.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// int main() {
///     uasync::print("1\\n");
/// }
/// @endcode
/// @code{.unparsed}
/// 1
/// @endcode
class Box : public detail::Base {};

}  // namespace uasync
"""


class Examples(unittest.TestCase):
    def test_a_header_has_programs_with_their_output(self):
        [(line, code, output)] = programs.header_examples(HEADER)
        self.assertEqual(HEADER.splitlines()[line - 1], "/// #include <uasync/uasync.hpp>")
        self.assertEqual(code, '#include <uasync/uasync.hpp>\n\nint main() {\n    uasync::print("1\\n");\n}\n')
        self.assertEqual(output, "1\n")

    def test_code_without_output_is_no_program(self):
        self.assertEqual(programs.header_examples("/// @code{.cpp}\n/// f();\n/// @endcode\n/// text\n"), [])

    def test_threads_and_the_simulation_are_not_for_boards(self):
        for code, expected in (("#include <uasync/uasync.hpp>\n", True), ("// Linux\n", False), ("#include <uasync/sim.hpp>\n", False), ("#include <uasync/sim/adc.hpp>\n", False)):
            with self.subTest(code):
                self.assertEqual(programs.Program("x", "x.hpp", 1, code, "").runs_on_board(), expected)

    def test_names_are_all_different(self):
        names = [program.name for program in programs.all_programs(ROOT)]
        self.assertGreater(len(names), 20)
        self.assertEqual(len(names), len(set(names)))

    def test_blocks_have_their_line_and_the_comment_above(self):
        [block] = programs.markdown_blocks("# Page\n\n<!-- given: int x; -->\n```cpp\nx = 1;\n```\n")
        self.assertEqual((block.language, block.code, block.line, block.comment), ("cpp", "x = 1;\n", 5, "given: int x;"))


class Filter(unittest.TestCase):
    def setUp(self):
        self.lines = header_filter.filtered(Path("include/uasync/queue/box.hpp"), HEADER).split("\n")

    def test_every_line_keeps_its_number(self):
        self.assertEqual(len(self.lines), len(HEADER.split("\n")))

    def test_the_implementation_loses_its_documentation_except_for_members(self):
        self.assertIn("//  What all boxes have.", self.lines)
        self.assertIn("//  For boxes only.", self.lines)
        self.assertIn("    /// How many. @return 0 or more", self.lines)
        self.assertIn("private:", self.lines)
        self.assertNotIn("protected:", self.lines)

    def test_what_is_public_goes_into_its_module_with_a_link_to_the_board(self):
        [line] = [line for line in self.lines if "@ingroup" in line]
        self.assertTrue(line.startswith("/// @endcode"), line)
        self.assertIn("index.html#example=box", line)
        self.assertTrue(line.endswith("@ingroup queue"), line)

    def test_the_implementation_ends_where_its_namespace_does(self):
        short = HEADER.replace("namespace detail {\n", "namespace detail {\nclass Early;\n}\n\nnamespace detail {\n", 1)
        text = short.replace("namespace detail {\n\n", "/// Seen.\nvoid seen();\n\nnamespace detail {\n\n")
        self.assertIn("\n/// Seen.", header_filter.filtered(Path("include/uasync/queue/box.hpp"), text))
        self.assertEqual(header_filter.unclosed_details(text), [])
        self.assertEqual(header_filter.unclosed_details(HEADER.replace("}  // namespace detail", "}")), [7])

    def test_what_is_hidden_gets_no_module(self):
        text = HEADER.replace("/// A box of numbers.", "/// @cond\nvoid hidden();\n/// @endcond\n\n/// A box of numbers.")
        self.assertIn("\n/// @endcond\n", header_filter.filtered(Path("include/uasync/queue/box.hpp"), text))

    def test_a_header_that_says_so_is_implementation_throughout(self):
        text = HEADER.replace("#pragma once\n", "#pragma once\n// Implementation detail of crates\n", 1)
        self.assertNotIn("\n/// A box", header_filter.filtered(Path("include/uasync/queue/box.hpp"), text))


class Headers(unittest.TestCase):
    def problems(self, text):
        return [what for _, what in headers.header_problems(Path("include/uasync/queue/box.hpp"), text)]

    def test_a_documented_header_has_none(self):
        self.assertEqual(self.problems(HEADER), [])

    def test_mistakes(self):
        for old, new, expected in (
            ("#pragma once\n", "#pragma once\n// A box:\n// for numbers.\n", "prose above the includes"),
            ("@par Use it for", "@par For", "unknown title '@par For'"),
            ("/// @par Use it for\n/// Numbers.\n", "/// @par Errors\n/// None.\n/// @par Cost\n/// None.\n", "titles in another order"),
            ("/// Numbers.\n", "/// Numbers.\n/// @par Use it for\n/// More.\n", "a title stands twice"),
            ("/// #include <uasync/uasync.hpp>\n", "", "not a whole program"),
            ("/// @code{.unparsed}\n", "", "needs @code{.cpp} and"),
            ("/// int main() {\n", "/// int main() {\n" + "///     f();\n" * 45, "45 are enough"),
        ):
            with self.subTest(expected):
                self.assertIn(old, HEADER)
                self.assertRegex("\n".join(self.problems(HEADER.replace(old, new))), expected)

    def test_a_header_for_programs_needs_an_example(self):
        start, end = HEADER.index("/// @par Example"), HEADER.index("class Box")
        self.assertRegex("\n".join(self.problems(HEADER[:start] + HEADER[end:])), "has no example")


class Warnings(unittest.TestCase):
    def matters(self, text, inherited=()):
        return reference.matters(text, set(inherited), {"include/uasync/inner.hpp"})

    def test_about_what_programs_see(self):
        self.assertTrue(self.matters("a.hpp:1: return type of member uasync::Box::size is not documented"))
        self.assertFalse(self.matters("a.hpp:1: return type of member uasync::detail::Base::size is not documented"))
        self.assertFalse(self.matters("include/uasync/inner.hpp:1: Compound uasync::Inner is not documented."))
        self.assertTrue(self.matters("a.hpp:1: Member f(int x) (function) of namespace uasync is not documented."))
        self.assertFalse(self.matters("include/uasync/inner.hpp:1: Member f(int x) (function) of namespace uasync is not documented."))

    def test_about_what_a_public_class_inherits(self):
        text = "a.hpp:1: return type of member uasync::detail::Base::size is not documented"
        self.assertTrue(self.matters(text, ["uasync::detail::Base"]))
        self.assertFalse(self.matters("a.hpp:1: Compound uasync::detail::Base is not documented.", ["uasync::detail::Base"]))

    def test_members_that_every_class_has_need_no_words(self):
        for member in ("Box(const Box &)=delete", "operator=(Box &&other) noexcept", "Box(Box &&other) noexcept"):
            with self.subTest(member):
                self.assertFalse(self.matters(f"a.hpp:1: Member {member} (function) of class uasync::Box is not documented."))
        self.assertTrue(self.matters("a.hpp:1: Member Box(int size) (function) of class uasync::Box is not documented."))

    def test_the_place_is_found_where_doxygen_leaves_it_out(self):
        places = {"uasync::Box::size": "include/uasync/box.hpp:12"}
        warning = "return type of member uasync::Box< T, N >::size is not documented"
        self.assertEqual(reference.placed(warning, places), f"include/uasync/box.hpp:12: {warning}")


class Links(unittest.TestCase):
    def problems(self, **texts):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            (root / "docs").mkdir()
            for name, text in texts.items():
                (root / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
            return [problem.split(": ", 1)[1] for problem in links.problems(root, {"Queue": "queue.html"})]

    def test_that_lead_somewhere(self):
        page = "# One\n[two](two.md#the-end), [here](#one), [out](https://example.org/), [`Queue<int>`](api:Queue), [folder](../docs/)\n"
        self.assertEqual(self.problems(one=page, two="## The `end`\n"), [])

    def test_that_lead_nowhere(self):
        page = "[a](two.md) [b](three.md#no) [c](#no) [d](api:Deque) [e](../../x.md)\n"
        found = self.problems(one=page, three="# Three\n")
        self.assertEqual(
            [problem.split(": ")[-1] for problem in found],
            ["no such file", "no such heading", "no such heading", "the API reference has no such name", "is outside of the repository"],
        )

    def test_whose_words_begin_in_the_line_before(self):
        self.assertEqual([problem.split(": ")[-1] for problem in self.problems(one="see [the\nother page](two.md), and more\n")], ["no such file"])

    def test_what_stands_in_code_is_no_link(self):
        self.assertEqual(self.problems(one="`[](const T& x)`\n```cpp\n[](int&) {}\n```\n<!-- given: [](int&) {} -->\n"), [])

    def test_anchors_are_those_of_github(self):
        text = "# A `Queue<T, N>`: 2 things\n## Twice\n## Twice\n"
        self.assertEqual(list(links.anchors(text).values()), ["a-queuet-n-2-things", "twice", "twice-1"])


class Blocks(unittest.TestCase):
    def check(self, page, **sources):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            (root / "docs").mkdir()
            (root / "examples").mkdir()
            (root / "docs/page.md").write_text(page, encoding="utf-8")
            for name, text in sources.items():
                (root / "examples" / f"{name}.cpp").write_text(text, encoding="utf-8")
            found, problems = blocks.fragments(root)
            return [fragment.source() for fragment in found], problems

    def test_an_excerpt_needs_no_compiler(self):
        source = "int main() {\n    first_call();  // why\n    int x = 1;\n    second_call();\n}\n"
        self.assertEqual(self.check("```cpp\nfirst_call();\n```\n", one=source), ([], []))
        self.assertEqual(self.check('```cpp title="examples/one.cpp"\nsecond_call();\n...\nfirst_call();\n```\n', one=source), ([], []))

    def test_an_excerpt_that_no_longer_stands_there(self):
        _, problems = self.check('```cpp title="examples/one.cpp"\nthird_call();\n```\n', one="second_call();\n")
        self.assertEqual(problems, ["docs/page.md:2: the block does not stand in examples/one.cpp"])

    def test_statements_become_a_coroutine_with_what_is_given(self):
        [source], _ = self.check("<!-- given: Queue<int, 8> queue; -->\n```cpp\nco_await queue.put(7);\n```\n")
        self.assertRegex(source, r'Coro<> fragment\(\) \{\nQueue<int, 8> queue;\n#line 3 "docs/page.md"\nco_await queue\.put\(7\);')

    def test_declarations_stay_as_they_are(self):
        [source], _ = self.check("```cpp\nCoro<int> answer(Queue<int, 8>& queue) {\n    co_return 42;\n}\n```\n")
        self.assertNotIn("fragment()", source)

    def test_a_program_is_not_compiled_twice(self):
        self.assertEqual(self.check("```cpp\nint main() { print(); }\n```\n```text\n1\n```\n"), ([], []))

    def test_an_excerpt_before_a_text_is_no_program(self):
        [source], _ = self.check("```cpp\nfirst_call();\n```\nIt prints:\n```text\n1\n```\n")
        self.assertIn("first_call();", source)

    def test_other_spellings_would_escape(self):
        for language in ("c++", "cpp fragment", "hpp", "CPP"):
            with self.subTest(language):
                _, problems = self.check(f"```{language}\nint x;\n```\n")
                self.assertEqual(len(problems), 1)

    def test_the_compiler_decides(self):
        fragment = blocks.Fragment(Path("docs/page.md"), programs.Block("cpp", "#include <uasync/x>\nint f() { return g(); }\n", 4, ""), "")
        command = ["sh", "-c", "cat >/dev/null; echo \"'g' was not declared\" >&2; exit $0"]
        self.assertRegex(blocks.compile_fragment([*command, "1"], fragment), r"(?s)^docs/page.md:4: .*'g' was not declared")
        self.assertEqual(blocks.compile_fragment([*command, "0"], fragment), "")
        refused = blocks.Fragment(fragment.page, fragment.block, "'g' was not declared")
        self.assertEqual(blocks.compile_fragment([*command, "1"], refused), "")
        self.assertRegex(blocks.compile_fragment([*command, "0"], refused), "the block compiles, though")
        other = blocks.Fragment(fragment.page, fragment.block, "something else")
        self.assertRegex(blocks.compile_fragment([*command, "1"], other), "does not say 'something else'")


class Navigation(unittest.TestCase):
    CONFIGURATION = "site_name: x\nnav:\n  - Start:\n      - Overview: index.md\n      - gone.md\n  - Lessons:\n      - lessons/*.md\n  - API: api/index.html"

    def test_patterns_find_pages_and_empty_sections_go(self):
        text, problems = book.navigation(self.CONFIGURATION, ["index.md"])
        self.assertEqual(text, "site_name: x\nnav:\n  - Start:\n      - Overview: index.md\n  - API: api/index.html")
        self.assertEqual(problems, ["the navigation names gone.md, which does not exist"])

    def test_a_page_that_it_does_not_name(self):
        pages = ["gone.md", "index.md", "lessons/02.md", "lessons/01.md", "lessons/index.md", "new.md"]
        text, problems = book.navigation(self.CONFIGURATION, pages)
        self.assertIn("  - Lessons:\n      - lessons/index.md\n      - lessons/01.md\n      - lessons/02.md\n", text)
        self.assertEqual(problems, ["the navigation does not name new.md"])


class Images(unittest.TestCase):
    def test_are_staged_and_named_from_where_the_page_goes(self):
        with tempfile.TemporaryDirectory() as folder:
            root, staged = Path(folder).resolve() / "root", Path(folder) / "staged"
            (root / "docs" / "plots").mkdir(parents=True)
            (root / "docs" / "plots" / "a.svg").write_text("<svg/>", encoding="utf-8")
            page = root / "docs" / "lessons" / "page.md"
            written = book.Book(root, staged, {}, set())
            line = written.with_links(page, "lessons/page.md", "Page", "![A plot](../plots/a.svg) ![B](https://example.org/b.svg)")
            self.assertEqual(line, "![A plot](../images/docs/plots/a.svg) ![B](https://example.org/b.svg)")
            self.assertEqual((staged / "images/docs/plots/a.svg").read_text(encoding="utf-8"), "<svg/>")
            self.assertEqual(written.sources, set())


class Links(unittest.TestCase):
    def test_a_page_outside_of_the_book_is_shown_as_it_is(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            (root / "docs").mkdir()
            (root / "tests").mkdir()
            (root / "tests" / "NOTES.md").write_text("# Notes\n", encoding="utf-8")
            written = book.Book(root, root / "staged", {}, set())
            line = written.with_links(root / "docs" / "page.md", "page.md", "Page", "See the [notes](../tests/NOTES.md).")
            self.assertEqual(line, "See the [notes](source/tests/NOTES.md.md).")
            self.assertIn("# Notes", written.source_page(root / "tests" / "NOTES.md"))


class Site(unittest.TestCase):
    def problems(self, **pages):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in pages.items():
                (Path(folder) / f"{name}.html").write_text(text, encoding="utf-8")
            return site.problems(Path(folder))

    def test_links_that_lead_nowhere(self):
        found = self.problems(one='<a href="two.html#x">', two='<p id="x"><a href="one.html#no"><a href="three.html">')
        self.assertEqual(found, ["two.html: one.html#no: no such place in the page", "two.html: three.html: no such file"])

    def test_nothing_is_loaded_from_elsewhere(self):
        self.assertEqual(self.problems(one='<script src="https://cdn.example/x.js">'), ["one.html: loads https://cdn.example/x.js"])
        self.assertEqual(self.problems(one='<a href="https://example.org/">'), [])


class Verb(unittest.TestCase):
    def test_does_not_write_over_what_is_no_site(self):
        done = in_process("docs", "--out", str(ROOT / "docs"))
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"^uasync docs: --out .*docs: is not empty, and not a site that was written before; give")

    def test_takes_its_own_site_and_an_empty_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            verb.check_folder(Path(folder))
            (Path(folder) / "index.html").touch()
            with self.assertRaises(UsageError):
                verb.check_folder(Path(folder))
            (Path(folder) / site.MARK).touch()
            verb.check_folder(Path(folder))

    def test_checking_builds_nothing(self):
        done = in_process("docs", "--check", "--serve")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"^uasync docs: --check builds nothing")


if __name__ == "__main__":
    unittest.main()
