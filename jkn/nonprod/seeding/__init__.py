"""Set-based demo data of any size. `run.seed` is the way in."""
