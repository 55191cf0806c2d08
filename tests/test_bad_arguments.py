"""Whatever is given for an argument: a public function takes it, or raises an InputError that names the argument.

Generated: every argument of every valid call (`valid_calls`) is replaced by each bad value in turn, the others stay.
"""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import valid_calls
from click.testing import CliRunner
from generated import TIMES

import corridors as cd
from corridors.cli import main

BAD: dict[str, Any] = {
    "None": None,
    "a fraction": 3.5,
    "a negative": -1,
    "NaN": float("nan"),
    "a text": "no such name",
    "bytes": b"x",
    "an empty list": [],
    "a list": ["no such name"],
    "a list of None": [None],
    "an empty dict": {},
    "a dict": {"no such name": 1},
    "an object": object(),
    "a matrix": np.array([[1.0, 2.0]]),
    "an empty table": pd.DataFrame(),
    "a table": pd.DataFrame({"no such column": [1]}),
    "a huge number": 10**30,
}
FLAGS = ("progress", "inset", "unbounded", "within", "zeros", "merge", "delays")
"""Anything is true or false."""
SOME_ID = ("a negative", "a text", "a huge number")
"""An id or name that a network without such a table can't know to be wrong."""
EMPTY = ("an empty list", "an empty dict")
"""None of what may be named."""
LARGE = ("a huge number",)
NUMBER = ("a fraction", "a huge number")
ANY_NUMBER = ("a fraction", "a negative", "a huge number")
LEGITIMATE: dict[str, tuple[str, ...]] = {
    # whatever the function: no upper end, text to write, nothing named
    **dict.fromkeys(
        (
            "draws",
            "drawn",
            "orders",
            "samples",
            "seed",
            "most",
            "limit",
            "labels",
            "crews",
            "budget",
            "seconds",
            "tonnes",
        ),
        LARGE,
    ),
    **dict.fromkeys(("keep", "reduce", "outcomes", "closed", "corridors", "among", "costs", "left", "starts"), EMPTY),
    "select": ("an empty dict",),
    **dict.fromkeys(("title", "name", "bloc"), ("None", "a text")),
    # by function
    **dict.fromkeys(("autonomy.projects", "autonomy.partners", "concentration.blocs", "flows_by_gate.blocs"), EMPTY),
    "flows_by_gate.by": ("an empty dict",),
    "Scenarios.labels": ("a list", "a list of None", "a dict", "a matrix", "a table"),  # five texts to be
    "balance_supply.tolerance": ("None", *LARGE),
    "break_even.low": ANY_NUMBER,
    "break_even.high": NUMBER,
    "carbon_price.prices": NUMBER,
    "coalitions.players": EMPTY,
    "criticality.by": SOME_ID,  # not read with scenarios
    "events.table": ("None",),  # the events of the library: of another network
    "next_flips.now": ("a fraction",),
    "expansion.budget": ("None", *NUMBER),
    "expansion.discount_rate": NUMBER,
    "expansion.gap": NUMBER,
    "equilibrium.gap": NUMBER,
    "equilibrium.iterations": LARGE,
    "fortify.budget": NUMBER,
    "fortify.protect": LARGE,  # a row each
    "from_lines.mode": (),
    "from_lines.tolerance": ("a fraction",),
    "from_lines.bridge": ("a fraction",),
    "from_networkx.mode": SOME_ID,
    "from_networkx.names": ("an empty dict", "a dict"),
    "from_networkx.units": ("an empty dict",),
    "hedging_frontier.values": ("a fraction", "bytes"),
    "hinterland.commodity": SOME_ID,
    "hinterland.low": ANY_NUMBER,
    "hinterland.high": NUMBER,
    "interdiction.among": EMPTY,
    "interdiction.budget": NUMBER,
    "interdiction.seconds": NUMBER,
    "interdiction_curve.among": EMPTY,
    "interdiction_curve.budget": NUMBER,  # a row each
    "interdiction_curve.seconds": NUMBER,
    "route_legs.commodity": SOME_ID,
    "min_cost_flow_sweep.keep": (*EMPTY, "an empty table"),
    "min_cut.commodity": SOME_ID,
    "n_minus_k.among": (),  # of nothing there are no pairs
    "named_parameter.demand": ("None", "an empty dict", "a dict", "an empty table", "a table"),  # not read by corridor
    "named_parameter.commodity": SOME_ID,
    "named_parameter.origin": SOME_ID,
    "plot_atlas.along": ("None", "a text"),
    "plot_atlas.across": ("None", "a text"),
    "plot_break_even.now": ANY_NUMBER,
    "plot_exceedance.expected": ("None", "NaN", *ANY_NUMBER),
    "plot_frontier.bloc": ("None", "a text"),
    "plot_recovery.lost": ("None", "NaN", *ANY_NUMBER),
    "plot_time_cost_distance.commodity": SOME_ID,
    "from_table.table": (),
    "read.mode": SOME_ID,
    "read.names": ("an empty dict",),
    "read.units": ("an empty dict",),
    "read.recipe": ("an empty dict",),
    "read.directed": (),
    "read_demand.names": ("an empty dict",),
    "read_demand.units": ("an empty dict",),
    "read_demand.recipe": ("an empty dict",),
    "write.demand": ("None",),
    "write.path": ("a text",),
    "write_dimacs.path": ("a text",),
    "write_page.path": ("a text",),
    "write_page.sliders": ("None", "an empty dict"),
    "Explorer.page": ("a text",),
    "explore.result": ("None",),
    "read_demand.commodity": SOME_ID,
    "read_demand.value": NUMBER,
    "redundancy.commodity": SOME_ID,
    "reliability.availability": ("None", "an empty dict"),
    "sample.availability": ("an empty dict",),
    "sample.distributions": ("an empty dict",),
    "save_figure.path": ("a text",),
    "scale_to_int.x": ("an empty list",),
    "shocks.table": ("None",),  # those of the library: of another network
    "skim.commodity": SOME_ID,
    "skim.origins": EMPTY,
    "skim.destinations": EMPTY,
    "sweep.store": ("a text",),
    "expansion.store": ("a text",),
    "perform_experiments.store": ("a text",),
    "baseline.label": ("None", "a text"),
    "calibrate.evaluations": LARGE,
    "target.volume": NUMBER,
    "tidy.variables": EMPTY,
    **dict.fromkeys(("what_if.close", "what_if.open", "what_if.refuse"), EMPTY),
    **dict.fromkeys(("what_if.scale", "what_if.toll"), ("an empty dict",)),
    "what_if.days": NUMBER,
    "with_candidates.portfolio": ("an empty dict",),
    "with_elasticity.elasticities": ("an empty dict",),
    "with_elasticity.most": ("a fraction",),
    "with_projects.projects": EMPTY,
    "without_projects.projects": EMPTY,
    "yearly_reliability.spread": NUMBER,
    **dict.fromkeys(("load_demand.name", "load_network.name", "load_observed.name", "hedging_frontier.bloc"), ()),
}
"""By argument, or function and argument: the bad values that are none there, and are not tried. None is none where it
is the default."""
NOT_CALLED = {
    *("Calibration", "FlowResult", "Interdiction", "Proof", "Recovery", "Reliability", "Scaled", "SweepProof"),
    *("Equilibrium", "Expansion", "Explanation", "Target", "WhatIf"),
    *("SweepResult", "Changes", "Status", "UNCAPACITATED", "base_cache"),
    *("Case", "CorridorsError", "InputError", "InputWarning", "RangeError", "SolverError"),
}
"""Public names that are no functions, `Changes` (made by `from_coo`), and results, which functions make."""


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("bad")
    cd.write(valid_calls.network(), folder / "net.gpkg")
    (folder / "haz1.csv").write_text("link_id,link_availability\nferry,0.5\n")
    (folder / "p.min").write_text("p min 2 1\na 1 2 0 4 2\n")
    (folder / "demand.csv").write_text("origin,destination,volume\naktau,poti,5\n")
    return valid_calls.valid(folder)


