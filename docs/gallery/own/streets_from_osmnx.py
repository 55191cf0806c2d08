"""
Streets from OpenStreetMap, by osmnx
====================================

A graph of osmnx is a network as well. Which street of a small town has no good detour?
"""

import tempfile
from pathlib import Path

import geopandas as gpd
import osmnx as ox

import corridors as cd

# %%
# Here a file stands for a download, so that the page needs no network; with one it is
# ``ox.graph_from_place("Aktau, Kazakhstan", network_type="drive")``.

GRID, STEP = 5, 0.004
corner = {
    (row, column): row * GRID + column + 1
    for row in range(GRID)
    for column in range(GRID)
}
points = {
    key: (51.15 + column * STEP, 43.64 + row * STEP)
    for (row, column), key in corner.items()
}
ways = [[corner[row, column] for column in range(GRID)] for row in range(GRID)]
ways += [
    [corner[row, column] for row in range(GRID - column % 2)] for column in range(GRID)
]
text = ['<osm version="0.6">']
text += [
    f'<node id="{key}" lon="{x}" lat="{y}" version="1"/>'
    for key, (x, y) in points.items()
]
for number, places in enumerate(ways, 1):
    refs = "".join(f'<nd ref="{key}"/>' for key in places)
    text.append(
        f'<way id="{number}" version="1">{refs}<tag k="highway" v="residential"/></way>'
    )
file = Path(tempfile.mkdtemp()) / "town.osm"
file.write_text("\n".join([*text, "</osm>"]), encoding="utf-8")
graph = ox.graph_from_xml(file)

# %%
ox.save_graph_geopackage(graph, filepath=file.with_suffix(".gpkg"))
town = cd.read(file.with_suffix(".gpkg"), recipe="osmnx").network
print(f"{len(town.nodes)} junctions, {len(town.links)} streets")
around = cd.redundancy(town)
around[["link_id", "length", "alt_length", "diff_length", "alternatives"]].head(
    6
).round(3)

# %%
streets = gpd.GeoDataFrame(town.links[["link_id", "geometry"]].merge(around), crs=4326)
ax = streets.plot(
    column="diff_length", cmap="viridis", linewidth=4, legend=True, figsize=(7, 6)
)
ax.set_title("Detour where a street is closed, km")

# %%
# **How to read it.** `alt_length` is the best path between the ends of a street without it, and `alternatives` how
# many there are that share no street. A street without any is a dead end: its closure cuts off those who live on it.
