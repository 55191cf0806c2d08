"""Solve a network for one case, or for every scenario of a batch."""

from __future__ import annotations

import contextlib
import functools
import sys
import weakref
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, kind_of, listed
from corridors.model import decode as decoding
from corridors.model.build import build
from corridors.model.decode import Solution, decode
from corridors.model.reach import warn_out_of_reach
from corridors.network import Network, checked_demand
from corridors.scenarios.batch import Scenarios
from corridors.solvers.threads import listen
from corridors.sweeping.blocks import WHOLE, Part, answers, part_of
from corridors.sweeping.engines import KEEPABLE, WarmEngine
from corridors.sweeping.gathered import ALWAYS, Gathered
from corridors.sweeping.job import Job
from corridors.sweeping.optimum import check_solver, solved
from corridors.sweeping.progress import counted
from corridors.sweeping.statistics import parse
from corridors.sweeping.store import Store
from corridors.sweeping.workers import InTurn


def solve(network: Network, demand: Any, *, solver: str = "columns") -> xr.Dataset:
    """The least-loss flows of all demand on a network, with shared capacities.

    Sources: Ford & Fulkerson 1958 and Tomlin 1966 (column generation over paths); Ahuja, Magnanti & Orlin 1993.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Rows of ``demand_id, commodity, origin, destination, volume`` (t/year), ``value`` (USD/t not delivered).
    solver : str
        ``columns``, column generation over paths, whose optimum is also the base of `sweep`; ``lp``, the reference, the
        linear programme on arcs by HiGHS. Where optima tie the two may show different flows of the same loss.

    Returns
    -------
    Dataset
        ``loss, cost, objective`` (USD/year), ``unmet(demand)``, ``flow(link, direction, commodity)`` and others in
        t/year, ``price(node, class)`` and ``rent(bundle)`` in USD/t, ``gap`` (proven), ``tied``, ``status``;
        each with its unit and meaning in attrs. The attributes of the whole say what the model counts in
        (``quantity_unit``, t/year, and ``cost_unit``, USD/t; see `corridors.model.units`), its largest ``rounding``,
        and the ``solver`` that found the optimum. As a table: `corridors.tidy`.

    Raises
    ------
    InputError
        Tables that do not fit together; quantities or costs too small to count next to the largest.
    SolverError
        No optimum was found, which should not happen.

    Warns
    -----
    InputWarning
        Demand that no path over operating links and transfers serves, and why.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"]})
    >>> links = pd.DataFrame({"link_id": ["ferry"], "from_node_id": ["aktau"], "to_node_id": ["baku"],
    ...                       "mode": ["ferry"], "capacity": [60.0], "tariff": [10.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> base = cd.solve(cd.Network(nodes, links), demand)
    >>> float(base.loss), float(base.cost), base.unmet.values
    (9400.0, 600.0, array([40.]))
    """
    return decode(_solution("solve", network, demand, solver))


def routes(network: Network, demand: Any, *, solver: str = "columns") -> pd.DataFrame:
    """Where each demand row goes in the optimum: paths with their tonnes.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    solver : str
        As for `solve`.

    Returns
    -------
    DataFrame
        ``demand_id, commodity, origin, destination, volume`` (t/year), ``cost`` (USD/t), ``length`` (km), ``modes``,
        ``links``.

    Raises
    ------
    InputError
        As `solve`.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "road"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": [10.0, 30.0], "capacity": [60.0, 60.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"], "destination": ["baku"],
    ...                        "volume": [100.0], "value": [220.0]})
    >>> network = cd.Network(nodes, links)
    >>> cd.routes(network, demand)[["demand_id", "links", "volume", "cost"]]
      demand_id  links  volume  cost
    0         g  ferry    60.0  10.0
    1         g   road    40.0  30.0
    """
    return decoding.routes(_solution("routes", network, demand, solver))


def _solution(name: str, network: Network, demand: Any, solver: str) -> Solution:
    check_solver(name, solver)
    model = build(network, demand)
    warn_out_of_reach(model)
    return solved(model, solver)


