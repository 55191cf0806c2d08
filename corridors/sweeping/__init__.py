"""How scenarios are solved: one case, a batch, a batch that is stored and goes on where it was."""
