"""Docstrings of public functions say the same of a parameter that they share: the texts of `parameter_texts.toml`.

Docstrings stay plain text, for editors and type checkers; ``python tests/parameter_texts.py --update`` writes the
shared texts into them, ``tests/test_parameter_texts.py`` finds where one is missing.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXTS = tomllib.loads((Path(__file__).with_suffix(".toml")).read_text(encoding="utf-8"))
WIDTH = 120
_SECTION = re.compile(
    r"^( *)Parameters\n *-{10}\n(.*?)(?=\n *\n *[A-Z][A-Za-z ]+\n *-{3,}\n|\Z)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Entry:
    """What a docstring says of a parameter, or of several that share a line."""

    function: str
    file: Path
    names: tuple[str, ...]
    kind: str
    text: str
    lines: tuple[int, int]
    indent: int

    def missing(self) -> str:
        """What is not as the shared text says; blank where all is."""
        shared = TEXTS.get(self.names[0], {})
        room = self.file.relative_to(ROOT / "corridors").parts[0]
        if not shared or self.function in shared.get("except", ()) or room not in shared.get("rooms", (room,)):
            return ""
        if not self.kind and self.text.startswith("As "):
            return ""
        if self.kind != shared["type"]:
            return f"{self.function}: {self.names[0]} has type {self.kind!r}, shared is {shared['type']!r}"
        if not self.text.startswith(shared.get("text", "")):
            return f"{self.function}: {self.names[0]} says {self.text!r}, shared is {shared['text']!r}"
        return ""

    def as_shared(self) -> list[str]:
        """The lines that say what the shared text says."""
        shared = TEXTS[self.names[0]]
        text = self.text if self.text.startswith(shared.get("text", "")) else shared["text"].rstrip(".:") + "."
        margin = " " * (self.indent + 4)
        body = textwrap.wrap(text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)
        return [f"{' ' * self.indent}{', '.join(self.names)} : {shared['type']}", *body]


def public_functions() -> dict[str, Path]:
    """The file of each public name."""
    lines = ast.parse((ROOT / "corridors" / "__init__.py").read_text(encoding="utf-8"))
    imports = [line for line in ast.walk(lines) if isinstance(line, ast.ImportFrom)]
    names = {name.name: str(line.module) for line in imports for name in line.names if name.asname}
    files = {name: ROOT / (module.replace(".", "/") + ".py") for name, module in names.items()}
    return {name: file for name, file in files.items() if file.exists()}


def entries() -> Iterator[Entry]:
    """The parameters of every public function, as its docstring lists them."""
    for name, file in public_functions().items():
        source = file.read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.name == name and ast.get_docstring(node):
                first = node.body[0]
                assert first.end_lineno is not None
                yield from _entries(name, file, source.splitlines(), (first.lineno - 1, first.end_lineno))


def _entries(function: str, file: Path, lines: list[str], span: tuple[int, int]) -> Iterator[Entry]:
    docstring = "\n".join(lines[span[0] : span[1]]).removesuffix('"""')
    if (section := _SECTION.search(docstring)) is None:
        return
    indent = len(section[1])
    row = span[0] + docstring.count("\n", 0, section.start(2))
    body = section[2].split("\n")
    heads = [at for at, line in enumerate(body) if line.strip() and len(line) - len(line.lstrip()) == indent]
    for head, after in zip(heads, [*heads[1:], len(body)], strict=True):
        names, _, kind = body[head].strip().partition(" : ")
        rest = [line.strip() for line in body[head + 1 : after] if line.strip()]
        split = tuple(name.strip() for name in names.split(","))
        span_of = (row + head, row + head + 1 + len(rest))
        yield Entry(function, file, split, kind, " ".join(rest), span_of, indent)


def write(wrong: list[Entry]) -> None:
    """Write the shared texts where they are missing, from the end of each file, so that the rows before stay."""
    for entry in sorted(wrong, key=lambda e: (str(e.file), -e.lines[0])):
        lines = entry.file.read_text(encoding="utf-8").split("\n")
        lines[entry.lines[0] : entry.lines[1]] = entry.as_shared()
        entry.file.write_text("\n".join(lines), encoding="utf-8")


def main() -> int:
    """Print which texts are not the shared ones, and mend them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the shared texts into the docstrings")
    wrong = [entry for entry in entries() if entry.missing()]
    print("\n".join(entry.missing() for entry in wrong))
    if parser.parse_args().update:
        write(wrong)
        return 0
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
