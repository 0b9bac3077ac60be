"""Fixtures of membership tests."""

from __future__ import annotations

from jkn.account.tests.conftest import gateway
from jkn.membership.tests.register import register

__all__ = ["gateway", "register"]
