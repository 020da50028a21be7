"""What a folder lies on: from trees like /sys and /proc, and from what other systems' programs say."""

from pathlib import Path

import pytest

from interviewkit import disks
from interviewkit.disks import Protection, block, mac_says, mac_swap_says, windows_says, zfs_says


class Devices:
    """A tree like /sys, with block devices by their numbers."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "dev/block").mkdir(parents=True)

    def add(
        self, name: str, number: str, *, within: str = "", made_of: tuple[str, ...] = (), **said: str
    ) -> None:
        """One device; `dm_uuid="…"` is its file dm/uuid."""
        folder = self.root / "block" / within / name
        folder.mkdir(parents=True)
        (self.root / "dev/block" / number).symlink_to(folder)
        for key, text in said.items():
            path = folder / key.replace("_", "/", 1)
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{text}\n")
        for one in made_of:
            (folder / "slaves").mkdir(exist_ok=True)
            (folder / "slaves" / Path(one).name).symlink_to(self.root / "block" / one)

    def protection(self, number: str) -> Protection:
        return block(self.root / "dev/block" / number, self.root)


@pytest.fixture
def devices(tmp_path: Path) -> Devices:
    """A disk of two partitions."""
    made = Devices(tmp_path / "sys")
    made.add("sda", "8:0")
    made.add("sda1", "8:1", within="sda", partition="1")
    made.add("sda2", "8:2", within="sda", partition="2")
    return made


def crypt(devices: Devices, name: str, number: str, kind: str, *made_of: str) -> None:
    devices.add(name, number, made_of=made_of, dm_uuid=f"CRYPT-{kind}-0123-{name}", dm_name=name)


def test_a_partition_and_a_disk_are_plain(devices: Devices) -> None:
    assert devices.protection("8:2") == Protection(False, "sda")
    assert devices.protection("8:0").encrypted is False


@pytest.mark.parametrize("kind", ["LUKS1", "LUKS2", "PLAIN", "TCRYPT", "BITLK"])
def test_a_device_of_cryptsetup(devices: Devices, kind: str) -> None:
    crypt(devices, "dm-0", "253:0", kind, "sda/sda2")
    assert devices.protection("253:0") == Protection(True, f"dm-crypt, {kind}")


@pytest.mark.parametrize("kind", ["VERITY", "INTEGRITY", "SUBDEV"])
def test_a_device_of_cryptsetup_that_only_checks(devices: Devices, kind: str) -> None:
    crypt(devices, "dm-0", "253:0", kind, "sda/sda2")
    assert devices.protection("253:0").encrypted is False


def test_volumes_of_lvm_are_what_they_are_made_of(devices: Devices) -> None:
    crypt(devices, "dm-0", "253:0", "LUKS2", "sda/sda2")
    devices.add("dm-1", "253:1", made_of=("dm-0",), dm_uuid="LVM-abc")
    devices.add("dm-2", "253:2", made_of=("dm-0", "sda/sda1"), dm_uuid="LVM-def")
    assert devices.protection("253:1").encrypted is True
    assert devices.protection("253:2") == Protection(False, "sda")


def test_what_is_made_of_something_unknown_is_unknown(devices: Devices) -> None:
    crypt(devices, "dm-0", "253:0", "LUKS2", "sda/sda2")
    devices.add("md0", "9:0", made_of=("dm-0", "gone"))
    assert devices.protection("9:0").encrypted is None
    assert devices.protection("77:7").encrypted is None


def test_veracrypt_and_compressed_memory(devices: Devices) -> None:
    devices.add("dm-3", "253:3", made_of=("sda/sda2",), dm_name="veracrypt1")
    devices.add("zram0", "252:0")
    assert devices.protection("253:3").encrypted is True
    assert devices.protection("252:0").encrypted is True


def mounted(tmp_path: Path, *lines: str) -> Path:
    """A tree like /proc with these mounts; `{here}` is a folder that is there."""
    here = tmp_path / "here"
    here.mkdir(exist_ok=True)
    (tmp_path / "proc/self").mkdir(parents=True, exist_ok=True)
    text = "".join(f"{line.format(here=here)}\n" for line in lines)
    (tmp_path / "proc/self/mountinfo").write_text(text)
    return tmp_path / "proc"


ROOT = "22 1 8:2 / / rw shared:1 - ext4 /dev/sda2 rw"


def seen(devices: Devices, tmp_path: Path, *lines: str) -> disks.Disk:
    return disks.of(tmp_path / "here/study", devices.root, mounted(tmp_path, *lines))


def test_the_mount_nearest_to_the_folder_counts_and_the_last_of_them(
    devices: Devices, tmp_path: Path
) -> None:
    crypt(devices, "dm-0", "253:0", "LUKS2", "sda/sda1")
    here = "30 22 253:0 / {here} rw shared:2 - ext4 /dev/mapper/home rw"
    assert seen(devices, tmp_path, ROOT).protection.encrypted is False
    assert seen(devices, tmp_path, ROOT, here).protection.encrypted is True
    assert seen(devices, tmp_path, here, ROOT).protection.encrypted is True
    over = "31 30 8:1 / {here} rw - ext4 /dev/sda1 rw"
    assert seen(devices, tmp_path, ROOT, here, over).protection.encrypted is False


@pytest.mark.parametrize(
    ("mount", "encrypted", "network"),
    [
        ("nfs4 server:/here rw", None, True),
        ("cifs //server/here rw", None, True),
        ("fuse.sshfs me@server: rw", None, True),
        ("ecryptfs /here/.ecryptfs/me rw", True, False),
        ("fuse.gocryptfs /here/me/cipher rw", True, False),
        ("9p C:\\134 rw", None, False),
        ("overlay overlay rw,lowerdir=/a,upperdir=/not/there,workdir=/b", None, False),
        ("btrfs /dev/not-there rw", None, False),
        ("something new rw", None, False),
    ],
)
def test_other_file_systems(
    devices: Devices, tmp_path: Path, mount: str, encrypted: bool | None, network: bool
) -> None:
    disk = seen(devices, tmp_path, ROOT, f"40 22 0:40 / {{here}} rw - {mount}")
    assert (disk.protection.encrypted, disk.network, disk.memory) == (encrypted, network, False)
    assert disk.protection.how


def test_memory_is_no_place_to_keep_a_study(devices: Devices, tmp_path: Path) -> None:
    assert seen(devices, tmp_path, ROOT, "40 22 0:40 / {here} rw - tmpfs tmpfs rw").memory


def test_a_system_without_lists_of_mounts_and_swaps(tmp_path: Path) -> None:
    assert disks.of(tmp_path, tmp_path, tmp_path).protection.encrypted is None
    assert [one.encrypted for one in disks.swaps(tmp_path, tmp_path)] == [None]


def test_swap_in_a_file_is_as_its_disk_is(devices: Devices, tmp_path: Path) -> None:
    proc = mounted(tmp_path, ROOT)
    (proc / "swaps").write_text("Filename Type Size Used Priority\n")
    assert disks.swaps(devices.root, proc) == []
    file = tmp_path / "swap file"
    file.touch()
    (proc / "swaps").write_text(f"Filename Type\n{str(file).replace(' ', chr(92) + '040')} file 1 0 -2\n")
    assert disks.swaps(devices.root, proc) == [Protection(False, "sda")]


@pytest.mark.parametrize(
    ("says", "said", "encrypted"),
    [
        (mac_says, "FileVault is On.\n", True),
        (mac_says, "FileVault is Off.\n", False),
        (mac_says, "", None),
        (mac_swap_says, "total = 2048.00M  used = 1.00M  free = 2047.00M  (encrypted)\n", True),
        (mac_swap_says, "", None),
        (windows_says, "    Protection Status:    Protection On\n", True),
        (windows_says, "    Protection Status:    Protection Off\n", False),
        (windows_says, "ERROR: An attempt to access a required resource was denied.", None),
        (zfs_says, "aes-256-gcm\n", True),
        (zfs_says, "off\n", False),
        (zfs_says, "", None),
    ],
)
def test_what_other_programs_say(says: disks.Reading, said: str, encrypted: bool | None) -> None:
    assert says(said).encrypted is encrypted
