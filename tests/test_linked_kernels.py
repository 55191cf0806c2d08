"""Functions that only compiled ones call, and tuples by reference: same numbers, no machine code of their own."""

import gc
import importlib.util
from typing import NamedTuple

import numba
import numpy as np
import pytest
from llvmlite.binding import parse_bitcode
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_machinery import register_pass

from corridors.kernels import compiled
from corridors.kernels.by_reference import by_reference, keeps_journal, without_journal
from corridors.kernels.linked import EntryCompiler, EntryLowering, LinkedCompiler

linked = numba.njit(pipeline_class=LinkedCompiler, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
entry = numba.njit(pipeline_class=EntryCompiler, _nrt=False)


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


@entry
def squares(pair):
    return total(by_reference(pair))


def test_an_entry_point_gives_what_its_parts_do():
    pair = Pair(np.zeros(1, np.int64), np.array([1.0, 2.0, 5.0]))
    assert squares(pair) == 30.0
    assert pair.count[0] == 6


@linked
def walk(pair, table, out):
    """Loops of all kinds, one within another, elements of a table, and variables that are set in a loop."""
    last = -1
    for i in range(table.shape[0]):
        seen = 0.0
        for j in range(i, table.shape[1]):
            if table[i, j] < 0.0:
                break
            seen += table[i, j] * pair.value[j]
            last = j
        out[i] = seen
    pair.count[0] = last
    for i in range(table.shape[0]):
        for j in range(5, i):
            out[i] += j
    return last


@linked
def back(out):
    for i in range(len(out) - 1, -1, -1):
        out[i] += out[i + 1] if i + 1 < len(out) else 0.0


@entry
def walk_both_ways(pair, table, out):
    last = walk(by_reference(pair), table, out)
    back(out)
    return last


def test_loops_and_tables_give_what_python_gives():
    table = np.arange(12.0).reshape(3, 4)
    table[1, 3] = -1.0
    pair, out = Pair(np.zeros(1, np.int64), np.array([1.0, 2.0, 5.0, 7.0])), np.zeros(3)
    assert walk_both_ways(pair, table, out) == 3
    expected = np.array([table[0] @ pair.value, table[1, 1:3] @ pair.value[1:3], table[2, 2:] @ pair.value[2:]])
    assert pair.count[0] == 3
    assert (out == expected[::-1].cumsum()[::-1]).all()


@linked
def scaled(value, by):
    return value * by


@entry
def scaled_by_some(small, out):
    for i in range(len(small)):
        out[i] = scaled(small[i], 2) + scaled(small[i], small[i]) + scaled(i, 3)


def test_a_function_is_compiled_once_for_integers_of_any_size_and_number():
    small, out = np.array([5, -7, 2_000_000_000], np.int32), np.zeros(3, np.int64)
    scaled_by_some(small, out)
    wide = small.astype(np.int64)
    assert (out == wide * 2 + wide * wide + 3 * np.arange(3)).all()
    assert len(scaled.overloads) == 1


def test_only_the_entry_point_becomes_machine_code(monkeypatch):
    translated = []
    finalize = JITCodeLibrary._finalize_specific
    monkeypatch.setattr(
        JITCodeLibrary, "_finalize_specific", lambda self: (translated.append(self.name), finalize(self))
    )

    @linked
    def first(pair):
        return take(pair, 0)

    @entry
    def entry_point(pair):
        return first(by_reference(pair))

    assert entry_point(Pair(np.zeros(1, np.int64), np.full(2, 7.0))) == 7.0
    assert [name.rpartition(".")[2] for name in translated] == ["entry_point"]


def test_what_is_kept_of_an_entry_point_is_machine_code_and_its_name():
    @entry
    def kept(pair):
        return total(by_reference(pair))

    pair = Pair(np.zeros(1, np.int64), np.array([1.0, 2.0]))
    assert kept(pair) == 5.0
    (made,) = kept.overloads.values()
    code, names = made.library.serialize_using_object_code()[2]
    functions = list(parse_bitcode(names).functions)
    assert made.fndesc.llvm_func_name in [function.name for function in functions]
    assert {i.opcode for function in functions for block in function.blocks for i in block.instructions} == {
        "unreachable"
    }
    assert len(code) > len(names)


@register_pass(mutates_CFG=True, analysis_only=False)
class Noted(EntryLowering):
    """Notes whether garbage is collected."""

    seen: list[bool] = []  # noqa: RUF012

    def run_pass(self, state):
        self.seen.append(gc.isenabled())
        return super().run_pass(state)


def test_the_garbage_collector_rests_while_an_entry_point_is_compiled(monkeypatch):
    resting = []
    monkeypatch.setattr(EntryCompiler, "lowering", Noted)
    monkeypatch.setattr(Noted, "seen", resting)

    @entry
    def entry_point(pair):
        return take(by_reference(pair), 0)

    assert entry_point(Pair(np.zeros(1, np.int64), np.full(2, 7.0))) == 7.0
    assert resting == [False]
    assert gc.isenabled()


@linked
def note(pair):
    if keeps_journal(pair):
        pair.count[0] += 1


@entry
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


def test_a_numba_that_is_not_known_compiles_by_its_own_pipeline(monkeypatch):
    monkeypatch.setattr(numba, "version_info", (0, compiled.TRIED[1][1] + 1, 0))
    spec = importlib.util.spec_from_file_location("another", compiled.__file__)
    other = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(other)
    assert other.PIPELINES == ({}, {})
    count = other.helper(lambda pair, i: pair.value[i] * 2)

    def doubled(pair):
        return count(by_reference(pair), 1)

    pair = Pair(np.zeros(1), np.array([3.0, 4.0]))
    assert numba.njit(doubled)(pair) == 8.0


def test_the_numba_here_is_one_whose_passes_are_known():
    assert compiled.TRIED[0] <= numba.version_info[:2] <= compiled.TRIED[1]
    assert compiled.PIPELINES[0]["pipeline_class"] is EntryCompiler
