"""Acts on accounts. Modules above import from here."""

from jkn.account.actions.accounts import (
    Entry,
    NewContact,
    attach_family,
    create_account,
    deactivate,
    enter_directory,
    leave_directory,
    raise_level,
    set_password,
)
from jkn.account.actions.codes import (
    Proven,
    prove_code,
    proven_of,
    resend_code,
    send_code,
    send_decoy,
    settle_code,
)
from jkn.account.actions.contacts import cancel_hold, change_contact, put_contact, tell
from jkn.account.actions.sign_in import (
    issue_token,
    revoke_other_sessions,
    revoke_session,
    revoke_token,
    sign_in,
    sign_out,
    use_token,
)

__all__ = [
    "Entry",
    "NewContact",
    "Proven",
    "attach_family",
    "cancel_hold",
    "change_contact",
    "create_account",
    "deactivate",
    "enter_directory",
    "issue_token",
    "leave_directory",
    "prove_code",
    "proven_of",
    "put_contact",
    "raise_level",
    "resend_code",
    "revoke_other_sessions",
    "revoke_session",
    "revoke_token",
    "send_code",
    "send_decoy",
    "set_password",
    "settle_code",
    "sign_in",
    "sign_out",
    "tell",
    "use_token",
]
