"""Reconciliation: bank statements against our ledger, every line matched, explained or in suspense."""
