"""What users see of a flow, against sums over arcs, one at a time."""

from __future__ import annotations

import numpy as np
import pytest
from generated import model

from corridors.model.arcs import Kind
from corridors.model.build import Model
from corridors.model.views import Views

NAMES = ["flow", "class_flow", "transfer_flow", "class_transfer_flow", "member_flow", "class_member_flow", "throughput"]


def summed(made: Model, name: str, flow: np.ndarray) -> np.ndarray:
    """A variable by its definition, in units of the model."""
    network, arcs, classes = made.network, made.arcs, made.classes
    goods = list(dict.fromkeys(made.demand.commodity))
    if name == "throughput":
        found = np.zeros(len(made.labels))
        for bundle, arc, weight in zip(made.bundles.bundle, made.bundles.arc, made.bundles.weight, strict=True):
            if bundle < len(found):
                found[bundle] += weight * flow[arc]
        return found
    by_class = name.startswith("class_")
    what = name.removeprefix("class_")
    kinds = {"flow": [Kind.LINK], "transfer_flow": [Kind.TRANSFER], "member_flow": [Kind.ORIGIN, Kind.EGRESS]}[what]
    rows = {"flow": network.links, "transfer_flow": network.transfers, "member_flow": network.zones}[what]
    found = np.zeros((len(rows), 2, len(classes) if by_class else len(goods)))
    for arc in range(len(flow)):
        owner = arcs.owner[arc]
        if arcs.kind[arc] in kinds and arcs.item[arc] >= 0:
            who = owner if by_class else goods.index(classes.commodity[owner])
            found[arcs.item[arc], arcs.direction[arc], who] += flow[arc]
    return found[:, 0] if what == "member_flow" else found


@pytest.mark.parametrize("number", [-1, 0, 1, 3])
def test_a_variable_is_the_sum_of_its_arcs(number: int) -> None:
    made = model(number)
    views, flow = Views(made), np.random.default_rng(number + 1).integers(0, 4, made.problem.E).astype(float)
    for name in NAMES:
        wanted = summed(made, name, flow)
        assert views.shape(name) == wanted.shape
        assert views.of(name, flow).tolist() == made.units.tonnes(wanted).tolist()
        assert (views.matrix(name) @ flow).tolist() == wanted.ravel().tolist()
    both = views.stacked(["member_flow", "flow"]) @ flow
    assert both.tolist() == [*summed(made, "member_flow", flow).ravel(), *summed(made, "flow", flow).ravel()]
