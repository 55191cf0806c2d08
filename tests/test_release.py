"""What a release says of itself is the same everywhere."""

import re
import tomllib

from click.testing import CliRunner
from pages import ROOT

import corridors as cd
from corridors.cli import main


def test_the_version_is_the_same_in_the_package_its_project_and_its_citation():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    citation = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert citation is not None
    assert cd.__version__ == project == citation[1]


def test_the_command_says_the_version():
    assert CliRunner().invoke(main, ["--version"]).output == f"corridors, version {cd.__version__}\n"


def test_the_changelog_begins_with_this_version_on_the_day_of_its_citation():
    day = re.search(r"^date-released: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    heads = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert day is not None
    assert heads[:2] == ["Unreleased", f"{cd.__version__} ({day[1]})"]
