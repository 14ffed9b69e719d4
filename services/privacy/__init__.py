"""The workshop's parts of a person's data, one module per noun, and how long things are kept."""

from services.privacy import counter, rules, team, times, visits

__all__ = ["counter", "rules", "team", "times", "visits"]

rules.register()
