"""Who ships to whom by which gate: three columns of bars, and bands of goods between them (a Sankey diagram)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from corridors import arguments
from corridors.datasets import load_countries
from corridors.errors import InputError, whole
from corridors.maps import style
from corridors.maps.charts import MUTED, SERIES, chart
from corridors.maps.sheet import figure_of

ENDS = ("origin", "gate", "destination")
HEADS = ("from", "by", "to")
LINE = 11.5
"""Points of a column that a name takes at the least."""
GAP, BAR = 3.0, 12.0
"""Points between bars of a column, and their width."""
SIZE = 8.5
"""Points of the letters of names."""
BAND = 0.55
"""How opaque bands are."""
HEIGHT, WIDTH = 7.4, 11.0
"""Of the figure, inches."""
GOODS = len(SERIES) - 1
"""Kinds of goods that have a colour of their own; the rest are grey together."""

OTHER_GOODS = "other goods"


@dataclass(frozen=True)
class Stack:
    """A column: where each of its bars begins and ends, from the top, points."""

    low: pd.Series[float]
    high: pd.Series[float]


def plot_flows_by_gate(table: pd.DataFrame, *, title: str = "", most: int = 14, within: bool = False) -> Axes:
    """Draw who ships to whom by which gate: bands of goods as thick as their tonnes (a Sankey diagram).

    Parameters
    ----------
    table : DataFrame
        What `corridors.flows_by_gate` gave.
    title : str
        What to write over it.
    most : int
        Bars in each column; those of fewer tonnes are one bar, which says how many they are.
    within : bool
        Whether goods that start and end in one country, or one bloc, are drawn too.

    Returns
    -------
    Axes
        Columns of origins, gates and destinations, Mt a year. What is left out is said under it.

    Raises
    ------
    InputError
        A table without the columns, or without rows; numbers that are none; no flow between places to draw.

    Notes
    -----
    Each tonne is in one band on each side of its gate, so a column sums to all that is drawn. The five kinds of goods
    with most tonnes have colours of their own. Sankey 1898; that gates stand where most of their goods do, so that
    fewer bands cross, is the barycentre rule of Sugiyama, Tagawa & Toda 1981.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"], "country": ["KZ", "AZ", "GE"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "rail"], "from_node_id": ["aktau", "baku"],
    ...                       "to_node_id": ["baku", "poti"], "mode": "ship", "tariff": 10.0, "gates": ["TITR", ""]})
    >>> demand = pd.DataFrame({"demand_id": ["g", "h"], "commodity": "grain", "origin": ["aktau", "baku"],
    ...                        "destination": "poti", "volume": [3e6, 1e6], "value": 220.0})
    >>> network = cd.Network(nodes, links)
    >>> ax = cd.plot_flows_by_gate(cd.flows_by_gate(network, demand, cd.routes(network, demand)))
    >>> [text.get_text() for text in ax.texts]
    ['from', 'Kazakhstan  3', 'Azerbaijan  1', 'by', 'TITR  3', 'no gate  1', 'to', 'Georgia  4']
    """
    arguments.words(title=title)
    most = whole("plot_flows_by_gate: most", most, 1)
    columns = (*ENDS, "commodity")
    table = arguments.table_of("table", table, columns, numbers=("volume",), source="flows_by_gate", some=True)
    home = table.origin == table.destination
    drawn = table[(table.volume > 0) & (within | ~home)]
    if drawn.empty:
        why = "nothing moves" if not (table.volume > 0).any() else "all stays in one place; give within=True"
        raise InputError(f"plot_flows_by_gate: table: there is no flow to draw: {why}")
    flows = _joined(drawn, most)
    note = "Bands are in proportion to tonnes; each tonne is in one on each side of its gate."
    if not within and home.any():
        left = float(table.volume[home].sum())
        note += f" Not drawn: {style.mass(left)} Mt that start and end in one place."
    total = style.mass(float(flows.volume.sum()))
    subtitle = f"Million tonnes a year by origin, gate and destination; {total} in all"
    ax = chart(
        title or "Who ships to whom, and by which gate", subtitle, height=HEIGHT, left=16.0, note=note, width=WIDTH
    )
    _draw(ax, flows)
    return ax


def _joined(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """The flows with names for people; places, gates and goods of few tonnes are one each."""
    countries = load_countries()
    known = dict(zip(countries.country, countries.country_name, strict=True))
    known |= {str(name): str(name).upper() for name in table.attrs.get("blocs", ())} | table.attrs.get("zones", {})
    flows = table[[*ENDS, "commodity", "volume"]].copy()
    for end in ENDS:
        kept = _largest(flows, end, most)
        many = f"{flows[end].nunique() - len(kept)} others"
        text = {name: (str(name) if end == "gate" else known.get(name, str(name))).replace("_", " ") for name in kept}
        flows[end] = flows[end].map(lambda name, text=text, many=many: text.get(name, many))
    goods = _largest(flows, "commodity", GOODS)
    called = {name: str(name).replace("_", " ") for name in goods}
    flows["commodity"] = flows.commodity.map(lambda name: called.get(name, OTHER_GOODS))
    flows = flows.groupby([*ENDS, "commodity"], sort=False, as_index=False).volume.sum()
    order = [name for name in (*called.values(), OTHER_GOODS) if name in {*flows.commodity}]
    return flows.assign(commodity=pd.Categorical(flows.commodity, list(dict.fromkeys(order))))


def _largest(flows: pd.DataFrame, end: str, most: int) -> list[str]:
    """The names of most tonnes; one of few tonnes stays if it is the only one."""
    by = flows.groupby(end).volume.sum().sort_values(ascending=False, kind="stable")
    return by.index[: most if len(by) > most + 1 else most + 1].tolist()


def _draw(ax: Axes, flows: pd.DataFrame) -> None:
    figure = figure_of(ax)
    box, inches = ax.get_position(), figure.get_size_inches()
    wide, high = box.width * inches[0] * 72, box.height * inches[1] * 72
    ax.set_axis_off()
    ax.set_xlim(0, wide)
    ax.set_ylim(high, -LINE)
    ax.set_gid("flows by gate")
    scale = _scale(flows, high)
    order = _orders(flows)
    stacks = {end: _stack(flows.groupby(end).volume.sum()[order[end]] * scale, high) for end in ENDS}
    room, last = (
        8 + max((style.text_size(_name(flows, end, name), SIZE)[0] for name in order[end]), default=0.0)
        for end in ("origin", "destination")
    )
    x = dict(zip(ENDS, (room, (room + wide - last) / 2, wide - last - BAR), strict=True))
    colors = dict(zip(flows.commodity.cat.categories, SERIES, strict=False))
    if OTHER_GOODS in colors:
        colors[OTHER_GOODS] = MUTED
    with style.settings():
        for one, two in (("origin", "gate"), ("gate", "destination")):
            _bands(ax, flows, one, two, (x[one] + BAR, x[two]), stacks, order, scale, colors)
        for end, head in zip(ENDS, HEADS, strict=True):
            _bars(ax, flows, end, head, x[end], stacks[end])
        handles = [Rectangle((0, 0), 1, 1, color=color, alpha=BAND) for color in colors.values()]
        ax.legend(
            handles, list(colors), loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=len(colors), fontsize=SIZE,
            frameon=False, labelcolor=style.INK, handlelength=1.2, handleheight=0.9, columnspacing=1.6,
        )  # fmt: skip


def _scale(flows: pd.DataFrame, high: float) -> float:
    """Points of a tonne, so that the fullest column fits where every name has a line."""
    columns = [flows.groupby(end).volume.sum().to_numpy() for end in ENDS]
    low, most = 0.0, high / max(float(flows.volume.sum()), 1e-300)
    for _ in range(60):
        middle = (low + most) / 2
        tall = max(float(np.maximum(part * middle, LINE).sum()) + GAP * len(part) for part in columns)
        low, most = (middle, most) if tall <= high else (low, middle)
    return low


def _orders(flows: pd.DataFrame) -> dict[str, list[str]]:
    """From the top: origins by tonnes; gates and destinations by where their goods come from; what is joined last."""
    found: dict[str, list[str]] = {}
    by = flows.groupby("origin").volume.sum().sort_values(ascending=False, kind="stable")
    found["origin"] = sorted(by.index, key=_is_joined)
    for before, end in (("origin", "gate"), ("gate", "destination")):
        place = flows[before].map({name: number for number, name in enumerate(found[before])})
        mean = (place * flows.volume).groupby(flows[end]).sum() / flows.groupby(end).volume.sum()
        found[end] = sorted(mean.sort_values(kind="stable").index, key=_is_joined)
    return found


def _is_joined(name: str) -> bool:
    count, _, word = name.partition(" ")
    return word == "others" and count.isdigit()


def _stack(sizes: pd.Series[float], high: float) -> Stack:
    """Bars under each other, each on a line of its own at the least, the column in the middle of its height."""
    slots = np.maximum(sizes.to_numpy(), LINE) + GAP
    top = np.cumsum(slots) - slots + (high - slots.sum()) / 2
    low = pd.Series(top + (slots - sizes.to_numpy()) / 2, sizes.index)
    return Stack(low, low + sizes)


def _bands(
    ax: Axes,
    flows: pd.DataFrame,
    one: str,
    two: str,
    between: tuple[float, float],
    stacks: dict[str, Stack],
    order: dict[str, list[str]],
    scale: float,
    colors: dict[str, str],
) -> None:
    """The bands between two columns: in each bar by goods, and of these in the order of the bars they lead to."""
    bands = flows.groupby([one, two, "commodity"], observed=True, as_index=False).volume.sum()
    rank = {end: {name: number for number, name in enumerate(order[end])} for end in (one, two)}
    bands = bands.assign(
        first=bands[one].map(rank[one]), second=bands[two].map(rank[two]), good=bands.commodity.cat.codes
    )
    thick = bands.volume * scale
    for end, own, other in ((one, "first", "second"), (two, "second", "first")):
        by = bands.sort_values([own, other, "good"], kind="stable").index
        within = thick[by].groupby(bands[end][by]).cumsum() - thick[by]
        bands[f"top_{end}"] = within + bands[end][by].map(stacks[end].low)
    left, right = between
    bend = (left + right) / 2
    for band, height in zip(bands.itertuples(), thick, strict=True):
        a, b = getattr(band, f"top_{one}"), getattr(band, f"top_{two}")
        points = [(left, a), (bend, a), (bend, b), (right, b), (right, b + height), (bend, b + height)]
        points += [(bend, a + height), (left, a + height), (left, a)]
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        patch = PathPatch(Path(points, codes), facecolor=colors[band.commodity], alpha=BAND, linewidth=0)
        patch.set_gid(f"band-{getattr(band, one)}-{getattr(band, two)}-{band.commodity}")
        ax.add_patch(patch)


def _bars(ax: Axes, flows: pd.DataFrame, end: str, head: str, x: float, stack: Stack) -> None:
    """The bars of a column with their names."""
    beside = {"origin": (x - 5, "right"), "gate": (x + BAR + 4, "left"), "destination": (x + BAR + 5, "left")}[end]
    ax.text(x + BAR / 2, -LINE, head, fontsize=SIZE, color=style.FADED, ha="center", va="center")
    for name, low, high in zip(stack.low.index, stack.low, stack.high, strict=True):
        bar = Rectangle((x, low), BAR, high - low, facecolor=style.INK, edgecolor=style.INK, linewidth=0.4)
        bar.set_gid(f"bar-{end}-{name}")
        ax.add_patch(bar)
        effects = style.halo(2.5) if end == "gate" else None
        ax.text(beside[0], (low + high) / 2, _name(flows, end, name), fontsize=SIZE, color=style.INK, ha=beside[1],
                va="center", path_effects=effects)  # fmt: skip


def _name(flows: pd.DataFrame, end: str, name: str) -> str:
    """A bar's name and its tonnes."""
    return f"{name}  {style.mass(float(flows.volume[flows[end] == name].sum()))}"
