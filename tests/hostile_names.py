"""Thirty names that a page, a table or a file might take for something else than text."""

import numpy as np
import pandas as pd

import corridors as cd

NAMES = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{data}}",
    "\"&'`${1}",
    "=1+1",
    "a\nb",
    "<svg onload=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[x]]>",
    "</title><script>alert(1)</script>",
    "</style><style>*{display:none}",
    "&lt;b&gt;",
    "&#60;script&#62;",
    "<a href=javascript:alert(1)>go</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "\u202egnirts desrever",
    "zero\u200bwidth",
    "🚂 Ж 中 ع",
    "@SUM(A1:A9)",
    '+cmd|" /C calc"!A0',
    "../../etc/passwd",
    "%3Cscript%3E",
    "what=link:x&show=change#",
    "__proto__",
    "A" * 300,
]


def case() -> tuple[cd.Network, pd.DataFrame]:
    """A ring of thirty places whose names, ids, links, goods, corridors and sources are these."""
    count = len(NAMES)
    around = np.linspace(0, 2 * np.pi, count, endpoint=False)
    ids = [name.replace(";", ",").replace("\n", " ").strip()[:60] for name in NAMES]
    places = {"x_coord": 60 + 8 * np.cos(around), "y_coord": 45 + 5 * np.sin(around)}
    nodes = pd.DataFrame({"node_id": ids, "name": NAMES, **places})
    links = pd.DataFrame(
        {
            "link_id": ids,
            "name": NAMES,
            "from_node_id": ids,
            "to_node_id": [*ids[1:], ids[0]],
            "mode": "road",
            "tariff": 10.0,
            "capacity": 1e6,
            "corridors": ids,
            "source": NAMES,
        }
    )
    demand = pd.DataFrame({"demand_id": ids[:6], "commodity": ids[:6], "origin": ids[:6], "destination": ids[9:15],
                           "volume": 3e5, "value": 300.0})  # fmt: skip
    return cd.Network(nodes, links), demand
