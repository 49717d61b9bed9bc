"""Access rules: anyone may read, if the Host header names this machine; writing needs the token."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import Forbidden, Unauthorized

from .host_check import HostNames
from .token import Token

_HOW = "The Pi shows it with: scripts/dashboard --token"
_NO_TOKEN = f"Anyone can view this page. Changing it needs the token. {_HOW}"
_WRONG_TOKEN = f"That is not the token of this machine. {_HOW}"


def check_host(hosts: HostNames) -> None:
    """Refuse a request for another machine (403)."""
    if not hosts.includes(request.headers.get("Host")):
        raise Forbidden(
            "This machine does not go by the name in the address. Open it by its number, as in"
            " http://192.168.1.5:8080/, or add the name to [page] names in the settings."
        )


def check_token(token: Token) -> None:
    """Refuse a request without the token (401)."""
    header = request.headers.get("Authorization")
    if not token.matches(header):
        raise Unauthorized(_WRONG_TOKEN if header else _NO_TOKEN)


def token_routes(token: Token) -> Blueprint:
    """Return the route that checks the token of a page."""
    access = Blueprint("access", __name__)

    @access.post("/api/token")
    def check() -> Response:
        check_token(token)
        return Response(status=204)

    return access
