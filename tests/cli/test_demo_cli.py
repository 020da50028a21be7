"""The demonstration with an engine that hears exactly what the reference says."""

from pathlib import Path

import pytest

from interviewkit import demo, demo_interview, scoring
from interviewkit.capture import control
from interviewkit.capture.scripted import SCRIPT_VARIABLE
from interviewkit.models import Span
from interviewkit.paths import STATE_VARIABLE
from interviewkit.study import Study
from tests import canaries, fakes, quick, small_study
from tests.cli.conftest import Run
from tests.room_world import Recorders

pytestmark = pytest.mark.slow


def reference() -> list[fakes.Line]:
    """The reference's words in the reference's talk."""
    rows = [line.split(maxsplit=5) for line in demo.sample().words.read_text().splitlines()]
    return [(row[2], float(row[3]), float(row[4]), row[5]) for row in rows]


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> fakes.Speech:
    monkeypatch.setattr("interviewkit.speech.weights.is_present", lambda name: True)
    quick.install(monkeypatch)
    return fakes.Speech(reference()).install(monkeypatch)


def sound_of(path: Path) -> list[bytes]:
    """Bits of a sound file that can be told apart from anything else."""
    data = path.read_bytes()
    return [data[at : at + 48] for at in range(len(data) // 4, len(data) - 48, len(data) // 16)]


def test_none_of_what_was_said_is_in_a_file_but_for_what_was_handed_on(run: Run, tmp_path: Path) -> None:
    assert run("demo").code == 0
    study = Study.open(tmp_path / "interviewkit-demo")
    assert study.keys.sealed
    said = [text for _, _, _, text in reference() if len(text) > 12]
    assert len(said) > 5
    handed_on = study.paths.exports
    # A positive control: the same search finds all of it where it was handed on.
    assert len(canaries.found([handed_on], said)) == len(said)
    elsewhere = tmp_path / "handed on"
    handed_on.rename(elsewhere)
    hidden = [folder for folder in tmp_path.iterdir() if folder != elsewhere]
    assert {"interviewkit-demo", "data"} <= {folder.name for folder in hidden}
    assert canaries.found(hidden, [*said, *sound_of(demo.sample().audio), b"fLaC", b"AGE-SECRET-KEY"]) == []


def test_a_demonstration_asks_for_no_passphrase_and_says_why(run: Run, tmp_path: Path) -> None:
    assert "passphrase that was made up and is kept beside its keys" in run("demo").err
    Study.open(tmp_path / "interviewkit-demo").keys.lock()
    assert run("transcript", "show", "P01-1", "--study", "interviewkit-demo").code == 0


def test_it_goes_all_the_way(run: Run, tmp_path: Path) -> None:
    outcome = run("demo")
    assert outcome.code == 0
    assert "WER 0.00" in outcome.out
    assert "Oh, hello. I didn't know you were there." in outcome.out
    assert "Interviewer" in outcome.out
    assert "What to do next:" in outcome.err
    made = Study.open(tmp_path / "interviewkit-demo")
    assert made.config.title == demo.TITLE
    assert (made.paths.exports / "demo-turns.xlsx").stat().st_size > 5_000


def test_its_scores_are_those_of_the_reference(run: Run) -> None:
    spans = [Span(speaker=who, start_s=start, end_s=end) for who, start, end, _ in reference()]
    der = scoring.diarisation_error_rate(scoring.read_rttm(demo.sample().speakers), spans, 30.0)
    assert f"DER {der:.2f}" in run("demo", "-q").out


def test_a_second_run_keeps_what_is_done(run: Run, heard: fakes.Speech, tmp_path: Path) -> None:
    first = run("demo", "here")
    second = run("demo", "here", "-q")
    assert second.out == first.out
    assert second.err == ""
    assert len(heard.diarised) == 1
    assert len(Study.open(tmp_path / "here").interviews()) == 1


def test_it_goes_on_where_it_was_stopped(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fakes.Speech(reference(), stops_after=0).install(monkeypatch)
    stopped = run("demo", "-q")
    assert stopped.code == 130
    assert "the same command goes on from there" in stopped.err
    fakes.Speech(reference()).install(monkeypatch)
    assert run("demo", "-q").code == 0
    assert len(Study.open(tmp_path / "interviewkit-demo").interviews()) == 1


def test_it_keeps_away_from_a_study_of_ones_own(run: Run, study: Study) -> None:
    before = small_study.snapshot(study.root)
    outcome = run("demo", study.root)
    assert outcome.code == 2
    assert "is another study" in outcome.err
    assert small_study.snapshot(study.root) == before


def test_the_sample_is_found_without_importing_what_ships_it() -> None:
    found = demo.sample()
    assert all(path.is_file() for path in (found.audio, found.words, found.speakers))


def test_models_that_are_missing_are_fetched_first(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = []

    def fetch(name: str) -> list[object]:
        asked.append(name)
        return []

    monkeypatch.setattr("interviewkit.speech.weights.is_present", lambda name: name != "base")
    monkeypatch.setattr("interviewkit.speech.weights.fetch", fetch)
    outcome = run("demo")
    assert asked == ["base"]
    assert "Fetching models, once: base (148 MB)." in outcome.err


# ── the demonstration interview ─────────────────────────────────────────────────────────────────


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Recorders:
    """No recorder and no waiting."""
    for name in (SCRIPT_VARIABLE, STATE_VARIABLE):
        monkeypatch.setenv(name, "")
    made = Recorders()
    monkeypatch.setattr(control, "begin", made.begin)
    monkeypatch.setattr("interviewkit.demo_interview.time.sleep", lambda length_s: None)
    return made


def test_an_interview_by_itself_ends_with_the_transcript_by_question(
    run: Run, played: Recorders, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fakes.Speech([("A", 0.1, 0.5, "How did it come up?"), ("B", 0.6, 0.9, "By letter.")]).install(monkeypatch)
    outcome = run("demo", "--interview", "--by-itself", "--short")
    assert outcome.code == 0, outcome.err
    assert "Recording P01-1" in outcome.err
    assert "How did using a programme on the internet first come up?" in outcome.err
    assert "By letter." in outcome.out
    assert "══ Not asked ═" in outcome.out
    assert "transcript show P01-1 --by-question" in outcome.err
    assert Study.open(tmp_path / "interviewkit-demo-interview").config.title == demo_interview.TITLE
    again = run("demo", "--interview", "--by-itself", "--short", "-q")
    assert again.err == ""
    assert "P02" in again.out


def test_an_interview_line_by_line_ends_with_it_as_well(run: Run, played: Recorders) -> None:
    outcome = run("demo", "--interview", "--plain", "here", typed="\n1\nend finished\n")
    assert outcome.code == 0, outcome.err
    assert [told for told in played.last.told if told.startswith("cue")] == [
        "cue opening",
        "cue first-offered",
        "cue first-offered.a",
    ]
    assert "══ Not asked ═" in outcome.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--mute"],
        ["--consent"],
        ["--interview", "--plain", "--consent"],
        ["--device", "mic"],
        ["--by-itself"],
        ["--plain"],
        ["--interview", "--short"],
        ["--interview", "--plain", "--by-itself"],
        ["--interview", "--by-itself", "--device", "mic"],
        ["--interview"],
    ],
)
def test_what_does_not_go_together_is_said(run: Run, played: Recorders, arguments: list[str]) -> None:
    outcome = run("demo", *arguments)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert played.made == []
