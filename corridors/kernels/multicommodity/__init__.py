"""Coupled min-cost flows: classes that share capacities, re-optimised from a base.

::

    types ◄── basis ◄── simplex ◄──┐          ┌── cold ──► ascent, gathered, weighed
      ▲                    ▼       scenario ◄─┤
      └─────────────── labels      │          └── block
                           ▲       │
                        pricing ◄──┘

Every optimal basis of the path formulation is held by one key path a demand row and an inverse no larger than the
number of tight bundles (Dantzig & Van Slyke 1967; Ahuja, Magnanti & Orlin 1993, chapter 17).
"""
