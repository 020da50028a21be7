"""Where calls may be transcribed: what `--on` names, and whether the approvals let them go there.

`local` is this computer. An address or a file of a cluster belongs to a site, by the name under which the
ethics approvals know it: `processing_sites` in study.yaml. Nothing goes to a site that the approval of the
form to which the participant consented does not name.
"""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from interviewkit import yamlfile
from interviewkit.errors import ConsentRefused, UsageError
from interviewkit.models import Approval, Form, Frozen
from interviewkit.models.study import SiteName

_ADDRESS = re.compile(r"(dask|tcp|tls)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
_LOCAL = re.compile(r"local(?::([1-9][0-9]?))?")
HOW = "Give local, dask://HOST:PORT, tls://HOST:PORT or a file such as slurm.yaml."

Line = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\n\r\x00]+$")]


class Certificates(Frozen):
    """Files with which a cluster that exists already is talked to; paths may be relative to the YAML file."""

    ca: Line
    cert: Line
    key: Line


class Slurm(Frozen):
    """What is asked of SLURM for each worker."""

    workers: int = Field(1, ge=1, le=1000, description="how many jobs, each one worker")
    cores: int = Field(ge=1, le=1024)
    memory: Annotated[str, StringConstraints(pattern=r"^[0-9]+ ?[MG]B$")] = Field(
        "4GB", description="of each worker"
    )
    walltime: Annotated[str, StringConstraints(pattern=r"^([0-9]+-)?[0-9]{1,3}:[0-5][0-9]:[0-5][0-9]$")]
    folder: Line = Field(description="private and shared by this computer and the nodes: certificates, logs")
    partition: Line | None = None
    account: Line | None = None
    interface: Line | None = Field(None, description="network interface, such as ib0")
    python: Line | None = Field(None, description="the interpreter that has interviewkit on the nodes")
    before: tuple[Line, ...] = Field((), description="lines of shell before the worker, such as module load")
    directives: tuple[Line, ...] = Field((), description="further options of sbatch")
    worker_arguments: tuple[Line, ...] = Field((), description="further options of dask worker")


class ClusterFile(Frozen):
    """A file that `--on` names: SLURM, or a Dask scheduler that is there already."""

    schema_: Literal[1] = Field(alias="schema")
    site: SiteName = Field(description="as study.yaml has it in processing_sites")
    slurm: Slurm | None = None
    address: Line | None = None
    certificates: Certificates | None = None


@dataclass(frozen=True)
class Place:
    """Where to work. `site` is None on this computer."""

    site: str | None = None
    workers: int | None = None
    address: str | None = None
    slurm: Slurm | None = None
    certificates: Certificates | None = None


def place(text: str) -> Place:
    """What `--on` names; UsageError with one line for what can't be, and for TLS that is missing."""
    if found := _LOCAL.fullmatch(text):
        return Place(workers=int(found[1]) if found[1] else None)
    if "://" in text:
        return _addressed(text)
    if not text.endswith((".yaml", ".yml")):
        raise UsageError(f"--on {text} can't be used.", HOW)
    return _filed(Path(text))


def is_loopback(host: str) -> bool:
    """Whether a host is this computer, by its name or number alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _addressed(text: str) -> Place:
    found = _ADDRESS.fullmatch(text)
    if found is None or not 0 < int(found[3]) < 65536:
        raise UsageError(f"--on {text} is no address of a scheduler.", HOW)
    scheme, host, port = found.groups()
    here = is_loopback(host)
    if scheme != "tls" and not here:
        raise UsageError(
            f"{text} is not this computer, and nothing goes to another one without TLS.",
            f"Have the scheduler listen with TLS, and give: --on tls://{host}:{port}",
        )
    protocol = "tls" if scheme == "tls" else "tcp"
    return Place(site=None if here else host.strip("[]"), address=f"{protocol}://{host}:{port}")


def _filed(path: Path) -> Place:
    told = yamlfile.load(path, ClusterFile, UsageError)
    if (told.slurm is None) == (told.address is None):
        raise UsageError(f'{path}: give either "slurm" or "address".', "Compare it with docs/cluster.md.")
    if told.slurm is not None:
        return Place(site=told.site, slurm=told.slurm)
    reached = _addressed(told.address or "")
    certificates = told.certificates and told.certificates.model_copy(
        update={name: str(path.parent / value) for name, value in told.certificates}
    )
    return Place(site=told.site, address=reached.address, certificates=certificates)


def check(where: Place, participant: str, form: Form | None, approvals: dict[str, Approval]) -> None:
    """Raise ConsentRefused unless the approval of the form that was consented to names the site: pure."""
    if where.site is None:
        return
    approval = approvals.get(form.approval) if form is not None else None
    if approval is None:
        raise ConsentRefused(
            f"{participant} may not be transcribed at {where.site}: the approval of their form is not known.",
            "Put the form and its approval back; they stay in the study.",
        )
    if where.site not in approval.processing_sites:
        raise ConsentRefused(
            f"{participant} may not be transcribed at {where.site}: approval {approval.id} doesn't name it.",
            f"Where it does, add to it in study.yaml: processing_sites: [{where.site}]",
        )
