"""A SLURM of one node on this computer, its files in a folder; needs slurm-wlm, munge and root."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NEEDED = ("slurmctld", "slurmd", "munged", "sbatch", "scancel", "squeue")
PATIENCE_S = 30.0
CONFIG = """\
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
AuthType=auth/munge
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmctldPort=26817
SlurmdPort=26818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=4000
PartitionName=one Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """Why there can be no SLURM here; empty where there can."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        return f"{', '.join(absent)} missing: apt-get install slurm-wlm munge"
    return "" if os.geteuid() == 0 else "it takes root to start one"


@contextmanager
def running(folder: Path) -> Iterator[Path]:
    """Its configuration, for `SLURM_CONF`; it ends with the block, by the ids of its own processes."""
    host = socket.gethostname().split(".")[0]
    for name in ("state", "spool"):
        (folder / name).mkdir()
    config = folder / "slurm.conf"
    config.write_text(CONFIG.format(host=host, folder=folder, cpus=os.cpu_count() or 1))
    environment = {**os.environ, "SLURM_CONF": str(config)}
    with _munge(folder):
        processes = [
            subprocess.Popen([shutil.which(name) or name, "-D"], env=environment, stderr=subprocess.DEVNULL)
            for name in ("slurmctld", "slurmd")
        ]
        try:
            _until_idle(environment)
            yield config
        finally:
            for process in reversed(processes):
                process.terminate()
                process.wait(PATIENCE_S)


@contextmanager
def _munge(folder: Path) -> Iterator[None]:
    """A munged of our own, unless one is there already."""
    if subprocess.run(["munge", "-n"], capture_output=True, check=False).returncode == 0:
        yield
        return
    user = pwd.getpwnam("munge")
    place = Path("/run/munge")
    place.mkdir(mode=0o755, exist_ok=True)
    os.chown(place, user.pw_uid, user.pw_gid)
    process = subprocess.Popen(
        ["munged", "-F"], user=user.pw_uid, group=user.pw_gid, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while subprocess.run(["munge", "-n"], capture_output=True, check=False).returncode:
            assert time.monotonic() < deadline, "munged does not answer"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _until_idle(environment: dict[str, str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        seen = subprocess.run(
            ["sinfo", "-h", "-o", "%T"], env=environment, capture_output=True, text=True, check=False
        )
        if "idle" in seen.stdout:
            return
        assert time.monotonic() < deadline, f"no node: {seen.stdout}{seen.stderr}"
        time.sleep(0.2)


def jobs(config: Path) -> list[str]:
    """The ids of jobs that run."""
    seen = subprocess.run(
        ["squeue", "-h", "-t", "running", "-o", "%A"],
        env={**os.environ, "SLURM_CONF": str(config)},
        capture_output=True,
        text=True,
        check=True,
    )
    return seen.stdout.split()


def cancel(config: Path, job: str) -> None:
    """End a job, as its user or an administrator does."""
    subprocess.run(["scancel", job], env={**os.environ, "SLURM_CONF": str(config)}, check=True)
