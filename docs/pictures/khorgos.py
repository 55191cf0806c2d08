"""The picture of README.md: ``python docs/pictures/khorgos.py`` draws it again from today's data."""

from pathlib import Path

import matplotlib as mpl
from PIL import Image

import corridors as cd

mpl.use("Agg")
network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
month = cd.what_if(
    network,
    demand,
    scenario=cd.shocks(network, demand).select(["khorgos_embargo"]),
    days=30,
)
axes = cd.plot_difference(
    network,
    month.base,
    month.after,
    closed=month.closed,
    title="Khorgos closed to trains and lorries: where the goods go instead",
    inset=False,
    figsize=(12, 8.2),
)
(picture,) = cd.save_figure(axes, Path(__file__).with_suffix(".png"), dpi=110)
Image.open(picture).convert("RGB").quantize(128).save(picture, optimize=True)
