"""The what-if page: one HTML file in which a click closes a link, from sweeps computed before."""
