"""Makes our own style sheets and scripts smaller: comments and indentation go, nothing else.

The rest is left to brotli. Only for files written in our style: strings never hold a comment
mark, template literals never span lines.
"""

from __future__ import annotations

import re

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_SPACE_AROUND = re.compile(r"\s*([{};,])\s*")


def minified_css(source: str) -> str:
    """Return a style sheet without comments and the white space that means nothing."""
    text = _COMMENT.sub("", source)
    text = _SPACE_AROUND.sub(r"\1", text)
    return re.sub(r"\s+", " ", text).replace(";}", "}").strip()


def minified_js(source: str) -> str:
    """Return a script without comment lines and indentation; line ends stay, so does its meaning."""
    lines = (line.strip() for line in _COMMENT.sub("", source).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def without_map(source: str) -> str:
    """Return the file of a package without the address of its source map, which we do not serve."""
    return _MAP.sub("", source)


MINIFIERS = {".css": minified_css, ".js": minified_js}
