"""How fast the solvers are, compared with those that a user could choose; README.md says what is measured."""
