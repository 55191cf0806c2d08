"""The page of the validation: docs/validation.md, as `corridors validate` writes it."""

from __future__ import annotations

import pandas as pd

from corridors.validation.compare_published import GROUPS, NEAR, summary, worst

_HEAD = """# The model against what was published

Written by `corridors validate --page docs/validation.md`; do not edit.

Every figure of `data/geo/references.csv` and `data/geo/flows.csv` is listed: tested, or not testable with the reason.
`data/geo/validation.csv` says for each figure how the model's counterpart is computed. Costs and times are those of
the cheapest route, each tonne on its own; flows are those of the optimum of the year, with preferences at gates as
`corridors calibrate` fitted them.

- **given**: the figure is in the tables, or demand rows repeat it or are sized by it; agreement shows only that the
  tables are consistent.
- **calibrated**: flows of 2024 that preferences were fitted to (`corridors calibrate`).
- **held out**: flows of 2024 kept from the fit, those whose number is divisible by 3.
- **never seen**: used neither in the tables nor in the fit.
"""


def page(table: pd.DataFrame) -> str:
    """The page as Markdown.

    Parameters
    ----------
    table : DataFrame
        What `corridors.validation.compare_published.validate` gave.
    """
    tested = table[table.group != "not testable"]
    untested = table[table.group == "not testable"]
    parts = [
        _HEAD,
        f"## Summary\n\n{len(table)} figures, {len(tested)} tested, {len(untested)} not testable.\n",
        _summary(table),
        near_line(table),
        "\n## The worst ten\n",
        _rows(worst(table)),
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
    return "\n".join([*lines, "", near_line(table)])


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


def _reasons(rows: pd.DataFrame) -> str:
    lines = [
        f"- {reason}: {', '.join(ids.fact_id)}"
        for reason, ids in sorted(rows.groupby("note", sort=False), key=lambda item: (-len(item[1]), item[0]))
    ]
    return "\n".join(lines)


def _number(value: float) -> str:
    if value != value:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
