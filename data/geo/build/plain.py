"""Tables that need little more than new names: commodities, rates, blocs, defaults, events, references, sources."""

from __future__ import annotations

from .facts import Row, citation, default, has_default, number, read, rule, year_of

COMMODITY_EXTRAS = ("price_basis", "value_of_time_basis", "t_per_teu", "conversion")
BLOCS = ("eaeu", "eu", "cis", "ots", "sco", "csto", "brics", "wto")

BOTH_GAUGES = "rail-1520;rail-1435"

NOT_RAIL = {
    "road": "road",
    "ship": "ship",
    "ferry": "ferry",
    "oil_pipeline": "oil_pipeline",
    "gas_pipeline": "gas_pipeline",
}


def commodities() -> list[Row]:
    """Modes, value of time and price; both gauges stand for rail."""
    rows = []
    for row in read("commodities"):
        modes = ";".join(BOTH_GAUGES if mode == "rail" else mode for mode in row["allowed_modes"].split(";"))
        hour, hour_basis = _value_of_time(row["commodity"], float(row["price_usd_t"]))
        rows.append(
            {
                "commodity": row["commodity"],
                "modes": modes,
                "start_modes": row["start_modes"],
                "value_of_time": number(hour),
                "price": row["price_usd_t"],
                "source": row["price_basis"],
                "source_date": "2024",
                "confidence": "low",
                "price_basis": row["price_basis"],
                "value_of_time_basis": hour_basis,
                "t_per_teu": row["t_per_teu"],
                "conversion": row["conversion"],
            }
        )
    return rows


def _value_of_time(commodity: str, price: float) -> tuple[float, str]:
    """USD a tonne and hour: interest on the price, and what goods lose by the day where it is known."""
    if commodity == "gas":  # what is in the pipe stays there
        return 0.0, ""
    decay = f"decay_{commodity}"
    names = ["interest", *([decay] if has_default(decay) else [])]
    by_year = default("interest") + (default("days_per_year") * default(decay) if len(names) > 1 else 0.0)
    return price * by_year / (24 * default("days_per_year")), rule(*names)


def rates() -> list[Row]:
    """USD a tonne and km, and km an hour: rail by commodity, the other modes for all."""
    defaults = {row["default_id"]: row for row in read("defaults")}
    rows = []
    for mode in ("rail-1520", "rail-1435"):
        speed = f"speed_{mode.replace('-', '_')}"
        for row in read("commodities"):
            if row["rail_usd_t_km"]:
                own = f"rate_{mode.replace('-', '_')}_{row['commodity']}"
                rate, basis = row["rail_usd_t_km"], f"commodities.csv of the facts; {rule(speed)}"
                if own in defaults:
                    rate, basis = defaults[own]["value"], rule(own, speed)
                rows.append(
                    {
                        "mode": mode,
                        "commodity": row["commodity"],
                        "rate": rate,
                        "speed": defaults[speed]["value"],
                        "source": basis,
                        "confidence": "low",
                    }
                )
    for mode in NOT_RAIL:
        rate, speed = f"rate_{mode}", f"speed_{mode}"
        rows.append(
            {
                "mode": mode,
                "commodity": "",
                "rate": number(float(defaults[rate]["value"])),
                "speed": defaults[speed]["value"],
                "source": rule(rate, speed),
                "confidence": defaults[rate]["confidence"],
            }
        )
    return rows


def blocs() -> list[Row]:
    """Members of each bloc at the end of 2024, a row a membership."""
    rows = read("blocs")
    return [
        {"bloc": bloc, "country": row["country_iso2"], "source": row["source"], "confidence": row["confidence"]}
        for bloc in BLOCS
        for row in rows
        if _is_member(row, bloc)
    ]


def countries() -> list[Row]:
    """Membership of each bloc: true or false as of the end of 2024, and what the facts say in words."""
    rows = []
    for row in read("blocs"):
        out = {"country": row["country_iso2"], "name": row["country"]}
        out |= {bloc: str(_is_member(row, bloc)) for bloc in BLOCS}
        out |= {f"{bloc}_text": row[bloc] for bloc in BLOCS}
        out |= {k: row[k] for k in ("sanction_status", "transit_note", "note", "source", "source_url", "confidence")}
        rows.append(out)
    return rows


def _is_member(row: Row, bloc: str) -> bool:
    return str(row[bloc]).startswith("member")


def defaults() -> list[Row]:
    """The rules and defaults, as they are."""
    return read("defaults")


