"""A small file next to results that says which network and which demand they are of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path


def write_case(names: Mapping[str, str], folder: Path) -> None:
    """Write the names of network and demand into a folder of results, as ``case.json``."""
    text = json.dumps(dict(names), indent=1, ensure_ascii=False)
    (folder / "case.json").write_text(f"{text}\n", encoding="utf-8")
