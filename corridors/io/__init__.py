"""Networks and results to files and back."""
