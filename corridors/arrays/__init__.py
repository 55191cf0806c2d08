"""What users of the array contract hold: a problem, its changes, results, and numbers made whole."""
