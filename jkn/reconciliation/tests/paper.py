"""Statements as a bank would write them, for tests: from moves to CSV or MT940 text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ACCOUNT = "1234567890"


@dataclass(frozen=True)
class Move:
    """One movement: rupiah in above zero, out below."""

    amount: int | Decimal
    reference: str = ""
    description: str = "SETORAN"
    day: date = date(2026, 11, 20)


def balances(moves: Sequence[Move], opening: int | Decimal) -> Iterator[tuple[Move, int | Decimal]]:
    """Yield each move with the balance after it."""
    for move in moves:
        opening += move.amount
        yield move, opening


def indonesian(amount: int | Decimal) -> str:
    """Return an amount as Indonesian banks print it."""
    return english(amount).translate(str.maketrans(",.", ".,"))


def english(amount: int | Decimal) -> str:
    """Return an amount as English writes it."""
    return f"{Decimal(amount):,.2f}"


def as_csv(
    moves: Sequence[Move], *, opening: int | Decimal = 0, mark: str = ";", money=indonesian,
    day: str = "%d/%m/%Y", account: str = ACCOUNT,
) -> str:  # fmt: skip
    """Return a CSV with debit and credit columns and a running balance."""
    out = io.StringIO()
    write = csv.writer(out, delimiter=mark)
    write.writerow(["Nomor rekening", account])
    write.writerow(["Tanggal", "Keterangan", "Referensi", "Debit", "Kredit", "Saldo"])
    for move, balance in balances(moves, opening):
        sides = ["", money(move.amount)] if move.amount >= 0 else [money(-move.amount), ""]
        told = [move.day.strftime(day), move.description, move.reference]
        write.writerow([*told, *sides, money(balance)])
    return out.getvalue()


def as_mt940(
    moves: Sequence[Move], *, opening: int | Decimal = 0, account: str = ACCOUNT,
    quiet: date = date(2026, 11, 20),
) -> str:  # fmt: skip
    """Return one MT940 message; the description is folded as the standard asks.

    `quiet` is the day of a message without moves.
    """
    closing = opening + sum(move.amount for move in moves)
    days = [move.day for move in moves] or [quiet]
    lines = [":20:STMT", f":25:BANK/{account}", ":28C:00001/001",
             f":60F:{_balance(days[0], opening)}"]  # fmt: skip
    for move in moves:
        side = "C" if move.amount >= 0 else "D"
        reference = move.reference[:16] or "NONREF"
        lines.append(
            f":61:{move.day:%y%m%d}{move.day:%m%d}{side}R{_plain(move.amount)}NTRF{reference}"
        )
        told = f"{move.description} /REF/{move.reference}" if move.reference else move.description
        words = [told[i : i + 65] for i in range(0, len(told), 65)]
        lines += [f":86:{words[0]}", *words[1:]]
    lines += [f":62F:{_balance(days[-1], closing)}", "-"]
    return "\r\n".join(lines)


def _balance(day: date, amount: int | Decimal) -> str:
    return f"{'C' if amount >= 0 else 'D'}{day:%y%m%d}IDR{_plain(amount)}"


def _plain(amount: int | Decimal) -> str:
    return f"{abs(Decimal(amount)):.2f}".replace(".", ",")
