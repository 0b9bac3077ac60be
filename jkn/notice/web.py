"""Pages of the inbox."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from jkn.core.ids import id_in
from jkn.gate.doors import page
from jkn.gate.policy import SIGNED_IN
from jkn.notice import queries
from jkn.notice.actions import mark_read
from jkn.shell.pages import render


@page(who=SIGNED_IN)
def inbox(request: HttpRequest) -> HttpResponse:
    """Notices of the signed-in person, newest first; opening the first page marks them read."""
    account_id = request.actor.account_id  # type: ignore[attr-defined]
    notices = queries.inbox(account_id, before=id_in(request.GET.get("sebelum", "")))
    if any(n.is_new for n in notices) and request.method == "GET":
        mark_read(account_id, up_to=notices[0].id)
        request.unread = 0  # type: ignore[attr-defined]
    older = notices[-1].id if len(notices) == queries.PAGE_SIZE else None
    return render(request, "notice/inbox.jinja", {"notices": notices, "older": older})
