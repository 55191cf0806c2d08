"""The page of the validation: docs/validation.md, as `corridors validate` writes it."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill

import pandas as pd

from corridors.validation.aims import NEAR_LOAD
from corridors.validation.compare_published import GROUPS, NEAR, REASONS, summary, worst
from corridors.validation.paths import COST, LENGTH
from corridors.validation.replay import SAID

CLOSE = 1.5
"""The size of an event is right when predicted and reported differ by no more than this factor."""

_HEAD = """# The model against what was published

Written by `corridors validate --page docs/validation.md`; do not edit.

Every figure of `data/geo/references.csv` and `data/geo/flows.csv` is listed: tested, or not testable with the reason.
`data/geo/validation.csv` says for each figure how the model's counterpart is computed. Costs and times are those of
the cheapest route, each tonne on its own; flows are those of the optimum of the year, with preferences at gates: at
most 12 parameters, by the measure of `corridors calibrate`. While they were chosen, these figures were looked at too:
all flows of 2024 that were held out, the loads of links that `links.csv` records, and d238 (Baku-Tbilisi-Kars). r094
(the capacity of the Trans-Caspian route in 2027) was looked at when the ships that are on order were added, the seven
events when it was written down what their shares are of, and d123, d251 to d253 and the two events at the gates of
China when loose goods were divided between these.

- **given**: the figure is in the tables, or demand rows repeat it or are sized by it; agreement shows only that the
  tables are consistent.
