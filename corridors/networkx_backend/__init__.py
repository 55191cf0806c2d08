"""The library as a backend of NetworkX: its flow functions on the library's network simplex.

``nx.network_simplex(G, backend="corridors")``, or ``NETWORKX_BACKEND_PRIORITY=corridors`` in the environment for all
calls. NetworkX finds it by its entry points, ``networkx.backends`` and ``networkx.backend_info``.
"""
