"""REFI-QDA projects: ours are valid and mean what they say; those of others come in, and harm nothing."""

import io
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from interviewkit import codebook as books
from interviewkit import qdpx_reading, qdpx_taking, schedule
from interviewkit.analysis import Analysis
from interviewkit.errors import UsageError
from interviewkit.exports.qdpx import SPACE, project
from interviewkit.models import Codebook, Coded
from tests.one_analysed import GUIDE, analysis, call
from tests.unit.test_coding import ADA, unit

PEERS = Path(__file__).parents[2] / ".venv" / "peers"
THEIRS = PEERS / "qualitative_coding"
needs_peer = pytest.mark.skipif(not THEIRS.is_dir(), reason="scripts/test-tools.sh fetches another program")
IN = f"{{{SPACE}}}"
QUESTIONS = [placed.question.id for placed in schedule.questions(GUIDE)]


def opened(data: bytes) -> tuple[etree._Element, dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".txt")}
        return etree.fromstring(archive.read("project.qde")), files


def selected(data: bytes) -> dict[str, str]:
    """What every unit's selection holds, by its name, without the names of speakers."""
    root, files = opened(data)
    (text,) = files.values()
    found = {}
    for one in root.iter(f"{IN}PlainTextSelection"):
        if one.get("name") not in QUESTIONS:
            said = text[int(one.get("startPosition")) : int(one.get("endPosition"))]
            found[one.get("name")] = re.sub(r"\r?\n\w+: ", "\n", said)
    return found


@needs_peer
@pytest.mark.parametrize("crlf", [False, True])
@pytest.mark.parametrize("synced", [False, True])
def test_a_project_is_valid_by_the_standards_own_schema(crlf: bool, synced: bool) -> None:
    schema = etree.XMLSchema(etree.parse(THEIRS / "refi_qda" / "schema.xsd"))
    root, _ = opened(project(analysis(), crlf=crlf, synced=synced))
    assert schema.validate(root), schema.error_log
    ids = [one.get("guid") for one in root.iter() if one.get("guid")]
    assert len(ids) == len(set(ids))
    targets = {ref.get("targetGUID") for ref in root.iter() if ref.get("targetGUID")}
    assert targets <= set(ids)


@pytest.mark.parametrize("crlf", [False, True])
def test_positions_select_what_the_units_say(crlf: bool) -> None:
    known = analysis()
    expected = {one.label: one.text for _, one in known.units()}
    assert selected(project(known, crlf=crlf)) == expected
    assert project(known, crlf=crlf) == project(known, crlf=crlf)


