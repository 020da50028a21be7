"""Hostile files: bombs of YAML, ids that are paths, text in spreadsheets, damaged sound."""

import csv
import io
import json
import resource
import shutil
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import docx
import openpyxl
import pytest
import webvtt

from interviewkit import decode, study_config, yamlfile
from interviewkit.consent import Record
from interviewkit.decode import open_media
from interviewkit.errors import AudioError, InterviewkitError
from interviewkit.exports import FORMATS, docx_, f4
from interviewkit.exports.base import InterviewCall, PutQuestion
from interviewkit.exports.pdf import Heading, Paragraph, Table, pdf
from interviewkit.exports.sheet import Column, Sheet, csv_file
from interviewkit.exports.sheet import workbook as register
from interviewkit.exports.xlsx import workbook
from interviewkit.harmless import FORMULA, visible
from interviewkit.models import Form, HandedOn, Right, RightKind
from interviewkit.paths import study_data_dir
from interviewkit.schedule import load as load_schedule
from interviewkit.study import Study
from tests import small_study
from tests.system.test_decode_system import mutated
from tests.trust import FULL
from tests.trust.conftest import Figures
from tests.trust.hostile import strings
from tests.tui import study as studies
from tests.unit.test_decode import FORMATS as SOUNDS
from tests.unit.test_decode import encode, encode_pictures, tones

pytestmark = pytest.mark.slow
STRINGS = strings(500)
MUTATED = 500 if FULL else 12


# ── spreadsheets and other exports ──────────────────────────────────────────────────────────────


def calls() -> list[InterviewCall]:
    """A call in which every hostile text is somebody's name, somebody's words and a question."""
    said = tuple((text, text, "first") for text in STRINGS if text.split())
    asked = {"first": PutQuestion(STRINGS[0], STRINGS[1])}
    return [InterviewCall("P01-1", 1, "P01", STRINGS[2], studies.transcript(said, ()), asked)]


def test_hostile_text_in_spreadsheets(tmp_path: Path, figures: Figures) -> None:
    rows = [[text] * 2 for text in STRINGS]
    sheet = Sheet("Register", (Column("One", 10, ""), Column("=2", 10, "")), rows, STRINGS[3])
    books = {"turns": workbook(STRINGS[4], calls()), "register": register(STRINGS[5], [sheet])}
    formulas = links = changed = 0
    for name, data in books.items():
        (tmp_path / f"{name}.xlsx").write_bytes(data)
        cells = [cell for page in openpyxl.load_workbook(io.BytesIO(data)) for row in page for cell in row]
        formulas += sum(cell.data_type == "f" for cell in cells)
        links += sum(cell.hyperlink is not None for cell in cells)
    kept = [row[0].value or "" for row in openpyxl.load_workbook(io.BytesIO(books["register"]))["Register"]]
    changed += sum(one != visible(text) for one, text in zip(kept[1:], STRINGS, strict=True))
    table = csv_file(sheet)
    (tmp_path / "register.csv").write_bytes(table)
    fields = [field for row in csv.reader(io.StringIO(table.decode("utf-8-sig"))) for field in row]
    name = f"{len(STRINGS)} hostile texts"
    figures.add(f"{name} in two workbooks: formulas", formulas, "= 0")
    figures.add(f"{name} in two workbooks: links", links, "= 0")
    figures.add(f"{name} in two workbooks: cells that say something else", changed, "= 0")
    begun = sum(FORMULA.match(field) is not None for field in fields)
    figures.add(f"{name} in CSV: cells that begin like a formula", begun, "= 0")
    if office := shutil.which("soffice") or shutil.which("libreoffice"):
        figures.add(f"{name} opened by LibreOffice: formulas", recalculated(office, tmp_path), "= 0")


def recalculated(office: str, folder: Path) -> int:
    """How many formulas LibreOffice finds in everything in a folder."""
    found = 0
    for path in sorted(folder.iterdir()):
        own = f"-env:UserInstallation=file://{folder}/profile"
        command = [
            office,
            own,
            "--headless",
            "--convert-to",
            "fods",
            "--outdir",
            str(folder / "out"),
            str(path),
        ]
        subprocess.run(command, check=True, capture_output=True)
        found += (folder / "out" / f"{path.stem}.fods").read_text("utf-8").count("table:formula=")
    return found


