"""The model compared with what was published, observed and reported: the only room bound to the Eurasian data."""
