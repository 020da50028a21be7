"""What a folder lies on, as far as this computer tells: encrypted or not, near or across a network.

    folder ─► mount (/proc/self/mountinfo) ─► block device ─► what it is made of (/sys/dev/block)

Looks and changes nothing, and needs no special rights. What can't be known is a third answer, with its
reason. A disk that encrypts itself, and what is beneath a virtual computer, is not seen from here.
"""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SYS, PROC = Path("/sys"), Path("/proc")
NETWORK = frozenset(
    "nfs nfs4 cifs smb3 smbfs ncpfs afs ceph glusterfs davfs webdav afpfs fuse.sshfs fuse.rclone fuse.davfs2"
    " fuse.gvfsd-fuse fuse.glusterfs fuse.s3fs".split()
)
SEALING = frozenset("ecryptfs fuse.gocryptfs fuse.encfs fuse.cryfs fuse.securefs".split())
HOSTS = frozenset("9p drvfs virtiofs vboxsf fuse.vmhgfs-fuse".split())
"""Folders of the computer that this one runs in, such as Windows around WSL."""
MEMORY = frozenset(("tmpfs", "ramfs"))
CIPHERS = frozenset("LUKS1 LUKS2 PLAIN LOOPAES TCRYPT BITLK FVAULT2".split())
"""What cryptsetup says of a device that it encrypts; it also makes others, which only check."""
IN_MEMORY = "in memory alone"
_READ_FLAGS = 0x80086601
_ENCRYPTED_FLAG = 0x800
PATIENCE_S = 10.0
Reading = Callable[[str], "Protection"]


@dataclass(frozen=True)
class Protection:
    """Whether something is encrypted, None where that can't be known; `how`, or why not, in a few words."""

    encrypted: bool | None
    how: str


@dataclass(frozen=True)
class Disk:
    """What a folder lies on."""

    protection: Protection
    network: bool = False
    memory: bool = False
    """Gone when the computer is switched off."""


@dataclass(frozen=True)
class Mount:
    """A line of /proc/self/mountinfo."""

    place: Path
    device: str
    kind: str
    source: str
    options: str


def of(folder: Path, system: Path = SYS, proc: Path = PROC) -> Disk:
    """What a folder lies on, or the nearest one above it that is there."""
    folder = folder.resolve()
    while not folder.exists():
        folder = folder.parent
    if sys.platform == "darwin":
        return _on_a_mac(folder)
    if sys.platform == "win32":
        return Disk(_asked(["manage-bde", "-status", folder.anchor.rstrip("\\")], windows_says))
    if (mount := mount_of(folder, proc)) is None:
        return Disk(Protection(None, "this system does not say on which disk it lies"))
    if mount.kind in NETWORK:
        return Disk(Protection(None, f"it is a drive of the network ({mount.kind})"), network=True)
    return Disk(_protection(folder, mount, system, proc), memory=mount.kind in MEMORY)


# ── Linux ───────────────────────────────────────────────────────────────────────────────────────


def mount_of(folder: Path, proc: Path = PROC) -> Mount | None:
    """The mount that a folder is on: the last one over the longest part of its path."""
    with suppress(OSError):
        found = [
            mount for line in (proc / "self/mountinfo").read_text().splitlines() if (mount := _mount(line))
        ]
        above = [mount for mount in found if folder.is_relative_to(mount.place)]
        return max(reversed(above), key=lambda mount: len(mount.place.parts), default=None)
    return None


def _mount(line: str) -> Mount | None:
    front, _, back = line.partition(" - ")
    fields, (kind, source, options) = front.split(" "), [*back.split(" ", 2), "", ""][:3]
    return (
        Mount(Path(_plain(fields[4])), fields[2], kind, _plain(source), options) if len(fields) > 4 else None
    )


def _plain(text: str) -> str:
    """Without the octal numbers that stand for spaces."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def _protection(folder: Path, mount: Mount, system: Path, proc: Path) -> Protection:
    if mount.kind in SEALING:
        return Protection(True, mount.kind.removeprefix("fuse."))
    if mount.kind in MEMORY:
        return Protection(True, IN_MEMORY)
    if mount.kind in HOSTS:
        return Protection(None, f"it is a folder of the computer around this one ({mount.kind}): look there")
    if has_fscrypt(folder):
        return Protection(True, "fscrypt")
    if mount.kind == "zfs":
        return _asked(["zfs", "get", "-H", "-o", "value", "encryption", mount.source], zfs_says)
    if mount.kind == "overlay":
        upper = re.search(r"upperdir=([^,]+)", mount.options)
        return _beneath(Path(_plain(upper[1])) if upper else None, folder, system, proc)
    number = mount.device if not mount.device.startswith("0:") else _number(mount.source)
    if number is None:
        return Protection(None, f"this system does not say what {mount.kind} lies on")
    return block(system / "dev/block" / number, system, proc)


def _beneath(upper: Path | None, folder: Path, system: Path, proc: Path) -> Protection:
    """What a file system that lies over another one lies on."""
    if upper is None or not upper.exists() or upper.is_relative_to(folder):
        return Protection(None, "it is inside a container: look at the computer around it")
    return of(upper, system, proc).protection


def has_fscrypt(folder: Path) -> bool:
    """Whether the file system encrypts this folder by itself: fscrypt, of ext4 and others."""
    import fcntl

    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            flags = fcntl.ioctl(descriptor, _READ_FLAGS, bytes(8))
        finally:
            os.close(descriptor)
        return bool(int.from_bytes(flags[:4], sys.byteorder) & _ENCRYPTED_FLAG)
    return False


def _number(source: str) -> str | None:
    """A device's numbers, as /sys knows it, from its file."""
    with suppress(OSError):
        found = Path(source).stat()
        if stat.S_ISBLK(found.st_mode):
            return f"{os.major(found.st_rdev)}:{os.minor(found.st_rdev)}"
    return None


