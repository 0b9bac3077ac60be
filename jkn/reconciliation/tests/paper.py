"""Statements as a bank would write them, for tests: from moves to CSV or MT940 text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

ACCOUNT = "1234567890"


@dataclass(frozen=True)
class Move:
    """One movement: rupiah in above zero, out below."""

    amount: int
    reference: str = ""
    description: str = "SETORAN"
    day: date = date(2026, 11, 20)


def balances(moves: Sequence[Move], opening: int) -> Iterator[tuple[Move, int]]:
    """Yield each move with the balance after it."""
    for move in moves:
        opening += move.amount
        yield move, opening


def indonesian(amount: int) -> str:
    """Return an amount as Indonesian banks print it."""
    return f"{amount:,}".replace(",", ".") + ",00"


def english(amount: int) -> str:
    """Return an amount as English writes it."""
    return f"{amount:,}.00"


def as_csv(
    moves: Sequence[Move], *, opening: int = 0, mark: str = ";", money=indonesian,
    day: str = "%d/%m/%Y", account: str = ACCOUNT,
) -> str:  # fmt: skip
    """Return a CSV with debit and credit columns and a running balance."""
    out = io.StringIO()
    write = csv.writer(out, delimiter=mark)
    write.writerow(["Nomor rekening", account])
    write.writerow(["Tanggal", "Keterangan", "Referensi", "Debit", "Kredit", "Saldo"])
    for move, balance in balances(moves, opening):
        sides = ["", money(move.amount)] if move.amount > 0 else [money(-move.amount), ""]
        told = [move.day.strftime(day), move.description, move.reference]
        write.writerow([*told, *sides, money(balance)])
    return out.getvalue()


def as_mt940(moves: Sequence[Move], *, opening: int = 0, account: str = ACCOUNT) -> str:
    """Return one MT940 message; the description is folded as the standard asks."""
    closing = opening + sum(move.amount for move in moves)
    lines = [":20:STMT", f":25:BANK/{account}", ":28C:00001/001",
             f":60F:{_balance(moves[0].day, opening)}"]  # fmt: skip
    for move in moves:
        side = "C" if move.amount > 0 else "D"
        reference = move.reference[:16] or "NONREF"
        lines.append(
            f":61:{move.day:%y%m%d}{move.day:%m%d}{side}R{abs(move.amount)},00NTRF{reference}"
        )
        told = f"{move.description} /REF/{move.reference}" if move.reference else move.description
        words = [told[i : i + 65] for i in range(0, len(told), 65)]
        lines += [f":86:{words[0]}", *words[1:]]
    lines += [f":62F:{_balance(moves[-1].day, closing)}", "-"]
    return "\r\n".join(lines)


def _balance(day: date, amount: int) -> str:
    return f"{'C' if amount >= 0 else 'D'}{day:%y%m%d}IDR{abs(amount)},00"
