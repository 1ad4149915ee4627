"""Takes credentials out of text before anybody reads it."""

import re

MASK = "***"
_SECRET_WORDS = r"password|passwd|pwd|secret|token|ticket|authorization|api[_-]?key|credential|cookie|session"

# The password may hold '@' or ':' and the user may be empty, so everything up to the last '@' before
# the path goes.
_URL_USERINFO = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/?#'\"]*@")
_LOOSE_USERINFO = re.compile(r"(?P<scheme>rtsps?://)[^\s'\"]*@")
_BEARER = re.compile(r"(?i)\b(?P<word>bearer|basic|digest)\s+[^\s,'\"][^\r\n'\"]*")
_ASSIGNED = re.compile(
    rf"(?i)(?P<key>[\"']?\b[\w-]*(?:{_SECRET_WORDS})[\w-]*[\"']?\s*[=:]\s*)"
    r"(?P<value>\"[^\"]*\"|'[^']*'|[^\s,;&\"'}\])]+)"
)
_SECRET_KEY = re.compile(rf"(?i)(?:{_SECRET_WORDS})")


def redact(text: str) -> str:
    """The same text without user:password of URLs, HTTP credentials, or values of secret-looking names."""
    text = _LOOSE_USERINFO.sub(lambda found: f"{found['scheme']}{MASK}@", text)
    text = _URL_USERINFO.sub(lambda found: f"{found['scheme']}{MASK}@", text)
    text = _BEARER.sub(lambda found: f"{found['word']} {MASK}", text)
    return _ASSIGNED.sub(lambda found: f"{found['key']}{MASK}", text)


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds something to hide, whatever it looks like."""
    return _SECRET_KEY.search(name) is not None
