"""
What the China-Kyrgyzstan-Uzbekistan railway changes
====================================================

The line is under construction. What does it carry once it is open, whose goods leave other lines for it, and what
does it do to the leverage of its neighbours?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
opened = cd.what_if(network, demand, open="CKU")
print(f"saves {-opened.loss / 1e6:,.1f} million USD a year")
opened.diversions.head(8).round(0)

# %%
cd.plot_difference(
    network, opened.base, opened.after, extent="central_asia", title="With CKU open"
)

# %%
players = ["CN", "KZ", "KG", "UZ", "TM", "RU"]
table = cd.project_leverage(network, demand, players, projects=["cku"])
cd.plot_projects(table, title="What CKU does to each player's share")

# %%
# **How to read it.** As transport the line saves little while all other doors are open; as an alternative it moves
# much more between players, because it is there when one of them closes. A bar to the left is leverage lost.