def block(device: Path, system: Path = SYS, proc: Path = PROC) -> Protection:
    """Whether a block device is encrypted, itself or all that it is made of: partitions, LVM, RAID, loops."""
    device = device.resolve()
    uuid, name = _said(device / "dm/uuid"), _said(device / "dm/name")
    if uuid.startswith("CRYPT-") and uuid.split("-")[1] in CIPHERS:
        return Protection(True, f"dm-crypt, {uuid.split('-')[1]}")
    if name.startswith("veracrypt"):
        return Protection(True, "VeraCrypt")
    if file := _said(device / "loop/backing_file"):
        return of(Path(file), system, proc).protection
    made_of = sorted((device / "slaves").iterdir()) if (device / "slaves").is_dir() else []
    if made_of:
        return _all_of([block(one, system, proc) for one in made_of])
    if (device / "partition").exists():
        return block(device.parent, system, proc)
    if not device.exists():
        return Protection(None, "this system does not say what the disk is made of")
    if device.name.startswith("zram"):
        return Protection(True, IN_MEMORY)
    return Protection(False, device.name)


def _all_of(parts: Sequence[Protection]) -> Protection:
    """What is made of several is as good as the worst of them."""
    order = (False, None, True)
    return min(parts, key=lambda part: order.index(part.encrypted))


def _said(path: Path) -> str:
    with suppress(OSError):
        return path.read_text().strip()
    return ""


def swaps(system: Path = SYS, proc: Path = PROC) -> list[Protection]:
    """Where memory may be written to a disk; [] where nowhere."""
    if sys.platform == "darwin":
        return [_asked(["sysctl", "-n", "vm.swapusage"], mac_swap_says)]
    if sys.platform == "win32":
        return [Protection(None, "Windows has it on its own disk: see whether BitLocker is on there")]
    try:
        lines = (proc / "swaps").read_text().splitlines()[1:]
    except OSError:
        return [Protection(None, "this system does not say where it swaps to")]
    return [_swap(Path(_plain(line.split()[0])), system, proc) for line in lines if line.strip()]


def _swap(place: Path, system: Path, proc: Path) -> Protection:
    if (number := _number(str(place))) is not None:
        return block(system / "dev/block" / number, system, proc)
    return of(place, system, proc).protection


# ── what other systems say ──────────────────────────────────────────────────────────────────────


def _on_a_mac(folder: Path) -> Disk:
    """FileVault speaks of the volume that the user's home is on, and of no other."""
    if folder.stat().st_dev != Path.home().stat().st_dev:
        return Disk(Protection(None, "it is on another volume than your home: see Disk Utility"))
    return Disk(_asked(["fdesetup", "status"], mac_says))


def mac_says(said: str) -> Protection:
    """What `fdesetup status` says."""
    if "FileVault is On" in said:
        return Protection(True, "FileVault")
    if "FileVault is Off" in said:
        return Protection(False, "FileVault is off")
    return Protection(None, "fdesetup does not say")


def mac_swap_says(said: str) -> Protection:
    """What `sysctl vm.swapusage` says."""
    return Protection(True, "macOS") if "(encrypted)" in said else Protection(None, "macOS does not say")


def windows_says(said: str) -> Protection:
    """What `manage-bde -status` says, where its language is English."""
    if "Protection On" in said:
        return Protection(True, "BitLocker")
    if "Protection Off" in said:
        return Protection(False, "BitLocker is off")
    return Protection(None, "BitLocker answers an administrator only: run “manage-bde -status” as one")


def zfs_says(said: str) -> Protection:
    """What `zfs get encryption` says."""
    value = said.strip()
    if not value or value == "-":
        return Protection(None, "zfs does not say")
    return (
        Protection(False, "zfs without encryption") if value == "off" else Protection(True, f"zfs, {value}")
    )


def _asked(command: Sequence[str], understood: Reading) -> Protection:
    """What a program of the system says, in the language of programmers; nothing where it is missing."""
    said = ""
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE_S,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
        )
        said = done.stdout if done.returncode == 0 else ""
    return understood(said)
