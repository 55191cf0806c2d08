"""Links of the Markdown pages lead to files that are there, and figures of speed in README.md to the report."""

import re

import pytest
from pages import PAGES, ROOT

from docs.generate.others import PAGES as COPIED

LINK = re.compile(r"\]\(([^)\s]+)\)")
GENERATED = {f"docs/generated/{name}" for name in ("tables.md", "results.md", "commands.md", "errors.md", *COPIED)}


@pytest.mark.parametrize("page", [*PAGES, *COPIED.values()])
def test_each_relative_link_leads_to_a_file(page):
    for link in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
        target, _, anchor = link.partition("#")
        if target and "://" not in target:
            file = ((ROOT / page).parent / target).resolve()
            assert file.exists() or str(file.relative_to(ROOT)) in GENERATED, link
            assert not anchor or file.suffix == ".md", link


def test_figures_of_speed_in_the_readme_are_those_of_the_benchmark_report():
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Speed\n")[1].split("\n## ")[0]
    report = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    figures = re.findall(r"\*\*([^*]+)\*\*|\b([\d.]+x)", section)
    assert len(figures) >= 6
    assert all(time in report and times in report for time, times in figures)
