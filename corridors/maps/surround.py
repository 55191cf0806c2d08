"""What surrounds a map: title, legend, scale bar, source line; and the choice of an empty place on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib_scalebar.scalebar import ScaleBar

from corridors.maps import style
from corridors.maps.labels import Clutter
from corridors.maps.projection import View

TITLE_HEIGHT = 44.0
ROW = 13.5
HEAD = 15.0
SMALL = 7.0
"""Letter size of the source line."""
SWATCH = 24.0
CORNERS = {"lower left": (0, 0), "lower right": (1, 0), "upper left": (0, 1), "upper right": (1, 1)}


@dataclass(frozen=True)
class Swatch:
    """An entry of the legend: its text, and the lines that make its sign, from the lowest.

    Each line is keyword arguments of `matplotlib.lines.Line2D`; one with a marker and no line stands in the middle.
    """

    text: str
    lines: tuple[style.Look, ...]


@dataclass(frozen=True)
class Group:
    """A titled group of legend entries."""

    title: str
    entries: tuple[Swatch, ...]
    rows: int = 2

    def columns(self) -> list[list[Swatch]]:
        """The entries, column by column."""
        return [list(self.entries[i : i + self.rows]) for i in range(0, len(self.entries), self.rows)]

    def column_widths(self) -> list[float]:
        """Points that each column takes."""
        return [max(SWATCH + 6 + style.text_size(e.text, 8)[0] for e in column) + 16 for column in self.columns()]

    def width(self) -> float:
        """Points that the group takes."""
        return max(sum(self.column_widths()), style.text_size(self.title, 8.5, bold=True)[0] + 16)


@dataclass(frozen=True)
class Surround:
    """All that is around a map: title over it, legend and source under it, and a note on the result."""

    title: str
    subtitle: str
    legend: tuple[Group, ...]
    source: str
    note: str = ""

    def legend_lines(self, width: float) -> list[list[Group]]:
        """The legend in lines no wider than `width` points: columns become rows, groups go to the next line."""
        lines: list[list[Group]] = [[]]
        for group in self.legend:
            while group.width() > width and group.rows < len(group.entries):
                group = replace(group, rows=group.rows + 1)
            if lines[-1] and sum(g.width() for g in lines[-1]) + group.width() > width:
                lines.append([])
            lines[-1].append(group)
        return lines

    def source_lines(self, width: float) -> list[str]:
        """Source and note broken into lines no wider than `width` points; the note is the last one."""
        lines = [""]
        for word in self.source.split():
            longer = f"{lines[-1]} {word}".strip()
            if style.text_size(longer, SMALL)[0] > width and lines[-1]:
                lines.append(word)
            else:
                lines[-1] = longer
        taken = style.text_size(lines[-1], SMALL)[0] + style.text_size(self.note, SMALL, italic=True)[0]
        return [*lines, self.note] if len(lines) == 1 and taken + 12 < width else [*lines, "", self.note]

    def legend_height(self, width: float) -> float:
        """Points that the legend takes."""
        return sum(HEAD + ROW * max(g.rows for g in line) + 6 for line in self.legend_lines(width) if line)

    def source_height(self, width: float) -> float:
        """Points that source and note take."""
        *lines, note = self.source_lines(width)
        return 8.0 + 9.0 * len(lines if lines[-1] or note else lines[:-1])

    def foot(self, width: float) -> float:
        """Points that all of it takes under a map of that width."""
        return self.legend_height(width) + self.source_height(width)


def draw_surround(ax: Axes, surround: Surround, width: float, height: float) -> None:
    """Write title, legend and source around a map of `width` x `height` points."""
    _draw_title(ax, surround, width, height)
    _draw_legend(ax, surround, width, height)
    _draw_source(ax, surround, width, height)


def _strip(ax: Axes, low: float, high: float, width: float, height: float) -> Axes:
    """An axes in points over or under a map, `low` to `high` above the map's lower edge; it moves with the map."""
    strip = ax.inset_axes((0.0, low / height, 1.0, (high - low) / height))
    strip.set_xlim(0, width)
    strip.set_ylim(0, high - low)
    strip.axis("off")
    return strip


def _draw_title(ax: Axes, surround: Surround, width: float, height: float) -> None:
    strip = _strip(ax, height, height + TITLE_HEIGHT, width, height)
    for y, text, most, bold, color in (
        (26, surround.title, 15.0, True, style.INK),
        (9, surround.subtitle, 9.5, False, style.FADED),
    ):
        size = most * min(1.0, width / max(style.text_size(text, most, bold=bold)[0], 1.0))
        weight = "bold" if bold else "normal"
        strip.text(0, y, text, fontsize=size, fontweight=weight, color=color, va="baseline", parse_math=False)


def _draw_legend(ax: Axes, surround: Surround, width: float, height: float) -> None:
    """Groups side by side, spread over the width."""
    high = surround.legend_height(width)
    if not high:
        return
    strip = _strip(ax, -high, 0.0, width, height)
    y = high - 4
    for line in surround.legend_lines(width):
        free = width - sum(g.width() for g in line)
        spread = min(60.0, max(0.0, free / (len(line) - 1))) if len(line) > 1 else 0.0
        x = 0.0
        for group in line:
            _draw_group(strip, group, x, y)
            x += group.width() + spread
        y -= HEAD + ROW * max(g.rows for g in line) + 6