- **calibrated**: flows of 2024 that preferences were fitted to (`corridors calibrate`).
- **held out**: flows of 2024 kept from the fit, those whose number is divisible by 3.
- **never seen**: used neither in the tables nor in the fit.
"""


def page(
    table: pd.DataFrame,
    loads: pd.DataFrame | None = None,
    paths: pd.DataFrame | None = None,
    replayed: pd.DataFrame | None = None,
    reached: pd.DataFrame | None = None,
    legs: pd.DataFrame | None = None,
    counts: pd.DataFrame | None = None,
    pictures: Mapping[str, str] | None = None,
) -> str:
    """The page as Markdown.

    Parameters
    ----------
    table : DataFrame
        What `corridors.validation.compare_published.validate` gave.
    loads : DataFrame, optional
        What `corridors.link_loads` gave of the base year.
    paths : DataFrame, optional
        What `corridors.compare_paths` gave of the base year.
    replayed : DataFrame, optional
        What `corridors.validation.replay.replay_reported` gave.
    reached : DataFrame, optional
        What `corridors.validation.aims.aims` gave.
    legs : DataFrame, optional
        What `corridors.validation.legs.compare_legs` gave.
    counts : DataFrame, optional
        What `corridors.compare_observed` gave of the base year.
    pictures : mapping, optional
        Files by what they draw, ``loads`` and ``counts``, as seen from the page.
    """
    pictures = pictures or {}
    tested = table[table.group != "not testable"]
    untested = table[table.group == "not testable"]
    parts = [
        _HEAD,
        f"## Summary\n\n{len(table)} figures, {len(tested)} tested, {len(untested)} not testable.\n",
        _summary(table),
        near_line(table),
        *([] if reached is None else _aims(reached)),
        "\n## The worst ten\n",
        _rows(worst(table)),
        *([] if loads is None else _loads(loads, pictures.get("loads"))),
        *([] if counts is None else _counts(counts, pictures.get("counts"))),
        *([] if paths is None else _paths(paths)),
        *([] if replayed is None else _events(replayed)),
        *([] if legs is None else _legs(legs)),
    ]
    for group in GROUPS[::-1]:
        rows = tested[tested.group == group]
        if len(rows):
            parts += [f"\n## {group.capitalize()} ({len(rows)})\n", _rows(rows)]
    parts += [f"\n## Not testable ({len(untested)})\n", _reasons(untested)]
    return "\n".join(parts) + "\n"


def near_line(table: pd.DataFrame) -> str:
    """How many times, costs and distances are near, with and without those given."""
    measured = table[table.kind.isin(["time", "cost", "distance"])]
    parts = []
    for name, rows in (
        ("", measured),
        (" that are not in the tables", measured[measured.group != "given"]),
    ):
        near = int((rows.error <= NEAR).sum())
        parts.append(f"{near} of {len(rows)} ({near / max(len(rows), 1):.0%}) times, costs and distances{name}")
    return f"Within 25 %: {'; '.join(parts)}."


def text(table: pd.DataFrame) -> str:
    """The short account for a terminal."""
    tested = table[table.group != "not testable"]
    lines = [f"{len(table)} published figures, {len(tested)} tested; the ten that the model misses most:", ""]
    lines += [
        f"  {row.fact_id}  {row.what[:58]:58s} {_number(row.reference):>12s} {_number(row.model):>12s} {row.unit}"
        for row in worst(table).itertuples()
    ]
    lines += ["", f"  {'kind':10s} {'group':12s} {'tested':>6s} {'near':>5s} {'median error':>13s}"]
    lines += [
        f"  {row.kind:10s} {row.group:12s} {row.tested:6d} {row.near:5d} {row.median_error:13.1%}"
        for row in summary(table).itertuples()
    ]
    return "\n".join([*lines, "", fill(near_line(table), 105)])


def _summary(table: pd.DataFrame) -> str:
    lines = ["| kind | group | tested | within 25 % | median error |", "| --- | --- | ---: | ---: | ---: |"]
    lines += [
        f"| {row.kind} | {row.group} | {row.tested} | {row.near} | {row.median_error:.1%} |"
        for row in summary(table).itertuples()
    ]
    return "\n".join(lines) + "\n"


def _rows(rows: pd.DataFrame) -> str:
    lines = [
        "| figure | year | published | model | unit | ratio | confidence | source | note |",
        "| --- | ---: | ---: | ---: | --- | ---: | --- | --- | --- |",
    ]
    for row in rows.itertuples():
        span = f" ({_number(row.low)}-{_number(row.high)})" if row.low == row.low and row.high == row.high else ""
        cells = [
            f"{row.fact_id}: {row.what}",
            str(row.year),
            _number(row.reference) + span,
            _number(row.model),
            row.unit,
            f"{row.ratio:.2f}",
            row.confidence,
            row.source,
            row.note,
        ]
        lines.append("| " + " | ".join(str(cell).replace("|", "/").replace("<>", "-") for cell in cells) + " |")
    return "\n".join(lines)


def _loads(loads: pd.DataFrame, picture: str | None) -> list[str]:
    near = int((loads.ratio - 1).abs().le(NEAR_LOAD).sum())
    lines = [
        f"\n## Loads of links ({len(loads)})\n",
        "Each link whose load `data/geo/links.csv` records, in Mt, next to the model's of the base year. "
        f"{near} of {len(loads)} ({near / max(len(loads), 1):.0%}) are within 30 %; records are of several years.\n",
        *([] if picture is None else [f"![Map: links by how near the model's load is to the observed]({picture})\n"]),
        "| link | year | observed | model | ratio |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    rows = loads.sort_values("observed", ascending=False, kind="stable")
    lines += [
        f"| `{row.link}` | {row.year} | {row.observed / 1e6:.2f} | {row.modelled / 1e6:.2f} | {row.ratio:.2f} |"
        for row in rows.itertuples()
    ]
    return lines


def _counts(counts: pd.DataFrame, picture: str | None) -> list[str]:
    lines = [
        f"\n## Counts at gates ({len(counts)})\n",
        "Each count of `data/geo/observed_2024.csv`, in Mt, next to the model's of the base year: what passes several "
        "links together, in one direction or both, of some goods or all. Class A is right to 10 %, B to 30 %, C to an "
        f"order of magnitude: {int(counts.within.sum())} of {len(counts)} are as near as their class. Demand was made "
        f"from {int(counts.restates.sum())} of them, which test only that the goods get there.\n",
        *([] if picture is None else [f"![Chart: counts at gates, what they allow, and the model]({picture})\n"]),
        "| gate | class | observed | model | ratio | as near | demand was made from it |",
        "| --- | --- | ---: | ---: | ---: | --- | --- |",
    ]
    words = {True: "yes", False: "no"}
    lines += [
        f"| {row.name} | {row.tolerance} | {row.observed / 1e6:.2f} | {row.modelled / 1e6:.2f} | {row.ratio:.2f} | "
        f"{words[bool(row.within)]} | {words[bool(row.restates)]} |"
        for row in counts.itertuples(index=False)
    ]
    return lines


def _aims(reached: pd.DataFrame) -> list[str]:
    lines = ["\n## What the base should reach\n", "| aim | wanted | found | |", "| --- | --- | --- | --- |"]
    return lines + [
        f"| {row.aim} | {row.wanted} | {row.found} | {'reached' if row.reached else 'missed'} |"
        for row in reached.itertuples()
    ]


def _legs(legs: pd.DataFrame) -> list[str]:
    lines = [
        f"\n## Legs of corridors ({len(legs)})\n",
        "A 40-foot box on the cheapest path between the ends of each leg of `data/geo/legs.csv`.\n",
        "| leg | corridor | km | days | published | USD/FEU | published |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in legs.itertuples():
        days, price = (
            "" if value != value else f"{value:,.{digits}f}"
            for value, digits in ((row.published_days, 1), (row.published_usd_feu, 0))
        )
        modelled = f"{row.km:,.0f} | {row.days:.1f} | {days} | {row.usd_feu:,.0f}"
        lines.append(f"| {row.leg_id} | {row.corridor} | {modelled} | {price} |")
    return lines


def _events(replayed: pd.DataFrame) -> list[str]:
    right = int((replayed.ratio > 0).sum())
    close = int(replayed.ratio.between(1 / CLOSE, CLOSE).sum())
    lines = [
        f"\n## Events ({len(replayed)})\n",
        "Each dated event of which a loss was reported, in thousand tonnes over its days: not delivered (which of oil "
        "is shut in), or moved (no longer over what it hit). Goods move elsewhere only as far as can be added within "
        "the time given. Held out: no figure of `data/geo/surge.csv` was chosen by it. The direction is right in "
        f"{right} of {len(replayed)}, the size within a factor of {CLOSE} in {close}.\n",
        "| event | days | within | held out | reported | predicted | ratio | moved | not delivered | loss, M USD | "
        "diverted to |",
        "| --- | ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in replayed.itertuples():
        cells = [
            f"`{row.event_id}`",
            f"{row.days:g}",
            row.within,
            "yes" if row.held_out else "no",
            f"{row.reported / 1e3:,.0f} {SAID[row.measure]}",
            f"{row.ratio * row.reported / 1e3:,.0f}",
            f"{row.ratio:.2f}",
            f"{row.moved / 1e3:,.0f}",
            f"{row.unmet / 1e3:,.0f}",
            f"{row.loss / 1e6:,.1f}",
            row.diverted_to,
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _paths(paths: pd.DataFrame) -> list[str]:
    wrong = paths[paths.wrong != ""]
    share = wrong.volume.sum() / max(paths.volume.sum(), 1.0)
    unexplained = int((wrong.reason == "").sum())
    lines = [
        f"\n## Paths of the base ({len(paths)})\n",
        "Every path of the optimum of the base year next to the cheapest one between its ends that the goods may take, "
        f"capacities aside: {len(wrong)} ({share:.1%} of the tonnes) cost more than {COST} times as much, are more "
        f"than {LENGTH} times as long or pass a sea twice; {unexplained} of them without a reason.\n",
    ]
    if len(wrong):
        lines += ["| goods | from | to | kt | cost ratio | length ratio | wrong | reason |"]
        lines += ["| --- | --- | --- | ---: | ---: | ---: | --- | --- |"]
        lines += [
            f"| {row.commodity} | {row.origin} | {row.destination} | {row.volume / 1e3:,.0f} | {row.cost_ratio:.2f} | "
            f"{row.length_ratio:.2f} | {row.wrong.replace(';', ', ')} | {row.reason} |"
            for row in wrong.itertuples()
        ]
    return lines


def _reasons(rows: pd.DataFrame) -> str:
    parts = []
    for reason, check in REASONS.items():
        of_reason = rows[rows.note.map(lambda note, of=reason: note == of or note.startswith(f"{of}: "))]
        if len(of_reason):
            details = of_reason.note.str.removeprefix(reason).str.removeprefix(": ")
            notes = sorted(of_reason.groupby(details, sort=False), key=lambda item: (-len(item[1]), item[0]))
            lines = [f"- {f'{detail}: ' if detail else ''}{', '.join(ids.fact_id)}" for detail, ids in notes]
            parts.append(f"**{reason[0].upper()}{reason[1:]}** ({len(of_reason)}; {check}):\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _number(value: float) -> str:
    if value != value:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
