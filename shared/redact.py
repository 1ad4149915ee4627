"""Takes credentials out of text before anybody reads it.

What is looked for: the user part of URLs, percent-encoded URLs included; HTTP credentials; cookies; values
of names that sound secret (query strings, assignments, JSON, reprs); Beffroi's own tickets; private keys.
Not found: a secret that stands alone without a name, and what follows an '@' and then white space in one.
"""

import base64
import binascii
import re

MASK = "***"
MAX_CHARS = 16_384
"""Longer text is cut: no log line needs it, and the patterns' cost grows with it."""

_SECRET_WORDS = (
    r"pass(?:word|wd|phrase|code)|pwd|secret|token|ticket|authorization|api[_-]?key|private[_-]?key"
    r"|credential|cookie|session|signature|jwt"
)
# Secret as a whole name only: as a part of one they are in too many harmless words.
_SHORT_WORDS = r"pass|psw|psk|auth|pw|cnonce"
# Names that hold a place, a time or a number and not the secret itself.
_HARMLESS_ENDS = re.compile(r"(?i)[_-](?:files?|dir|path|folder|count|total|s|ns|at|kind|name)$")
_SECRET_NAME = re.compile(rf"(?i){_SECRET_WORDS}|^(?:{_SHORT_WORDS})$")

# A URL in quotes ends at its quote, any other at white space. The user part goes on to the last '@', because
# a password may hold '@', ':', '/', '?' and '#' where somebody forgot to encode it.
_QUOTED = r"(?:(?P<quote>[\"'])|(?<![\"'a-zA-Z0-9+.-]))"
# No address is longer, and what begins a URL again and again would take the square of its length.
_LONGEST_URL = 2048
_BODY = rf"(?(quote)(?:(?!(?P=quote)(?:[\s,:;.)\]}}>]|$))\S){{0,{_LONGEST_URL}}}|\S{{0,{_LONGEST_URL}}})"
_WEB = r"(?:https?|wss?)://"
_URL = re.compile(rf"(?i){_QUOTED}(?P<scheme>(?!{_WEB})[a-z][a-z0-9+.-]{{0,20}}://){_BODY}@")
# Cameras take white space in passwords. A colon that no port number follows gives one away.
_SPACED = re.compile(
    rf"(?i)(?P<quote>)\b(?P<scheme>(?!{_WEB})[a-z][a-z0-9+.-]{{0,20}}://)"
    r"(?=[^\s/?#@]*:(?!\d{1,5}(?:[\s/?#,;.)'\"\]]|$)))[^\n@]{0,128}@(?:\S*@)?"
)
# A web address may well hold an '@' in its path; it has credentials before it only behind a colon.
_WEB_LOOSE = re.compile(rf"(?i){_QUOTED}(?P<scheme>{_WEB})(?=[^\s/?#@]*:(?!\d{{1,5}}(?:[/?#\s]|$))){_BODY}@")
_WEB_STRICT = re.compile(rf"(?i)(?P<quote>)\b(?P<scheme>{_WEB})[^\s/?#\"']*@")
_ENCODED_URL = re.compile(
    rf"(?i)(?P<quote>)(?P<scheme>[a-z][a-z0-9+.-]{{0,20}}%3A(?:%2F|/){{2}})[^\s&\"']{{0,{_LONGEST_URL}}}(?:%40|@)"
)
# What urllib says of `rtsp://user:a:b@host`: the port it could not read is a piece of the password.
_PORT_ERROR = re.compile(
    r"(Port could not be cast to integer value as |[Ii]nvalid port:? )(?:'[^\n]*'|\"[^\n]*\"|\S+)"
)

_HEADER = re.compile(
    r"(?i)(?P<key>\b(?:proxy-)?authorization|\b(?:set-)?cookie)(?P<close>[\"'])?(?P<mid>\s*[:=,]\s*b?)"
    r"(?:\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?|(?(close)[^\s\"'][^\r\n\"']*|[^\r\n]+))"
)
_DIGEST = re.compile(r"(?i)\b(digest)\s+\w+\s*=[^\r\n]*")
_BEARER = re.compile(
    r"(?i)\b(bearer)\s+(?!(?:auth\w*|tokens?|tickets?|credentials?|realm|challenge|scheme|header|is|was)\b)"
    r"[\w.~+/=-]{6,}"
)
_BASIC = re.compile(r"(?i)\b(basic)\s+([A-Za-z0-9+/_-]{2,}={0,2})")
_ASSIGNED = re.compile(
    rf"(?i)(?P<key>(?<![\w])(?:[\w-]{{0,40}}(?:{_SECRET_WORDS})[\w-]{{0,40}}|(?:{_SHORT_WORDS})(?![\w-])))"
    r"(?P<mid>\\?[\"']?\s*(?:[=:]|%3D|,(?=\s*b?[\"']))\s*b?)"
    r"(?P<value>\\\"[^\"]*\\\"|\"(?:\\.|[^\"\\])*\"?|'(?:\\.|[^'\\])*'?|[^\s&\"'][^\s&]*?(?=[,;:.)>}\]\"']*(?:[\s&]|$)))"
)
_OPTION = re.compile(rf"(?i)(?P<key>(?<!\S)--?[\w-]*(?:{_SECRET_WORDS})[\w-]*)(?P<mid>\s+)(?P<value>\S+)")
_TICKET = re.compile(r"\bv1\.[\w-]{8,}\.[\w-]{8,}")
_PEM = re.compile(r"(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?:(-----END [A-Z ]*PRIVATE KEY-----)|$)")


def redact(text: str) -> str:
    """The same text without credentials, and not longer than about MAX_CHARS."""
    text = _cut(text)
    text = _PEM.sub(rf"\1{MASK}\2", text)
    text = _PORT_ERROR.sub(rf"\1{MASK}", text)
    for pattern in (_URL, _SPACED, _WEB_LOOSE, _WEB_STRICT, _ENCODED_URL):
        text = pattern.sub(lambda found: f"{found['quote'] or ''}{found['scheme']}{MASK}@", text)
    text = _HEADER.sub(lambda found: f"{found['key']}{found['close'] or ''}{found['mid']}{MASK}", text)
    text = _DIGEST.sub(rf"\1 {MASK}", text)
    text = _BEARER.sub(rf"\1 {MASK}", text)
    text = _BASIC.sub(lambda found: f"{found[1]} {MASK}" if _is_basic(found[2]) else found[0], text)
    text = _TICKET.sub(MASK, text)
    text = _OPTION.sub(_masked, text)
    return _ASSIGNED.sub(_masked, text)


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds something to hide, whatever it looks like."""
    return _SECRET_NAME.search(name) is not None and _HARMLESS_ENDS.search(name) is None


def _masked(found: re.Match[str]) -> str:
    return f"{found['key']}{found['mid']}{MASK}" if is_secret_name(found["key"].lstrip("-")) else found[0]


def _cut(text: str) -> str:
    if len(text) <= MAX_CHARS:
        return text
    # The last word goes too: half a URL would no longer show that it begins with a password.
    kept = text[:MAX_CHARS]
    return f"{kept[: len(kept) - len(kept.split()[-1])] if kept.strip() else ''}… ({len(text)} characters)"


def _is_basic(value: str) -> bool:
    """Whether it is a `user:password` of RFC 7617 rather than an English word."""
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_")
    except binascii.Error:
        return False
