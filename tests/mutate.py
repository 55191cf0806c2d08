"""Mutation testing: a change of one operator, constant or statement of a module, which some test has to notice.

``make mutants`` runs it on the checker and on all of ``model/``. It notes once which test runs which line; a mutant
then meets only tests that run its line, quick ones of each file first, until one fails or `BUDGET` is spent. It lives
in the memory of a process of its own, which starts with everything imported and compiled; no file is changed. A
survivor is a gap in the tests, or changes nothing that can be seen: then ``mutants.toml`` says why, by function and
change, and it is left out. Lipton (1971) and DeMillo, Lipton & Sayward (1978) have the method.

``python tests/mutate.py model.paths --limit 50`` runs some of them, ``--only _take`` those whose name holds that text,
``--among FILE`` those that an earlier run printed, ``--explained`` the explained ones too. A mutant takes a quarter to
half a second of the processor where tests of its own notice it and two where none does, so that all take a quarter of
an hour on an idle core, and some five minutes more where nothing is noted yet.

What has run in this way to its end, how many survived then, and how many of these are explained since. The others ran
again and are noticed, by tests that were written for them; one of costs went with its code. "Left" is what is neither::

                      mutants   survived   explained   left
    model.follow          129         37          11      0
    model.quantities       61          6           3      0
    model.ranges          121         34          29      0
    model.reach            43          9           5      0
    model.arcs             65          7           7      0
    model.class_arcs       45          5           5      0
    model.costs            44          2           1      0
    model.legs             41          2           0      0
    model.skims            34          2           0      0
    model.views            24          0           0      0
    model.face             43          7           0      0, and 14 explained before
    model.paths            76         10           8      0
    model.build            74         25           0      0
    model.compile          92         43          13      0
    model.decode           48         12           8      0
    model.ties             20          5           5      0
    model.alternatives     56         35           6      0
    model.units            97         17           6      0, and 1 explained before
    model.as_problem       26          7           0      0

The certificates, prices, bundles and steps ran to an end before, each with tests of its own. Of follow, 13 that survive
`BUDGET` are noticed with more of it (``--budget 20``).
"""

from __future__ import annotations

import argparse
import ast
import copy
import functools
import gc
import hashlib
import importlib
import inspect
import os
import pickle
import random
import re
import resource
import signal
import sys
import threading
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

import hypothesis
import pytest
from tqdm import tqdm

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
MODULES = [
    "kernels.certificate",
    "kernels.certificates",
    *(f"model.{path.stem}" for path in sorted((ROOT / "corridors" / "model").glob("[!_]*.py"))),
]
FILES = [
    "contract_certificates",
    "corridor_volumes",
    "cost_steps",
    "degenerate_inputs",
    "exact_arithmetic",
    "explain",
    "flow_ranges",
    "gaps",
    "model_against_independent",
    "model_alternatives",
    "model_arcs",
    "model_as_problem",
    "model_build",
    "model_decode",
    "model_bundles",
    "model_compile",
    "model_costs",
    "model_follow",
    "model_prices",
    "model_quantities",
    "model_steps",
    "model_ties",
    "model_views",
    "narrowed_changes",
    "one_optimum",
    "paths",
    "periods",
    "preferences",
    "prices",
    "proofs",
    "reach",
    "scenarios",
    "skims",
    "start_modes",
    "supply",
    "toy",
    "units",
    "values_of_scenarios",
    "volumes_as_parameters",
]
"""The tests that are meant to hold them, beside the examples of the modules themselves."""
BUDGET = 2.0
"""Seconds of the processor that the tests of a mutant may take, as they took when they were noted."""
LONG = 0.25
"""A test that takes more of the budget comes only where none is shorter, or where it noticed another mutant."""
HELD_BY = {"class_arcs": "model_arcs", "face": "model_ties", "legs": "skims"}
"""Which file of tests is meant for a module, where that is not named as the module is."""
NOT_APPLIED = 3
"""How a process ends that could not give a module the code of its mutant."""
NOTES = ROOT / "out" / "mutants.pickle"
"""Which test runs which lines, by file of tests, for as long as neither it nor a module changes."""


