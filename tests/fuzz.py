"""Files that are broken at random, read by every reader: only the library's own errors, no hang, bounded memory.

``python tests/fuzz.py 3600`` goes on for an hour; `test_fuzz` takes some seconds of it in each run of the tests.
"""

from __future__ import annotations

import gzip
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

import geopandas as gpd
import h5py
import pandas as pd
import shapely

import corridors as cd

MOST_SECONDS = 10.0
MOST_BYTES = 1 << 30
WORDS = [b"", b"0", b"-1", b"1e400", b"nan", b"inf", b'"', b"'", b",", b";", b"\t", b"\n", b"\r\n", b"\x00",
         b"\xff\xfe", b"..", b"../../etc/passwd", b"=1+1", b"{}", b"[]", b"null", b"true", b"9" * 40, b"POINT EMPTY",
         b"LINESTRING (0 0)", b"<!DOCTYPE a>", b"\xed\xa0\x80", b"PAR1", b"<END OF METADATA>"]  # fmt: skip


def seeds(folder: Path) -> list[Path]:
    """A good file or folder of each format."""
    nodes = {"node_id": ["a", "b", "c"], "x_coord": [50.0, 51.0, 52.0], "y_coord": 43.0}
    links = {"link_id": ["l1", "l2"], "from_node_id": ["a", "b"], "to_node_id": ["b", "c"], "mode": "rail",
             "tariff": [1.0, 2.0], "geometry": [None, "LINESTRING (51 43, 51.5 43.1, 52 43)"]}  # fmt: skip
    network = cd.Network(nodes, links)
    demand = pd.DataFrame({"demand_id": ["d"], "commodity": ["c"], "origin": ["a"], "destination": ["c"],
                           "volume": [5.0], "value": [9.0]})  # fmt: skip
    written = {"a.gpkg": None, "a.xlsx": None, "a.geojson": None, "csv": None, "gmns": "gmns", "pq": "geoparquet"}
    made = [cd.write(network, folder / name, demand=demand, format=format) for name, format in written.items()]
    edges = gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.LineString([(0, 0), (1, 1)])], crs=4326)
    edges.to_file(folder / "roads.shp")
    problem = b"c x\np min 3 2\nn 1 5\nn 3 -5\na 1 2 0 9 2\na 2 3 0 9 5\n"
    texts = {
        "p.min": problem,
        "p.min.gz": gzip.compress(problem),
        "t_net.tntp": b"<NUMBER OF LINKS> 1\n<END OF METADATA>\n~\tinit_node\tterm_node\tlength\t;\n\t1\t2\t6\t;\n",
        "t_trips.tntp": b"<TOTAL OD FLOW> 5\n<END OF METADATA>\nOrigin 1\n 2 : 5.0;\n",
        "od.csv": b",1,2\n1,0,5\n2,3,0\n",
        "r.yaml": b"names:\n  links: {a: link_id}\nunits: {length: m}\nfill: {links: {mode: rail}}\n",
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text)
    with h5py.File(folder / "od.omx", "w") as file:
        file.create_dataset("data/coal", data=[[0, 3.0], [1, 0]])
        file.create_dataset("lookup/zone", data=[1, 2])
    return [*made, folder / "roads.shp", *(folder / name for name in texts), folder / "od.omx"]


def broken(data: bytes, rng: random.Random) -> bytes:
    """The data with a few bytes changed, taken out or put in."""
    for _ in range(rng.randint(1, 4)):
        at, size = rng.randrange(len(data) + 1), rng.choice([1, 1, 2, 8, 64])
        new = rng.choice([rng.choice(WORDS), rng.randbytes(size), data[at : at + size] * 3])
        data = data[:at] + new + data[at + rng.choice([0, size, size]) :]
        if rng.random() < 0.05:
            data = data[: rng.randrange(len(data) + 1)]
    return data


def read(path: Path, file: Path) -> None:
    """Read a path as whatever takes it."""
    if file.suffix == ".yaml":
        cd.read(path.parent / "a.gpkg", recipe=file)
    elif file.name.startswith(("od.", "t_trips")):
        cd.read_demand(path, value=5.0)
    else:
        cd.read(path)


def fuzz(seconds: float, seed: int) -> int:
    """Break files for some seconds of this process; how many were read. Raises on the first that does harm."""
    rng, count = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = Path(name)
        good = seeds(folder)
        for path in good:
            try_one(path, path, b"")
        end = time.process_time() + seconds
        while time.process_time() < end:
            path = rng.choice(good)
            file = rng.choice(sorted(path.iterdir())) if path.is_dir() else path
            whole = file.read_bytes()
            data = broken(whole, rng)
            try:
                file.write_bytes(data)
                try_one(path, file, data)
            finally:
                file.write_bytes(whole)
            count += 1
    return count


def try_one(path: Path, file: Path, data: bytes) -> None:
    """Read a path of which a file is broken; an AssertionError with the file's bytes where that does harm."""
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        read(path, file)
    except cd.CorridorsError:
        pass
    except Exception as error:
        raise AssertionError(f"{file.name}: {error!r}\n{traceback.format_exc()[-1500:]}\n{data[:2000]!r}") from error
    took, grew = time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert took < MOST_SECONDS, f"{file.name} took {took:.0f} s: {data[:2000]!r}"
    assert grew * 1024 < MOST_BYTES, f"{file.name} took {grew / 1024:.0f} MiB: {data[:2000]!r}"


if __name__ == "__main__":
    length, start = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    print(f"seed {start}", flush=True)
    print(f"{fuzz(length, start)} broken files did no harm")
