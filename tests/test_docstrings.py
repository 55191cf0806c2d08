"""Every public name has an example that runs, and says what it takes, gives and refuses."""

import inspect
import re

import pytest

import corridors as cd

NAMED = {name: getattr(cd, name) for name in cd.__all__}
DESCRIBED = {name: thing for name, thing in NAMED.items() if inspect.isclass(thing) or inspect.isfunction(thing)}
FUNCTIONS = {name: thing for name, thing in DESCRIBED.items() if inspect.isfunction(thing)}


def sections(name: str) -> dict[str, str]:
    """The sections of a docstring by their headings."""
    parts = re.split(r"^([A-Z][A-Za-z ]+)\n-{3,}\n", inspect.getdoc(NAMED[name]) or "", flags=re.MULTILINE)
    assert len(parts[1::2]) == len(set(parts[1::2])), f"{name} has a section twice"
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_only_a_number_and_a_cache_have_no_docstring_of_their_own():
    assert sorted(NAMED.keys() - DESCRIBED.keys()) == ["UNCAPACITATED", "base_cache"]


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_every_public_name_has_an_example_that_prints_something_and_that_of_a_function_calls_it(name):
    lines = [line for line in sections(name)["Examples"].splitlines() if line.strip()]
    code = [line for line in lines if line.startswith((">>> ", "..."))]
    assert ">>> import corridors as cd" in code
    assert set(lines) - set(code)
    if name in FUNCTIONS:  # what a function gives is shown by calling that function
        assert re.search(rf"\bcd\.{name}\b", "\n".join(code))


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_public_function_says_what_it_takes_what_it_gives_and_what_it_refuses(name):
    wanted = {"Returns"}
    if inspect.signature(FUNCTIONS[name]).parameters:
        wanted |= {"Parameters", "Raises"}
    assert wanted <= sections(name).keys()


METHODS = [
    "atlas",
    "break_even",
    "concentration",
    "criticality",
    "delivered_costs",
    "equilibrium",
    "expansion",
    "explain",
    "flow_ranges",
    "fortify",
    "hedging_frontier",
    "hinterland",
    "interdiction",
    "interdiction_curve",
    "leverage",
    "marginal_costs",
    "min_cost_flow",
    "min_cost_flow_sweep",
    "min_cut",
    "project_leverage",
    "recovery",
    "redundancy",
    "reliability",
    "rents",
    "sensitivity",
    "solve",
    "sweep",
    "with_congestion",
    "yearly_reliability",
]


@pytest.mark.parametrize("name", METHODS)
def test_a_method_of_the_literature_says_whose_it_is(name):
    said = (inspect.getdoc(FUNCTIONS[name]) or "").partition("Examples\n---")[0]
    assert re.search(r"[A-Z]\w+ (et al\. )?(19|20)\d\d\b|[Ss]ource", said)
