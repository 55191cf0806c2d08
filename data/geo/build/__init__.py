"""Makes the tables of data/geo from the facts: ``python -m data.geo.build``."""
