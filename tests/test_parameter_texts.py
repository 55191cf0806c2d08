"""Public functions say the same of a parameter that they share, and each says what its parameters are."""

import inspect
from collections import Counter
from dataclasses import replace

import parameter_texts
import pytest
from parameter_texts import TEXTS, entries

import corridors as cd

ENTRIES = list(entries())


def test_shared_parameters_have_the_shared_text():
    wrong = [entry.missing() for entry in ENTRIES if entry.missing()]
    assert not wrong, "python tests/parameter_texts.py --update writes the shared texts; " + "; ".join(wrong)


def test_each_shared_text_is_shared_and_each_exception_is_there():
    uses = Counter(name for entry in ENTRIES for name in entry.names)
    functions = {(entry.function, name) for entry in ENTRIES for name in entry.names}
    for name, shared in TEXTS.items():
        assert uses[name] >= 3, name
        assert all((function, name) in functions for function in shared.get("except", ())), name


@pytest.mark.parametrize("function", sorted({entry.function for entry in ENTRIES}))
def test_each_parameter_of_a_public_function_is_described_and_each_described_is_there(function):
    described = [name.lstrip("*") for entry in ENTRIES if entry.function == function for name in entry.names]
    assert sorted(described) == sorted(inspect.signature(getattr(cd, function)).parameters)


def test_a_text_that_drifts_is_found_and_mended(tmp_path, monkeypatch):
    entry = next(entry for entry in ENTRIES if entry.names == ("progress",) and entry.kind)
    drifted = replace(entry, text="If true, a progress bar is displayed.")
    assert "says 'If true" in drifted.missing()
    assert drifted.as_shared()[1].strip() == TEXTS["progress"]["text"]
    lines = entry.file.read_text(encoding="utf-8").splitlines()
    assert lines[entry.lines[0]].strip() == "progress : bool"
    copy = tmp_path / "study.py"
    copy.write_text("\n".join([*lines[: entry.lines[0] + 1], "        Something else.", *lines[entry.lines[1] :], ""]))
    parameter_texts.write([replace(drifted, file=copy)])
    assert copy.read_text() == entry.file.read_text(encoding="utf-8")
