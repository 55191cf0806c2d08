"""What README.md and docs/ show runs and prints what they say; what takes long is run by `make docs`."""

import re

import pytest
from pages import PAGES, ROOT, Block, blocks_of, differs, renewed, run, run_page

import corridors as cd
from corridors.schema.definitions import TABLES, VARIABLES

WIDEST = 88
"""Letters of a line of code on the site, of a window of 1,280 points."""


@pytest.mark.parametrize("page", [page for page in PAGES if any(block.is_quick for block in blocks_of(page))])
def test_the_quick_blocks_of_a_page_run_and_print_what_it_says(page):
    assert not run_page(page, quick=True)


def test_every_page_of_a_question_shows_code_and_no_block_is_indented():
    for page in (page for page in PAGES if page.startswith("docs/studies/")):
        assert {block.kind for block in blocks_of(page)} >= {"python", "sh"}, page
    indented = [page for page in PAGES if "\n\n    corridors " in (ROOT / page).read_text(encoding="utf-8")]
    assert not indented


def test_shown_code_is_no_wider_than_a_page_of_the_site():
    shown = [(page, line) for page in PAGES for block in blocks_of(page) for line in block.code.splitlines()
             if block.kind in ("python", "sh")]  # fmt: skip
    assert [(page, line) for page, line in shown if len(line) > WIDEST] == []
    scripts = {path: path.read_text(encoding="utf-8").split('"""', 2)[2] for path in ROOT.glob("docs/gallery/*/*.py")}
    shown = [(path.name, line) for path, code in scripts.items() for line in code.splitlines() if line[:1] != "#"]
    assert [(script, line) for script, line in shown if len(line) > WIDEST] == []


def block(kind, code, printed=None):
    return Block("page.md", 1, kind, code, None, printed, (0, 0))


def test_a_block_that_fails_or_prints_something_else_is_found():
    assert differs(block("python", "", "4\n"), run(block("python", "print(2 + 3)"), {}))
    assert not differs(block("python", "", "a ... 5\n"), run(block("python", "print('a', 'b', 2 + 3)"), {}))
    with pytest.raises(NameError):
        run(block("python", "nothing"), {})
    with pytest.raises(AssertionError, match="no row has commodity tea"):
        run(block("sh", "corridors dependence --commodity tea"), {})
    with pytest.raises(AssertionError, match="make is not run here"):
        run(block("sh", "make run"), {})


def test_an_update_keeps_how_much_of_a_long_answer_is_shown():
    assert renewed("old\n", "a\nb\n") == "a\nb\n"
    assert renewed("old\nline\n...\n", "a\nb\nc\nd\n") == "a\nb\n..."
    assert renewed("old ... line\n", "a\nb\n") is None


def test_every_link_to_a_file_leads_to_one():
    written = [*ROOT.glob("*.md"), *ROOT.glob("data/geo/*.md"), *ROOT.glob("benchmarks/*.md")]
    lost = []
    for page in {*written, *(ROOT / page for page in PAGES)}:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)", text):
            if "generated" not in target and not (page.parent / target).exists():  # those the build of the site checks
                lost.append(f"{page.name}: {target}")
    assert not lost


def test_every_name_in_the_glossary_and_every_public_name_in_the_pages_is_there():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    columns = {f"{table}.{column.name}" for table, columns in TABLES.items() for column in columns}
    known = columns | {f"result.{name}" for name in VARIABLES} | {f"cd.{name}" for name in cd.__all__}
    cells = re.findall(r"^\|.*\| ([^|]*) \|$", glossary, re.MULTILINE)
    names = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    assert len(names) > 60
    assert names <= known
    for page in PAGES:
        used = set(re.findall(r"\bcd\.([A-Za-z_]\w*)", (ROOT / page).read_text(encoding="utf-8")))
        assert used <= {*cd.__all__, "name"}, page
