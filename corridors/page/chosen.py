"""What can be chosen on a page, and what each choice does, as lists, numbers and texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors.network import Network
from corridors.page.answers import Answer, Answers, Unit, pairs_in
from corridors.page.choices import Choice, choices_of, pairs_of
from corridors.page.sliders import Slider, sliders_of
from corridors.scenarios.atoms import Parameter
from corridors.scenarios.batch import of_changes
from corridors.studies.volumes import busiest_links

LINKS = 1500
"""Links offered one by one unless another number is asked for: those that carry most."""
FINE = 0.5
"""The share of the last digit shown by which the loss of a slider may be off between two of its breakpoints."""


def chosen_of(
    network: Network,
    demand: pd.DataFrame,
    base: xr.Dataset,
    *,
    links: int,
    pairs: int,
    sliders: Mapping[str, tuple[Parameter, float, float]] | None,
    progress: bool,
    closures: xr.Dataset | None = None,
) -> dict[str, Any]:
    """What can be chosen on a page, and what each choice does.

    Parameters
    ----------
    network, demand, base, links, pairs, sliders, progress
        As for `corridors.page.content.content_of`.
    closures : Dataset, optional
        Closures of links, by ``link_id``, from a sweep of the same case that kept `answers.KEEP`: these are not solved
        again.
    """
    answers = Answers(network, demand, base, progress=progress)
    choices = choices_of(network, demand, links=busiest_links(network, base, links))
    solved = _solved(choices, answers, closures)
    apart = _apart(choices, solved)
    numbered = pairs_of(len(apart), pairs)
    couples = [(apart[a], apart[b]) for a, b in numbered]
    # A batch of these alone, so that the solver looks at their closures only.
    paired = of_changes([choices[i].changes for i in apart[: 1 + max((b for _, b in numbered), default=-1)]])
    together = answers.of(pairs_in(paired, numbered))
    money = Unit.of_money(max((abs(answer.loss) for answer in solved), default=0.0))
    moved = sliders_of(
        network, demand, answers, sliders, fine=lambda loss: FINE * money.last_digit(loss), progress=progress
    )
    number = {link: i for i, link in enumerate(network.links.link_id)}
    return {
        "money": money.as_told(),
        "choices": [
            {"kind": c.kind, "id": c.id, "name": c.name, "links": [number[i] for i in c.links], **answered(a)}
            for c, a in zip(choices, solved, strict=True)
        ],
        "pairs": [{"of": list(couple), **answered(a)} for couple, a in zip(couples, together, strict=True)],
        "sliders": [_moved(slider) for slider in moved],
    }


def _solved(choices: list[Choice], answers: Answers, closures: xr.Dataset | None) -> list[Answer]:
    """The answer to each choice; of links, from their closures where these are there."""
    known: dict[tuple[str, str], Answer] = {}
    if closures is not None:
        links = closures.scenario.to_numpy().tolist()
        known = {("link", link): answer for link, answer in zip(links, answers.in_sweep(closures), strict=True)}
    for of_links in (True, False):
        asked = [c for c in choices if (c.kind == "link") == of_links and (c.kind, c.id) not in known]
        found = answers.of(of_changes([choice.changes for choice in asked]), grouped=of_links)
        known |= {(choice.kind, choice.id): answer for choice, answer in zip(asked, found, strict=True)}
    return [known[choice.kind, choice.id] for choice in choices]


def _apart(choices: list[Choice], solved: list[Answer]) -> list[int]:
    """Closures of links and ports, worst first, one of those that cost the same: links in series are one trap."""
    found: dict[float, int] = {}
    order = sorted(range(len(choices)), key=lambda i: -solved[i].loss)
    for i in order:
        if choices[i].kind in ("link", "port") and solved[i].loss > 0:
            found.setdefault(round(solved[i].loss), i)
    return list(found.values())


def answered(answer: Answer) -> dict[str, Any]:
    """An answer as the page's script takes it."""
    bear = [[end == "destination", country, loss] for end, country, loss in answer.losers]
    return {"loss": answer.loss, "unmet": answer.unmet, "losers": bear, **answer.flows.as_told()}


def _moved(slider: Slider) -> dict[str, Any]:
    now = slider.now if np.isfinite(slider.now) else None
    of = {"name": slider.name, "unit": slider.unit, "now": now, "at": slider.at, "loss": slider.loss}
    shown = [{"unmet": answer.unmet, **answer.flows.as_told()} for answer in slider.answers]
    return {**of, "constant": slider.constant, "answers": shown}
