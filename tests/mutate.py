"""Mutation testing: a change of one operator, constant or statement of a module, which some test has to notice.

``make mutants`` runs it on the modules of `SUITES`, each with the tests that are meant to hold it. A mutant lives in
the memory of a process of its own; no file is changed. A survivor is a gap in the tests, or changes nothing that can be
seen: then ``mutants.toml`` says why, by function and change. Lipton (1971) and DeMillo, Lipton & Sayward (1978) have
the method.

``python tests/mutate.py kernels.certificate --limit 50`` runs some of them.

What has run so far, and how many survive, all explained but for those of ties::

    kernels.certificate    116 of 116 mutants, 14 survive
    kernels.certificates    55 of  55          12
    model.prices            56 of  56           9
    model.bundles           52 of  52           4
    model.steps             21 of  21           0
    model.ties          some 60 of  68          19, 12 of them explained
    model.build             10 of  34           1
    model.paths             10 of  77           0

Units, compile and decode have not run to an end yet.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import io
import os
import random
import resource
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

from tqdm import tqdm

TESTS = Path(__file__).resolve().parent
SUITES = {
    "kernels.certificate": ["test_contract_certificates.py", "test_exact_arithmetic.py", "test_proofs.py"],
    "kernels.certificates": ["test_contract_certificates.py", "test_exact_arithmetic.py", "test_proofs.py"],
    "model.prices": ["test_model_prices.py", "test_toy.py"],
    "model.bundles": ["test_model_bundles.py", "test_toy.py"],
    "model.ties": ["test_model_ties.py", "test_toy.py"],
    "model.steps": ["test_model_steps.py", "test_toy.py"],
    "model.units": ["test_toy.py", "test_gaps.py", "test_units.py"],
    "model.build": ["test_toy.py", "test_model_build.py", "test_model_bundles.py", "test_gaps.py"],
    "model.compile": ["test_toy.py", "test_narrowed_changes.py", "test_scenarios.py"],
    "model.paths": ["test_toy.py", "test_paths.py"],
    "model.decode": ["test_toy.py", "test_paths.py", "test_corridor_volumes.py"],
}
SECONDS = 120
"""Of the processor, after which a mutant counts as noticed: it does not end."""


class Mutant(NamedTuple):
    """A change, the function or class it is in (blank: none), and the whole source of the module with it."""

    function: str
    change: str
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


def places(tree: ast.AST, function: str = "") -> Iterator[tuple[str, ast.AST, str, int | None]]:
    """Where nodes are in a tree, without messages and annotations: function, parent, its field, the place in a list."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list") or isinstance(tree, ast.JoinedStr):
            continue
        for i, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                inside = f"{function}.{child.name}".strip(".") if isinstance(child, _NAMED) else function
                yield inside, tree, field, i
                yield from places(child, inside)


def mutants(source: str) -> Iterator[Mutant]:
    """Each change of a module that `variants` makes."""
    tree = ast.parse(source)
    seen: Counter[tuple[str, str]] = Counter()
    for function, parent, field, i in list(places(tree)):
        node = getattr(parent, field) if i is None else getattr(parent, field)[i]
        for changed in variants(node):
            around = parent if isinstance(node, ast.Constant) and isinstance(parent, ast.expr) else None
            before = ast.unparse(around or node)
            _put(parent, field, i, changed)
            change = f"{before} -> {ast.unparse(around or changed)}"
            seen[function, change] += 1
            again = f" ({seen[function, change]})" * (seen[function, change] > 1)
            yield Mutant(function, change + again, ast.unparse(ast.fix_missing_locations(tree)))
            _put(parent, field, i, node)


