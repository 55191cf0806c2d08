"""Array kernels: numpy and numba only."""
