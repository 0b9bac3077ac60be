"""After all journeys: no log holds a number, code or token of a person."""

from __future__ import annotations

import json
import re

SERVER_FAULT = 500


def test_no_log_holds_what_is_secret(stack):
    told = stack.told()
    people = [*told["accounts"], *told["without_account"]]
    people += [p for household in told["newcomers"] for p in household["members"]]
    secrets = {str(p[fact]) for p in people for fact in ("nik", "card", "token") if p.get(fact)}
    secrets |= {str(p["phone"])[2:] for p in people if p.get("phone")}
    secrets |= {number for p in told["accounts"] for number in (p["va"] or {}).values()}
    secrets |= {household["kk"] for household in told["newcomers"]}
    secrets |= {person["password"] for person in told["accounts"]}
    logs = {
        path: path.read_text(encoding="utf-8", errors="replace")
        for path in (stack.log, stack.folder / "postgres" / "log")
    }
    assert "jkn.request" in logs[stack.log], "the log that is judged is the service's"
    for path, text in logs.items():
        found = [secret for secret in secrets if secret in text]
        found += [code for code in stack.used if re.search(rf"(?<![\d.]){code}(?!\d)", text)]
        assert found == [], path.name
        assert not re.search(r"\b(?:sessionid|csrftoken|jkn)=\w", text), path.name
        assert not re.search(r"(?<!\d)3275\d{12}(?!\d)", text), path.name


def test_no_journey_met_a_fault_of_the_service(stack):
    """No page ever failed; only while the database was killed may anything have gone wrong."""
    lines = [json.loads(line) for line in stack.log.read_text().splitlines() if line[:1] == "{"]
    faults = [
        line
        for line in lines
        if line.get("status") == SERVER_FAULT or ("error" in line and line["at"] < stack.killed_at)
    ]
    assert faults == []
