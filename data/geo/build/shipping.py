"""Ships and ferries: departures, stays in port, freight by commodity, and tariffs.csv."""

from __future__ import annotations

from .facts import Row, by_id, default, has_default, number, read, rule

CASPIAN = {
    "aktau_port", "kuryk_port", "baku_port", "sangachal", "turkmenbashi_port", "amirabad_port", "anzali_port",
    "astrakhan", "olya_port", "makhachkala_port",
}  # fmt: skip
PASSED = {"singapore", "bab_el_mandeb", "suez", "port_said", "gibraltar", "cape_town"}
"""Where ships sail by, without a call."""
HOURS_PER_WEEK = 168
EXTRAS = ("basis", "note", "source_url")
FLEET_EXTRAS = ("capacity_given", "note", "source_url")


def headway(link_id: str) -> float | None:
    """Hours between departures, where it is known how often ships leave."""
    row = by_id("sailings", "link_id").get(link_id)
    return None if row is None else HOURS_PER_WEEK / float(row["sailings_per_week"])


def stay(row: Row, tanker: bool) -> tuple[float, str]:
    """Hours in port at both ends of a passage between countries, and the default they come from."""
    if tanker:
        return default("border_time_sea_pipeline"), rule("border_time_sea_pipeline")
    name = "port_stay" if row["mode"] == "ship" else "ferry_stay"
    return len(_ports(row)) * default(name), rule(name)


def freight(row: Row, boxes: bool) -> tuple[float, str]:
    """USD a tonne of dry cargo by ship, loading and unloading included, and the defaults it comes from."""
    caspian = CASPIAN.issuperset((row["from_id"], row["to_id"]))
    length, goods = float(row["length_km"]), "containers" if boxes else "bulk"
    if length > default("short_sea") or len(_ports(row)) < 2:
        names = ["rate_ship"]
    elif boxes:
        names = ["rate_feeder_caspian" if caspian else "rate_feeder", "ship_base_feeder"]
    else:
        names = [f"rate_{_coaster(caspian)}", f"ship_base_{'caspian' if caspian else 'coaster'}"]
    charges = [_of_port(f"port_charge_{goods}", port) for port in _ports(row)]
    price = length * default(names[0]) + sum(map(default, names[1:])) + sum(map(default, charges))
    return price, rule(*dict.fromkeys([*names, *charges]))


def tariffs(links: list[Row]) -> list[Row]:
    """Freight by link and commodity where boxes pay another than the rest: by ship a rule, else as published."""
    facts = by_id("links")
    rows = [_published(row) for row in read("tariffs")]
    for link in links:
        if link["mode"] == "ship" and link["commodities"] != "crude_oil":
            price, basis = freight(facts[link["link_id"]], boxes=True)
            rows.append(_row(link["link_id"], "containers", price, basis))
    return sorted(rows, key=lambda row: (row["link_id"], row["commodity"]))


def fleets() -> list[Row]:
    """Links that share ships, a row a link, and what the ships carry on all of them together."""
    return [
        {"fleet_id": row["fleet_id"], "link_id": row["link_id"], "capacity": row["capacity_t"]}
        | {name: row[name] for name in (*FLEET_EXTRAS, "source", "confidence")}
        for row in read("fleets")
    ]


def _published(row: Row) -> Row:
    factor = {"USD/t": 1.0, "USD/TEU": 1 / default("to_t_teu"), "USD/FEU": 0.5 / default("to_t_teu")}[row["unit"]]
    found = _row(row["link_id"], row["commodity"], float(row["value"]) * factor, f"{row['value']} {row['unit']}")
    return found | {name: row[name] for name in ("source", "source_url", "confidence", "note")}


def _row(link_id: str, commodity: str, price: float, basis: str) -> Row:
    return {
        "link_id": link_id,
        "commodity": commodity,
        "tariff": number(price, 2),
        "source": basis,
        "confidence": "low",
        "basis": basis,
    }


def _coaster(caspian: bool) -> str:
    return "ship_caspian" if caspian else "coaster"


def _of_port(name: str, port: str) -> str:
    return f"{name}_{port}" if has_default(f"{name}_{port}") else name


def _ports(row: Row) -> list[str]:
    return [end for end in (row["from_id"], row["to_id"]) if end not in PASSED]
