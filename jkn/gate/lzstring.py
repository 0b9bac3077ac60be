"""LZ-String's `compressToEncodedURIComponent`, which the X-cons services wrap their answers in.

Written here because the package of that name has had no release since 2018 and needs a bridge to
Python 2; the tests hold this against it. We only compress: partners never send it to us.

The format: bits, lowest first. Codes grow in width as the dictionary grows; 0 and 1 announce a
letter of 8 or 16 bits that was never seen, 2 ends the text, the rest are dictionary entries.
"""

from __future__ import annotations

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$"
_BITS_A_LETTER = 6
_EIGHT_BITS, _SIXTEEN_BITS, _END = 0, 1, 2


class _Writer:
    """Collects codes as bits and widens them when half of the next width is used up."""

    def __init__(self) -> None:
        self._bits: list[str] = []
        self._width = 2
        self._until_wider = 2

    def code(self, value: int) -> None:
        """Write a code in the width of now."""
        self._write(value, self._width)

    def letter(self, letter: str) -> None:
        """Write a letter that was never seen, after the code that announces it."""
        is_wide = ord(letter) > 0xFF
        self.code(_SIXTEEN_BITS if is_wide else _EIGHT_BITS)
        self._write(ord(letter), 16 if is_wide else 8)
        self.count()

    def count(self) -> None:
        """Count one more entry of the reader's dictionary."""
        self._until_wider -= 1
        if self._until_wider == 0:
            self._until_wider = 2**self._width
            self._width += 1

    def _write(self, value: int, width: int) -> None:
        self._bits.append(f"{value:0{width}b}"[::-1])

    def text(self) -> str:
        """Return the bits as letters. One bit at least is padding: readers look one letter ahead."""
        bits = "".join(self._bits) + "0"
        bits += "0" * (-len(bits) % _BITS_A_LETTER)
        starts = range(0, len(bits), _BITS_A_LETTER)
        return "".join(_LETTERS[int(bits[i : i + _BITS_A_LETTER], 2)] for i in starts)


def compress_to_encoded_uri_component(text: str) -> str:
    """Return the text compressed, in letters that need no escape in an address.

    Raises `ValueError` for a letter above U+FFFF: JSON with ASCII escapes has none.
    """
    if text and max(text) > "\uffff":
        raise ValueError("a letter above U+FFFF")
    writer, codes, unwritten, phrase = _Writer(), dict[str, int](), set[str](), ""
    for letter in text:
        if letter not in codes:
            codes[letter] = len(codes) + _END + 1
            unwritten.add(letter)
        if phrase + letter in codes:
            phrase += letter
            continue
        _write_phrase(writer, codes, unwritten, phrase)
        codes[phrase + letter] = len(codes) + _END + 1
        phrase = letter
    if phrase:
        _write_phrase(writer, codes, unwritten, phrase)
    writer.code(_END)
    return writer.text()


def _write_phrase(writer: _Writer, codes: dict[str, int], unwritten: set[str], phrase: str) -> None:
    if phrase in unwritten:
        writer.letter(phrase)
        unwritten.discard(phrase)
    else:
        writer.code(codes[phrase])
    writer.count()
