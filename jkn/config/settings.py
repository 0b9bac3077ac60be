"""All settings, from the environment alone (docs/reference/settings.md lists them)."""

from __future__ import annotations

import json
import sys
from datetime import date
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from jkn.config import environment as env

BASE_DIR = env.ROOT
VAR = env.var_folder()
PRODUCTION = env.switch("JKN_PRODUCTION")
TESTING = "pytest" in sys.modules

SECRET_KEY = env.text("SECRET_KEY")
FIELD_SECRET = env.text("JKN_FIELD_SECRET")
CODES_SECRET = env.text("JKN_CODES_SECRET")
if PRODUCTION:
    for name, value in (
        ("SECRET_KEY", SECRET_KEY),
        ("JKN_FIELD_SECRET", FIELD_SECRET),
        ("JKN_CODES_SECRET", CODES_SECRET),
        ("DATABASE_URL", env.text("DATABASE_URL")),
        ("ALLOWED_HOSTS", env.text("ALLOWED_HOSTS")),
        ("JKN_ORIGIN", env.text("JKN_ORIGIN")),
        ("JKN_MESSAGES_URL", env.text("JKN_MESSAGES_URL")),
        ("JKN_REGISTER_URL", env.text("JKN_REGISTER_URL")),
    ):
        if not value:
            raise ImproperlyConfigured(f"{name} must be set in production.")
    if len(SECRET_KEY) < 32:
        raise ImproperlyConfigured("SECRET_KEY must have at least 32 letters in production.")
    if env.text("JKN_TODAY"):
        raise ImproperlyConfigured("JKN_TODAY is for demos and tests; production uses the clock.")
else:
    SECRET_KEY = SECRET_KEY or env.demo_secret(VAR)
    FIELD_SECRET = FIELD_SECRET or f"field:{SECRET_KEY}"
    CODES_SECRET = CODES_SECRET or f"codes:{SECRET_KEY}"

try:
    date.fromisoformat(env.text("JKN_TODAY") or "2026-01-01")
except ValueError:
    raise ImproperlyConfigured("JKN_TODAY must be a day such as 2026-12-01.") from None

DEBUG = False
ALLOWED_HOSTS = (env.text("ALLOWED_HOSTS") or "localhost,127.0.0.1,[::1],testserver").split(",")
PORT = env.number("PORT", 8000)
ORIGIN = env.text("JKN_ORIGIN") or f"http://localhost:{PORT}"
CSRF_TRUSTED_ORIGINS = [ORIGIN]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_linear_migrations",
    "procrastinate.contrib.django",
    "jkn.config",
    "jkn.home",
    "jkn.reconciliation",
    "jkn.treasury",
    "jkn.employer",
    "jkn.contribution",
    "jkn.membership",
    "jkn.facility",
    "jkn.account",
    "jkn.notice",
    "jkn.gate",
    "jkn.shell",
    "jkn.audit",
]
if not PRODUCTION:
    INSTALLED_APPS.insert(INSTALLED_APPS.index("jkn.home"), "jkn.nonprod")
FIRST_PARTY_APPS = [a for a in INSTALLED_APPS if a.startswith("jkn.")]

MIDDLEWARE = [
    "jkn.shell.compression.CompressionMiddleware",
    "jkn.shell.security.SecurityMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "jkn.gate.middleware.GateMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "jkn.shell.middleware.LanguageMiddleware",
    "jkn.account.middleware.AccountMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "jkn.shell.environment.environment",
            "context_processors": ["jkn.shell.context.page"],
        },
    },
]

ROOT_URLCONF = "jkn.config.urls"
WSGI_APPLICATION = "jkn.config.wsgi.application"


