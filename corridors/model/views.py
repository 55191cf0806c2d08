"""What users see of a flow, as sums over arcs: links, transfers, members and bundles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack

from corridors.arrays.typing import FloatArray, IntArray
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
        row, arc = self._rows(name, np.ones(len(arcs.tail), bool))
        size = int(np.prod(self.shape(name)))
        return csr_array((np.ones(len(arc), np.int64), (row, arc)), shape=(size, len(arcs.tail)))

    def _rows(self, name: str, among: npt.NDArray[np.bool_]) -> tuple[IntArray, IntArray]:
        """The arcs that count in a variable, of those `among` which they are sought, and where each counts."""
        arcs = self.model.arcs
        kinds = {
            "flow": (Kind.LINK,),
            "class_flow": (Kind.LINK,),
            "transfer_flow": (Kind.TRANSFER,),
            "class_transfer_flow": (Kind.TRANSFER,),
            "member_flow": (Kind.ORIGIN, Kind.EGRESS),
            "class_member_flow": (Kind.ORIGIN, Kind.EGRESS),
        }
        wanted = np.isin(np.arange(len(Kind)), kinds[name])
        arc = np.flatnonzero(among & wanted[arcs.kind] & (arcs.item >= 0))
        number = {c: i for i, c in enumerate(self.commodities)}
        of_class = np.array([number[c] for c in self.model.classes.commodity], np.int64)
        owner = arcs.owner[arc]
        who = owner if name.startswith("class_") else of_class[owner]
        directions = 1 if name.endswith("member_flow") else 2
        return (arcs.item[arc].astype(np.int64) * directions + arcs.direction[arc]) * self.shape(name)[-1] + who, arc

    def stacked(self, names: list[str]) -> csr_array:
        """The matrices of several variables, one under the other."""
        return csr_array(vstack([self.matrix(name) for name in names], format="csr"))

    def of(self, name: str, flow: FloatArray) -> FloatArray:
        """A variable from the flow of arcs (in units of the model), in its shape, t/year."""
        return self.model.units.tonnes(self._summed(name, flow)).reshape(self.shape(name))

    def _summed(self, name: str, flow: FloatArray) -> FloatArray:
        """What `matrix` times the flow gives, from the arcs that carry some."""
        size, carries = int(np.prod(self.shape(name))), flow != 0.0
        amount: FloatArray
        if name == "throughput":
            bundles = self.model.bundles
            there = carries[bundles.arc] & (bundles.bundle < size)
            row, amount = bundles.bundle[there], bundles.weight[there] * flow[bundles.arc[there]]
        else:
            row, arc = self._rows(name, carries)
            amount = flow[arc]
        return np.bincount(row, amount, minlength=size).astype(float)
