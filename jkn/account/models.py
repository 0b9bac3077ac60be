"""Who can sign in, with what, from which devices; and the directory of unique numbers."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from jkn.core.actor import Actor, Level, Role
from jkn.core.ids import new_id


class AccountManager(BaseUserManager["Account"]):
    """Accounts are made by `account.actions.create_account` alone."""


class Account(AbstractBaseUser):
    """One person who signs in: a member or staff. Who they are lives in membership."""

    distribution: ClassVar[str] = "id"

    id = models.BigIntegerField(primary_key=True, default=new_id)
    role = models.CharField(max_length=12, default=Role.MEMBER)
    level = models.SmallIntegerField(default=Level.CONTACT_PROVEN)
    name = models.CharField(max_length=120)
    person_id = models.BigIntegerField(null=True)
    family_id = models.BigIntegerField(null=True)
    facility_id = models.CharField(max_length=12, default="", blank=True)
    employer_id = models.BigIntegerField(null=True)
    is_active = models.BooleanField(default=True)
    totp_sealed = models.BinaryField(null=True)
    totp_last_step = models.BigIntegerField(default=0)  # a step of 30 seconds counts once
    created_at = models.DateTimeField(db_default=Now())
    password_changed_at = models.DateTimeField(null=True)
    # Devices say when they were last seen; a second place would only disagree.
    last_login = None

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    class Meta:
        indexes = [
            models.Index(
                fields=["family_id"], condition=models.Q(family_id__isnull=False),
                name="account_of_family",
            ),
            models.Index(
                fields=["employer_id"], condition=models.Q(employer_id__isnull=False),
                name="account_of_employer",
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=[r.value for r in Role]), name="account_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(role="employer", employer_id__isnull=False)
                | (~models.Q(role="employer") & models.Q(employer_id__isnull=True)),
                name="account_of_one_employer",
            ),
            models.CheckConstraint(
                condition=models.Q(level__range=(0, 2)), name="account_level_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.id}"

    def as_actor(self, session_id: int = 0) -> Actor:
        """Return who acts, for the policy and the audit."""
        return Actor(
            account_id=self.id,
            role=Role(self.role),
            name=self.name,
            level=Level(self.level),
            person_id=self.person_id,
            family_id=self.family_id,
            facility_id=self.facility_id or None,
            session_id=session_id,
            employer_id=self.employer_id,
        )


class Directory(models.Model):
    """One unique number (NIK, card, KK, virtual account, payment) and whose it is.

    Only the blind index of the number is kept. Written in the transaction of its owner.
    """

    distribution: ClassVar[str] = "digest"

    pk = models.CompositePrimaryKey("digest", "kind")
    kind = models.CharField(max_length=8)
    digest = models.BinaryField(max_length=32)
    family_id = models.BigIntegerField()
    member_id = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["family_id"])]

    def __str__(self) -> str:
        return f"{self.kind} of {self.family_id}"


class Contact(models.Model):
    """A phone or e-mail of an account (for staff also the NIK); several accounts may share one."""

    distribution: ClassVar[str] = "account_id"

    pk = models.CompositePrimaryKey("account_id", "kind")
    account_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    digest = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    proven_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["digest", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"


class DeviceSession(models.Model):
    """A device that is signed in. The key itself is only in the device's cookie."""

    distribution: ClassVar[str] = "digest"

    digest = models.BinaryField(primary_key=True, max_length=32)  # SHA-256 of the session key
    id = models.BigIntegerField(default=new_id)
    account_id = models.BigIntegerField(null=True)
    label = models.CharField(max_length=60, default="")
    data = models.TextField(default="{}")
    created_at = models.DateTimeField(db_default=Now())
    last_seen = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "id"]),
            models.Index(fields=["expires_at"]),
        ]

    def __str__(self) -> str:
        return f"device {self.id}"


class ApiToken(models.Model):
    """A token for a person's own programs. Only its SHA-256 is kept; the text is shown once."""

    distribution: ClassVar[str] = "digest"

    digest = models.BinaryField(primary_key=True, max_length=32)
    id = models.BigIntegerField(default=new_id)
    account_id = models.BigIntegerField()
    label = models.CharField(max_length=60)
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)
    last_used = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account_id", "id"])]

    def __str__(self) -> str:
        return f"token {self.id}"


class Passkey(models.Model):
    """A passkey (WebAuthn): the phone's own lock. The user handle is the account's id."""

    distribution: ClassVar[str] = "account_id"

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.BigIntegerField()
    id = models.BigIntegerField(default=new_id)
    credential_id = models.BinaryField()
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    transports = models.CharField(max_length=60, default="")
    label = models.CharField(max_length=60)
    created_at = models.DateTimeField(db_default=Now())
    usable_from = models.DateTimeField(db_default=Now())
    last_used = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "credential_id"], name="passkey_once")
        ]

    def __str__(self) -> str:
        return f"passkey {self.id}"


class RecoveryCode(models.Model):
    """A code on paper that replaces the authenticator once."""

    distribution: ClassVar[str] = "account_id"

    pk = models.CompositePrimaryKey("account_id", "digest")
    account_id = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"recovery code of {self.account_id}"


class Code(models.Model):
    """A one-time code. Its digits are derived from id and salt; no column holds them.

    A decoy stands for a person we do not know: it looks the same to a stranger, nothing is sent
    and no digits fit.
    """

    distribution: ClassVar[str] = "id"

    id = models.BigIntegerField(primary_key=True, default=new_id)
    salt = models.BinaryField(max_length=16)
    purpose = models.CharField(max_length=16)
    kind = models.CharField(max_length=8)  # what was typed: phone, email, nik, card
    digest = models.BinaryField(max_length=32)  # blind index of the contact (decoy: of the typed)
    sealed = models.BinaryField(null=True)  # the contact
    account_id = models.BigIntegerField(null=True)
    is_decoy = models.BooleanField(default=False)
    channel = models.CharField(max_length=8)
    channels = models.CharField(max_length=40)  # every channel it was sent on, with commas
    state = models.CharField(max_length=8, default="queued")  # queued, sent, trying, failed
    attempts = models.SmallIntegerField(default=0)  # on the present channel
    sends = models.SmallIntegerField(default=1)
    tries = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # what it was proven for has happened

    class Meta:
        indexes = [models.Index(fields=["ends_at"])]
        constraints = [
            models.CheckConstraint(condition=models.Q(tries__lte=3), name="code_three_tries")
        ]

    def __str__(self) -> str:
        return f"code {self.id}"


class Hold(models.Model):
    """A change by a weak proof that waits (phone, e-mail), or counts less (password), for 72 h."""

    distribution: ClassVar[str] = "account_id"

    pk = models.CompositePrimaryKey("account_id", "kind")
    account_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)  # phone, email, password
    sealed = models.BinaryField(null=True)  # the new contact
    created_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"])]

    def __str__(self) -> str:
        return f"hold on {self.kind} of {self.account_id}"