class Mutant(NamedTuple):
    """A change, the function or class it is in (blank: none), the lines that run it, and the whole source with it."""

    function: str
    change: str
    lines: range
    source: str

    @property
    def name(self) -> str:
        return f"{self.function}: {self.change}"


_NAMED = (ast.FunctionDef, ast.ClassDef)
_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


def variants(node: ast.AST) -> Iterator[ast.AST]:
    """A node with one change, for each change that there is of it."""
    operators = [getattr(node, "op", None)] if isinstance(node, ast.BinOp | ast.BoolOp) else getattr(node, "ops", [])
    for i, operator in enumerate(operators):
        if type(operator) in _SWAPS:
            changed = copy.deepcopy(node)
            swapped = _SWAPS[type(operator)]()
            if isinstance(node, ast.Compare):
                changed.ops[i] = swapped
            else:
                changed.op = swapped
            yield changed
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert | ast.USub):
        yield node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        yield ast.Constant(not node.value if isinstance(node.value, bool) else node.value + 1)
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        yield ast.Pass()


class Place(NamedTuple):
    """Where a node is in a tree: its function, the lines that run it, its parent, and where in that it stands."""

    function: str
    lines: range
    parent: ast.AST
    field: str
    number: int | None


def places(tree: ast.AST, function: str, lines: range) -> Iterator[Place]:
    """Where nodes are in a tree, without messages, annotations, and what checks that lengths which are equal are."""
    if isinstance(tree, ast.JoinedStr) or (isinstance(tree, ast.keyword) and tree.arg == "strict"):
        return
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for i, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                inside = f"{function}.{child.name}".strip(".") if isinstance(child, _NAMED) else function
                run = _lines(child, lines)
                yield Place(inside, run, tree, field, i)
                yield from places(child, inside, run)


def _lines(node: ast.AST, around: range) -> range:
    """The lines that run a node: of its statement, of the head where that holds others, of all in a function's head."""
    if not isinstance(node, ast.stmt) or isinstance(node, ast.ClassDef):
        return around
    last = node.end_lineno or node.lineno
    body = getattr(node, "body", None)
    if body and not isinstance(node, ast.FunctionDef):
        last = max(node.lineno, body[0].lineno - 1)
    return range(node.lineno, last + 1)


def mutants(source: str) -> Iterator[Mutant]:
    """Each change of a module that `variants` makes."""
    tree = ast.parse(source)
    seen: Counter[tuple[str, str]] = Counter()
    whole = range(1, source.count("\n") + 2)
    for function, lines, parent, field, i in list(places(tree, "", whole)):
        node = getattr(parent, field) if i is None else getattr(parent, field)[i]
        for changed in variants(node):
            around = parent if isinstance(node, ast.Constant) and isinstance(parent, ast.expr) else None
            before = ast.unparse(around or node)
            _put(parent, field, i, changed)
            change = f"{before} -> {ast.unparse(around or changed)}"
            seen[function, change] += 1
            again = f" ({seen[function, change]})" * (seen[function, change] > 1)
            text = ast.unparse(ast.fix_missing_locations(tree))
            _put(parent, field, i, node)
            yield Mutant(function, change + again, lines if function else whole, text)


def _put(parent: ast.AST, field: str, i: int | None, node: ast.AST) -> None:
    if i is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[i] = node


def run(module: str, mutant: Mutant) -> dict[str, Any]:
    """The names of a module as a mutant has them; raises where it can't be imported."""
    changed = dict(vars(importlib.import_module(module)))
    exec(compile(mutant.source, module, "exec"), changed)
    return changed


def apply(module: str, changed: dict[str, Any]) -> None:
    """Give the functions and constants of a module the code and values of a mutant, wherever they were imported."""
    _graft(vars(importlib.import_module(module)), changed, module)


