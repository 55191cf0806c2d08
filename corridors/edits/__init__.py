"""From a network to another: planned links opened, limits or costs taken away, preferences; and whose goods."""
