"""One file a question; each makes scenarios, sweeps them and reduces the result."""
