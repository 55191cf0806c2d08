"""Generated questions to the served page, the same as a batch of scenarios, and questions that are none."""

import contextlib
import json
from functools import cache, partial
from random import Random

import pandas as pd

import corridors as cd
from corridors.scenarios.batch import ATOM
from corridors.serve.names import live_of

SPOILT = (
    lambda random, text: text[: random.randrange(len(text))],
    lambda random, text: text.replace('"choose"', '"close"', 1),
    lambda random, text: text[:-1] + ',"choose": "everything"}',
    lambda random, text: text[:-1] + ',"choose": [["link", "no such link"]]}',
    lambda random, text: text[:-1] + ',"choose": [["link"]]}',
    lambda random, text: text[:-1] + ',"choose": [["shock", {"a": 1}]]}',
    lambda random, text: text[:-1] + ',"move": [["capacity", "link", "*", "scale", -1]]}',
    lambda random, text: text[:-1] + ',"move": [["capacity", "link", "*", "scale", NaN]]}',
    lambda random, text: text[:-1] + ',"move": [["volume", "commodity", "unobtainium", "scale", 2]]}',
    lambda random, text: text[:-1] + ',"move": [["tariff", "link", "*", "set", 1e300]]}',
    lambda random, text: text[:-1] + ',"move": [["toll", "galaxy", "../../etc/passwd", "add", 1]]}',
    lambda random, text: text[:-1] + f',"move": {[["a"] * 5] * 200}}}'.replace("'", '"'),
    lambda random, text: "[" * 5000 + text,
    lambda random, text: text + "\ud800" * 3,
    lambda random, text: "".join(chr(random.randrange(1, 0x500)) for _ in range(40)),
    lambda random, text: text + " " * 40_000,
    lambda random, text: "",
)
"""What makes of the text of a question one that can't be answered."""


class Questions:
    """Random questions about a case.

    Parameters
    ----------
    network, demand
    choices : list of Choice
        What the page offers.
    seed : int
    """

    def __init__(self, network, demand, choices, seed):
        self.network, self.demand, self.random = network, demand, Random(seed)
        self.choices = {(choice.kind, choice.id): choice for choice in choices}
        self.live = live_of(network, demand)
        self.rows = cache(partial(cd.named_parameter, network, demand))

    def one(self):
        """A question that has an answer."""
        random = self.random
        choose = random.sample(sorted(self.choices), random.choice((0, 1, 1, 1, 2, 2, 3, 5)))
        rows = random.sample(self.live["moves"], random.choice((0, 0, 1, 1, 2)))
        moves = []
        for field, kind, operation, *_, names in {row[0]: row for row in rows}.values():
            value = {"scale": random.uniform(0.2, 2), "add": random.uniform(0, 40), "set": random.randrange(3_000_000)}
            which = random.choice(self.live["names"][names])[0]
            with contextlib.suppress(cd.InputError):  # a corridor may have no capacity that is limited
                self.rows(field, kind, which, operation)
                moves.append([field, kind, which, operation, round(value[operation], 2)])
        return {"choose": [list(choice) for choice in choose], "move": moves}

    def spoilt(self):
        """The body of one that has none."""
        text = json.dumps(self.one())
        return self.random.choice(SPOILT)(self.random, text).encode("utf-8", "surrogatepass")

    def changes(self, question):
        """What a question changes, a row each, without the rules of the server: projects, closures, numbers."""
        of = [self.choices[kind, name] for kind, name in question["choose"]]
        parts = [choice.changes for project in (True, False) for choice in of if (choice.kind == "project") is project]
        closed = [pd.concat(parts).drop_duplicates(list(ATOM))] if parts else []
        moved = [self.rows(*move[:4]).assign(value=move[4]) for move in question["move"]]
        return pd.concat([*closed, *moved], ignore_index=True) if closed or moved else pd.DataFrame()

    def batch(self, questions):
        """Questions as one batch of scenarios."""
        tables = [self.changes(question).assign(scenario=number) for number, question in enumerate(questions)]
        return cd.Scenarios(list(map(str, range(len(tables)))), pd.concat(tables, ignore_index=True))
