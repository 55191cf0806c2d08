"""A module gives a name at its top once: a constant that is set again below holds another number than it says."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "corridors"


def set_twice(source: str) -> list[str]:
    """Names that statements at the top of a module set more than once."""
    names: Counter[str] = Counter()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names[statement.name] += 1
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            found = (node for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
            names.update(node.id for node in found if isinstance(node.ctx, ast.Store))
    return sorted(name for name, times in names.items() if times > 1)


def test_no_module_sets_a_name_twice() -> None:
    found = {str(path.relative_to(PACKAGE)): set_twice(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}
    assert len(found) > 200
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("CLOSE = 1e-12\nSHUT, CLOSE = range(2)\n", ["CLOSE"]),
        ("LEAST: int = 1\ndef LEAST(): ...\n", ["LEAST"]),
        ("LEAST = 1\ndef least():\n    LEAST = 2\n", []),
    ],
)
def test_a_name_that_is_set_again_is_found(source: str, expected: list[str]) -> None:
    assert set_twice(source) == expected
