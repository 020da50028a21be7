"""The doctor on real disks: one that LUKS encrypts, one whose folder ext4 encrypts, and a plain one."""

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interviewkit import disks
from tests.disks import small_disk

pytestmark = pytest.mark.slow
SIZE_KB = 40_000
ADD_KEY, SET_POLICY = 0xC0506617, 0x800C6613
KEY_BYTES = 64


def image(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(SIZE_KB * 1024)
    return path


def test_a_plain_disk_is_said_to_be_plain(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8_000, "ext4") as folder:
        around, within = disks.of(tmp_path), disks.of(folder / "study")
        # A disk in a file is as safe as the disk that the file is on.
        assert within.protection == around.protection
        assert not within.network
        assert not within.memory


def test_a_disk_in_memory_is_said_to_be_one(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1_000) as folder:
        assert disks.of(folder).memory


def test_a_disk_that_luks_encrypts(tmp_path: Path) -> None:
    with luks(tmp_path) as folder:
        assert disks.of(folder / "study").protection == disks.Protection(True, "dm-crypt, LUKS2")


@contextmanager
def luks(folder: Path) -> Iterator[Path]:
    """A LUKS volume in a file, open and mounted, where this user and this kernel can have one."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("cryptsetup", "mkfs.ext4", "mount"))):
        pytest.skip("needs root and cryptsetup to make an encrypted disk")
    if "device-mapper" not in Path("/proc/misc").read_text():
        pytest.skip("this kernel has no device mapper: no encrypted disk can be made")
    name, file, place = f"interviewkit-test-{os.getpid()}", image(folder / "luks.img"), folder / "luks"
    quick = ("--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", "--key-file", "-")
    subprocess.run(["cryptsetup", "luksFormat", "-q", *quick, str(file)], input=b"secret", check=True)
    opening = ["cryptsetup", "open", "--key-file", "-", str(file), name]
    subprocess.run(opening, input=b"secret", check=True)
    try:
        subprocess.run(["mkfs.ext4", "-q", f"/dev/mapper/{name}"], check=True)
        place.mkdir()
        subprocess.run(["mount", f"/dev/mapper/{name}", str(place)], check=True)
        try:
            yield place
        finally:
            subprocess.run(["umount", str(place)], check=True)
    finally:
        subprocess.run(["cryptsetup", "close", name], check=True)


def test_a_folder_that_ext4_encrypts(tmp_path: Path) -> None:
    if os.geteuid() != 0 or not all(map(shutil.which, ("mkfs.ext4", "mount"))):
        pytest.skip("needs root and mkfs.ext4")
    if not Path("/sys/fs/ext4/features/encryption").exists():
        pytest.skip("this kernel's ext4 does not encrypt folders")
    file, disk = image(tmp_path / "ext4.img"), tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mkfs.ext4", "-q", "-O", "encrypt", str(file)], check=True)
    if subprocess.run(["mount", "-o", "loop", str(file), str(disk)], check=False).returncode:
        pytest.skip("may not mount")
    try:
        sealed, plain = disk / "sealed", disk / "plain"
        sealed.mkdir()
        plain.mkdir()
        encrypt(disk, sealed)
        (sealed / "study").mkdir()
        assert disks.of(sealed / "study").protection == disks.Protection(True, "fscrypt")
        assert disks.of(plain).protection == disks.of(tmp_path).protection
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def encrypt(disk: Path, folder: Path) -> None:
    """Give an empty folder a key, as fscrypt does (linux/fscrypt.h: v2, AES-256-XTS and AES-256-CTS)."""
    by_identifier = 2
    key = bytearray(struct.pack("=II32xII32x", by_identifier, 0, KEY_BYTES, 0) + os.urandom(KEY_BYTES))
    descriptor = os.open(disk, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, ADD_KEY, key)
    finally:
        os.close(descriptor)
    identifier = bytes(key[8:24])
    policy = struct.pack("=BBBB4x", 2, 1, 4, 3) + identifier
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, SET_POLICY, policy)
    finally:
        os.close(descriptor)
