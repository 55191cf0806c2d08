"""The what-if page over a server of one's own, which solves whatever the reader composes."""
