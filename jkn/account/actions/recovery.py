"""A new password for somebody who forgot theirs."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.http import HttpRequest

from jkn.account.actions.accounts import set_password
from jkn.account.actions.codes import settle_code
from jkn.account.actions.contacts import tell
from jkn.account.actions.sign_in import revoke_other_sessions, sign_in
from jkn.account.models import Account
from jkn.account.rules import How, check_password_length
from jkn.core.words import N_


@transaction.atomic
def recover_password(
    request: HttpRequest, *, account_id: int, code_id: int, password: str, proofs: Sequence[How]
) -> Account:
    """Set the password by a proven code, once; sign in here and out everywhere else.

    Without a second proof the password counts for no more than the code during 72 hours. The
    person is told on every contact. Refuses `password.short`, `password.long`, `code.ended`.
    """
    check_password_length(password)
    settle_code(code_id)
    by_code_alone = len(proofs) < 2
    set_password(account_id=account_id, password=password, by_code_alone=by_code_alone)
    own = sign_in(request, account_id, *proofs)
    revoke_other_sessions(actor=request.actor)  # type: ignore[attr-defined]
    tell(
        account_id, kind="security", title=N_("Kata sandi baru"),
        body=N_("Kata sandi akun Anda baru saja diganti. Bukan Anda? Telepon 165 sekarang."),
        link="/pengaturan/masuk/",
    )  # fmt: skip
    return own