@given(
    st.lists(
        st.lists(
            st.sampled_from(("a", "🙂", "é", "e\u0301", "[x\u00a01],", "&<>", "\U00020000")), min_size=1
        ).map(" ".join),
        min_size=1,
        max_size=4,
    ),
    st.data(),
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_positions_count_code_points(texts: list[str], data: st.DataObject) -> None:
    said = call(*texts)
    places = list(said.places())
    first = data.draw(st.integers(0, len(places) - 1))
    last = data.draw(st.integers(first, len(places) - 1))
    coded, one = unit(Coded(), places[first], places[last], "it", call=said)
    known = analysis(said, coded, books.seeded(Codebook(), [GUIDE]))
    for crlf in (False, True):
        assert selected(project(known, crlf=crlf)) == {"it": one.text}


def test_sync_points_say_when_units_are_heard() -> None:
    root, files = opened(project(analysis(), synced=True))
    (text,) = files.values()
    points = {
        one.get("guid"): (int(one.get("timeStamp")), int(one.get("position")))
        for one in root.iter(f"{IN}SyncPoint")
    }
    assert sorted(points.values()) == sorted(points.values(), key=lambda point: point[1])
    (waiting,) = [one for one in root.iter(f"{IN}TranscriptSelection") if one.get("name") == "waiting"]
    start, end = points[waiting.get("fromSyncPoint")], points[waiting.get("toSyncPoint")]
    assert text[start[1] : end[1]] == "and <then> nothing &"
    # Four words before it in the first turn, and six of its own, at half a second each.
    assert (start[0], end[0]) == (5000, 7000)


def again(known: Analysis, data: bytes) -> Analysis:
    """What comes of taking a project into the same calls with an empty codebook and without units."""
    book, sorted_into = qdpx_taking.codes(qdpx_reading.read(data), Codebook(), ADA)
    bare = [replace(one, coded=Coded()) for one in known.interviews]
    fit = qdpx_taking.fitting(qdpx_reading.read(data), sorted_into, bare)
    assert fit.left == []
    coded = qdpx_taking.taken_in(Coded(), "P01-1", fit.codings, ADA)
    return Analysis(known.config, (replace(bare[0], coded=coded),), book)


@pytest.mark.parametrize("crlf", [False, True])
def test_what_was_exported_comes_back_as_it_was(crlf: bool) -> None:
    known = analysis()
    found = again(known, project(known, crlf=crlf, synced=True))

    def told(of: Analysis) -> list[tuple[object, ...]]:
        names = {one.id: one.name for one in of.codebook.domains}
        return [
            (
                one.label,
                one.text,
                one.memo,
                names[one.domain],
                [category.name for category in books.path(of.codebook, one.category)],
            )
            for _, one in of.units()
        ]

    assert told(found) == told(known)
    assert [one.name for one in found.codebook.domains] == [one.name for one in known.codebook.domains]
    twice = qdpx_taking.taken_in(
        found.interviews[0].coded,
        "P01-1",
        qdpx_taking.fitting(
            qdpx_reading.read(project(known)),
            qdpx_taking.codes(qdpx_reading.read(project(known)), found.codebook, ADA)[1],
            found.interviews,
        ).codings,
        ADA,
    )
    assert twice == found.interviews[0].coded


@needs_peer
def test_a_project_by_nvivo_gives_its_codes_and_says_what_does_not_fit() -> None:
    theirs = qdpx_reading.read((THEIRS / "refi_qda" / "nvivo_project.qdpx").read_bytes())
    book, sorted_into = qdpx_taking.codes(theirs, Codebook(), ADA)
    names = [code.name for top in theirs.codes for code in top.all()]
    assert names
    there = {one.name for one in book.domains} | {one.name for one in book.categories}
    assert there >= set(names)
    assert len(sorted_into) >= len(names)
    assert qdpx_taking.fitting(theirs, sorted_into, analysis().interviews).codings == []


@needs_peer
def test_the_demonstration_of_another_program_is_read() -> None:
    theirs = qdpx_reading.read((THEIRS / "demo.qdpx").read_bytes())
    assert theirs.sources
    assert all(one.text for one in theirs.sources)


@needs_peer
@pytest.mark.slow
def test_ours_opens_in_another_program(tmp_path: Path) -> None:
    file, place = tmp_path / "ours.qdpx", tmp_path / "theirs"
    file.write_bytes(project(analysis()))
    place.mkdir()
    script = (
        "import sys; from qualitative_coding.refi_qda.reader import REFIQDAReader;"
        "REFIQDAReader(sys.argv[1]).unpack_project(sys.argv[2])"
    )
    # A breakpoint was left in it.
    env = {**os.environ, "PYTHONPATH": str(PEERS), "PYTHONBREAKPOINT": "0"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(file), str(place)],
        cwd=place,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    tree = (place / "codebook.yaml").read_text()
    assert "Letters & calls" in tree
    assert "Waiting" in tree


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"nothing": b""}, "project.qde is missing"),
        ({"project.qde": b"<Project"}, "breaks off"),
        ({"project.qde": b"<!DOCTYPE x [<!ENTITY a 'b'>]><Project/>"}, "document type"),
        ({"project.qde": b"<Project/>"}, "no REFI-QDA project"),
        ({"project.qde": b"<a>" * 300}, "too deep"),
        ({"../out": b"", "project.qde": b"<Project/>"}, "outside of its folder"),
        ({"project.qde": b" " * 300_000_000}, "far more in it"),
    ],
)
def test_a_hostile_project_is_refused_in_one_line(members: dict[str, bytes], said: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(UsageError, match=said):
        qdpx_reading.read(buffer.getvalue())
    with pytest.raises(UsageError, match="damaged"):
        qdpx_reading.read(buffer.getvalue()[:-40])


def test_a_text_that_lies_elsewhere_is_never_opened() -> None:
    qde = (
        f'<Project xmlns="{SPACE}" name="x"><Sources>'
        '<TextSource guid="00000000-0000-0000-0000-000000000001" name="far" plainTextPath="absolute:///etc/passwd"/>'
        "</Sources></Project>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("project.qde", qde)
    assert qdpx_reading.read(buffer.getvalue()).unread == ("far",)


def test_flat_codes_come_into_a_domain_of_their_own() -> None:
    codes = tuple(qdpx_reading.Code(f"G{n}", f"code {n}", codable=True) for n in range(2))
    book, found = qdpx_taking.codes(qdpx_reading.Project("x", codes, ()), Codebook(), ADA)
    assert [one.name for one in book.domains] == [qdpx_taking.FLAT]
    assert [one.name for one in book.categories] == ["code 0", "code 1"]
    assert found["G0"][1] == book.categories[0].id
