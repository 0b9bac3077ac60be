"""How passwords are hashed: Argon2id with little memory, because a worker has 80 MB in all."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class SmallArgon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two rounds, one lane.

    Source: OWASP Password Storage Cheat Sheet (m=19456, t=2, p=1). Django's own 100 MiB would
    more than double a worker while four people sign in at once.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
