"""A facility's own page: what its staff change of what members see of it."""
