"""HTTP with services on this machine."""

import ssl
from functools import partial

import httpx

# Without this, each client reads the certificates of all authorities there are: 20 ms or more of CPU.
_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

local_client = partial(httpx.AsyncClient, verify=_NO_AUTHORITIES, trust_env=False)
"""As `httpx.AsyncClient`, for plain HTTP without a proxy."""