def sweep(
    network: Network,
    demand: Any,
    scenarios: Scenarios,
    *,
    keep: Iterable[str] = (),
    reduce: Iterable[str] = (),
    executor: Executor | None = None,
    store: str | Path | None = None,
    part: tuple[int, int] = WHOLE,
    solver: str = "columns",
    progress: bool = True,
) -> xr.Dataset:
    """Solve every scenario of a batch.

    Source: Ahuja, Magnanti & Orlin 1993, chapter 17 (column generation); each starts from the base's optimum.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    scenarios : Scenarios
        Each starts from this network and demand.
    keep : iterable of str
        What to keep of each scenario in addition to ``loss, cost, objective, gap, unmet_total, status``: ``flow,
        row_cost, row_price, transfer_flow, member_flow, class_flow, class_transfer_flow, class_member_flow, price,
        rent, throughput, tied``; and ``unmet`` by demand row, which is kept anyway unless it would take more than 400
        MB.
    reduce : iterable of str
        Statistics over all scenarios, worked out while the sweep goes, without keeping them: a variable, an
        underscore, and ``mean, std, min, max`` or ``p01`` to ``p99``: ``flow_mean, flow_p95, unmet_max``. Weighted by
        the scenarios' weights. Quantiles are right to 1/512 of the largest value at their place.
    executor : concurrent.futures.Executor, optional
        Who does the work; by default a thread a core. What is found does not depend on it.
    store : str or Path, optional
        A folder that takes what is found, block by block: the same sweep, called again, goes on where the last one
        was stopped or killed. It holds all that `keep` and `reduce` need of every scenario. Workers of an `executor`
        write there what they find, so they must see the same folder.
    part : (int, int)
        ``(2, 8)``: only the second of eight parts, for jobs that share a `store`; the same call without it puts them
        together. Parts are whole blocks, of 1,024 scenarios (64 where `keep` has ``tied, price`` or ``row_price``),
        one after the other.
    solver : str
        ``columns`` re-optimises from the base's optimum, which is that of `solve`; ``lp``, the reference, solves each
        scenario from scratch.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    Dataset
        The variables of `solve`, ``scenario`` first; ``weight(scenario)`` as a coordinate; reductions without the
        scenario. ``scenario`` is the label, or the number where there are more than 100,000. A scenario that could not
        be solved has its status and NaN. After Ctrl-C, the scenarios done so far, and ``stopped`` in the attributes.

    Raises
    ------
    InputError
        Tables or scenarios that do not fit together, an unknown name in `keep` or `reduce`; a `store` that holds
        another sweep, or that workers do not share; a part that there is not.
    KeyboardInterrupt
        Ctrl-C before the network is laid out, when there is nothing to give.

    Warns
    -----
    InputWarning
        Demand that no path serves in the base, and why.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "road"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": [10.0, 30.0], "capacity": [60.0, 60.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"], "destination": ["baku"],
    ...                        "volume": [100.0], "value": [220.0]})
    >>> network = cd.Network(nodes, links)
    >>> closed = cd.sweep(network, demand, cd.outages(network), keep=["flow"])
    >>> closed.loss.to_series().to_dict(), closed.unmet_total.values
    ({'ferry': 10600.0, 'road': 9400.0}, array([40., 40.]))
    """
    result = _swept(network, demand, scenarios, Options(keep, reduce, executor, store, solver, progress, part))
    if "stopped" in result.attrs:
        print(f"sweep: stopped after {result.attrs['stopped']}", file=sys.stderr)
    return result


def sweep_all(
    network: Network,
    demand: Any,
    scenarios: Scenarios,
    *,
    keep: Iterable[str] = (),
    reduce: Iterable[str] = (),
    executor: Executor | None = None,
    store: str | Path | None = None,
    part: Part = WHOLE,
    solver: str = "columns",
    progress: bool = True,
) -> xr.Dataset:
    """What `sweep` gives, for those that need every scenario.

    Raises
    ------
    KeyboardInterrupt
        Ctrl-C; it says how many were done, and what they gave is its ``partial``.
    """
    return _whole(_swept(network, demand, scenarios, Options(keep, reduce, executor, store, solver, progress, part)))


def _whole(result: xr.Dataset) -> xr.Dataset:
    if "stopped" in result.attrs:
        interrupt = KeyboardInterrupt(f"stopped after {result.attrs['stopped']}")
        interrupt.partial = result  # type: ignore[attr-defined]
        raise interrupt
    return result


@dataclass(frozen=True)
class Options:
    """The options of a sweep, checked: as for `sweep`.

    Raises
    ------
    InputError
    """

    keep: Iterable[str]
    reduce: Iterable[str] = ()
    executor: Executor | None = None
    store: str | Path | None = None
    solver: str = "columns"
    progress: bool = True
    part: Part = WHOLE

    def __post_init__(self) -> None:
        object.__setattr__(self, "keep", arguments.names_of("keep", self.keep))
        object.__setattr__(self, "reduce", arguments.names_of("reduce", self.reduce))
        check_places(self.executor, self.store)
        check_solver("sweep", self.solver)
        _check_part(self.part)


def check_places(executor: Any, store: Any) -> None:
    """Refuse what is no executor, and what is no path of a folder."""
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise InputError(f"executor: is {kind_of(executor)}; give an Executor of concurrent.futures, or None")
    if not isinstance(store, (str, Path, type(None))):
        raise InputError(f"store: is {kind_of(store)}; give the path of a folder, or None")


def _check_part(part: Any) -> None:
    whole = isinstance(part, tuple) and len(part) == 2 and all(type(number) is int for number in part)
    if not whole or not 1 <= part[0] <= part[1]:
        raise InputError(f"part: is {kind_of(part)}; give which of how many parts, from 1, such as (2, 8)")


