"""Pages of the site that stand elsewhere in the repository: the data, the benchmarks, how a change is made."""

from __future__ import annotations

import re
from pathlib import Path

from .markdown import leave

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "data.md": "data/geo/README.md",
    "benchmarking.md": "benchmarks/README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}


def write(folder: Path) -> None:
    """Leave the pages in a folder, their links to docs/ as seen from there."""
    for name, source in PAGES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        leave(folder / name, re.sub(r"\]\(docs/", "](../", text))
