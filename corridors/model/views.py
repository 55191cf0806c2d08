"""What users see of a flow, as sums over arcs: links, transfers, members and bundles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array, vstack

from corridors.arrays.typing import FloatArray
from corridors.model.arcs import Kind
from corridors.model.build import Model


@dataclass(frozen=True, eq=False)
class Views:
    """The variables of a result that are sums of arc flows.

    Parameters
    ----------
    model : Model
    """

    model: Model

    @cached_property
    def commodities(self) -> list[str]:
        """Commodities in the order in which the demand names them."""
        return list(dict.fromkeys(self.model.classes.commodity))

    def shape(self, name: str) -> tuple[int, ...]:
        """Lengths of a variable's dimensions."""
        return self._shapes[name]

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        network, classes, commodities = self.model.network, len(self.model.classes), len(self.commodities)
        links, transfers, members = len(network.links), len(network.transfers), len(network.zones)
        return {
            "flow": (links, 2, commodities),
            "class_flow": (links, 2, classes),
            "transfer_flow": (transfers, 2, commodities),
            "class_transfer_flow": (transfers, 2, classes),
            "member_flow": (members, commodities),
            "class_member_flow": (members, classes),
            "throughput": (len(self.model.labels),),
        }

    def matrix(self, name: str) -> csr_array:
        """Sparse weights (K, E): times the flow of arcs they give the variable, flat."""
        arcs, bundles = self.model.arcs, self.model.bundles
        if name == "throughput":
            limits = bundles.bundle < len(self.model.labels)
            entries = (bundles.weight[limits], (bundles.bundle[limits], bundles.arc[limits]))
            return csr_array(entries, shape=(len(self.model.labels), len(arcs.tail)))
        number = {c: i for i, c in enumerate(self.commodities)}
        of_class = np.array([number[c] for c in self.model.classes.commodity], np.int64)
        who = arcs.owner if name.startswith("class_") else of_class[arcs.owner]
        kinds = {
            "flow": (Kind.LINK,),
            "class_flow": (Kind.LINK,),
            "transfer_flow": (Kind.TRANSFER,),
            "class_transfer_flow": (Kind.TRANSFER,),
            "member_flow": (Kind.ORIGIN, Kind.EGRESS),
            "class_member_flow": (Kind.ORIGIN, Kind.EGRESS),
        }
        chosen = np.flatnonzero(np.isin(arcs.kind, kinds[name]) & (arcs.item >= 0))
        directions = 1 if name.endswith("member_flow") else 2
        row = (arcs.item[chosen] * directions + arcs.direction[chosen]) * self.shape(name)[-1] + who[chosen]
        size = int(np.prod(self.shape(name)))
        return csr_array((np.ones(len(chosen), np.int64), (row, chosen)), shape=(size, len(arcs.tail)))

    def stacked(self, names: list[str]) -> csr_array:
        """The matrices of several variables, one under the other."""
        return csr_array(vstack([self.matrix(name) for name in names], format="csr"))

    def of(self, name: str, flow: FloatArray) -> FloatArray:
        """A variable from the flow of arcs (in units of the model), in its shape, t/year."""
        return self.model.units.tonnes(self.matrix(name) @ flow).reshape(self.shape(name))