def names() -> list[str]:
    """Public functions and classes with arguments."""
    found = [name for name in cd.__all__ if name not in NOT_CALLED]
    return [name for name in found if inspect.signature(getattr(cd, name)).parameters]


def test_every_public_function_is_tried(calls):
    assert set(names()) == set(calls) - NOT_CALLED


@pytest.mark.parametrize("name", names())
def test_a_bad_argument_is_refused_by_its_name(name, calls, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where a text is a file to write
    function, valid = getattr(cd, name), calls[name]
    wrong = []
    for argument in valid:
        fine = LEGITIMATE.get(f"{name}.{argument}", LEGITIMATE.get(argument, ()))
        bare = inspect.signature(function).parameters.get(argument)
        if bare is not None and bare.default is None:
            fine = (*fine, "None")
        for number, (what, value) in enumerate(BAD.items()):
            skipped = TIMES == 1 and (number + len(argument)) % 8  # `make soak` gives all to each
            if skipped or argument in FLAGS or what in fine:
                continue
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    function(**{**valid, argument: value})
                outcome = "is taken"
            except cd.InputError as error:
                outcome = "" if argument in str(error) else f"is refused without its name: {error}"
            except Exception as error:
                outcome = f"ends in {type(error).__name__}: {str(error)[:60]}"
            finally:
                plt.close("all")
            if outcome:
                wrong.append(f"{argument}: {what} {outcome}")
    assert not wrong, f"{name}\n" + "\n".join(wrong)


TOLL = valid_calls.TOLL
NETWORK, DEMAND = valid_calls.network(), valid_calls.demand()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cd.sweep(NETWORK, None, cd.baseline()), "demand: is None; give a DataFrame"),
        (lambda: cd.sweep(NETWORK, DEMAND, ["link"]), "scenarios: is a list; give Scenarios"),
        (lambda: cd.sweep("eurasia", DEMAND, cd.baseline()), "network: is the text 'eurasia'; give a Network"),
        (
            lambda: cd.perform_experiments(NETWORK, DEMAND, pd.DataFrame({"toll": ["1", "two"]}), {"toll": TOLL}),
            r"experiments: column toll is no number in 1 row \(1\)",
        ),
        (
            lambda: cd.perform_experiments(NETWORK, DEMAND, pd.DataFrame({"toll": [1.0]}), {}),
            "parameters: is empty",
        ),
        (
            lambda: cd.from_experiments(pd.DataFrame([[1.0, 2.0]], columns=["toll", "toll"]), {"toll": TOLL}),
            "experiments: column toll is there twice",
        ),
        (
            lambda: cd.grid({"toll": (TOLL[:3], [1.0])}),
            r"parameter toll: is a tuple of 3 parts; give \(table, id, field, operation\)",
        ),
        (
            lambda: cd.break_even(NETWORK, DEMAND, pd.DataFrame({"table": ["links"]}), 0, 1),
            "parameter: column id, field, operation is missing",
        ),
        (lambda: cd.select_demand(NETWORK, DEMAND, destination="FR"), "no row has destination FR"),
        (lambda: cd.Network(None, None), "nodes: is None"),
        (lambda: cd.plot_losses(pd.DataFrame({"scenario": ["a"], "loss": ["much"], "cost": [1.0]})),
         r"table: column loss is no number in 1 row \(0\); give what criticality gave"),
    ],
)  # fmt: skip
def test_an_error_says_which_argument_is_wrong_and_what_to_give(call, words):
    with pytest.raises(cd.InputError, match=words):
        call()