def database(url: str) -> dict[str, object]:
    """Return Django's settings for a PostgreSQL address; every timeout is set."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://.")
    query = dict(parse_qsl(parts.query))
    seconds = {
        "statement_timeout": 15,
        "lock_timeout": 10,
        "idle_in_transaction_session_timeout": 15,
        "transaction_timeout": 60,
    }
    if env.switch("JKN_LONG_STATEMENTS"):  # seeding, billing runs, benches
        seconds = dict.fromkeys(seconds, 3600)
    return {
        "ENGINE": "jkn.config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 2,
            "connect_timeout": 5,
            "options": " ".join(f"-c {k}={v}s" for k, v in seconds.items()),
        },
    }


DATABASES = {
    "default": database(env.text("DATABASE_URL") or "postgresql://postgres@localhost/jkn"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # shell.security sets X-Frame-Options beside frame-ancestors, on every answer
]
if env.switch("JKN_TLS_ENDS_BEFORE_US", "1"):
    SILENCED_SYSTEM_CHECKS.append("security.W008")  # the proxy that ends TLS redirects to it
# Facts that are the same for everyone (facilities, tariffs). What protects people, and what must
# agree between workers, is in tables of its own.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "memory": {
        "BACKEND": "jkn.config.memory.FactsCache",
        "OPTIONS": {"MAX_ENTRIES": 1_000},  # of 4 KB where they are QR codes
    },
}

AUTH_USER_MODEL = "account.Account"
SESSION_ENGINE = "jkn.account.sessions"
SESSION_COOKIE_NAME = "jkn"
SESSION_COOKIE_AGE = 180 * 24 * 3600  # a device stays signed in; the member sees and ends it
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "jkn.gate.answers.csrf_failure"
SECURE_SSL_REDIRECT = PRODUCTION and not env.switch("JKN_TLS_ENDS_BEFORE_US", "1")
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
if env.switch("JKN_TLS_ENDS_BEFORE_US", "1") and PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUSTED_PROXIES = [p for p in env.text("TRUSTED_PROXIES").split(",") if p]
PASSWORD_HASHERS = ["jkn.account.hashers.SmallArgon2"]
HOLD_HOURS = env.number("JKN_HOLD_HOURS", 72)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "lang"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / ("static-test" if TESTING else "static")
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "jkn.shell.statics.PageFiles"},
}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "jkn.shell.finders.PackagedFinder",
]
WHITENOISE_USE_FINDERS = True  # files are found without collectstatic too, under plain names
FORM_RENDERER = "django.forms.renderers.Jinja2"
TILES_URL = env.tiles(env.text("JKN_TILES_URL"))  # none: the map shows points on plain ground
TILES_CREDIT = env.text("JKN_TILES_CREDIT")
WORKER_KILL = env.switch("JKN_SW_KILL")
MEDIA_ROOT = VAR / "files"

# Partners: any of them can be replaced by another process (docs/reference/partners.md).
BANK_URL = env.text("JKN_BANK_URL") or f"http://127.0.0.1:{PORT + 1}"
AUTODEBIT = not PRODUCTION or bool(env.text("JKN_BANK_URL"))  # a bank that debits is there
MESSAGES_URL = env.text("JKN_MESSAGES_URL") or f"http://127.0.0.1:{PORT + 2}"
REGISTER_URL = env.text("JKN_REGISTER_URL") or f"http://127.0.0.1:{PORT + 3}"
PARTNER_TIMEOUT_SECONDS = 5
# Whom a QRIS names. Invented as it stands here, none of it registered: only the simulated bank pays.
QRIS_REGISTERED = all(
    env.text(f"JKN_QRIS_{name}") for name in ("ACQUIRER", "PAN", "MERCHANT_ID", "NATIONAL_ID")
)
QRIS_MERCHANT = {
    "name": env.text("JKN_QRIS_NAME", "JKN CONTOH BUKAN ASLI"),
    "city": env.text("JKN_QRIS_CITY", "BEKASI"),
    "postal_code": env.text("JKN_QRIS_POSTAL_CODE", "17141"),
    "category": env.text("JKN_QRIS_CATEGORY", "6300"),
    "acquirer": env.text("JKN_QRIS_ACQUIRER", "ID.CO.CONTOH.WWW"),
    "pan": env.text("JKN_QRIS_PAN", "936000000000000000"),
    "merchant_id": env.text("JKN_QRIS_MERCHANT_ID", "CONTOH000000000"),
    "national_id": env.text("JKN_QRIS_NATIONAL_ID", "ID0000000000000"),
    "criteria": env.text("JKN_QRIS_CRITERIA", "UBE"),
}
SIGNATURE_WINDOW_SECONDS = env.number("JKN_SIGNATURE_WINDOW_SECONDS", 300)
BPJS_WORDS: dict[str, str] = json.loads(env.text("JKN_BPJS_WORDS") or "{}")
PARTNER_REQUESTS_PER_SECOND = env.number("JKN_PARTNER_REQUESTS_PER_SECOND", 200)
FREE_DISK_MB = env.number("JKN_FREE_DISK_MB", 512)

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": 4,
    "fetch_job_polling_interval": 2.0,
    "update_heartbeat_interval": 5.0,
    "stalled_worker_timeout": 20.0,
    "delete_jobs": "successful",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"plain": {"()": "jkn.gate.logs.AllowListFilter"}},
    "formatters": {"json": {"()": "jkn.gate.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["plain"], "formatter": "json"},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "CRITICAL"},  # its records carry the path; gate logs routes
        "django.security": {"level": "CRITICAL"},
        "urllib3": {"level": "ERROR"},  # its records carry addresses
        "procrastinate": {"level": "WARNING"},
    },
}
