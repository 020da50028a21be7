"""Who may come in: addresses that open once, the sessions that they begin, where requests may come from."""

import secrets
from hmac import compare_digest

TOKEN_BYTES = 16
NAMES = ("127.0.0.1", "localhost")


class Door:
    """The door of one server, on one port of this computer."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.key = secrets.token_hex(TOKEN_BYTES)
        """For a second `interviewkit serve` of the same user, to ask for a new address with."""
        self._token = ""
        self._sessions: list[str] = []

    @property
    def cookie(self) -> str:
        """The name of the cookie; with the port, because all ports of a computer share their cookies."""
        return f"interviewkit-{self.port}"

    def invite(self) -> str:
        """A new address that opens once; one that was given out before and not used is dead from now on."""
        self._token = secrets.token_hex(TOKEN_BYTES)
        return f"http://{NAMES[0]}:{self.port}/open/{self._token}"

    def enter(self, token: str) -> str | None:
        """Use up the token of an address: a new session, or None where it isn't the one that opens."""
        if not self._token or not _same(token, self._token):
            return None
        self._token = ""
        session = secrets.token_urlsafe(2 * TOKEN_BYTES)
        self._sessions.append(session)
        return session

    def knows(self, session: str | None) -> bool:
        """Whether a session began here."""
        return session is not None and any(_same(session, known) for known in self._sessions)

    def is_key(self, key: str) -> bool:
        """Whether a request for a new address comes from a program of the same user."""
        return _same(key, self.key)

    def is_host(self, host: str) -> bool:
        """Whether a request was meant for this server: another name may have been pointed at it."""
        return host in {f"{name}:{self.port}" for name in NAMES}

    def is_origin(self, origin: str | None, host: str) -> bool:
        """Whether a request comes from a page of this server, under the name that it was sent to."""
        return origin is not None and self.is_host(host) and origin == f"http://{host}"


def _same(given: str, known: str) -> bool:
    """Compare in a time that tells nothing."""
    return compare_digest(given.encode(errors="replace"), known.encode())