def _put(parent: ast.AST, field: str, i: int | None, node: ast.AST) -> None:
    if i is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[i] = node


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a source in memory."""

    def __init__(self, module: str, source: str) -> None:
        self.module, self.source = module, source

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self.module else None

    def exec_module(self, module: object) -> None:
        exec(compile(self.source, self.module, "exec"), vars(module))


def apply(module: str, mutant: Mutant) -> None:
    """Give a changed function its changed code, wherever it was imported; what is in none is imported again, by all."""
    names = vars(importlib.import_module(module))
    changed = dict(names)
    function, other = None, None
    if mutant.function:
        exec(compile(mutant.source, module, "exec"), changed)
        function, other = _found(names, mutant.function), _found(changed, mutant.function)
    if function is None or other is None:
        tests = {Path(test).stem for test in os.listdir(TESTS)}
        for name in [name for name in sys.modules if name.partition(".")[0] in {"corridors", *tests}]:
            del sys.modules[name]
        sys.meta_path.insert(0, _Finder(module, mutant.source))
    else:
        function.__code__ = other.__code__
        function.__defaults__, function.__kwdefaults__ = other.__defaults__, other.__kwdefaults__


def _found(names: Mapping[str, Any], path: str) -> FunctionType | None:
    """The function at a path of names, from under what decorates it; None where there is only a class."""
    for name in path.split("."):
        found = names[name]
        if not isinstance(found, type):
            for under in ("fget", "func", "__func__"):  # of a property, a cached one, and a method of the class
                found = getattr(found, under, None) or found
            return inspect.unwrap(found)  # which holds the functions inside it
        names = vars(found)
    return None


def survives(name: str, mutant: Mutant | None) -> bool:
    """Whether the tests of a module pass with a mutant of it, or as it is, in a process of its own."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    code = 1
    try:
        if mutant is not None:
            apply(f"corridors.{name}", mutant)
        code = pytest_of(name, "-x")
    finally:
        os._exit(code)


def pytest_of(name: str, *options: str) -> int:
    """Run pytest on the tests of a module, and print nothing."""
    import pytest

    quiet = ["-q", "-p", "no:cacheprovider", "-p", "no:warnings", "-p", "no:xdist", *options]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return int(pytest.main([*quiet, *(str(TESTS / test) for test in SUITES[name])]))


def prepared(names: list[str]) -> None:
    """Import what the tests import, and load the kernels: each process starts from here. Nothing is kept of a solve."""
    import pandas as pd

    import corridors as cd

    for name in names:
        pytest_of(name, "--collect-only")
    links = {"link_id": ["a", "b"], "from_node_id": "x", "to_node_id": "y", "mode": "ship", "tariff": 1.0}
    links["capacity"] = [6.0, 9.0]
    rows = {"demand_id": ["d"], "commodity": "g", "origin": "x", "destination": "y", "volume": 9.0, "value": 9.0}
    network = cd.Network(pd.DataFrame({"node_id": ["x", "y"]}), pd.DataFrame(links))
    cd.sweep(network, pd.DataFrame(rows), cd.outages(network), progress=False)
    cd.base_cache.clear()


def main() -> int:
    """Run mutants, print survivors, and fail where one is not explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(SUITES))
    parser.add_argument("--limit", type=int, help="so many a module, drawn by a fixed seed")
    options = parser.parse_args()
    explained = tomllib.loads((TESTS / "mutants.toml").read_text(encoding="utf-8"))
    prepared(options.modules)
    unexplained = 0
    for name in options.modules:
        source = (TESTS.parent / "corridors" / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
        reasons = explained.get(name, {})
        if not survives(name, None):
            raise SystemExit(f"{name}: its tests fail as it is")
        found = list(mutants(source))
        if options.limit is not None and options.limit < len(found):
            found = random.Random(0).sample(found, options.limit)
        left = new = 0
        for mutant in tqdm(found, name, disable=None):
            if survives(name, mutant):
                left += 1
                if mutant.name not in reasons:
                    new += 1
                    tqdm.write(f"  {mutant.name}")
        unexplained += new
        print(f"{name}: {len(found)} mutants, {left} survive, {left - new} explained", flush=True)
    return int(unexplained > 0)


if __name__ == "__main__":
    sys.path[:0] = [str(TESTS.parent), str(TESTS)]
    sys.exit(main())
