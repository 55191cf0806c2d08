"""Print the tables, and write them as Markdown: ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks import chart, closures, cold, compiling, coupled, growth, threads, warm
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
CHART = "![How many times longer peers take, by subject](pictures/benchmarks.svg)\n"
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
    parser.add_argument("--quick", action="store_true", help="S and M, few scenarios: three minutes")
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks.md"))
    given = parser.parse_args()
    if given.quick:
        given.instances = [name for name in given.instances if name in "SM"]
        given.scenarios, given.budget, given.rounds = min(given.scenarios, 500), min(given.budget, 0.4), 3
    options = Options(
        tuple(given.instances),
        tuple(given.mixes),
        tuple(given.peers),
        given.scenarios,
        given.budget,
        given.rounds,
        given.quick,
    )
    tables = []
    for subject in given.subjects:
        tables.append(SUBJECTS[subject].measure(options))
        print("\n" + tables[-1].markdown(), flush=True)
    picture = chart.draw(tables, given.out.parent / "pictures" / "benchmarks.svg")
    parts = [heading(), *([CHART] if picture else []), *(table.markdown() for table in tables)]
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text("\n".join(parts), encoding="utf-8")
    print(f"written to {given.out}")


def heading() -> str:
    """When, by which command, on what machine, with what versions."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    return (
        f"# Benchmarks\n\nWritten on {date.today()} by `{command}`; do not edit. {processor()}, "
        f"{os.cpu_count()} cores, one used; Python {platform.python_version()}, {packages}.\n\n"
        "What is measured and how, what is not, and how peers are used is in `benchmarks/README.md`; "
        "`--subjects` measures a part again. Before anything is timed, optima are compared.\n"
    )


def processor() -> str:
    """The name of the processor, where the system tells it."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
