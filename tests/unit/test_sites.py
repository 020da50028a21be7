"""Where calls may be transcribed: every way to name a place wrongly is one clear line."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import sites, yamlfile
from interviewkit.errors import ConsentRefused, StudyError, UsageError
from interviewkit.models import Approval, Form
from tests import small_study

SLURM = """\
schema: 1
site: hpc.example.org
slurm:
  cores: 2
  walltime: "4:00:00"
  folder: /scratch/interviewkit
"""


def _file(folder: Path, text: str) -> str:
    (folder / "slurm.yaml").write_text(text)
    return str(folder / "slurm.yaml")


@pytest.mark.parametrize(
    "text", ["local", "local:2", "dask://127.0.0.1:8786", "dask://localhost:8786", "tls://[::1]:8786"]
)
def test_this_computer_has_no_site(text: str) -> None:
    assert sites.place(text).site is None


@pytest.mark.parametrize("scheme", ["dask", "tcp"])
def test_nothing_leaves_without_tls(scheme: str) -> None:
    with pytest.raises(UsageError, match="without TLS") as refused:
        sites.place(f"{scheme}://hpc.example.org:8786")
    assert refused.value.hint.endswith("--on tls://hpc.example.org:8786")


@given(st.ip_addresses(v=4).filter(lambda address: not address.is_loopback), st.integers(1, 65535))
def test_no_number_beyond_loopback_is_reached_without_tls(address: object, port: int) -> None:
    with pytest.raises(UsageError, match="without TLS"):
        sites.place(f"dask://{address}:{port}")
    assert sites.place(f"tls://{address}:{port}").site == str(address)


@pytest.mark.parametrize(
    "text", ["", "locally", "local:0", "dask://host", "tls://host:99999", "http://host:1"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        sites.place(text)
    assert refused.value.hint == sites.HOW


def test_slurm_is_read_from_its_file(tmp_path: Path) -> None:
    found = sites.place(_file(tmp_path, SLURM))
    assert found.site == "hpc.example.org"
    assert found.slurm is not None
    assert (found.slurm.cores, found.slurm.workers) == (2, 1)


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("cores: 2", "core: 2", 'line 4.*"core" is not a known key. Did you mean "cores"?'),
        ("  cores: 2\n", "", '"cores" is missing'),
        ('"4:00:00"', "soon", 'line 5.*"walltime"'),
        ("site: hpc.example.org\n", "", '"site" is missing'),
        ("schema: 1", "schema: 1\naddress: tls://h:1", 'give either "slurm" or "address"'),
    ],
)
def test_each_mistake_in_it_is_one_line(tmp_path: Path, wrong: str, right: str, told: str) -> None:
    path = _file(tmp_path, SLURM.replace(wrong, right))
    with pytest.raises(UsageError, match=told) as refused:
        sites.place(path)
    assert "\n" not in str(refused.value)


def test_a_scheduler_in_a_file_needs_tls_too(tmp_path: Path) -> None:
    path = _file(tmp_path, "schema: 1\nsite: hpc\naddress: dask://hpc.example.org:8786\n")
    with pytest.raises(UsageError, match="without TLS"):
        sites.place(path)


def test_only_where_the_approval_of_the_form_names_the_site(tmp_path: Path) -> None:
    small_study.write_templates(tmp_path)
    form = yamlfile.load(tmp_path / "forms" / f"{small_study.FORM}.yaml", Form, StudyError)
    told = Approval(
        id="uk",
        body="A",
        reference="1",
        jurisdiction="uk",
        approved_on=date(2020, 3, 1),
        processing_sites=("hpc.example.org",),
    )
    silent = told.model_copy(update={"processing_sites": ()})
    other = told.model_copy(update={"id": "ireland"})
    there = sites.Place(site="hpc.example.org")
    sites.check(there, "P01", form, {"uk": told})
    sites.check(sites.Place(), "P01", form, {"uk": silent})
    for approvals in ({"uk": silent, "ireland": other}, {"ireland": other}, {}):
        with pytest.raises(ConsentRefused, match=r"P01 may not be transcribed at hpc\.example\.org"):
            sites.check(there, "P01", form, approvals)
    with pytest.raises(ConsentRefused):
        sites.check(there, "P01", None, {"uk": told})