def test_numbers_written_as_text_in_experiments_are_read():
    rows = pd.DataFrame({"toll": ["0", "20"]})
    _, outcome = cd.perform_experiments(NETWORK, DEMAND, rows, {"toll": TOLL}, outcomes=["loss"], progress=False)
    _, known = cd.perform_experiments(NETWORK, DEMAND, rows.astype(float), {"toll": TOLL}, outcomes=["loss"],
                                      progress=False)  # fmt: skip
    assert outcome["loss"].tolist() == known["loss"].tolist()


@pytest.mark.parametrize("value", ["", "no such name", "-1", "nan", "3.5", "1e400", "a=b"])
def test_a_bad_option_is_a_line_and_no_traceback(value, tmp_path):
    network, demand = tmp_path / "net.gpkg", tmp_path / "demand.csv"
    cd.write(NETWORK, network)
    DEMAND.to_csv(demand, index=False)
    case = [f"--network={network}", f"--demand={demand}"]
    tried = {
        "break-even": ["--vary", "--routes-by", "--commodity", "--destination"],
        "dependence": ["--on", "--of"],
        "hedging": ["--bloc", "--values"],
        "interdiction": ["--budget", "--by", "--protect", "--method"],
        "leverage": ["--player", "--by", "--orders", "--seed"],
        "recovery": ["--down", "--left", "--start", "--crews"],
        "reliability": ["--availability", "--outage", "--draws"],
        "tornado": ["--vary", "--of"],
    }
    needed = {
        "break-even": {"--vary": "tariff corridor north add 0 50"},
        "hedging": {"--bloc": "AZ"},
        "leverage": {"--player": "AZ"},
        "recovery": {"--down": "ferry=10"},
        "tornado": {"--vary": "tariff corridor north add 0 50"},
    }
    pairs = [(command, option) for command, options in tried.items() for option in options]
    for command, option in pairs if TIMES > 1 else pairs[len(value) % 4 :: 4]:  # `make soak` gives all to each
        given = needed.get(command, {}) | {option: value}
        answer = CliRunner().invoke(main, [command, *case, *(f"{name}={text}" for name, text in given.items())])
        assert answer.exception is None or isinstance(answer.exception, SystemExit), (command, option)
        assert answer.exit_code == 0 or "Error: " in answer.output, (command, option)
