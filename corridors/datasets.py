"""The data set that comes with the library: the Eurasian corridors, demand, events and figures to compare with.

Licence of the data: ODbL 1.0, © OpenStreetMap contributors; see README.md in its folder.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corridors.errors import InputError
from corridors.schema.checks import checked
from corridors.schema.consistency import member_ids
from corridors.schema.definitions import TABLES
from corridors.schema.preferences import steps_of_preferences

if TYPE_CHECKING:
    from corridors.network import Network

NETWORKS = ("eurasia",)
NETWORK_TABLES = ("nodes", "links", "transfers", "zones", "commodities", "rates", "tariffs", "fleets", "blocs")
BASE_YEAR = 2024
"""The year that links.csv stands for."""
YEARS = range(2022, 2041)
"""The years that a network can be loaded for."""
WITH_PREFERENCES = " with preferences"
"""What the name of a network ends with whose gates have preferences."""
DEMAND_YEARS = ("2022", "2024", "2025", "2030")
"""The years that there is demand for."""
_BLOC_WORDS = {
    "Eurasian Economic Union": "eaeu",
    "European Union": "eu",
    "Commonwealth of Independent States": "cis",
    "Organization of Turkic States": "ots",
    "Shanghai Cooperation Organisation": "sco",
    "Collective Security Treaty Organization": "csto",
    "World Trade Organization": "wto",
}

LAYERS = ("land_50m", "borders_50m", "countries_50m", "land_10m", "borders_10m")
"""The layers of the base map: 1:50m for the whole, 1:10m around the Caspian."""


def folder() -> Path:
    """Where the data is: inside an installed package, or next to the package in a checkout.

    Raises
    ------
    InputError
        Neither is there.
    """
    package = Path(str(files("corridors")))
    for place in (package / "_data" / "geo", package.parent / "data" / "geo"):
        if (place / "nodes.csv").is_file():
            return place
    raise InputError(f"data: no folder _data/geo in {package}, nor data/geo next to it; install the package again")


def load_network(name: str = "eurasia", *, year: int | str = BASE_YEAR, preferences: bool = True) -> Network:
    """A network of the data set, as it stands (or is planned to stand) in a year.

    Where gates cost nearly the same, goods divide among them as `load_preferences` says: the cost of these links rises
    in steps with what passes (`Network.cost_steps`), as fitted to the flows of 2024. It is this network that is
    validated.

    Parameters
    ----------
    name : str
        ``"eurasia"``: rail in both gauges, oil and gas pipelines, ships, ferries and roads from China to Europe.
    year : int or str
        2022 to 2040. Links that are planned to be open by then are operating; second tracks and works are in their
        state of that year.
    preferences : bool
        Whether goods divide among gates by preference; else each tonne takes the cheapest gate.

    Returns
    -------
    Network
        Its name, which results, tables and maps carry, says which one it is.

    Raises
    ------
    InputError
        Unknown name or year.

    Examples
    --------
    >>> import corridors as cd
    >>> network = cd.load_network("eurasia", year=2030)
    >>> network.name, cd.load_network(preferences=False).name
    ('eurasia 2030 with preferences', 'eurasia 2024')
    >>> network.links.status.value_counts()["planned"]  # line D of the gas, and a trans-Caspian pipeline: no year
    np.int64(3)
    """
    if not isinstance(name, str) or name not in NETWORKS:
        remedy = "for a file or folder of your own: read" if isinstance(name, str) else ""
        raise InputError(f"name: network {name!r} is unknown; there is {', '.join(NETWORKS)}{remedy and '; ' + remedy}")
    files_read = tuple(map(_state, (*NETWORK_TABLES, "stages", "preferences", "parameters")))
    return _network(name, _year(year), bool(preferences), files_read)


@lru_cache(8)
def _network(name: str, year: int, preferences: bool, files_read: tuple[State, ...]) -> Network:
    """A network from files in some state: whoever asks for it again gets the same, with all that is known of it."""
    from corridors.network import Network

    tables, called = _tables(year), f"{name} {year}"
    if not preferences:
        return Network(**tables).named(called)
    values = load_parameters().set_index("parameter_id").value
    steps = steps_of_preferences(load_preferences(), values.to_dict())
    return Network(**tables, cost_steps=steps).named(named_with_preferences(called))


def named_with_preferences(name: str) -> str:
    """What a network is called that has preferences at its gates; one without a name stays so.

    Examples
    --------
    >>> named_with_preferences("eurasia 2024")
    'eurasia 2024 with preferences'
    """
    return name if not name or name.endswith(WITH_PREFERENCES) else name + WITH_PREFERENCES


def load_demand(name: str | int = "2024") -> pd.DataFrame:
    """The demand rows of a year.

    Parameters
    ----------
    name : str
        The year: ``"2022"``, ``"2024"``, ``"2025"`` or ``"2030"``. 2022 is scaled from 2024 where there is no fact of
        its own; 2030 holds plans and forecasts: each row says so in ``note``.

    Returns
    -------
    DataFrame
        ``demand_id, commodity, origin, destination, volume`` (t/year), ``value`` (USD/t not delivered: a penalty, see
        `load_penalties`), ``price`` (of the market, USD/t), ``source, confidence`` and others; its name in ``attrs``.

    Raises
    ------
    InputError
        There is no demand of that name.

    Examples
    --------
    >>> import corridors as cd
    >>> float(cd.load_demand("2024").groupby("commodity").volume.sum()["uranium"])
    17000.0
    """
    return _demand(str(name), _state(_of_year("demand", str(name)))).copy(deep=False)


@lru_cache(4)
def _demand(name: str, state: State) -> pd.DataFrame:
    rows = checked("demand", _frame("demand", state))
    rows.attrs["name"] = name
    return rows


def load_observed(name: str = "2024") -> pd.DataFrame:
    """Flows observed at gates, to hold a model against.

    Parameters
    ----------
    name : str
        The year: ``"2024"``.

    Returns
    -------
    DataFrame
        ``obs_id, name, link_ids`` (split by ``;``), ``direction, commodity, volume`` (t/year), ``tolerance`` (A 10 %,
        B 30 %, C order of magnitude), ``restates`` (True where it only says again what a demand row or a quota says).

    Raises
    ------
    InputError
        There are no observations of that name.

    Examples
    --------
    >>> import corridors as cd
    >>> bool(cd.load_observed().volume.gt(0).all())
    True
    """
    return _read(_of_year("observed", str(name)))


def load_penalties() -> pd.DataFrame:
    """What a tonne not delivered costs, by commodity: the rule by which ``value`` of the demand follows from its price.

    Returns
    -------
    DataFrame
        ``commodity, rule, floor, cap`` (USD/t), ``source, confidence, note``.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.load_penalties().set_index("commodity").rule[["coal", "uranium"]].tolist()
    ['max(price, 200)', 'min(price, 20000)']
    """
    return _read("penalties")


def load_partners() -> pd.DataFrame:
    """Who buys or sells at the far end of flows that end where goods are sold on, such as a sea terminal.

    Returns
    -------
    DataFrame
        ``part_of`` (the flow of the demand), ``partner`` (country), ``share``, ``source, confidence``. What the shares
        of a flow leave has no partner that is known.

    Examples
    --------
    >>> import corridors as cd
    >>> partners = cd.load_partners()
    >>> float(partners.share[(partners.part_of == "co01") & (partners.partner == "IT")].iloc[0])
    0.28
    """
    return _read("partners")


def load_published_trade() -> pd.DataFrame:
    """Totals of trade in goods, both ways, as published: what `corridors.trade` is compared with.

    Returns
    -------
    DataFrame
        ``country, partner`` (countries, or ``EU``), ``year, value`` (USD), ``source, confidence, facts, note``.

    Examples
    --------
    >>> import corridors as cd
    >>> trade = cd.load_published_trade().set_index(["country", "partner"])
    >>> bool(trade.value["KZ", "RU"] > 20e9)
    True
    """
    return _read("published_trade")


def load_gates() -> pd.DataFrame:
    """The gate of each corridor: links of which what passes, each tonne once, is the corridor's volume.

    The column ``gates`` of the links of `load_network` says the same.

    Returns
    -------
    DataFrame
        ``corridor, link_ids`` (split by ``;``), ``source, source_date, confidence, facts, note``.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.load_gates().set_index("corridor").link_ids["BTC"]
    'btc_tbilisi_erzurum'
    """
    return _read("gates")


def load_blocs() -> pd.DataFrame:
    """Members of blocs at the end of 2024: what networks of `load_network` have as their table ``blocs``.

    Returns
    -------
    DataFrame
        ``country`` (ISO 3166 code of two letters) and ``bloc``, a row a membership.

    Examples
    --------
    >>> import corridors as cd
    >>> blocs = cd.load_blocs()
    >>> sorted(blocs.country[blocs.bloc == "eaeu"])
    ['AM', 'BY', 'KG', 'KZ', 'RU']
    """
    return _read("blocs")[["country", "bloc"]]


def load_countries() -> pd.DataFrame:
    """Countries with their memberships (True or False at the end of 2024, and in words) and sanctions.

    Returns
    -------
    DataFrame
        ``country`` (two letters), ``country_name``; a column an organisation, True for members, and one with its words;
        ``sanction_status, transit_note, note, source, source_url, confidence``.

    Examples
    --------
    >>> import corridors as cd
    >>> countries = cd.load_countries().set_index("country")
    >>> bool(countries.eaeu["KZ"]), bool(countries.eaeu["AZ"])
    (True, False)
    """
    return _read("countries").rename(columns={"name": "country_name"})


def country_words() -> dict[str, str]:
    """What countries and blocs are called in words, for suggestions: by the word, the name that data have.

    Examples
    --------
    >>> words = country_words()
    >>> words["Kazakhstan"], words["Eurasian Economic Union"]
    ('KZ', 'eaeu')
    """
    countries = load_countries()
    return dict(zip(countries.country_name, countries.country, strict=True)) | _BLOC_WORDS


def load_events() -> pd.DataFrame:
    """Dated disruptions of 2018 to 2026: what was hit, how much capacity was lost, for how long, by which source.

    Returns
    -------
    DataFrame
        ``event_id, date_start, date_end, duration_days, kind``; what is hit: ``affected_type, affected_id, commodity,
        origins, direction``; ``capacity_loss_fraction`` (0 to 1) and ``share_of`` (``capacity``, or ``traffic`` where
        it is how much less passed); what was reported: ``effect, volume_lost, volume_unit, measure, held_out``;
        ``note, source, source_url, confidence``.

    Examples
    --------
    >>> import corridors as cd
    >>> events = cd.load_events().set_index("event_id")
    >>> events.affected_id["suez_2021"], events.date_start["suez_2021"].date().isoformat()
    ('ship_suez_port_said', '2021-03-23')
    """
    return _read("events").assign(
        date_start=lambda t: pd.to_datetime(t.date_start), date_end=lambda t: pd.to_datetime(t.date_end)
    )


def load_shocks() -> pd.DataFrame:
    """Named shocks, one a row, that `corridors.shocks` makes scenarios of.

    Returns
    -------
    DataFrame
        ``shock_id, name, kind, target, commodity, origins`` (text), ``value``, ``out_of_reach`` (why a network can't
        answer it; blank where it can), ``source, confidence, note``.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.load_shocks().set_index("shock_id").name["cpc_half"]
    'CPC at half'
    """
    return _read("shocks")


def load_surge() -> pd.DataFrame:
    """How much more can move within a week, a month and a year, by link, terminal and producer.

    Returns
    -------
    DataFrame
        ``surge_id, table, field, which`` (the rows of a table that it is of; ``which`` split by ``;``), ``commodity``,
        ``of`` (``room``: a share of what stands empty; ``tonnes``: t/year; ``value``: a share of the penalty of a tonne
        that is shut in), ``week, month, year`` (missing where there is no limit), ``source, confidence, note``.

    Examples
    --------
    >>> import corridors as cd
    >>> float(cd.load_surge().set_index("surge_id").month["china"])
    600000.0
    """
    return _read("surge")


def load_sliders() -> pd.DataFrame:
    """Numbers that a reader of the what-if page can move, one a row, as `corridors.named_parameter` takes them.

    Returns
    -------
    DataFrame
        ``slider_id, name, unit, field, kind, which, operation`` (text), ``low, high`` (the range), ``note``.

    Examples
    --------
    >>> import corridors as cd
    >>> sliders = cd.load_sliders()
    >>> bool((sliders.low < sliders.high).all())
    True
    """
    return _read("sliders")


def load_projects() -> pd.DataFrame:
    """Lines that are planned or have just been enlarged: what changes in which links.

    Returns
    -------
    DataFrame
        ``project_id, name, field`` (``status`` or ``capacity``), ``links`` (split by ``;``), ``before, after`` (text),
        ``source, source_date, confidence, note``.

    Examples
    --------
    >>> import corridors as cd
    >>> list(cd.load_projects().project_id)
    ['cku', 'tripp', 'btk_5mt', 'transcaspian_oil']
    """
    return _read("projects").astype({"before": str, "after": str})


def load_candidates() -> pd.DataFrame:
    """What may be built along the Eurasian corridors, as `corridors.expansion` takes it: what each adds, and its cost.

    Returns
    -------
    DataFrame
        A row each thing that a candidate changes: ``candidate_id, name, table, id, field, amount`` (t/year a module, h
        or USD/t), ``cost`` (USD a module), ``life, lead_time`` (years), ``kind, most, requires, excludes, source,
        source_date, confidence, note``. Costs that are estimates have low confidence, and the note says of what.

    Examples
    --------
    >>> import corridors as cd
    >>> candidates = cd.load_candidates()
    >>> candidates.candidate_id.nunique(), candidates.cost.sum() / 1e9
    (34, np.float64(32.657))
    """
    return _read("candidates")


def load_references() -> pd.DataFrame:
    """Published times, costs, distances, capacities and forecasts to hold a model against.

    Returns
    -------
    DataFrame
        ``reference_id, study, study_year, corridor, metric, scenario, origin, destination`` and the types of both,
        ``value_low, value, value_high, unit, note, source, source_url, confidence``.

    Examples
    --------
    >>> import corridors as cd
    >>> references = cd.load_references()
    >>> references.columns[:3].tolist()
    ['reference_id', 'study', 'study_year']
    """
    return _read("references")


def load_legs() -> pd.DataFrame:
    """Legs of corridors with their published times and prices.

    Returns
    -------
    DataFrame
        ``leg_id, corridor, origin, destination, avoid`` (countries, modes or links closed), ``days_low, days,
        days_high`` and ``usd_feu`` (of a 40-foot box), ``usd_feu_of`` (whose price), ``facts, note, source,
        confidence``.
    """
    return _read("legs")


def load_flows() -> pd.DataFrame:
    """Flows observed, planned or forecast since 2015, as published: tonnes, TEU, trains; they overlap.

    Returns
    -------
    DataFrame
        ``flow_id, commodity, origin, destination`` and the types of both, ``quantity, unit, year, period, full_year,
        corridor, route, kind, note, source, source_url, confidence``.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.load_flows().columns[:3].tolist()
    ['flow_id', 'commodity', 'origin']
    """
    return _read("flows")


def load_validation() -> pd.DataFrame:
    """For every figure of `load_references` and `load_flows`: how the model's counterpart is computed, or why not.

    Returns
    -------
    DataFrame
        ``fact_id, measure`` (blank where nothing is comparable), ``year, commodity, origin, destination, avoid, links,
        direction, factor, over, given, reason, note``.

    Examples
    --------
    >>> import corridors as cd
    >>> validation = cd.load_validation()
    >>> validation.columns[:2].tolist()
    ['fact_id', 'measure']
    """
    return _read("validation").astype({"year": "Int64"})


def load_preferences() -> pd.DataFrame:
    """Gates whose cost rises with what passes: ``link_id, commodities, volume, steps``, names of parameters.

    Returns
    -------
    DataFrame
        ``choice, link_id, commodities, origins, direction, volume`` (t/year), ``steps``, ``theta, constant`` (names of
        parameters), ``facts, confidence, note``.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.load_preferences().columns[:2].tolist()
    ['choice', 'link_id']
    """
    return _read("preferences")


def load_parameters() -> pd.DataFrame:
    """The parameters of the preferences: ``parameter_id, value`` (fitted), ``start, low, high, unit, meaning``.

    Returns
    -------
    DataFrame
        A row a parameter; ``unit`` says in what.

    Examples
    --------
    >>> import corridors as cd
    >>> len(cd.load_parameters()) <= 12
    True
    """
    return _read("parameters")


def load_seas() -> pd.DataFrame:
    """The ports of each sea that no path should pass twice: ``sea, node_id``, a row a port.

    Returns
    -------
    DataFrame
        ``sea, node_id``.

    Examples
    --------
    >>> import corridors as cd
    >>> seas = cd.load_seas()
    >>> sorted(seas.sea.unique())
    ['Baltic Sea', 'Black Sea', 'Caspian Sea', 'Lake Van']
    """
    return _read("seas")


def load_elasticities() -> pd.DataFrame:
    """By how much less is wanted as the delivered price rises: what `with_elasticity` takes.

    Returns
    -------
    DataFrame
        ``commodity, elasticity`` (its size), ``low, high`` (the range that is plausible), ``source, source_date,
        source_url, confidence, note``. All are estimates.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.load_elasticities().set_index("commodity").elasticity[["crude_oil", "containers"]].tolist()
    [0.1, 0.8]
    """
    return _read("elasticities")


def load_emission_factors() -> pd.DataFrame:
    """Greenhouse gases of freight by mode, after the defaults of the GLEC Framework: what `emissions` takes.

    Returns
    -------
    DataFrame
        ``mode`` (``rail`` for every gauge), ``commodity`` (blank: every other one), ``factor`` (g CO2e/t-km, well to
        wheel), ``source, source_date, source_url, confidence, note``.

    Examples
    --------
    >>> import corridors as cd
    >>> float(cd.load_emission_factors().set_index(["mode", "commodity"]).factor["rail", ""])
    20.0
    """
    return _read("emission_factors")


def load_seasons() -> pd.DataFrame:
    """What differs by season, as `corridors.periods` takes it: a row a part of the year.

    Returns
    -------
    DataFrame
        ``season_id, table`` (``links``, ``demand``, ``supply``, ...), ``ids`` (split by ``;``), ``commodities, start,
        end`` (month-day, both included), ``factor`` (of a day next to any other), ``keeps_total`` (whether the year's
        total stays), ``source, source_date, confidence, note``.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.load_seasons().set_index("season_id").loc["winter_gas", ["start", "end"]].tolist()
    ['11-01', '03-31']
    """
    return _read("seasons")


def load_spreads() -> pd.DataFrame:
    """How far figures may be off, by the confidence of their row: what `uncertain_cases` takes.

    Returns
    -------
    DataFrame
        ``table, field, confidence`` (blank: any), ``per`` (column whose equal values err together; blank: each row by
        itself), ``factor`` (nine of ten true values lie between the figure divided and multiplied by it), ``source,
        note``. All are estimates.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.load_spreads().query("table == 'links' and field == 'capacity'").set_index("confidence").factor.to_dict()
    {'high': 1.1, 'medium': 1.25, 'low': 1.5}
    """
    return _read("spreads")


def load_storages() -> pd.DataFrame:
    """Tank farms, elevators and gas stores, as `corridors.periods` takes them: a row each.

    Returns
    -------
    DataFrame
        ``storage_id, node_id, modes, commodities, capacity`` (t), ``throughput`` (t/year), ``handling`` (USD/t),
        ``cost`` (USD/t for a year), ``stock`` (t), ``name, source, source_date, confidence, note``.

    Examples
    --------
    >>> import corridors as cd
    >>> float(cd.load_storages().set_index("storage_id").capacity["tanks_novorossiysk"])
    800000.0
    """
    return _read("storages")


def load_path_exceptions() -> pd.DataFrame:
    """Paths that are right though `corridors.compare_paths` finds them long or costly, and why.

    Returns
    -------
    DataFrame
        ``commodity`` (split by ``;``; blank for all), ``links`` (split by ``;``: one of them is on the path),
        ``reason, source, confidence``.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.load_path_exceptions().columns[:3].tolist()
    ['commodity', 'links', 'reason']
    """
    return _read("path_exceptions")


def load_defaults() -> pd.DataFrame:
    """Every rule and default of the data: value, unit, what it rests on.

    Returns
    -------
    DataFrame
        ``default_id, value, unit, applies_to, basis, facts`` (figures that it rests on), ``confidence``.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.load_defaults().columns[:3].tolist()
    ['default_id', 'value', 'unit']
    """
    return _read("defaults")


def basemap(layer: str) -> Any:
    """A layer of the base map as a GeoDataFrame in degrees.

    Parameters
    ----------
    layer : str
        ``land_50m``, ``borders_50m`` (with a flag ``disputed``), ``countries_50m`` (with ``name``), and ``land_10m``,
        ``borders_10m`` around the Caspian.

    Raises
    ------
    InputError
        There is no such layer.
    """
    import geopandas

    path = folder() / f"{layer}.fgb"
    if layer not in LAYERS:
        raise InputError(f"base map has no layer {layer!r}; there is {', '.join(LAYERS)}")
    return geopandas.read_file(path)


State = tuple[Path, int, int]
"""A file, when it was last changed, and its bytes: what it holds follows from them."""


def _state(table: str) -> State:
    path = folder() / f"{table}.csv"
    found = path.stat()
    return path, found.st_mtime_ns, found.st_size


def _read(table: str) -> pd.DataFrame:
    """A table as pandas reads it: blank text stays blank, blank numbers are missing, ids stay text."""
    return _frame(table, _state(table)).copy(deep=False)  # pandas copies on write


@lru_cache(32)
def _frame(table: str, state: State) -> pd.DataFrame:
    kinds = {c.name: c.kind for c in TABLES.get(table.partition("_")[0], ())}
    text = {name: str for name, kind in kinds.items() if kind not in ("number", "flag")}
    frame = pd.read_csv(state[0], dtype=text, keep_default_na=False, na_values=[""])
    words = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
    return frame.assign(**{str(c): frame[c].fillna("") for c in words})


def _of_year(table: str, year: str) -> str:
    """The table of a year."""
    years = sorted(p.stem.partition("_")[2] for p in folder().glob(f"{table}_*.csv"))
    if year not in years:
        raise InputError(f"name: {table} {year!r} is unknown; there is {', '.join(years)}")
    return f"{table}_{year}"


def _year(given: Any) -> int:
    """A year that there is a network for, as a number; a text of digits is one as well."""
    number = int(given) if isinstance(given, str) and given.strip().isdecimal() else given
    if not isinstance(number, (int, float, np.integer)) or number not in YEARS:
        raise InputError(f"year {given!r} is unknown; give {YEARS[0]} to {YEARS[-1]}")
    return int(number)


def _tables(year: int) -> dict[str, pd.DataFrame]:
    """The tables of the network, links as they stand in a year."""
    tables = {name: _read(name) for name in NETWORK_TABLES}
    stages = _read("stages")
    stages = stages[stages.year <= year].sort_values("year", kind="stable")
    for name, rows in stages.groupby("table", sort=False):
        tables[str(name)] = _at(tables[str(name)], _ids(str(name), tables[str(name)]), rows)
    return tables


def _ids(name: str, table: pd.DataFrame) -> pd.Series[str]:
    """What stages call the rows of a table: members of zones are ``zone_id:node_id``."""
    return member_ids(table) if name == "zones" else table.iloc[:, 0]


def _at(table: pd.DataFrame, ids: pd.Series[str], stages: pd.DataFrame) -> pd.DataFrame:
    """A table with dated changes, the earlier first."""
    staged = table.set_index(pd.Index(ids))
    for field, rows in stages.groupby("field", sort=False):
        last = rows.drop_duplicates("id", keep="last").set_index("id").value
        name = str(field)
        number = pd.api.types.is_numeric_dtype(staged[name])
        staged[name] = staged[name].astype("float64" if number else object)
        staged.loc[last.index, name] = pd.to_numeric(last) if number else last
    return staged.reset_index(drop=True)
