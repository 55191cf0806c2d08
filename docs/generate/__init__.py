"""Pages of the reference that follow from the code; each module has a `write` that leaves them in a folder."""
