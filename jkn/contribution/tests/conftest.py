"""Fixtures of contribution tests."""

from __future__ import annotations

from jkn.membership.tests.register import register

__all__ = ["register"]
