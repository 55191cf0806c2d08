"""How fast the solvers are beside those that a user could pick instead; see README.md for what is measured."""
