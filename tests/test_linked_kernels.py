"""Functions that only compiled ones call, and tuples by reference: same numbers, no machine code of their own."""

from typing import NamedTuple

import numba
import numpy as np
import pytest
from numba.core.codegen import JITCodeLibrary

from corridors.kernels.by_reference import by_reference, keeps_journal, without_journal
from corridors.kernels.linked import LinkedCompiler

linked = numba.njit(pipeline_class=LinkedCompiler, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)


class Pair(NamedTuple):
    count: np.ndarray
    value: np.ndarray


@linked
def take(pair, i):
    pair.count[0] += 1
    return pair.value[i]


@linked
def total(pair):
    out = 0.0
    for i in range(len(pair.value)):
        out += take(pair, i) * take(pair, i)
    return out


@numba.njit(_nrt=False)
def squares(pair):
    return total(by_reference(pair))


def test_an_entry_point_gives_what_its_parts_do():
    pair = Pair(np.zeros(1, np.int64), np.array([1.0, 2.0, 5.0]))
    assert squares(pair) == 30.0
    assert pair.count[0] == 6


def test_only_the_entry_point_becomes_machine_code(monkeypatch):
    translated = []
    finalize = JITCodeLibrary._finalize_specific
    monkeypatch.setattr(
        JITCodeLibrary, "_finalize_specific", lambda self: (translated.append(self.name), finalize(self))
    )

    @linked
    def first(pair):
        return take(pair, 0)

    @numba.njit(_nrt=False)
    def entry_point(pair):
        return first(by_reference(pair))

    assert entry_point(Pair(np.zeros(1, np.int64), np.full(2, 7.0))) == 7.0
    assert [name.rpartition(".")[2] for name in translated] == ["entry_point"]


@linked
def note(pair):
    if keeps_journal(pair):
        pair.count[0] += 1


@numba.njit(_nrt=False)
def note_both(pair):
    note(by_reference(pair))
    note(without_journal(pair))


def test_what_keeps_no_journal_notes_nothing():
    pair = Pair(np.zeros(1, np.int64), np.zeros(0))
    note_both(pair)
    assert pair.count[0] == 1


def test_a_field_that_is_not_there_is_an_error():
    @numba.njit
    def wrong(pair):
        return by_reference(pair).volume

    with pytest.raises(numba.TypingError, match="volume"):
        wrong(Pair(np.zeros(1, np.int64), np.ones(2)))
