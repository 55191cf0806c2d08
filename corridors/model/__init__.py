"""From network and demand to arrays of arcs and bundles, and from flows back to links, nodes and demand rows."""