def events() -> list[Row]:
    """Dated disruptions; several ids are split by ``;``."""
    rows = []
    for row in read("events"):
        out = {"event_id": row["id"]} | {k: v for k, v in row.items() if k != "id"}
        out |= {name: row[name].replace("|", ";") for name in ("affected_id", "commodity", "origins")}
        rows.append(out)
    return rows


def surge() -> list[Row]:
    """How much more can move within a week, a month, a year."""
    return read("surge")


def references() -> list[Row]:
    """Times, costs, distances, capacities and forecasts to hold a model against."""
    return [
        {"reference_id": row["id"]} | {k: v for k, v in row.items() if k != "id"} for row in read("reference_results")
    ]


def flows() -> list[Row]:
    """Observed, planned and forecast flows, as published."""
    return [{"flow_id": row["id"]} | {k: v for k, v in row.items() if k != "id"} for row in read("demands")]


def penalties() -> list[Row]:
    """What a tonne not delivered costs, by commodity: a rule on its price."""
    rows = []
    for row in read("penalties"):
        limit = number(default(row["default_id"]))
        rows.append(
            {
                "commodity": row["commodity"],
                "rule": f"{'max' if row['bound'] == 'floor' else 'min'}(price, {limit})",
                "floor": limit if row["bound"] == "floor" else "",
                "cap": limit if row["bound"] == "cap" else "",
                "source": f"rule: {rule(row['default_id'])}",
                "confidence": row["confidence"],
                "note": row["note"],
            }
        )
    return rows


def gates() -> list[Row]:
    """Where what passes is the volume of a corridor."""
    return [
        {
            "corridor": row["corridor"],
            "link_ids": row["link_ids"],
            "source": citation(row["facts"]) if row["facts"] else "General knowledge, no page read",
            "source_date": year_of(citation(row["facts"])) if row["facts"] else "",
            "confidence": row["confidence"],
            "facts": row["facts"],
            "note": row["note"],
        }
        for row in read("gates")
    ]


def legs() -> list[Row]:
    """Legs of corridors with their published times and prices."""
    return [row | {"source": citation(row["facts"])} for row in read("legs")]


def partners() -> list[Row]:
    """Who buys or sells at the far end of flows that end at a place where goods are sold on."""
    return read("partners")


def published_trade() -> list[Row]:
    """Totals of trade in goods, both ways, as published."""
    return [
        {
            "country": row["country"],
            "partner": row["partner"],
            "year": row["year"],
            "value": row["value_usd"],
            "source": citation(row["facts"]),
            "confidence": row["confidence"],
            "facts": row["facts"],
            "note": row["note"],
        }
        for row in read("published_trade")
    ]


def preferences() -> list[Row]:
    """Gates whose cost rises with what passes."""
    return read("preferences")


def parameters() -> list[Row]:
    """What the preferences cost, as `corridors calibrate` fitted it."""
    return read("parameters")


def emission_factors() -> list[Row]:
    """Greenhouse gases of freight by mode, g CO2e a tonne and km; blank commodities stand for all others."""
    return read("emission_factors")


def elasticities() -> list[Row]:
    """By how much less is wanted as the delivered price rises, by commodity: a size, so above 0."""
    return read("elasticities")


def seasons() -> list[Row]:
    """What differs by season, as `corridors.periods` takes it."""
    return read("seasons")


def spreads() -> list[Row]:
    """How far figures may be off, by the confidence of their row."""
    return read("spreads")


def storages() -> list[Row]:
    """Tank farms, elevators and gas stores, as `corridors.periods` takes them."""
    return read("storages")


def seas() -> list[Row]:
    """The ports of each sea."""
    return read("seas")


PATH_EXCEPTION_COLUMNS = ("commodity", "links", "reason", "source", "confidence")


def path_exceptions() -> list[Row]:
    """Paths that are right though they are long or costly."""
    return [
        {
            "commodity": row["commodity"],
            "links": row["links"],
            "reason": row["reason"],
            "source": citation(row["facts"]) if row["facts"] else row["source"],
            "confidence": row["confidence"],
        }
        for row in read("path_exceptions")
    ]


def validation() -> list[Row]:
    """How the model's counterpart of each figure is computed, or why it is not."""
    return read("validation")


def sources() -> list[Row]:
    """Every source of the facts, with the number of rows it backs."""
    return [
        {
            "source": row["source"],
            "source_url": row["source_url"],
            "source_date": year_of(row["source"]),
            "rows": row["rows"],
        }
        for row in read("sources")
    ]
