"""The scripts of the gallery: the quick ones run here, all of them when the site is built (`make site`)."""

import re
import runpy

import matplotlib.pyplot as plt
import pytest
from pages import ROOT

import corridors as cd

SCRIPTS = sorted((ROOT / "docs" / "gallery").glob("*/*.py"))
QUICK = ("own/two_tables.py", "dependence/through_whom.py", "closures/khorgos_embargo.py")


@pytest.mark.parametrize("script", QUICK)
def test_a_quick_script_of_the_gallery_runs_and_draws(script, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    plt.close("all")
    runpy.run_path(str(ROOT / "docs" / "gallery" / script))
    assert plt.get_fignums()
    plt.close("all")


def test_each_script_asks_a_question_says_how_to_read_the_answer_and_names_what_there_is():
    assert len(SCRIPTS) >= 18
    for script in SCRIPTS:
        text = script.read_text(encoding="utf-8")
        title, underline, _, question = text.split('"""')[1].strip().split("\n", 3)
        assert underline == "=" * len(title), script
        assert "?" in title + question, script
        assert "**How to read it.**" in text, script
        assert set(re.findall(r"\bcd\.([A-Za-z_]\w*)", text)) <= set(cd.__all__), script


def test_each_section_of_the_gallery_has_a_title_and_a_place_in_the_site():
    conf = (ROOT / "docs" / "conf.py").read_text(encoding="utf-8")
    for folder in {script.parent for script in SCRIPTS}:
        assert (folder / "GALLERY_HEADER.rst").exists(), folder
        assert f'"{folder.name}"' in conf