def test_hostile_text_in_other_exports(figures: Figures) -> None:
    (call,) = calls()
    said = len(call.transcript.turns)
    made = {name: FORMATS[name].render(call.transcript) for name in FORMATS}
    vtt = webvtt.from_buffer(io.StringIO(made["vtt"].decode()))
    text = made["txt"].decode().splitlines()
    table = Table(["a", "b"], [[text] * 2 for text in STRINGS])
    page = pdf(STRINGS[0], [Heading(STRINGS[1]), *map(Paragraph, STRINGS), table])
    cues = made["srt"].decode().strip().split("\n\n")
    name = f"{said} turns of hostile text"
    forged = len([line for line in text if line.strip()]) - said
    figures.add(f"{name} as text: lines that nobody said", forged, "= 0")
    figures.add(f"{name} as VTT: cues that are missing", max(0, said - len(vtt.captions)), "= 0")
    broken = sum(len(cue.split("\n")) < 3 or " --> " not in cue.split("\n")[1] for cue in cues)
    figures.add(f"{name} as SRT: cues that are broken", broken, "= 0")
    rows = made["nvivo"].decode().split("\r\n")[:-1]
    forged = len(rows) - said + sum(row.count("\t") != 2 for row in rows)
    figures.add(f"{name} for NVivo: rows that nobody said, or of other columns", forged, "= 0")
    stamps = len(f4.STAMP.findall(made["f4"].decode()))
    figures.add(f"{name} for f4 and MAXQDA: stamps that are none", stamps - said, "= 0")
    annotations = sum(1 for _ in ElementTree.fromstring(made["elan"]).iter("ALIGNABLE_ANNOTATION"))
    words = sum(len(turn.words) for turn in call.transcript.turns)
    figures.add(f"{name} for ELAN: annotations", annotations, f"= {said + words}")
    document = docx.Document(io.BytesIO(docx_.render(STRINGS[0], [call])))
    turns = [one for one in document.paragraphs if one.style and one.style.name == "Turn"]
    figures.add(f"{name} as a Word document: paragraphs", len(turns), f"= {said}")
    figures.add(f"{name} as JSON: turns", len(json.loads(made["json"])["turns"]), f"= {said}")
    actions = (b"/JavaScript", b"/Launch", b"/URI", b"/OpenAction", b"/EmbeddedFile")
    orders = sum(map(page.count, actions))
    figures.add(f"{len(STRINGS)} hostile texts as PDF: actions and links", orders, "= 0")


# ── YAML ────────────────────────────────────────────────────────────────────────────────────────


def share(size: int) -> int:
    """Of a million bytes so many: how many of as many as a file may have."""
    return size * yamlfile.MAX_BYTES // 1_000_000


def bombs() -> dict[str, bytes]:
    """Files that are small, or look it, and want the computer."""
    levels = ["l0: &l0 [lol, lol, lol]"]
    levels += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12)]
    found = {
        "aliases": "\n".join(levels),
        "merged": "a: &a {b: 1}\n" + "\n".join(f"k{n}: {{<<: *a}}" for n in range(5_000)),
        "itself": "&a [*a]",
        "flow": "title: " + "[" * share(400_000),
        "closed flow": "title: " + "[" * share(300_000) + "]" * share(300_000),
        "maps": "title: " + "{a: " * share(200_000),
        "block": "\n".join(" " * n + "a:" for n in range(1, 800)),
        "list of lists": "title:\n  " + "- " * share(450_000),
        "values": "title: [" + "1," * share(490_000) + "1]",
        "keys": "\n".join(f"k{n}: 1" for n in range(share(80_000))),
        "one key": "a" * share(900_000) + ": 1",
        "one text": "title: " + "x" * share(990_000),
        "too large": "title: " + "x" * share(1_100_000),
        "quotes": "title: '" + "''" * share(490_000),
        "escapes": 'title: "' + "\\u00e9" * share(160_000) + '"',
        "folded": "title: >\n" + "\n" * share(990_000),
        "comments": "#\n" * share(499_000),
        "directives": "%YAML 1.1\n" * share(99_000),
        "documents": "---\n" * share(240_000),
        "tags": "title: !!python/object/apply:os.system ['true']",
        "own tags": "title: !" + "a" * share(900_000) + " x",
        "number": "schema: " + "9" * share(900_000),
        "float": "schema: 1" + "0" * share(400_000) + "e" + "9" * share(400_000),
        "date": "title: 2020-01-01\n" * share(50_000),
        "question marks": "? " * share(490_000),
        "colons": "a" + ":" * share(990_000),
        "nul": "title: " + "\x00" * share(900_000),
        "tabs": "\t" * share(990_000),
    }
    raw = {"zeros": bytes(share(990_000)), "half": b"\xff\xfe" * share(490_000)}
    return {name: text.encode() for name, text in found.items()} | raw


