"""Every address of the service, module by module."""

from __future__ import annotations

from django.urls import include, path

from jkn.config import openapi
from jkn.gate.doors import page
from jkn.gate.policy import ANYONE
from jkn.shell import web as shell

urlpatterns = [
    path("", include("jkn.home.urls")),
    path("", include("jkn.reconciliation.urls")),
    path("", include("jkn.treasury.urls")),
    path("", include("jkn.employer.urls")),
    path("", include("jkn.contribution.urls")),
    path("", include("jkn.facility.urls")),  # before membership's answer to all of vclaim-rest/
    path("", include("jkn.membership.urls")),
    path("", include("jkn.facility.reviews.urls")),
    path("", include("jkn.facility.own.urls")),
    path("", include("jkn.account.urls")),
    path("", include("jkn.notice.urls")),
    # The shell lies below the gate, so its doors are declared here.
    path("sw.js", page(who=ANYONE)(shell.worker), name="worker"),
    path("manifest.webmanifest", page(who=ANYONE)(shell.manifest), name="manifest"),
    path("luring/", page(who=ANYONE)(shell.offline), name="offline"),
    path("luring/kirim/", page(who=ANYONE)(shell.unsure), name="unsure"),
    path("api/v1/openapi.json", openapi.document, name="openapi"),
]

handler400 = "jkn.gate.answers.bad_request"
handler404 = "jkn.gate.answers.not_found"
handler500 = "jkn.gate.answers.broken"
