"""`make bench`: measures the rows of design.md section 4 that exist, and prints them as a table.

`--only card`, `--only page` and `--only payment` measure one kind of request alone, `--only batch`
the batch runs, `--only reconcile` a bank's statement, `--only facility` the directory.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from bench.batch import batch_rows
from bench.ground import Ground
from bench.load import Request
from bench.payments import notifications, register_bank
from bench.reconciling import reconcile_rows
from bench.rows import card_rows, facility_rows, ground_rows, page_rows, payment_rows
from bench.server import Server, serving
from bench.table import Row, printed
from bench.work import WARM_UP, Work
from jkn.core.clock import JAKARTA
from jkn.core.month import Month

READS, PAYMENTS = 2000, 1000  # requests in a round
SAME_PEOPLE = 20  # so few that every worker has drawn their QR of this minute already
KINDS = ("card", "page", "payment", "reconcile")  # of requests, and one file
BATCH = "batch"
FACILITIES = 40_000


def main() -> int:
    """Measure, print, and return 1 where a demand is not met."""
    options = _options()
    rows: list[Row] = []
    if options.only != BATCH:
        ground = Ground(options.families)
        with ground.alone():
            rows += _measured(ground, options)
    if options.only in (None, BATCH):
        rows += batch_rows(options.batch_families, rounds=options.batch_rounds)
    if options.json:
        print(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1))
    else:
        print(f"{datetime.now(JAKARTA):%Y-%m-%d}, {os.cpu_count()} cores,"
              f" {options.families} families, median of {options.rounds} rounds\n")  # fmt: skip
        print(printed(rows))
    return int(any(row.verdict in ("BELOW", "ABOVE") for row in rows))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--families", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=(*KINDS, BATCH, "facility"))
    parser.add_argument("--batch-families", type=int, default=1_000_000)
    parser.add_argument("--batch-rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measured(ground: Ground, options: argparse.Namespace) -> list[Row]:
    if options.only == "facility":
        return _facilities(ground, options)
    kinds = [options.only] if options.only else list(KINDS)
    with contextlib.ExitStack() as stack:
        debts = _debts(ground, options.rounds) if "payment" in kinds else iter(())
        server = stack.enter_context(serving(ground))
        plain = stack.enter_context(serving(ground, settings="bench.orm.settings"))
        works = dict(_works(ground, server, plain, kinds, debts))
        for name, work in works.items():
            _tell(f"preparing {name}")
            work.prepare(options.rounds, has_peer=name in KINDS)
        ground.settle()
        for number in range(options.rounds):
            _tell(f"round {number + 1}")
            for work in works.values():
                work.measure()
        rows: list[Row] = []
        rows += card_rows(works["card"], works["orm"]) if "orm" in works else []
        rows += page_rows(works["page"], works["fresh"], works["card"]) if "page" in works else []
        rows += payment_rows(works["payment"]) if "payment" in works else []
        rows += reconcile_rows(ground) if "reconcile" in kinds else []
        rows += [] if options.only else _facilities(ground, options)
        return [*rows, *ground_rows(ground, server)]


def _facilities(ground: Ground, options: argparse.Namespace) -> list[Row]:
    _tell("measuring the directory of facilities")
    told = ground.inside("facilities", {"count": FACILITIES, "rounds": options.rounds})
    return facility_rows(told)


def _works(
    ground: Ground, server: Server, plain: Server, kinds: list[str],
    debts: Iterator[tuple[str, int]],
) -> Iterator[tuple[str, Work]]:  # fmt: skip
    def cards(count: int) -> list[Request]:
        tokens = ground.inside("tokens", {"count": count})
        return [Request("/api/v1/card", headers={"Authorization": f"Bearer {t}"}) for t in tokens]

    def pages(count: int, people: int, encoding: str) -> list[Request]:
        keys = ground.inside("sessions", {"count": count, "people": people})
        common = {"Accept-Encoding": encoding}
        return [Request("/kartu/", headers={**common, "Cookie": f"jkn={k}"}) for k in keys]

    def paid(count: int) -> list[Request]:
        return notifications(ground, server.port, list(islice(debts, count)))

    if {"card", "page"} & set(kinds):  # the page is compared with it, too
        yield "card", Work("card", ground, server, cards, READS, b'"family_id"')
    if "card" in kinds:
        yield "orm", Work("orm", ground, plain, cards, READS, b'"family_id"')
    if "page" in kinds:
        drawn = lambda n: pages(n, SAME_PEOPLE, "identity")  # noqa: E731
        yield "page", Work("page", ground, server, drawn, READS, b'class="qr"')
        yield "fresh", Work("fresh", ground, server, lambda n: pages(n, 2000, "br"), READS)
    if "payment" in kinds:
        yield "payment", Work("payment", ground, server, paid, PAYMENTS, b'"2002500"')


def _debts(ground: Ground, rounds: int) -> Iterator[tuple[str, int]]:
    """Yield (virtual account, rupiah) of families that owe one month, each a single time."""
    register_bank(ground)
    need = int(rounds * PAYMENTS * 2.05) + 2 * WARM_UP
    told = {"month": Month.of(ground.today).index, "count": need}
    debts = ground.inside("debts", told)
    if len(debts) < need:
        _tell("billing another month")
        ground.bill_next_month()
        debts = ground.inside("debts", {**told, "month": told["month"] + 1})
    if len(debts) < need:
        raise SystemExit(f"{need} families that owe one month are needed, {len(debts)} are there.")
    return ((number, amount) for number, amount in debts)


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