def _draw_group(strip: Axes, group: Group, x: float, y: float) -> None:
    strip.text(
        x, y - 10, group.title, fontsize=8.5, fontweight="bold", color=style.INK, va="baseline", parse_math=False
    )
    for column, wide in zip(group.columns(), group.column_widths(), strict=True):
        for i, entry in enumerate(column):
            at = y - HEAD - ROW * (i + 0.5)
            for look in entry.lines:
                middle = "marker" in look and look.get("linestyle") == ""
                xs = [x + SWATCH / 2] if middle else [x, x + SWATCH]
                strip.add_line(Line2D(xs, [at] * len(xs), **look))
            strip.text(
                x + SWATCH + 6, at, entry.text, fontsize=8, color=style.INK, va="center_baseline", parse_math=False
            )
        x += wide


def _draw_source(ax: Axes, surround: Surround, width: float, height: float) -> None:
    """The source at the foot, and the note to its right or under it."""
    high, below = surround.source_height(width), surround.legend_height(width)
    strip = _strip(ax, -below - high, -below, width, height)
    *lines, note = surround.source_lines(width)
    for i, line in enumerate(lines):
        strip.text(
            0,
            high - 13 - 9 * i,
            line,
            fontsize=SMALL,
            color=style.FADED,
            parse_math=False,
            gid="source" if line else None,
        )
    at: style.Look = {"x": 0.0, "ha": "left"} if not lines[-1] else {"x": width, "ha": "right"}
    last = high - 13 - 9 * (len(lines) - 1)
    strip.text(y=last, s=note, fontsize=SMALL, color=style.INK, style="italic", parse_math=False, gid="note", **at)


def emptiest(
    clutter: Clutter, wide: float, high: float, toward: tuple[float, float], inset: float = 8.0
) -> tuple[float, float, float, float] | None:
    """The place along the edge where a box of `wide` x `high` points covers least; of several, that nearest `toward`.

    Returns
    -------
    tuple of float or None
        Left, bottom, right, top; None where every place would touch a box that must stay free.
    """
    x0, y0, x1, y1 = clutter.frame
    xs = np.linspace(x0 + inset, x1 - inset - wide, 41)
    ys = np.linspace(y0 + inset, y1 - inset - high, 21)
    if xs[0] > xs[-1] or ys[0] > ys[-1]:
        return None
    edge = [(x, y) for x in xs for y in (ys[0], ys[-1])] + [(x, y) for x in (xs[0], xs[-1]) for y in ys]
    boxes = np.array([(x, y, x + wide, y + high) for x, y in edge])
    away = np.hypot(boxes[:, [0, 2]].mean(axis=1) - toward[0], boxes[:, [1, 3]].mean(axis=1) - toward[1])
    cost = np.concatenate([clutter.cost(boxes[i : i + 1]) for i in range(len(boxes))]) + 0.04 * away
    best = int(np.argmin(cost))
    if not np.isfinite(cost[best]):
        return None
    left, bottom, right, top = (float(v) for v in boxes[best])
    return left, bottom, right, top


def draw_scale(ax: Axes, view: View, clutter: Clutter) -> None:
    """A scale bar in the emptiest corner, right at the middle of the map; its box joins the clutter."""
    x0, y0, x1, y1 = clutter.frame
    wide, high = min(150.0, 0.3 * (x1 - x0)), 26.0
    corners = {
        name: (
            (x0 + 6 if not right else x1 - 6 - wide),
            (y0 + 6 if not up else y1 - 6 - high),
            (x0 + 6 + wide if not right else x1 - 6),
            (y0 + 6 + high if not up else y1 - 6),
        )
        for name, (right, up) in CORNERS.items()
    }
    cost = {name: clutter.cost(np.array([box]))[0] for name, box in corners.items()}
    best = min(cost, key=lambda name: cost[name])
    bar = ScaleBar(
        1 / view.factor,
        "m",
        fixed_value=_round_km(0.8 * wide / (x1 - x0) * (view.xlim[1] - view.xlim[0]) / view.factor / 1e3),
        fixed_units="km",  # left to itself the bar would say Mm
        width_fraction=2.2 / (y1 - y0),
        location=best,
        pad=0.4,
        border_pad=0.6,
        sep=2.5,
        box_alpha=0.0,
        color=style.INK,
        scale_loc="top",
        font_properties={"family": style.FONT, "size": 7.5},
    )
    bar.set_zorder(8)
    bar.set_gid("scale-bar")
    ax.add_artist(bar)
    clutter.boxes.append(corners[best])


def _round_km(km: float) -> float:
    """The greatest round length no longer than `km`."""
    power = 10.0 ** np.floor(np.log10(km))
    length = float(max(m for m in (1, 2, 5) if m * power <= km) * power)
    return int(length) if length >= 1 else length
