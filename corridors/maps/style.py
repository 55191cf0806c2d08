"""One look for all maps: colours, dashes, widths, letters, and how a map is saved.

The red-green colour-blind can distinguish the colours, and dashes distinguish the modes in grey. The base map is
pale so that flows come first.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from os import PathLike
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import AbstractPathEffect, Normal, Stroke
from matplotlib.text import Text
from matplotlib.textpath import TextToPath

from corridors.errors import InputError, a_number, kind_of

INK = "#1d2733"
FADED = "#66707a"
SEA = "#dce8ef"
SEA_INK = "#6f93ab"
LAND = "#f6f4ee"
COAST = "#a9bac5"
BORDER = "#bdb6a8"
COUNTRY_INK = "#a59d8d"
GRID = "#ffffff"
FRAME = "#8d959c"
HALO = "#fbfaf7"
GAINED = "#2067ac"
LOST = "#d1541f"
UNCHANGED = "#b9bcbe"

FONT = "DejaVu Sans"  # comes with matplotlib, so maps look the same everywhere
RC: Any = {
    "font.family": FONT,
    "text.parse_math": False,  # a name is text: its dollar signs are no formula
    "svg.fonttype": "none",
    "pdf.fonttype": 42,  # letters of a font, which can be searched, copied and edited
    "svg.hashsalt": "corridors",
    "path.simplify": True,
    "lines.scale_dashes": False,
    "hatch.linewidth": 0.6,
}

PACKED = 3
"""How hard a PNG is compressed: at 6, which is usual, a map takes half as long again to save, and 3 % less room."""

Look = dict[str, Any]
"""Keyword arguments of a matplotlib artist."""


def settings() -> AbstractContextManager[None]:
    """The settings a map is drawn and saved under, for a ``with``; the user's own come back after it."""
    context: AbstractContextManager[None] = mpl.rc_context(RC)
    return context


@dataclass(frozen=True)
class Widths:
    """Line widths in points for flows in t/year: the width grows with the square root of the flow.

    A root, since flows of one map span three orders of magnitude: were width in proportion to flow, a line of the
    median flow would be a hair. `floor` keeps the least flow visible.

    Examples
    --------
    >>> scale = Widths.up_to(64e6)
    >>> float(scale(16e6) / scale(64e6))
    0.5
    >>> scale.steps()
    (1000000.0, 5000000.0, 20000000.0, 50000000.0)
    """

    top: float
    cap: float = 8.0
    floor: float = 0.8

    @classmethod
    def up_to(cls, flow: float, room: float = 900.0) -> Widths:
        """The scale whose widest line is that of `flow`, t/year, on a map `room` points wide."""
        return cls(flow if flow > 0 else 1.0, cap=min(8.0, max(3.0, room / 112.5)))

    def __call__(self, flow: Any) -> Any:
        """Width of the lines, points."""
        share = np.clip(np.asarray(flow, dtype=float) / self.top, 0.0, 1.0)
        return np.maximum(self.cap * np.sqrt(share), self.floor)

    def steps(self) -> tuple[float, ...]:
        """Four round flows for the legend, t/year, the last no larger than `top`."""
        power = 10.0 ** math.floor(math.log10(self.top))
        last = max(m for m in (1.0, 2.0, 5.0) if m * power <= self.top * (1 + 1e-9)) * power
        down = {1: (0.02, 0.1, 0.5, 1.0), 2: (0.025, 0.1, 0.25, 1.0), 5: (0.02, 0.1, 0.4, 1.0)}
        return tuple(last * f for f in down[round(last / power)])


def mass(flow: float) -> str:
    """A flow of t/year in Mt/year, without needless zeros.

    Examples
    --------
    >>> mass(5e6), mass(250_000.0), mass(12_345_678)
    ('5', '0.25', '12.3')
    """
    return f"{flow / 1e6:.3g}"


_letters = TextToPath()


@lru_cache(maxsize=4096)
def text_size(text: str, size: float, *, bold: bool = False, italic: bool = False) -> tuple[float, float]:
    """Width and height of a text in points, a little wide: letters fit to pixels are wider than their shapes."""
    font = FontProperties(
        family=FONT, size=size, weight="bold" if bold else "normal", style="italic" if italic else "normal"
    )
    width, height, _ = _letters.get_text_width_height_descent(text, font, False)
    return 1.03 * float(width), float(max(height, 0.95 * size))


