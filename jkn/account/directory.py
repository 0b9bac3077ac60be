"""The one read that a bank's notification needs of the directory: several numbers at once."""

from __future__ import annotations

from collections.abc import Sequence

from jkn.account.queries import Whose
from jkn.core.db import execute, sealer

_MANY = """
SELECT d.digest, d.kind, d.family_id, d.member_id
FROM unnest(%b::bytea[], %b::text[]) AS k (digest, kind) JOIN account_directory d USING (digest, kind)
"""


def whose_many(keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Whose]:
    """Return whose each (kind, value) is; what nobody has is left out. One statement."""
    digests = {(sealer().index(kind, value), kind): (kind, value) for kind, value in keys}
    rows = execute(_MANY, [[d for d, _ in digests], [kind for _, kind in digests]])
    return {digests[bytes(r[0]), r[1]]: Whose(r[2], r[3]) for r in rows}
