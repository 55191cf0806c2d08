"""What a command wrote: whether a table, a figure or a drawing holds what its name says."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.image as mpimg
import numpy as np
import pandas as pd


def assert_is_what_it_is_called(path: Path) -> None:
    """A table has rows and no blank column name, and a figure has something drawn on it."""
    if path.suffix == ".csv":
        table = pd.read_csv(path)
        assert len(table)
        assert not any(name.startswith("Unnamed") for name in table)
    elif path.suffix == ".png":
        shades = mpimg.imread(path)[..., :3].reshape(-1, 3)
        inked = (shades != shades[0]).any(axis=1).mean()
        assert 0.002 < inked < 0.998
    else:
        root = ElementTree.parse(path).getroot()
        assert sum(bool("".join(text.itertext()).strip()) for text in root.iter(f"{SVG}text")) > 3
        (axes,) = (group for group in root.iter(f"{SVG}g") if group.get("id") in ("chart", "map"))
        assert marks_of(axes)


SVG = "{http://www.w3.org/2000/svg}"
GROUND = re.compile(r"patch_2$|matplotlib\.axis_|legend_|text_|name-|land$|borders|graticule$|inset$")
"""Parts of an axes that are there without data: its background, ticks, words and base map."""


def marks_of(axes: ElementTree.Element) -> list[str]:
    """The parts of an axes that show data: links, markers, and paths of three points or more.

    Spines and reference lines have two points. A coordinate that is no finite number fails.
    """
    found = []
    for part in axes:
        name = part.get("id", "")
        if GROUND.match(name):
            continue
        paths = [re.findall(r"[^\sMLCQz]+", path.get("d", "")) for path in part.iter(f"{SVG}path")]
        markers = [(use.attrib["x"], use.attrib["y"]) for use in part.iter(f"{SVG}use")]
        assert np.isfinite([float(number) for numbers in [*paths, *markers] for number in numbers]).all()
        if markers or any(len(path) > (0 if name.startswith("link-") else 4) for path in paths):
            found.append(name)
    return found
