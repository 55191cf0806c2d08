"""Mutation testing: a change of one operator, constant or statement of a module, which some test has to notice.

``make mutants`` runs it on the modules of `SUITES`, each with the tests that are meant to hold it. A mutant lives in
the memory of a process of its own; no file is changed. A survivor is a gap in the tests, or changes nothing that can be
seen: then ``mutants.toml`` says why. Lipton (1971) and DeMillo, Lipton & Sayward (1978) have the method.

``python tests/mutate.py kernels.certificate --limit 50`` runs some of them.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import random
import signal
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent
SUITES = {
    "kernels.certificate": ["test_contract_certificates.py", "test_proofs.py"],
    "kernels.certificates": ["test_contract_certificates.py", "test_proofs.py"],
    "model.prices": ["test_toy.py", "test_base_flow.py"],
    "model.bundles": ["test_toy.py", "test_base_flow.py", "test_model_against_independent.py"],
}
SECONDS = 120
"""After which a mutant counts as noticed: it does not end."""

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


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Where nodes are in a tree, without messages and annotations: a parent, its field, and the place in a list."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list") or isinstance(tree, ast.JoinedStr):
            continue
        for i, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield tree, field, i
                yield from places(child)


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """A line that says what is changed, and the changed source."""
    tree = ast.parse(source)
    for parent, field, i in list(places(tree)):
        node = getattr(parent, field) if i is None else getattr(parent, field)[i]
        for changed in variants(node):
            _put(parent, field, i, changed)
            yield f"{ast.unparse(node)} -> {ast.unparse(changed)}", ast.unparse(ast.fix_missing_locations(tree))
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


def survives(module: str, source: str, tests: list[str]) -> bool:
    """Whether all tests pass with this source of a module, in a process of its own."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    signal.alarm(SECONDS)
    code = 1
    try:
        import pytest

        sys.meta_path.insert(0, _Finder(module, source))
        quiet = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:warnings", "-p", "no:randomly", "-n0"]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            code = int(pytest.main([*quiet, *(str(TESTS / test) for test in tests)]))
    finally:
        os._exit(code)


def main() -> int:
    """Run mutants, print survivors, and fail where one is not explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(SUITES))
    parser.add_argument("--limit", type=int, help="so many a module, drawn by a fixed seed")
    options = parser.parse_args()
    explained = tomllib.loads((TESTS / "mutants.toml").read_text(encoding="utf-8"))
    import hypothesis  # noqa: F401  what all children need is imported once
    import networkx  # noqa: F401
    import numba  # noqa: F401
    import ortools.graph.python.min_cost_flow  # noqa: F401
    import xarray  # noqa: F401

    unexplained = 0
    for name in options.modules:
        source = (TESTS.parent / "corridors" / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
        module, reasons = f"corridors.{name}", explained.get(name, {})
        if not survives(module, source, SUITES[name]):
            raise SystemExit(f"{name}: its tests fail as it is")
        found = list(mutants(source))
        if options.limit is not None and options.limit < len(found):
            found = random.Random(0).sample(found, options.limit)
        left = [change for change, mutant in found if survives(module, mutant, SUITES[name])]
        new = [change for change in left if change not in reasons]
        unexplained += len(new)
        print(f"{name}: {len(found)} mutants, {len(left)} survive, {len(left) - len(new)} explained", flush=True)
        print("".join(f"  {change}\n" for change in new), end="", flush=True)
    return int(unexplained > 0)


if __name__ == "__main__":
    sys.path[:0] = [str(TESTS.parent), str(TESTS)]
    sys.exit(main())
