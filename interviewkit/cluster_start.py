"""Workers to hand calls to: started here, asked of SLURM, or of a Dask scheduler that is there.

What is started here talks TLS with certificates made for it, on this computer as well: whoever reaches a
scheduler can run programs by it, and other accounts reach what listens on loopback.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from interviewkit.errors import SpeechError, UsageError
from interviewkit.paths import private_dir
from interviewkit.processes import SECRETS
from interviewkit.sites import Place, Slurm, is_loopback

if TYPE_CHECKING:
    from distributed import Client, Security

PATIENCE_S = 30
ROLES = ("scheduler", "worker", "client")
INSTALL = "Install it with: pip install 'interviewkit[cluster]'"
_CONFIG = {
    # Each death of a worker is one try of its call; tries are counted by `jobs`.
    "distributed.scheduler.allowed-failures": 0,
    "distributed.deploy.lost-worker-timeout": "2s",
    "distributed.admin.large-graph-warning-threshold": "1TB",
    "distributed.worker.memory.terminate": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.target": False,
}


@dataclass(frozen=True)
class Workers:
    """A scheduler's client; `top_up` asks for workers in the place of those that are gone."""

    client: "Client"
    top_up: Callable[[], None] = lambda: None


@contextmanager
def opened(place: Place) -> Iterator["Workers"]:
    """The place's workers; UsageError without the extra, SpeechError where none answers."""
    try:
        import dask
        import dask_jobqueue  # noqa: F401
        import distributed  # noqa: F401
    except ModuleNotFoundError:
        raise UsageError("--on needs Dask, which is not installed.", INSTALL) from None
    quieter()
    with ExitStack() as stack:
        stack.enter_context(_without_secrets())
        stack.enter_context(dask.config.set(_CONFIG))
        if place.address is not None:
            yield Workers(_existing(place, stack))
        elif place.slurm is not None:
            yield _slurm(place.slurm, stack)
        else:
            yield Workers(_local(place.workers or default_workers(), stack))


def default_workers() -> int:
    """One for each two cores: an engine uses two well."""
    return max(1, (os.cpu_count() or 1) // 2)


def threads(place: Place) -> int:
    """Cores for each worker; 0 is all that its computer has."""
    if place.slurm is not None:
        return place.slurm.cores
    if place.address is not None:
        return 0
    return max(1, (os.cpu_count() or 1) // (place.workers or default_workers()))


def quieter() -> None:
    """Dask says on the screen that workers died; the shell says what that means."""
    for name in ("distributed", "dask_jobqueue", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def _without_secrets() -> Iterator[None]:
    """Take passphrases out of the environment, which workers inherit and SLURM keeps on its disk."""
    taken = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(SECRETS)}
    try:
        yield
    finally:
        os.environ.update(taken)


def _local(workers: int, stack: ExitStack) -> "Client":
    from distributed import Client, LocalCluster, Security

    folder = stack.enter_context(TemporaryDirectory(prefix="interviewkit-workers-"))
    security = Security.temporary()
    cluster: Any = LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="tls://127.0.0.1",
        protocol="tls://",
        security=security,
        dashboard_address=None,
        local_directory=folder,
        silence_logs=logging.CRITICAL,
    )
    stack.enter_context(cluster)
    return stack.enter_context(Client(cluster, security=security))


def _slurm(asked: Slurm, stack: ExitStack) -> Workers:
    from dask_jobqueue import SLURMCluster
    from distributed import Client

    folder = Path(asked.folder).expanduser().absolute()
    private_dir(folder)
    shared = stack.enter_context(TemporaryDirectory(prefix="interviewkit-", dir=folder))
    security = _certificates(Path(shared))
    cluster: Any = SLURMCluster(
        cores=asked.cores,
        processes=1,
        memory=asked.memory,
        walltime=asked.walltime,
        queue=asked.partition,
        account=asked.account,
        interface=asked.interface,
        python=asked.python,
        local_directory=shared,
        log_directory=shared,
        job_script_prologue=list(asked.before),
        job_extra_directives=list(asked.directives),
        worker_extra_args=["--nthreads", "1", *asked.worker_arguments],
        protocol="tls://",
        security=security,
        scheduler_options={"dashboard_address": None},
    )
    stack.enter_context(cluster)
    cluster.scale(jobs=asked.workers)
    client = stack.enter_context(Client(cluster, security=security))
    return Workers(client, lambda: cluster.scale(jobs=asked.workers))


def _certificates(folder: Path) -> "Security":
    """Certificates for one run, in files that the nodes see and that only their owner reads."""
    from distributed import Security

    made = Security.temporary()
    paths = {}
    for kind in ("ca_file", *(f"{role}_{part}" for role in ROLES for part in ("cert", "key"))):
        path = folder / f"{kind}.pem"
        path.touch(mode=0o600)
        path.write_text(getattr(made, f"tls_{kind}"))
        paths[f"tls_{kind}"] = str(path)
    return Security(require_encryption=True, **paths)


def _existing(place: Place, stack: ExitStack) -> "Client":
    from distributed import Client

    assert place.address is not None
    try:
        client = Client(place.address, timeout=PATIENCE_S, security=_security(place))
    except (OSError, TimeoutError, ValueError, TypeError, RuntimeError) as error:
        raise SpeechError(
            f"No scheduler answers at {place.address} ({type(error).__name__}).",
            "Check the address, that it runs, and its certificates.",
        ) from None
    stack.enter_context(client)
    if place.site is None:
        _check_here(client)
    return client


def _security(place: Place) -> "Security | None":
    from distributed import Security

    if place.certificates is None:
        return None
    files = place.certificates
    for path in (files.ca, files.cert, files.key):
        if not Path(path).is_file():
            raise UsageError(f"There is no certificate {path}.", "Check the paths under: certificates")
    return Security(
        tls_ca_file=files.ca, tls_client_cert=files.cert, tls_client_key=files.key, require_encryption=True
    )


def _check_here(client: "Client") -> None:
    """A scheduler on loopback may be the end of a tunnel: its workers have to be here as well."""
    workers: Any = client.scheduler_info(n_workers=-1)["workers"]
    for address in workers:
        host = str(address).partition("://")[2].rpartition(":")[0]
        if not is_loopback(host):
            raise UsageError(
                f"The scheduler has a worker at {host}, which is not this computer.",
                "Give a file with its site, address (tls://) and certificates; see docs/cluster.md.",
            )
