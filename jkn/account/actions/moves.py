"""A person moves to another family: what leads to them follows, the account too."""

from __future__ import annotations

from collections.abc import Sequence

from jkn.account.models import Account, Directory
from jkn.account.rules import Key
from jkn.core.db import sealer


def move_person(*, person_id: int, numbers: Sequence[tuple[str, str]], to_family_id: int) -> None:
    """Let the person's unique numbers and account lead to another family.

    In the transaction of the move, whose act leaves the audit row. `person_id` never changes.
    """
    keys = [*numbers, (Key.ACCOUNT.value, str(person_id))]
    for kind, value in keys:
        rows = Directory.objects.filter(kind=kind, digest=sealer().index(kind, value))
        rows.update(family_id=to_family_id)
    Account.objects.filter(person_id=person_id).update(family_id=to_family_id)
