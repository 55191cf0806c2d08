"""
What to build first
===================

Second tracks, ports, crossings and pipelines could be built against the demand of 2030. Which of them are worth their
money, in which order, and for whom?
"""

import corridors as cd

network, candidates = cd.load_network("eurasia"), cd.load_candidates()
found = cd.expansion(network, cd.load_demand("2030"), candidates, steps=2)
found.portfolio[["candidate_id", "modules", "cost"]]

# %%
cd.plot_expansion(found)

# %%
# **How to read it.** The frontier says what the best portfolio of each budget saves in a year, next to what its
# capital costs a year; it bends where the next candidate saves less than the one before. A candidate alone and the
# same one as the last of the portfolio differ where they replace each other, or need each other.

found.candidates.iloc[:8, :6].round(2)