def _graft(names: Any, changed: Any, module: str) -> None:
    for name, old in list(names.items()):
        new = changed.get(name)
        if isinstance(old, type):
            if isinstance(new, type) and old.__module__ == module and not issubclass(old, Enum):
                _graft(vars(old), vars(new), module)
            continue
        one, other = _under(old), _under(new)
        if isinstance(one, FunctionType) and isinstance(other, FunctionType):
            if one.__module__ == module and len(one.__code__.co_freevars) == len(other.__code__.co_freevars):
                one.__code__ = other.__code__
                one.__defaults__, one.__kwdefaults__ = other.__defaults__, other.__kwdefaults__
        elif isinstance(old, int | float | tuple | dict) and not name.startswith("__") and _shown(old) != _shown(new):
            for key, importer in list(sys.modules.items()):
                if key.startswith(("corridors", "test")) and vars(importer).get(name) is old:
                    setattr(importer, name, new)


def _shown(value: Any) -> str:
    """A constant as text, for arrays in it say neither yes nor no; without addresses."""
    return re.sub(r" at 0x\w+", "", repr(value))


def _under(value: Any) -> Any:
    """The function under what decorates it: of a property, a cached one, a method of the class, a cached function."""
    for name in ("fget", "func", "__func__"):
        value = getattr(value, name, None) or value
    return inspect.unwrap(value) if callable(value) else value


class Note(NamedTuple):
    """What a test takes, seconds of the processor, and the lines it runs, by module."""

    seconds: float
    lines: dict[str, frozenset[int]]


