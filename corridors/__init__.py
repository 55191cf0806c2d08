"""Transport corridors as a weighted graph: what a closure costs, and who depends on whom.

Public names load when they are first used (PEP 562), so the import alone costs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # one line a public name: type checkers and editors read it, and `_home` does
    from corridors.arrays.changes import Changes as Changes
    from corridors.arrays.codes import Status as Status
    from corridors.arrays.problem import UNCAPACITATED as UNCAPACITATED
    from corridors.arrays.problem import Bundles as Bundles
    from corridors.arrays.problem import Problem as Problem
    from corridors.arrays.results import FlowResult as FlowResult
    from corridors.arrays.results import Proof as Proof
    from corridors.arrays.results import SweepProof as SweepProof
    from corridors.arrays.results import SweepResult as SweepResult
    from corridors.arrays.scaling import Scaled as Scaled
    from corridors.arrays.scaling import balance_supply as balance_supply
    from corridors.arrays.scaling import scale_to_int as scale_to_int
    from corridors.datasets import load_blocs as load_blocs
    from corridors.datasets import load_candidates as load_candidates
    from corridors.datasets import load_countries as load_countries
    from corridors.datasets import load_defaults as load_defaults
    from corridors.datasets import load_demand as load_demand
    from corridors.datasets import load_elasticities as load_elasticities
    from corridors.datasets import load_emission_factors as load_emission_factors
    from corridors.datasets import load_events as load_events
    from corridors.datasets import load_flows as load_flows
    from corridors.datasets import load_gates as load_gates
    from corridors.datasets import load_network as load_network
    from corridors.datasets import load_observed as load_observed
    from corridors.datasets import load_parameters as load_parameters
    from corridors.datasets import load_partners as load_partners
    from corridors.datasets import load_path_exceptions as load_path_exceptions
    from corridors.datasets import load_penalties as load_penalties
    from corridors.datasets import load_preferences as load_preferences
    from corridors.datasets import load_projects as load_projects
    from corridors.datasets import load_published_trade as load_published_trade
    from corridors.datasets import load_references as load_references
    from corridors.datasets import load_seas as load_seas
    from corridors.datasets import load_seasons as load_seasons
    from corridors.datasets import load_shocks as load_shocks
    from corridors.datasets import load_sliders as load_sliders
    from corridors.datasets import load_spreads as load_spreads
    from corridors.datasets import load_storages as load_storages
    from corridors.datasets import load_surge as load_surge
    from corridors.datasets import load_validation as load_validation
    from corridors.edits.candidates import with_candidates as with_candidates
    from corridors.edits.congestion import with_congestion as with_congestion
    from corridors.edits.elasticity import with_elasticity as with_elasticity
    from corridors.edits.periods import periods as periods
    from corridors.edits.preferences import with_preferences as with_preferences
    from corridors.edits.selection import free_of_charge as free_of_charge
    from corridors.edits.selection import open_planned as open_planned
    from corridors.edits.selection import select_demand as select_demand
    from corridors.edits.selection import without_capacities as without_capacities
    from corridors.errors import CorridorsError as CorridorsError
    from corridors.errors import InputError as InputError
    from corridors.errors import InputWarning as InputWarning
    from corridors.errors import RangeError as RangeError
    from corridors.errors import SolverError as SolverError
    from corridors.io.case import Case as Case
    from corridors.io.dimacs import read_dimacs as read_dimacs
    from corridors.io.dimacs import write_dimacs as write_dimacs
    from corridors.io.lines import from_lines as from_lines
    from corridors.io.nx import from_networkx as from_networkx
    from corridors.io.nx import to_networkx as to_networkx
    from corridors.io.read import read as read
    from corridors.io.read import read_demand as read_demand
    from corridors.io.write import write as write
    from corridors.maps.atlas import plot_atlas as plot_atlas
    from corridors.maps.break_even import plot_break_even as plot_break_even
    from corridors.maps.charts import plot_dependence as plot_dependence
    from corridors.maps.charts import plot_exceedance as plot_exceedance
    from corridors.maps.charts import plot_frontier as plot_frontier
    from corridors.maps.charts import plot_leverage as plot_leverage
    from corridors.maps.charts import plot_losses as plot_losses
    from corridors.maps.charts import plot_recovery as plot_recovery
    from corridors.maps.criticality import plot_criticality as plot_criticality
    from corridors.maps.emissions import plot_emissions as plot_emissions
    from corridors.maps.expansion import plot_expansion as plot_expansion
    from corridors.maps.explanation import plot_explanation as plot_explanation
    from corridors.maps.explanation import plot_flow_ranges as plot_flow_ranges
    from corridors.maps.flow_map import plot_difference as plot_difference
    from corridors.maps.flow_map import plot_map as plot_map
    from corridors.maps.gate_flows import plot_flows_by_gate as plot_flows_by_gate
    from corridors.maps.hinterland import plot_hinterland as plot_hinterland
    from corridors.maps.interdiction import plot_interdiction as plot_interdiction
    from corridors.maps.interdiction import plot_interdiction_curve as plot_interdiction_curve
    from corridors.maps.n_minus_k import plot_n_minus_k as plot_n_minus_k
    from corridors.maps.prices import plot_prices as plot_prices
    from corridors.maps.prices import plot_rents as plot_rents
    from corridors.maps.projects import plot_projects as plot_projects
    from corridors.maps.ride_through import plot_ride_through as plot_ride_through
    from corridors.maps.sensitivity import plot_sensitivity as plot_sensitivity
    from corridors.maps.sensitivity import plot_tornado as plot_tornado
    from corridors.maps.small_multiples import plot_year as plot_year
    from corridors.maps.style import save_figure as save_figure
    from corridors.maps.time_cost_distance import plot_time_cost_distance as plot_time_cost_distance
    from corridors.methods.by_curve import by_curve as by_curve
    from corridors.methods.by_period import by_period as by_period
    from corridors.methods.worst_closures import Interdiction as Interdiction
    from corridors.mincostflow import check as check
    from corridors.mincostflow import check_sweep as check_sweep
    from corridors.mincostflow import min_cost_flow as min_cost_flow
    from corridors.mincostflow import min_cost_flow_sweep as min_cost_flow_sweep
    from corridors.model.as_problem import to_problem as to_problem
    from corridors.model.legs import route_legs as route_legs
    from corridors.model.skims import skim as skim
    from corridors.network import Network as Network
    from corridors.page.explore import Explorer as Explorer
    from corridors.page.explore import explore as explore
    from corridors.page.write import write_page as write_page
    from corridors.results import tidy as tidy
    from corridors.scenarios.batch import Scenarios as Scenarios
    from corridors.scenarios.carbon import carbon_price as carbon_price
    from corridors.scenarios.events import events as events
    from corridors.scenarios.make import baseline as baseline
    from corridors.scenarios.make import coalitions as coalitions
    from corridors.scenarios.make import from_experiments as from_experiments
    from corridors.scenarios.make import grid as grid
    from corridors.scenarios.make import outages as outages
    from corridors.scenarios.make import sample as sample
    from corridors.scenarios.parameters import named_parameter as named_parameter
    from corridors.scenarios.shocks import shocks as shocks
    from corridors.scenarios.short_run import short_run as short_run
    from corridors.scenarios.tables import from_table as from_table
    from corridors.scenarios.tables import read_scenarios as read_scenarios
    from corridors.scenarios.uncertainty import uncertain_cases as uncertain_cases
    from corridors.solvers.multicommodity.remembered import base_cache as base_cache
    from corridors.studies.atlas import atlas as atlas
    from corridors.studies.autonomy import autonomy as autonomy
    from corridors.studies.break_even import break_even as break_even
    from corridors.studies.criticality import criticality as criticality
    from corridors.studies.cuts import min_cut as min_cut
    from corridors.studies.dependence import concentration as concentration
    from corridors.studies.dependence import dependence as dependence
    from corridors.studies.emissions import emissions as emissions
    from corridors.studies.equilibrium import Equilibrium as Equilibrium
    from corridors.studies.equilibrium import equilibrium as equilibrium
    from corridors.studies.expansion import Expansion as Expansion
    from corridors.studies.expansion import expansion as expansion
    from corridors.studies.experiments import perform_experiments as perform_experiments
    from corridors.studies.explain import Explanation as Explanation
    from corridors.studies.explain import explain as explain
    from corridors.studies.flow_ranges import flow_ranges as flow_ranges
    from corridors.studies.flows_by_gate import flows_by_gate as flows_by_gate
    from corridors.studies.hedging import hedging_frontier as hedging_frontier
    from corridors.studies.hinterland import hinterland as hinterland
    from corridors.studies.hinterland import next_flips as next_flips
    from corridors.studies.interdiction import fortify as fortify
    from corridors.studies.interdiction import interdiction as interdiction
    from corridors.studies.interdiction import interdiction_curve as interdiction_curve
    from corridors.studies.intervals import intervals as intervals
    from corridors.studies.leverage import leverage as leverage
    from corridors.studies.n_minus_k import n_minus_k as n_minus_k
    from corridors.studies.penalties import penalties as penalties
    from corridors.studies.prices import delivered_costs as delivered_costs
    from corridors.studies.prices import marginal_costs as marginal_costs
    from corridors.studies.projects import project_leverage as project_leverage
    from corridors.studies.projects import with_projects as with_projects
    from corridors.studies.projects import without_projects as without_projects
    from corridors.studies.recovery import Recovery as Recovery
    from corridors.studies.recovery import recovery as recovery
    from corridors.studies.redundancy import redundancy as redundancy
    from corridors.studies.reliability import Reliability as Reliability
    from corridors.studies.reliability import reliability as reliability
    from corridors.studies.renewal import yearly_reliability as yearly_reliability
    from corridors.studies.rents import rents as rents
    from corridors.studies.ride_through import ride_through as ride_through
    from corridors.studies.sensitivity import sensitivity as sensitivity
    from corridors.studies.sensitivity import tornado as tornado
    from corridors.studies.target import Target as Target
    from corridors.studies.target import target as target
    from corridors.studies.trade import trade as trade
    from corridors.studies.what_if import WhatIf as WhatIf
    from corridors.studies.what_if import what_if as what_if
    from corridors.sweeping.solve import routes as routes
    from corridors.sweeping.solve import solve as solve
    from corridors.sweeping.solve import sweep as sweep
    from corridors.validation.calibration import Calibration as Calibration
    from corridors.validation.calibration import calibrate as calibrate
    from corridors.validation.compare_published import validate as validate
    from corridors.validation.observed import compare_observed as compare_observed
    from corridors.validation.observed import link_loads as link_loads
    from corridors.validation.paths import compare_paths as compare_paths
    from corridors.validation.plots import plot_link_loads as plot_link_loads
    from corridors.validation.plots import plot_observed as plot_observed
    from corridors.validation.replay import replay as replay

__version__ = "0.2.0"

if not TYPE_CHECKING:  # for a type checker a name that is not above is an error

    def __getattr__(name: str) -> object:
        from importlib import import_module

        modules = _modules()
        if name == "__all__":
            return sorted(modules)
        if name not in modules:
            raise AttributeError(f"module 'corridors' has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(modules[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_modules(), "__all__"})


def _modules() -> dict[str, str]:
    """The module of each public name: what the imports above say, read when the first name is used."""
    found: dict[str, str] | None = globals().get("_MODULES")
    if found is None:
        import ast

        lines = ast.walk(ast.parse(__spec__.loader.get_source(__name__)))  # type: ignore[union-attr]
        imports = [line for line in lines if isinstance(line, ast.ImportFrom)]
        found = {name.name: str(line.module) for line in imports for name in line.names if name.asname}
        globals()["_MODULES"] = found
    return found
