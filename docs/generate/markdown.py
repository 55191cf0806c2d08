"""Tables of Markdown, and files that keep their time where nothing changes, so that Sphinx reads them once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown.

    Examples
    --------
    >>> print(table(["column", "unit"], [["tariff", "USD/t"]]))
    | column | unit |
    | --- | --- |
    | tariff | USD/t |
    """
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |"
        for line in lines
    )


def code(text: object) -> str:
    """A text as code; blank stays blank."""
    return f"`{text}`" if str(text) else ""


def leave(page: Path, text: str) -> None:
    """Write a page, unless it says so already."""
    page.parent.mkdir(parents=True, exist_ok=True)
    if not page.exists() or page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")
