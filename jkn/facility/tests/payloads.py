"""300 texts that try to become script in a page. Written for these tests."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

_CALLS = ("alert(1)", "alert`1`", "fetch('/kartu/')", "document.cookie", "import('/x')")
_PLAIN = (
    "<script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<script >{}</script >",
    "<script/x>{}</script>",
    "<script><!--{}//--></script>",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "</p><script>{}</script><p>",
    "</textarea><script>{}</script>",
    "</title><script>{}</script>",
    "</dd></dl><script>{}</script>",
    "]]><script>{}</script>",
    "--><script>{}</script><!--",
    "<img src=x onerror={}>",
    '<img src="x" onerror="{}">',
    "<img src='x' onerror='{}'>",
    "<img/src=x/onerror={}>",
    "<IMG SRC=x ONERROR={}>",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x>",
    "<math><mtext><script>{}</script>",
    "<body onload={}>",
    "<iframe srcdoc='<script>{}</script>'></iframe>",
    "<iframe src=javascript:{}></iframe>",
    "<a href=javascript:{}>x</a>",
    '<a href="jAvAsCrIpT:{}">x</a>',
    "<a href='java&#115;cript:{}'>x</a>",
    "<form action=javascript:{}><button>x</button></form>",
    "<button formaction=javascript:{}>x</button>",
    "<input autofocus onfocus={}>",
    "<select autofocus onfocus={}>",
    "<textarea autofocus onfocus={}>",
    "<details open ontoggle={}>",
    "<video><source onerror={}></video>",
    "<audio src=x onerror={}>",
    "<marquee onstart={}>",
    "<object data=javascript:{}>",
    "<embed src=javascript:{}>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<base href=javascript:{}>",
    "<link rel=stylesheet href=javascript:{}>",
    "<style>@import 'javascript:{}';</style>",
    "<div style='background:url(javascript:{})'>x</div>",
    "<template><script>{}</script></template>",
    "<noscript><p title='</noscript><script>{}</script>'>",
    "<xmp><script>{}</script></xmp>",
    '" autofocus onfocus={} x="',
    "' autofocus onfocus={} x='",
    '"><script>{}</script>',
    "'><script>{}</script>",
    "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}&#60;/script&#62;",
    "%3Cscript%3E{}%3C/script%3E",
    "\\x3cscript\\x3e{}\\x3c/script\\x3e",
    "{{{{ {} }}}}",
    "{{% {} %}}",
    "${{{}}}",
    "#{{{}}}",
    "javascript:{}",
    "<!--#exec cmd='{}'-->",
)


def payloads() -> Iterator[str]:
    """Yield the 300 texts: sixty shapes, five things that they would do."""
    return islice((shape.format(call) for shape, call in product(_PLAIN, _CALLS)), 300)
