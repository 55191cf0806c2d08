"""The built sdist and wheel, each in an empty environment away from the checkout: ``python tests/smoke.py dist``.

What a user would do first: import, solve a network of two tables, load the data that comes with it, ask the command for
its version and for help.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FIRST = """
import pandas as pd
import corridors as cd
nodes = pd.DataFrame({"node_id": ["aktau", "baku"]})
links = pd.DataFrame({"link_id": ["ferry"], "from_node_id": ["aktau"], "to_node_id": ["baku"], "mode": ["ferry"],
                      "capacity": [60.0], "tariff": [10.0]})
demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"], "destination": ["baku"],
                       "volume": [100.0], "value": [220.0]})
assert float(cd.solve(cd.Network(nodes, links), demand).loss) == 9400.0
network = cd.load_network("eurasia")
assert len(network.links) > 500 and len(cd.load_demand("2024")) > 1000
print(cd.__file__)
"""


def try_out(built: Path, uv: str) -> None:
    """Install a file in an empty environment and use it; an error where anything fails."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}

        def run(*command: str) -> str:
            done = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True)
            if done.returncode:
                sys.exit(f"{built.name}: {' '.join(command[:3])} failed:\n{done.stdout}{done.stderr}")
            return done.stdout.strip()

        run(uv, "venv", "--quiet", "--python", sys.executable, "empty")
        run(uv, "pip", "install", "--quiet", "--python", "empty/bin/python", str(built.resolve()))
        where = run("empty/bin/python", "-c", FIRST)
        assert where.startswith(str(Path(folder).resolve())), f"{built.name}: {where} is not the one installed"
        version = run("empty/bin/corridors", "--version")
        assert built.name.startswith(f"corridors-{version.split()[-1]}"), f"{built.name}: says {version}"
        assert "what-if" in run("empty/bin/corridors", "--help")
        assert "aktau_port" in run("empty/bin/corridors", "list", "ports")
        print(f"{built.name}: {version}; import, solve, data and commands work")


def main() -> None:
    """Try each built file of a folder."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "dist")
    uv = shutil.which("uv") or str(Path(__file__).parents[1] / ".uv" / "bin" / "uv")
    files = sorted([*folder.glob("*.whl"), *folder.glob("*.tar.gz")])
    if len(files) != 2:
        sys.exit(f"{folder} holds {len(files)} built files; empty it, then run `uv build`")
    for built in files:
        try_out(built, uv)


if __name__ == "__main__":
    main()
