"""Draws the app's icons from the wordmark: run it again only when the mark changes.

    python scripts/make_icons.py

Needs Pillow. Writes jkn/shell/static/shell/icon-{192,512,maskable}.png.
"""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parents[1] / "jkn" / "shell" / "static" / "shell"
INDIGO, PAPER, TURMERIC = "#2b3480", "#faf6ef", "#e8a317"
OVERSAMPLING = 4

Point = tuple[float, float]


def arc(centre: Point, radius: float, start: float, end: float) -> list[Point]:
    """Return points of an arc, in degrees clockwise from three o'clock."""
    steps = 24
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]


# The letters j, k, n on the grid of 44 by 28 of base.jinja.
STROKES: list[list[Point]] = [
    [(8, 10), *arc((4, 21.5), 4, 0, 90)],
    [(16, 3), (16, 21)],
    [(24, 10), (16.5, 16), (24.5, 21)],
    [(31, 21), (31, 10)],
    [*arc((36.2, 15.5), 5.2, 180, 360), (41.4, 21)],
]


def draw(size: int, *, share: float, corner: float) -> Image.Image:
    """Return the icon; `share` of the width is the mark's, `corner` the radius by the width."""
    side = size * OVERSAMPLING
    image = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), side * corner, fill=INDIGO)
    scale = side * share / 44
    left, top = (side - 42 * scale) / 2, (side - 27 * scale) / 2

    def at(point: Point) -> Point:
        return (left + (point[0] - 1) * scale, top + point[1] * scale)

    def dot(point: Point, radius: float, colour: str) -> None:
        x, y = at(point)
        r = radius * scale
        pen.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    for stroke in STROKES:
        pen.line([at(p) for p in stroke], fill=PAPER, width=round(3.4 * scale), joint="curve")
        for point in stroke:
            dot(point, 1.7, PAPER)
    dot((8, 4), 2.8, TURMERIC)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write the three files, with few colours: they are flat."""
    for name, size, share, corner in (
        ("192", 192, 0.7, 0.2),
        ("512", 512, 0.7, 0.2),
        ("maskable", 512, 0.56, 0.0),
    ):
        image = draw(size, share=share, corner=corner).quantize(32)
        image.save(FOLDER / f"icon-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