def halo(width: float, color: str = "white", alpha: float = 1.0) -> list[AbstractPathEffect]:
    """Path effects of a text that stands out: an outline, points wide, then its letters."""
    return [Stroke(linewidth=width, foreground=color, alpha=alpha), Normal()]


def lighter(color: str, by: float) -> tuple[float, float, float]:
    """A colour mixed with white: 0 leaves it, 1 makes it white."""
    r, g, b = mpl.colors.to_rgb(color)
    return r + (1 - r) * by, g + (1 - g) * by, b + (1 - b) * by


def save_figure(drawn: Axes | Figure, path: str | PathLike[str], *, dpi: float = 160) -> list[Path]:
    """Save a map: the same map gives the same bytes, and letters in an SVG or a PDF stay letters.

    Parameters
    ----------
    drawn : Axes or Figure
        What `plot_map` or `plot_difference` gave, or its figure.
    path : str or path
        Where to. The suffix chooses the format: .png, .svg or .pdf; without a suffix both .png and .svg are written.
    dpi : float
        Dots per inch of a PNG.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        The suffix is another one.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import corridors as cd
    >>> ax = cd.plot_losses(pd.DataFrame({"scenario": ["ferry"], "loss": [4e7], "cost": [4e7]}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in cd.save_figure(ax, f"{folder}/losses", dpi=50)]
    ['losses.png', 'losses.svg']
    """
    if not isinstance(path, (str, PathLike)):
        raise InputError(f"path: is {kind_of(path)}; give the name of a file")
    if not isinstance(drawn, (Axes, Figure)):
        raise InputError(f"drawn: is {kind_of(drawn)}; give the Axes or Figure that a map gave")
    if not 10 <= a_number(dpi) <= 1e4:
        raise InputError(f"dpi: is {kind_of(dpi)}; give dots per inch, 10 to 10,000")
    path = Path(path)
    known = [".png", ".svg", ".pdf"]
    suffixes = [path.suffix.lower()] if path.suffix else known[:2]
    if suffixes[0] not in known:
        raise InputError(f"path: can't save a map as {path.name!r}; end the name in {', '.join(known)} or in no suffix")
    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    assert figure is not None
    paths = [path.with_suffix(suffix) for suffix in suffixes]
    with settings():
        for file in paths:
            if file.suffix == ".svg":
                file.write_text(_with_letters(figure), encoding="utf-8")
            elif file.suffix == ".pdf":
                with _letters_over_halos(figure):
                    figure.savefig(file, metadata={"CreationDate": None}, facecolor="white")
            else:
                packed = {"compress_level": PACKED}
                figure.savefig(file, dpi=dpi, metadata={"Software": None}, pil_kwargs=packed, facecolor="white")
    return paths


@contextmanager
def _letters_over_halos(figure: Figure) -> Iterator[None]:
    """Draw each text with a `halo` twice, its outline and then its letters: matplotlib would outline both."""
    haloed = [(text, text.get_path_effects()) for text in figure.findobj(Text) if text.get_path_effects()]
    for text, effects in haloed:
        text.draw = partial(_draw_apart, text, effects[:-1])  # type: ignore[method-assign]
    try:
        yield
    finally:
        for text, effects in haloed:
            delattr(text, "draw")
            text.set_path_effects(effects)


def _draw_apart(text: Text, outline: list[AbstractPathEffect], renderer: RendererBase) -> None:
    for effects in (outline, []):
        text.set_path_effects(effects)
        type(text).draw(text, renderer)


def _with_letters(figure: Figure) -> str:
    """The SVG of a figure whose haloed labels are text too: matplotlib would outline them, a style sheet need not."""
    haloed = [t for t in figure.findobj(Text) if t.get_path_effects()]
    halos = [t.get_path_effects() for t in haloed]
    try:
        for t in haloed:
            t.set_path_effects([])
        page = io.StringIO()
        figure.savefig(page, format="svg", metadata={"Date": None}, facecolor="white")
    finally:
        for t, halo in zip(haloed, halos, strict=True):
            t.set_path_effects(halo)
    css = f"[id^='label-'] text {{ paint-order: stroke; stroke: {HALO}; stroke-width: 2px; stroke-linejoin: round }}"
    return page.getvalue().replace("</style>", f"  {css}\n  </style>", 1)
