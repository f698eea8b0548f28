"""Who a request comes from, as far as an address tells."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

from starlette.requests import HTTPConnection


def client_of(request: HTTPConnection, trusted_proxies: int) -> str:
    """The name under which a client's points are counted: its IPv4 address, or the /64 of its IPv6 address.

    The nearest proxy writes last into X-Forwarded-For, so of `trusted_proxies` of them the one furthest off
    wrote the client as that many from the end; what stands before it anyone may have written.
    """
    address = request.client.host if request.client is not None else ""
    if trusted_proxies:
        hops = [one.strip() for one in ",".join(request.headers.getlist("x-forwarded-for")).split(",")]
        written = [one for one in hops if one]
        if written:
            address = written[-min(trusted_proxies, len(written))]
    # No address is longer; what else a header may hold isn't worth keeping.
    return _shared(address[:64])


# The same few addresses come again and again.
@lru_cache(maxsize=4096)
def _shared(address: str) -> str:
    try:
        parsed = ip_address(address.strip("[]"))
    except ValueError:
        # A socket in the file system has none, and a proxy may write a name: at most this much of it.
        return address[:64]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    # Every home has this many addresses of its own to come from.
    return str(IPv6Network((int(parsed), 64), strict=False))
