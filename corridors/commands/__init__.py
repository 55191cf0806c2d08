"""The commands of studies; `corridors.cli` gathers them."""
