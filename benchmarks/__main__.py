"""Print the tables, and write them as Markdown: ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import os
import platform
from importlib.metadata import version
from pathlib import Path

from benchmarks import closures, cold, compiling, coupled, growth, threads, warm
from benchmarks.mixes import MIXES
from benchmarks.options import Options

SUBJECTS = {
    "cold": cold,
    "warm": warm,
    "closures": closures,
    "coupled": coupled,
    "growth": growth,
    "threads": threads,
    "compiling": compiling,
}
PACKAGES = ("numpy", "numba", "ortools", "highspy", "pylmcf", "networkx", "aequilibrae")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    default = Options()
    parser.add_argument("--subjects", nargs="+", choices=SUBJECTS, default=list(SUBJECTS))
    parser.add_argument("--instances", nargs="+", choices=default.instances, default=default.instances)
    parser.add_argument("--mixes", nargs="+", choices=MIXES, default=MIXES)
    parser.add_argument("--peers", nargs="+", choices=default.peers, default=default.peers)
    parser.add_argument("--scenarios", type=int, default=default.scenarios, help="of a mix, on S (default %(default)s)")
    parser.add_argument("--budget", type=float, default=default.budget, help="seconds a peer and mix (%(default)s)")
    parser.add_argument("--rounds", type=int, default=default.rounds, help="of which the median counts (%(default)s)")
    parser.add_argument("--quick", action="store_true", help="S and M, few scenarios: about a minute")
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks.md"))
    given = parser.parse_args()
    if given.quick:
        given.instances = [name for name in given.instances if name in "SM"]
        given.scenarios, given.budget, given.rounds = min(given.scenarios, 2000), min(given.budget, 0.6), 3
    options = Options(
        tuple(given.instances), tuple(given.mixes), tuple(given.peers), given.scenarios, given.budget, given.rounds
    )
    parts = [heading()]
    for subject in given.subjects:
        table = SUBJECTS[subject].measure(options)
        parts.append(table.markdown())
        print("\n" + parts[-1], flush=True)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text("\n".join(parts), encoding="utf-8")
    print(f"written to {given.out}")


def heading() -> str:
    """On what machine, with what versions."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"# Benchmarks\n\nPython {platform.python_version()}, {packages}; {os.cpu_count()} cores, one used.\n"


if __name__ == "__main__":
    main()
