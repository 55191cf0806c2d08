"""Maps of networks and results."""
