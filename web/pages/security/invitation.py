"""Bring the token to a phone: as an address, and as a QR code in the terminal.

The token stands behind the # of the address, which a browser keeps to itself: it is never sent,
and so it is in no log.
"""

import io
import socket

from .host_check import is_local
from .token import FIRST, Token


def invitation(token: Token, host: str, port: int) -> str:
    """Return the text for the person at the terminal; never log it.

    host, port: where the page is served. There is no QR code where no phone could reach the
    page, or if segno is not installed.
    """
    address, is_exposed = _address(host)
    url = f"http://{address}:{port}/colour#token={token.text}"
    lines = [
        "This token allows changes on the page, such as calibrating colours:",
        "",
        f"    {token.text}",
        "",
        f"Open the page once with it, and the browser remembers it: {url}",
    ]
    if is_exposed:
        lines += ["or let the phone scan it:", "", _qr_code(url)]
    else:
        lines.append(
            "That is for this machine only. For phones, with a code to scan, start the page with"
            " --host 0.0.0.0, and give it here too"
        )
    lines.append(f"This is for a page on port {port}; started with another --port, give that too.")
    if token.name != FIRST:
        kept = f"Its name is {token.name!r}. It is shown only now; token revoke ends it."
    elif token.is_stored:
        kept = f"It is kept in {token.path}; token revoke first puts another in its place."
    else:
        kept = "It is only in memory, and the next start makes another."
    lines.append(kept)
    return "\n".join(lines)


def _address(host: str) -> tuple[str, bool]:
    """Return the host for the address, and whether other machines can reach it."""
    host = host.strip("[]")
    if is_local(host):
        return (f"[{host}]" if ":" in host else host), False
    if host in ("0.0.0.0", "::", "*", ""):
        host = _own_address() or f"{socket.gethostname().partition('.')[0]}.local"
    return (f"[{host}]" if ":" in host else host), True


def _own_address() -> str:
    """Return the address of this machine in its network, or ""."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 9))  # nothing is sent: it only chooses the route
            address = str(probe.getsockname()[0])
        except OSError:
            return ""
    return "" if is_local(address) else address


def _qr_code(url: str) -> str:
    try:
        import segno
    except ImportError:
        return "    (for the code: pip install segno)"
    text = io.StringIO()
    segno.make(url, micro=False, error="l").terminal(text, compact=True)
    return text.getvalue()
