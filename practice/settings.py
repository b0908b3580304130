"""All settings, from the environment only. Safe by default: DEMO and DEBUG alone make anything less strict.

Every secret may also be given as NAME_FILE, the path of a file that holds it.
"""

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import environ
import structlog

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
PLAIN_HTTP = DEBUG or DEMO

SECRET_KEY = env.str("SECRET_KEY")
# "kid:hex" pairs, newest first. The first signs; PostgreSQL verifies any of them.
CONTEXT_KEYS = dict(pair.split(":", 1) for pair in env.list("CONTEXT_KEYS"))
# "kid:base64url" pairs of 32 bytes, newest first. The first encrypts; any of them decrypts.
ENCRYPTION_KEYS = dict(pair.split(":", 1) for pair in env.list("ENCRYPTION_KEYS"))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if PLAIN_HTTP else [])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000" if PLAIN_HTTP else "").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []

ROOT_URLCONF = "practice.urls"
WSGI_APPLICATION = "practice.wsgi.application"
AUTH_USER_MODEL = "practice.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "practice",
    "clients",
    "assessments",
    "api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "lucide",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "practice.middleware.NoStore",
    "practice.middleware.RequestTransaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "practice.middleware.RequestScope",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Statements are prepared in our own pool only: behind PgBouncer the next transaction may be in another session.
POOL = {
    "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8), "timeout": 5},
    "prepare_threshold": 3,
}
POOLED = env.bool("DATABASE_POOL", default=True)
DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL"),
        "ENGINE": "practice.database",
        "CONN_MAX_AGE": 0,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"application_name": "attune", "server_side_binding": True} | (POOL if POOLED else {}),
        "TEST": {"MIRROR": "owner"},
    }
}
# Migrations and the test database only; web and worker run without it.
if "OWNER_DATABASE_URL" in os.environ or "OWNER_DATABASE_URL_FILE" in os.environ:
    DATABASES["owner"] = {**env.db_url("OWNER_DATABASE_URL"), "TEST": {"DEPENDENCIES": []}}
ATOMIC_REQUESTS = False
DATABASE_ROUTERS = ["practice.database.router.MigrateAsOwner"]

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 240
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="attune")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
EVERY_PRACTICE = {"task": "assessments.tasks.for_every_practice"}
CELERY_BEAT_SCHEDULE = {
    "sweep-outbox": {"task": "practice.tasks.sweep_outbox", "schedule": 10.0},
    "erase-deleted": {**EVERY_PRACTICE, "args": ("erase_deleted",), "schedule": 24 * 3600.0},
    "plan-digests": {**EVERY_PRACTICE, "args": ("digests",), "schedule": 3600.0},
    "plan-erasing": {**EVERY_PRACTICE, "args": ("plan_erasing",), "schedule": 3600.0},
    "recompute-parameters": {**EVERY_PRACTICE, "args": ("parameters",), "schedule": 24 * 3600.0},
    "refresh-statistics": {**EVERY_PRACTICE, "args": ("statistics",), "schedule": 24 * 3600.0},
}
# What a message of the outbox asks for; each runs as the worker of the message's practice.
OUTBOX_HANDLERS = {
    "send_invitation": "assessments.reminders.send_invitation",
    "remind": "assessments.reminders.remind",
    "open_wave": "assessments.assignments.open_wave",
    "close_wave": "assessments.assignments.close_wave",
    "score_sheet": "assessments.safety.score_overdue_sheet",
    "alert": "assessments.alerts.send_alert",
    "alert_therapist": "assessments.alerts.alert_therapist",
    "alert_again": "assessments.alerts.alert_again",
    "alert_cover": "assessments.alerts.alert_cover",
    "flag_to_cover": "assessments.alerts.tell_cover",
    "flag_to_owner": "assessments.alerts.tell_owner",
    "digest": "assessments.digest.send_digest",
    "erase_couple": "assessments.erasing.erase_couple",
    "make_archive": "practice.archive.making.make_archive",
    "remove_archive": "practice.archive.making.remove_archive",
}
# What makes the file of a download when it is fetched, as the member who fetches it.
DOWNLOADS = {
    "practice_archive": "practice.archive.asking.archive_file",
    "couple_record_json": "assessments.couple_record.json_file",
    "couple_record_pdf": "assessments.couple_record.pdf_file",
    "partner_record_json": "assessments.partner_record.json_file",
    "partner_record_pdf": "assessments.partner_record_pdf.pdf_file",
    "statistics_csv": "assessments.statistics.files.csv_file",
    "statistics_xlsx": "assessments.statistics.files.xlsx_file",
    "statistics_parquet": "assessments.statistics.files.parquet_file",
    "statistics_codebook": "assessments.statistics.files.codebook_file",
}