READERS: dict[str, Callable[[Path], object]] = {
    "study.yaml": study_config.load,
    "form": lambda path: yamlfile.load(path, Form, InterviewkitError),
    "schedule": load_schedule,
}


def defused(folder: Path, bomb: bytes, reads: Callable[[Path], object]) -> tuple[bool, float, float]:
    """Whether a file was refused in one line; how long that took, in s; and what memory it took, in MB."""
    path = folder / "bomb.yaml"
    path.write_bytes(bomb)
    began_s = time.perf_counter()
    refused = refusal(path, reads)
    took_s = time.perf_counter() - began_s
    # Once more: to count memory takes time.
    tracemalloc.start()
    refused &= refusal(path, reads)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return refused, took_s, most_bytes / 1e6


def refusal(path: Path, reads: Callable[[Path], object]) -> bool:
    try:
        reads(path)
    except InterviewkitError as error:
        return "\n" not in str(error) and len(str(error)) < 1_000
    return False


def test_yaml_bombs(tmp_path: Path, figures: Figures) -> None:
    found = {
        f"{name} as {what}": defused(tmp_path, bomb, reads)
        for what, reads in (READERS if FULL else {"form": READERS["form"]}).items()
        for name, bomb in list(bombs().items())[:: 1 if FULL else 4]
    }
    taken = [name for name, (refused, _, _) in found.items() if not refused]
    slowest = max(found, key=lambda name: found[name][1])
    hungriest = max(found, key=lambda name: found[name][2])
    figures.add(f"{len(found)} YAML bombs: not refused in one line", len(taken), "= 0")
    figures.add(f"the slowest ({slowest})", found[slowest][1], "< 1" if FULL else "< 5", "s")
    figures.add(f"the hungriest ({hungriest})", found[hungriest][2], "< 100", "MB")
    assert taken == []


# ── ids that are paths ──────────────────────────────────────────────────────────────────────────

OUT = (
    "../outside",
    "../../outside",
    "/{outside}",
    "..",
    ".",
    "P01/../../outside",
    "..\\outside",
    "P01\x00",
    "",
)


def wanted(outside: Path) -> Iterator[str]:
    """What a hostile id would like to reach."""
    for text in OUT:
        yield text.format(outside=str(outside).lstrip("/"))


def test_ids_that_are_paths(tmp_path: Path, figures: Figures) -> None:
    study = small_study.new_study(tmp_path)
    small_study.consented_call(study)
    outside = tmp_path / "outside"
    # What lies outside looks as if it belonged to a study.
    shutil.copytree(study.paths.people / "P01", outside)
    shutil.copy(study.paths.interview("P01-1"), outside)
    shutil.copy(study.paths.schedules / "patient.yaml", tmp_path / "outside.yaml")
    before = small_study.snapshot(tmp_path)
    reached = [door for text in wanted(outside) for door in reaches(study, text)]
    tried = len(OUT) * len(DOORS)
    after = small_study.snapshot(tmp_path)
    own = f"{study.root.name}/"
    changed = [name for name in before if not name.startswith(own) and before[name] != after.get(name)]
    made = [name for name in after if name not in before and not name.startswith((own, "data/", "state/"))]
    figures.add(f"{tried} ids that are paths: taken for an id", len(reached), "= 0")
    name = f"{tried} ids that are paths: files changed or made outside of the study"
    figures.add(name, len(changed + made), "= 0")
    assert reached == []


DOORS: dict[str, Callable[[Study, str], object]] = {
    "participant": lambda study, text: study.participant(text),
    "consent": lambda study, text: study.consent_events(text),
    "grant": lambda study, text: study.grant(text, Record),
    "interview": lambda study, text: study.interview(text),
    "call": lambda study, text: study.call(text, 1),
    "group": lambda study, text: study.add_participant(text, "uk"),
    "jurisdiction": lambda study, text: study.add_participant("patients", text),
    "schedule": lambda study, text: with_group(study, "schedule", text),
    "prefix": lambda study, text: with_group(study, "prefix", text),
    "document": lambda study, text: with_document(study, "participant", "id", text),
    "recording": lambda study, text: with_document(study, "interview", "recording", text),
    "export": lambda study, text: handed_on(text),
    "right": lambda study, text: asked_for(text),
    "study": lambda study, text: study_data_dir(text),
}


