"""Whose program is at the other end of a connection within this computer, where the system tells.

Linux lists every connection with the account that opened it, and nobody can keep theirs out of that list.
Elsewhere the token and the cookie have to do.
"""

import os
import sys
from pathlib import Path

Address = tuple[str, int]

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
ADMINISTRATOR = 0
LENGTH = len("0100007F:1F90")


def is_strangers(peer: Address, here: Address) -> bool:
    """Whether a connection from `peer` is another account's; administrators can read all anyway."""
    owner = _owner(peer, here)
    return owner is not None and owner not in (os.getuid(), ADMINISTRATOR)


def _owner(peer: Address, here: Address) -> int | None:
    """The account that opened a connection, or None where it isn't listed."""
    ends = (_hexadecimal(peer), _hexadecimal(here))
    for table in TABLES:
        for row in table.read_text().splitlines()[1:] if table.exists() else ():
            _, local, remote, _, _, _, _, account, *_ = row.split()
            # An IPv6 socket has the IPv4 address at its end.
            if (local[-LENGTH:], remote[-LENGTH:]) == ends:
                return int(account)
    return None


def _hexadecimal(address: Address) -> str:
    """An address as the tables have it: the bytes of the number in the machine's order, and the port."""
    parts = bytes(int(part) for part in address[0].split("."))
    return f"{int.from_bytes(parts, sys.byteorder):08X}:{address[1]:04X}"