# Where the archives of practices lie, encrypted, until they are fetched or a week old: one folder for web and worker.
ARCHIVE_FOLDER = env.str("ARCHIVE_FOLDER", default="")
# Statistics across practices: what a release takes of everybody's privacy, what a couple may lose by all releases
# within a rolling year and in all, and the key that signs them (32 bytes, base64url), without which none are made.
STATISTICS_EPSILON = Decimal(env.str("STATISTICS_EPSILON", default="0.5"))
STATISTICS_EPSILON_PER_YEAR = Decimal(env.str("STATISTICS_EPSILON_PER_YEAR", default="2"))
STATISTICS_EPSILON_PER_COUPLE = Decimal(env.str("STATISTICS_EPSILON_PER_COUPLE", default="6"))
STATISTICS_SIGNING_KEY = env.str("STATISTICS_SIGNING_KEY", default="")
# Columns with encrypted texts inside a JSON value, and what walks over these.
SEALED_WITHIN = {"assessments_weekreport.entries": "assessments.weeks.change_notes"}

# Sign-in
AUTHENTICATION_BACKENDS = ["practice.accounts.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "practice.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if PLAIN_HTTP else "https"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Attune"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Cookies and headers
PREFIX = "" if PLAIN_HTTP else "__Host-"
SESSION_ENGINE = "practice.sessions"
SESSION_COOKIE_NAME = f"{PREFIX}session"
SESSION_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE = timedelta(minutes=30 if not DEMO else 720)
SESSION_LONGEST = timedelta(hours=12)
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{PREFIX}csrf"
CSRF_COOKIE_SECURE = not PLAIN_HTTP
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "practice.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
PARTNER_SESSION_IDLE = timedelta(minutes=30)
PARTNER_SESSION_LONGEST = timedelta(hours=4)
SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 63072000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# Nothing to anybody else. With "no-referrer" browsers send "Origin: null" with our own forms, which CSRF refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

# Mail
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:1025" if PLAIN_HTTP else env.NOTSET))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Practice <appointments@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Text messages: a class that sends them, or a folder that they are written to for a gateway; without either, none.
TEXT_MESSAGE_FOLDER = env.str("TEXT_MESSAGE_FOLDER", default="")
TEXT_MESSAGE_SENDER = env.str(
    "TEXT_MESSAGE_SENDER", default="practice.text_messages.FileSender" if TEXT_MESSAGE_FOLDER else ""
)

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.ScopeAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "api.pagination.CursorPages",
    "EXCEPTION_HANDLER": "api.errors.problem_response",
    "PAGE_SIZE": 50,
}
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=90),
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_PREFIX": "attune_",
    "AUTO_REFRESH": False,
}
KNOX_TOKEN_MODEL = "practice.ApiToken"
SPECTACULAR_SETTINGS = {
    "TITLE": "Attune API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "api.schema.add_problems"],
    "ENUM_NAME_OVERRIDES": {
        "CoupleState": "clients.models.Couple.State",
        "PartnerState": "clients.models.Partner.State",
        "InvitationState": "clients.models.Invitation.State",
        "SheetState": "assessments.models.AnswerSheet.State",
        "FlagState": "assessments.models.SafetyFlag.State",
        "SessionKind": "clients.models.CounselingSession.Kind",
        "ProposalKind": "assessments.due.KINDS",
        "FinishedState": [("submitted", "Submitted"), ("declined", "Declined")],
        "LeavingState": [("left", "Left")],
    },
}

# Language, time, files
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
HASHED_STATIC = env.bool("HASHED_STATIC", default=not DEBUG)
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Unhashed files are looked for when they are asked for, and not all of them at each start.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not HASHED_STATIC
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "woff2"]

# Logs: JSON lines with an allow-list of fields (practice/logs.py); no path, no query, no body, no parameter.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING_CONFIG = "practice.logs.configure"
LOGGING = {"level": env.str("LOG_LEVEL", default="INFO")}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