def reaches(study: Study, text: str) -> Iterator[str]:
    """Through which doors it gets."""
    for name, door in DOORS.items():
        try:
            door(study, text)
        except (InterviewkitError, ValueError):
            continue
        yield f"{name} {text!r}"


def with_group(study: Study, key: str, text: str) -> None:
    """A study whose group has such a schedule or prefix."""
    config = json.loads(study.config.model_dump_json(by_alias=True))
    config["groups"][0][key] = text
    path = study.root.parent / "study-of-others.yaml"
    kept = {key: config[key] for key in ("groups", "approvals")}
    path.write_text(json.dumps({"schema": 1, "title": "x", **kept}))
    try:
        study_config.load(path)
    finally:
        path.unlink()


def with_document(study: Study, kind: str, key: str, text: str) -> None:
    """A study in which a document says such a thing of itself."""
    path = {"participant": study.paths.participant("P01"), "interview": study.paths.interview("P01-1")}[kind]
    kept = path.read_bytes()
    document = json.loads(kept)
    for rows in (document.get(kind, {}), document.get("calls", {})):
        for row in rows.values():
            row |= {key: text} if key in row else {}
    path.write_text(json.dumps(document))
    try:
        _ = study.participant("P01") if kind == "participant" else study.interview("P01-1")
    finally:
        path.write_bytes(kept)


def asked_for(text: str) -> None:
    """A wish to be erased, with a note that has such an id; none is no path."""
    if not text:
        raise ValueError(text)
    Right(kind=RightKind.ASKED, at=datetime.now(UTC), note=text)


def handed_on(text: str) -> None:
    """A line of the register of exports that names a file which goes when somebody is erased."""
    whose = {"participants": ("P01",), "interviews": ("P01-1",)}
    HandedOn.model_validate({"id": "x", "at": datetime.now(UTC), "format": "txt", "file": text, **whose})


# ── sound ───────────────────────────────────────────────────────────────────────────────────────


def sounds(folder: Path) -> list[Path]:
    """A second of sound in every container that can be written here, and a film."""
    made = [
        encode(folder / name, codec, rate, tones(rate, 440.0, 660.0, seconds=1)[:channels])
        for name, codec, rate, channels in SOUNDS
        if "amr" not in codec
    ]
    return [*made, encode_pictures(folder / "a.mp4", sound=True)]


def test_hostile_sound(tmp_path: Path, figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "SILENT_S", 30.0)
    originals = sounds(tmp_path)
    took_s, heard, refused, crashes = [], 0, 0, []
    for seed in range(MUTATED):
        original = originals[seed % len(originals)]
        hostile = tmp_path / f"hostile{original.suffix}"
        hostile.write_bytes(mutated(original.read_bytes(), 10_000 + seed))
        began_s = time.monotonic()
        try:
            with open_media(hostile) as media:
                for _ in media.blocks():
                    pass
            heard += 1
        except AudioError as error:
            refused += 1
            crashes += [str(error)] if "\n" in str(error) else []
        except Exception as error:  # noqa: BLE001 this is what is counted
            crashes.append(repr(error))
        took_s.append(time.monotonic() - began_s)
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    kinds = len({path.suffix for path in originals})
    name = f"{MUTATED} damaged files of {kinds} kinds ({heard} heard, {refused} refused)"
    figures.add(f"{name}: crashes of the program", len(crashes), "= 0")
    figures.add(f"{name}: longest", max(took_s), "< 60", "s")
    figures.add(f"{name}: most memory of a decoder", peak_mb, f"< {decode.MEMORY_BYTES / 1024**2:.0f}", "MB")
    assert crashes == []
    assert min(heard, refused) > 0


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_decoder_and_the_network(tmp_path: Path, figures: Figures) -> None:
    path = sounds(tmp_path)[0]
    list_ = tmp_path / "list.m3u8"
    list_.write_text("#EXTM3U\n#EXTINF:3,\nhttp://127.0.0.1:9/a.wav\n#EXT-X-ENDLIST\n")
    program = (
        "import sys, pathlib; from interviewkit import decode; decode.read_all(pathlib.Path(sys.argv[1]))"
    )
    asked = 0
    for file in (path, list_):
        command = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,bind", "-o", str(tmp_path / "calls")]
        subprocess.run([*command, sys.executable, "-c", program, str(file)], capture_output=True, check=False)
        asked += (tmp_path / "calls").read_text().count("AF_INET")
    figures.add("calls of the network by a decoder that reads a sound file, and a playlist", asked, "= 0")