def _swept(network: Network, demand: Any, scenarios: Scenarios, options: Options) -> xr.Dataset:
    arguments.networks(network=network)
    if demand is None:
        raise InputError("demand: is None; give a DataFrame, without rows where nothing moves")
    demand = demand if isinstance(demand, pd.DataFrame) else checked_demand(network, demand)
    if not isinstance(scenarios, Scenarios):
        raise InputError(f"scenarios: is {kind_of(scenarios)}; give Scenarios, such as outages gives")
    kept = _wanted(options.keep, scenarios, demand)
    reductions = parse(options.reduce, (*KEEPABLE[:-1], "loss", "cost", "unmet_total"))
    needed = tuple(dict.fromkeys([*kept, *(v for v, _ in reductions if v in KEEPABLE)]))
    store = None if options.store is None else Store(options.store, network, demand, scenarios, needed, options.solver)
    with Job(network, demand, scenarios, needed, options.solver) as job:
        return _gathered(job, kept, reductions, options, store)


class Sweeps:
    """Sweeps one after another of the same network and demand, whose scenarios have the same atoms.

    The network is laid out and the base solved once, which is what a sweep of few scenarios takes its time for.

    Parameters
    ----------
    network, demand, keep, progress
        As for `sweep`.
    grouped : bool
        As for `corridors.sweeping.job.Job`.
    one_thread : bool
        Whether it is done on the thread that asks, which is a worker of somebody else.
    """

    def __init__(
        self,
        network: Network,
        demand: Any,
        *,
        keep: Iterable[str] = (),
        progress: bool = True,
        grouped: bool = True,
        one_thread: bool = False,
    ) -> None:
        self.network, self.demand, self.progress, self.grouped = network, demand, progress, grouped
        self.executor = InTurn() if one_thread else None
        self.keep = (keep,) if isinstance(keep, str) else tuple(keep)
        self._job: Job | None = None

    @functools.cached_property
    def _last_optima(self) -> Any:
        from corridors.solvers.multicommodity import LastOptima  # its kernels take a while to load

        return LastOptima()

    def __call__(self, scenarios: Scenarios, again: tuple[IntArray, FloatArray] | None = None) -> xr.Dataset:
        """What `sweep_all` gives.

        Parameters
        ----------
        scenarios : Scenarios
        again : ((S,) int, (L,) float), optional
            Numbers by which scenarios are known from one call to the next, and where their limits are, in coordinates
            of the caller: each starts from its nearest optimum. A number is of the same costs and volumes each time, of
            limits that may differ, and of what closed the first time or more.
        """
        kept = _wanted(self.keep, scenarios, self.demand)
        first = scenarios if self._job is None else self._job.scenarios
        if first.atoms is not scenarios.atoms and not first.atoms.equals(scenarios.atoms):
            raise InputError("sweeps: the scenarios have other atoms than the first; make a Sweeps of their own")
        if self._job is None or kept != self._job.keep or not self._job.holds(scenarios):
            self._job = Job(self.network, self.demand, scenarios, kept, grouped=self.grouped)
            weakref.finalize(self, self._job.__exit__)
        with self._job.over(scenarios) as job:
            engine = job.engine()
            if isinstance(engine, WarmEngine):
                engine.again = None if again is None else (self._last_optima, *again)
            options = Options(kept, executor=self.executor, progress=self.progress)
            return _whole(_gathered(job, kept, [], options))


def _gathered(
    job: Job,
    kept: tuple[str, ...],
    reductions: Sequence[tuple[str, str]],
    options: Options,
    held: Store | None = None,
) -> xr.Dataset:
    first, end = part_of(job, options.part)
    gathered = Gathered(job.model(), job.scenarios, kept, reductions, first, end)
    blocks = answers(job, first, end, options.executor, held)
    with counted("sweep", end - first, "scenarios", options.progress) as count, contextlib.closing(blocks):
        try:
            for done in blocks:
                # in a thread: an interrupt waits until all of the block is taken in
                listen(functools.partial(gathered.add, done), np.zeros(1))
                count(len(done.status))
        except KeyboardInterrupt:
            gathered.stopped = True
    return gathered.dataset()


MUCH = 400e6 / 8
"""Numbers of unmet demand by scenario and row that are kept without being asked for."""


def _wanted(keep: Iterable[str], scenarios: Scenarios, demand: Any) -> tuple[str, ...]:
    names = (keep,) if isinstance(keep, str) else tuple(dict.fromkeys(keep))
    unknown = [name for name in names if name not in (*KEEPABLE, *ALWAYS)]
    if unknown:
        raise InputError(f"sweep: keep={listed(unknown)} is unknown; give some of {', '.join(KEEPABLE)}")
    names = tuple(name for name in names if name in KEEPABLE)
    if "unmet" not in names and len(scenarios) * len(demand) <= MUCH:
        names = ("unmet", *names)
    return names