class Runner:
    """Runs mutants in place of the tests that pytest has collected."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.inside = False
        self.left: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """The first test that fails ends the process of a mutant."""
        excused = (pytest.skip.Exception, pytest.xfail.Exception)
        if self.inside and call.excinfo is not None and not isinstance(call.excinfo.value, excused):
            os._exit(1)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items if item.get_closest_marker("xfail") is None}
        prepare()
        notes = noted(items)
        explained = tomllib.loads((TESTS / "mutants.toml").read_text(encoding="utf-8"))
        for name in self.options.modules:
            self.run(name, items, notes, explained.get(name, {}))
        return True

    def run(self, name: str, items: dict[str, pytest.Item], notes: dict[str, Note], reasons: dict[str, str]) -> None:
        """Run the mutants of a module, and print survivors."""
        found = list(mutants(_path(name).read_text(encoding="utf-8")))
        unknown = set(reasons) - {mutant.name for mutant in found}
        if unknown:
            self.left += [f"mutants.toml explains what is no mutant of {name}: {key}" for key in sorted(unknown)]
            print(*self.left[-len(unknown) :], sep="\n")
        found = [mutant for mutant in found if self.options.only in mutant.name]
        if self.options.among is not None:
            printed = self.options.among.read_text(encoding="utf-8")
            found = [mutant for mutant in found if f'"{mutant.name}" = ' in printed]
        chosen = [mutant for mutant in found if self.options.explained or mutant.name not in reasons]
        if self.options.limit is not None and self.options.limit < len(chosen):
            chosen = random.Random(0).sample(chosen, self.options.limit)
        unchanged = Mutant("", "", range(1, 1 << 20), "")
        tests = in_order(name, unchanged, notes, [], self.options.budget)
        failing = self.noticed(name, unchanged, [items[test] for test in tests])
        if failing is not None:
            raise pytest.UsageError(f"{name}: {failing} fails as it is")
        begun, new, known = children(), 0, sum(mutant.name in reasons for mutant in found)
        first: dict[str, list[str]] = defaultdict(list)
        for mutant in tqdm(chosen, name, disable=None):
            tests = in_order(name, mutant, notes, first[mutant.function], self.options.budget)
            noticed = self.noticed(name, mutant, [items[test] for test in tests])
            if noticed is None:
                new += mutant.name not in reasons
                self.left += [f"{name}: {mutant.name}"] * (mutant.name not in reasons)
                tqdm.write(f'"{mutant.name}" = "{reasons.get(mutant.name, f"{len(tests)} tests")}"')
            elif mutant.name in reasons:
                tqdm.write(f"noticed, though explained: {mutant.name}")
            if noticed and noticed not in first[mutant.function]:
                first[mutant.function].insert(0, noticed)
        count = f"{len(chosen)} of {len(found)} mutants run, {new} survive, {known} are explained"
        print(f"{name}: {count}; {children() - begun:.0f} s of the processor", flush=True)

    def noticed(self, name: str, mutant: Mutant, tests: list[pytest.Item]) -> str | None:
        """The test that fails with a mutant, blank where it does not end; None where all pass."""
        reading, writing = os.pipe()
        child = os.fork()
        if child:
            os.close(writing)
            with os.fdopen(reading) as said:
                last = said.read().splitlines()
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            if status == NOT_APPLIED:
                raise pytest.UsageError(f"{name}: {mutant.name} can't be applied")
            return None if status == 0 else (last or [""])[-1]
        code = 1
        try:
            limits(2 * self.options.budget)
            self.inside = True
            if mutant.source:
                changed = run(f"corridors.{name}", mutant)
                code = NOT_APPLIED
                apply(f"corridors.{name}", changed)
            code = 1
            for test, following in zip(tests, [*tests[1:], None], strict=True):
                os.write(writing, f"{test.nodeid}\n".encode())
                test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
            code = 0
        finally:
            os._exit(code)


def children() -> float:
    """Seconds of the processor that processes started here have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def limits(seconds: float) -> None:
    """Let this process run for so long, with so much more memory, and print nothing."""
    resource.setrlimit(resource.RLIMIT_CPU, (round(seconds), round(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (8 << 30, 8 << 30))
    signal.alarm(20 * round(seconds))
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def in_order(name: str, mutant: Mutant, notes: dict[str, Note], first: list[str], budget: float) -> list[str]:
    """The tests that run a mutant's lines: those that noticed one of its function, then quick ones of each file.

    Of the file that is meant for the module it is the quickest of each of its functions.
    """
    module = name.rpartition(".")[2]
    own = HELD_BY.get(module, module)
    runs = [test for test, note in notes.items() if not note.lines.get(name, frozenset()).isdisjoint(mutant.lines)]
    runs.sort(key=lambda test: notes[test].seconds)
    ranks: Counter[str] = Counter()
    order = []
    for test in runs:
        file = test.partition("::")[0]
        group = test.partition("[")[0] if own in file else file
        ranks[group] += 1
        long = notes[test].seconds > LONG * budget
        order.append((test not in first, long, ranks[group], test))
    found, spent = [], 0.0
    for *_, test in sorted(order, key=lambda entry: (*entry[:3], notes[entry[3]].seconds)):
        if not found or spent + notes[test].seconds <= budget:
            found.append(test)
            spent += notes[test].seconds
    return found


def noted(items: dict[str, pytest.Item]) -> dict[str, Note]:
    """What each test takes and runs; from `NOTES` where the file of the test and all modules are as they were."""
    modules = b"".join(_path(name).read_bytes() for name in MODULES)
    kept = pickle.loads(NOTES.read_bytes()) if NOTES.is_file() else {}
    by_file: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items.values():
        by_file[item.path].append(item)
    found: dict[str, Note] = {}
    stale = {}
    for path, tests in by_file.items():
        key = hashlib.sha256(modules + path.read_bytes()).hexdigest()
        if kept.get(path.name, ("",))[0] == key:
            found |= kept[path.name][1]
        else:
            stale[path] = key, tests
    for path, (key, tests) in tqdm(stale.items(), "which test runs what", disable=None):
        kept[path.name] = key, in_a_process(functools.partial(followed, tests))
        found |= kept[path.name][1]
        NOTES.parent.mkdir(exist_ok=True)
        NOTES.write_bytes(pickle.dumps(kept))
    return {test: note for test, note in found.items() if test in items}


def in_a_process(task: Callable[[], Any]) -> Any:
    """What a task returns that runs in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        with os.fdopen(reading, "rb") as said:
            content = said.read()
        if os.waitpid(child, 0)[1] and not content:
            raise SystemExit("tests end as they are")
        found = pickle.loads(content)
        if isinstance(found, SystemExit):
            raise found
        return found
    code = 1
    try:
        limits(3600)
        try:
            content = pickle.dumps(task())
        except SystemExit as stop:
            content = pickle.dumps(stop)
        with os.fdopen(writing, "wb") as said:
            said.write(content)
        code = 0
    finally:
        os._exit(code)


def followed(tests: Iterable[pytest.Item]) -> dict[str, Note]:
    """Run tests, each as if it were the first, and note what they take and run."""
    names = {str(_path(name)): name for name in MODULES}
    caches = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    caches = [one for one in caches if str(one.__module__).startswith(("corridors", "test", "generated", "valid"))]
    seen: set[tuple[CodeType, int]] = set()

    def on_line(frame: FrameType, event: str, _: object) -> Any:
        if event == "line":
            seen.add((frame.f_code, frame.f_lineno))
        return on_line

    def on_call(frame: FrameType, _: str, __: object) -> Any:
        return on_line if frame.f_code.co_filename in names else None

    found = {}
    for test in tests:
        for cache in caches:
            cache.cache_clear()
        forget()
        seen.clear()
        begun = time.process_time()
        threading.settrace(on_call)
        sys.settrace(on_call)
        try:
            failed = [report for report in _reports(test) if report.failed]
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
        if failed:
            raise SystemExit(f"{test.nodeid} fails as it is: {failed[0].longreprtext[-500:]}")
        lines: dict[str, set[int]] = defaultdict(set)
        for code, line in seen:
            lines[names[code.co_filename]].add(line)
        seconds = time.process_time() - begun
        found[test.nodeid] = Note(seconds, {name: frozenset(run) for name, run in lines.items()})
    return found


def _reports(test: pytest.Item) -> list[pytest.TestReport]:
    from _pytest.runner import runtestprotocol

    return runtestprotocol(test, log=False, nextitem=None)


def forget() -> None:
    """Forget what was solved before."""
    import corridors as cd
    from corridors.model import build

    cd.base_cache.clear()
    build._BUILT._kept.clear()


def prepare() -> None:
    """Load the kernels: each process starts from here. Nothing is kept of a solve."""
    import pandas as pd

    import corridors as cd

    links = {"link_id": ["a", "b"], "from_node_id": "x", "to_node_id": "y", "mode": "ship", "tariff": 1.0}
    links["capacity"] = [6.0, 9.0]
    rows = {"demand_id": ["d"], "commodity": "g", "origin": "x", "destination": "y", "volume": 9.0, "value": 9.0}
    network = cd.Network(pd.DataFrame({"node_id": ["x", "y"]}), pd.DataFrame(links))
    cd.sweep(network, pd.DataFrame(rows), cd.outages(network), progress=False)
    forget()
    gc.collect()
    gc.freeze()


def _path(name: str) -> Path:
    return ROOT / "corridors" / f"{name.replace('.', '/')}.py"


def main() -> int:
    """Run mutants, print survivors, and fail where one is not explained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", default=MODULES)
    parser.add_argument("--limit", type=int, help="so many a module, drawn by a fixed seed")
    parser.add_argument("--only", default="", help="those whose name holds a text")
    parser.add_argument("--among", type=Path, help="those that a file names, as survivors are printed")
    parser.add_argument("--explained", action="store_true", help="those that mutants.toml explains too")
    parser.add_argument("--budget", type=float, default=BUDGET, help="seconds of the processor that tests may take")
    runner = Runner(parser.parse_args())
    hypothesis.settings.register_profile("mutants", phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate])
    hypothesis.settings.load_profile("mutants")
    files = [str(TESTS / f"test_{name}.py") for name in FILES] + [str(_path(name)) for name in MODULES]
    options = ["--override-ini=addopts=", "--doctest-modules", "--capture=no", "-qq", "-Wdefault", "--disable-warnings"]
    options += [f"--rootdir={ROOT}"]
    options += [f"-pno:{plugin}" for plugin in ("cacheprovider", "xdist")]
    code = pytest.main([*options, *files], plugins=[runner])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return int(code)
    return int(bool(runner.left))


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(TESTS)]
    sys.exit(main())
