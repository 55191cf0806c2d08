"""The model beside what was published, observed and reported: the only room bound to the Eurasian data."""
