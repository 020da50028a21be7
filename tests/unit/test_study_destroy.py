"""What is struck or discarded is gone, what isn't stays, and nobody needs a consent for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import checking, drafts, session, session_moves, withdrawal
from interviewkit.capture import control
from interviewkit.capture.messages import Wanted
from interviewkit.consent import Record, Store, Transcribe
from interviewkit.drafts import Row
from interviewkit.edits import Retype
from interviewkit.errors import ConsentRefused, StorageError, UsageError
from interviewkit.events import Warned
from interviewkit.models import Ending, Interview, LeftOutKind
from interviewkit.recording_format import find_members
from interviewkit.sealing import KeyClass
from interviewkit.session_notes import NoteKind
from interviewkit.study import Study
from interviewkit.study_writing import Writing
from tests import small_study
from tests.room_world import FakeRecorder
from tests.tui import study as studies

pytestmark = pytest.mark.slow

RATE = studies.RATE


@pytest.fixture(name="study")
def _study(tmp_path: Path, request: pytest.FixtureRequest) -> Study:
    """A sealed one, where a test doesn't ask for another."""
    study: Study = getattr(request, "param", small_study.sealed_study)(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study


@pytest.fixture(name="interview")
def _interview(study: Study) -> Interview:
    """A call of noise, 90 s long, with a transcript of 17 s."""
    grant = study.grant("P01", Record)
    known = study.new_interview(grant)
    with study.importing(grant, known.id, sample_rate=RATE, channels=1) as writer:
        writer.write(np.random.default_rng(1).integers(-9000, 9000, (1, 90 * RATE), np.int16))
    studies.keep(study, known.id, studies.transcript())
    return study.interview(known.id)


def words(study: Study) -> str:
    tables = study.raw(study.grant("P01", Store), "P01-1", 1)
    assert tables is not None
    return " / ".join(" ".join(word["text"] for word in turn["words"]) for turn in tables["turns"])


def silence(study: Study, start_s: float, stop_s: float) -> bool:
    with study.recording(study.grant("P01", Transcribe), "P01-1", 1) as sound:
        assert sound.problems == []
        return not np.any(sound.read(round(start_s * RATE), round(stop_s * RATE)))


def test_sound_and_words_of_a_stretch_go_and_the_rest_stays(study: Study, interview: Interview) -> None:
    before = words(study)
    struck = study.strike("P01-1", 1, 3.2, 6.4)
    assert silence(study, 3.2, 6.4)
    assert not silence(study, 3.0, 3.2)
    assert not silence(study, 6.4, 6.5)
    # Two words a second: from the sixth to the thirteenth is gone, one that is touched too.
    said = before.replace(" / ", " ").split()
    assert words(study).replace(" / ", " ").split() == said[:6] + said[13:]
    (left,) = struck.left_out
    assert (left.kind, left.start_frame, left.stop_frame) == (LeftOutKind.STRUCK, 25_600, 51_200)
    (done,) = struck.calls[0].struck
    assert done.head == interview.calls[0].head
    assert struck.calls[0].head != interview.calls[0].head
    assert study.strike("P01-1", 1, 3.2, 6.4).calls[0].struck == (done,)


def test_a_turn_that_is_struck_in_its_middle_becomes_two(study: Study, interview: Interview) -> None:
    study.strike("P01-1", 1, 4.0, 5.0)
    parts = words(study).split(" / ")
    assert parts[1:3] == ["With a letter", "doctor, and then nothing happened for six weeks."]


def test_no_consent_is_needed_to_destroy(study: Study, interview: Interview) -> None:
    small_study.withdraw(study, "P01")
    study.strike("P01-1", 1, 0, 9000)
    assert study.interview("P01-1").calls[0].struck
    path = study.paths.audio("P01-1", 1)
    with pytest.raises(ConsentRefused):
        study.grant("P01", Transcribe)
    from interviewkit.recording import RecordingReader

    with RecordingReader(path, unseal=study.keys.opener("P01", KeyClass.AUDIO).open) as reader:
        assert not np.any(reader.read(0, 90 * RATE))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("P01-1", 2, 0, 1), "no call 2"),
        (("P01-9", 1, 0, 1), "no interview P01-9"),
        (("P01-1", 1, 95, 99), "90 s long"),
        (("P01-1", 1, 5, 5), "nothing there"),
        (("P01-1", 1, -3, 5), "nothing there"),
    ],
)
def test_what_is_not_there_can_not_be_struck(
    study: Study, interview: Interview, arguments: tuple[str, int, float, float], complaint: str
) -> None:
    before = small_study.snapshot(study.root)
    with pytest.raises(UsageError, match=complaint):
        study.strike(*arguments)
    assert small_study.snapshot(study.root) == before


def test_words_that_somebody_hears_in_an_old_file_are_not_saved(study: Study, interview: Interview) -> None:
    """A transcription that had the recording open when it was struck."""
    heard = drafts.pack(drafts.Work(finished=True, transcript=studies.transcript()))
    heard["heard"] = [{"chunk": 0, "words": heard["turns"][1]["words"]}]
    study.strike("P01-1", 1, 3.2, 6.4)
    study.save_raw(study.grant("P01", Store), "P01-1", 1, heard)
    assert "nothing" in words(study)
    assert "letter" not in words(study)
    tables = study.raw(study.grant("P01", Store), "P01-1", 1)
    assert tables is not None
    assert "letter" not in str(tables["heard"])
    assert "weeks." in str(tables["heard"])


def test_what_people_typed_there_is_struck_as_well_now_and_when_it_is_saved_later(
    study: Study, interview: Interview
) -> None:
    """The checked transcript, and somebody who has it open while it is struck."""
    keep, heard = study.grant("P01", Store), studies.transcript()
    study.save_raw(keep, "P01-1", 1, drafts.pack(drafts.Work(finished=True, transcript=heard)))
    now = datetime.now(UTC)
    sitting = checking.begun(heard, None, "P01-1", "Ada", now)
    sitting = sitting.changed(Retype(1, sitting.turns[1].text.replace("letter", "secret letter")))
    tables = checking.pack(sitting.record(now), heard)
    for _ in range(2):
        study.save_checked(keep, "P01-1", 1, tables)
        study.strike("P01-1", 1, 3.2, 6.4)
        left = str(study.checked(keep, "P01-1", 1))
        assert "secret" not in left
        assert "weeks." in left
    study.save_checked(keep, "P01-1", 1, tables)
    assert "secret" not in str(study.checked(keep, "P01-1", 1))
    other = checking.begun(heard, None, "P01-1", "Ben", now + timedelta(seconds=1)).changed(
        Retype(0, "Ben's")
    )
    with pytest.raises(UsageError, match="somebody else has checked"):
        study.save_checked(keep, "P01-1", 1, checking.pack(other.record(now), heard))
    assert "Ben's" not in str(study.checked(keep, "P01-1", 1))


def alter(study: Study) -> None:
    """Change a bit of the last record."""
    path = study.paths.audio("P01-1", 1)
    data = bytearray(path.read_bytes())
    with path.open("rb") as file:
        last = find_members(file).members[-1]
    data[last.end - last.size // 2] ^= 1
    path.write_bytes(data)


def cut_off(study: Study, monkeypatch: pytest.MonkeyPatch, start_s: float, stop_s: float) -> None:
    """A strike that a kill ends when the new recording has its place, and before that is noted."""
    with monkeypatch.context() as patched:
        patched.setattr("interviewkit.study_destroy._struck", killed)
        with pytest.raises(Killed):
            study.strike("P01-1", 1, start_s, stop_s)


class Killed(Exception):
    """Here the program ended."""


def killed(*_: object, **__: object) -> None:
    raise Killed


# In a sealed one, a record that was changed can't be opened any more.
clear = pytest.mark.parametrize("study", [small_study.clear_study], indirect=True)


@clear
def test_a_recording_that_was_changed_is_struck_and_the_change_stays_on_record(
    study: Study, interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(study)
    struck = study.strike("P01-1", 1, 3.2, 6.4)
    assert struck.calls[0].struck[0].altered
    cut_off(study, monkeypatch, 8, 9)
    alter(study)
    (_, second) = Study.open(study.root).interview("P01-1").calls[0].struck
    assert second.altered


@clear
def test_a_recording_that_was_changed_is_known_after_a_kill_and_where_nothing_is_left_to_silence(
    study: Study, interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(study)
    cut_off(study, monkeypatch, 3.2, 6.4)
    call = Study.open(study.root).interview("P01-1").calls[0]
    assert call.struck[0].altered
    assert call.striking is None
    study.strike("P01-1", 1, 3.2, 6.0)
    alter(study)
    (*_, second, third) = study.strike("P01-1", 1, 3.2, 5.0).calls[0].struck
    assert (second.altered, third.altered) == (False, True)


def test_strikes_that_are_cut_off_finished_and_done_twice_alter_nothing(
    study: Study, interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(study, monkeypatch, 3.2, 6.4)
    # With more to strike than when it was cut off, and that is cut off as well.
    cut_off(study, monkeypatch, 10, 11)
    call = Study.open(study.root).interview("P01-1").calls[0]
    assert [one.altered for one in call.struck] == [False, False]
    again = study.strike("P01-1", 1, 3.2, 7)
    assert [one.altered for one in again.calls[0].struck] == [False, False, False]
    with small_study.recording(study, "P01-1", 1, head=again.calls[0].head) as sound:
        assert sound.problems == []


def test_what_the_disk_refuses_is_done_when_the_study_is_opened_next(
    study: Study, interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full.", "Free some space.")

    with monkeypatch.context() as patched:
        patched.setattr("interviewkit.recording_strike.strike", full)
        with pytest.raises(StorageError):
            study.strike("P01-1", 1, 3.2, 6.4)
        told: list[Warned] = []
        Study.open(study.root, told.append)
        assert "P01-1: what is to be destroyed is still there. The disk is full." in told[0].message
        assert "letter" not in words(study)
        assert not silence(study, 3.2, 6.4)
    Study.open(study.root)
    assert silence(study, 3.2, 6.4)


def test_a_strike_survives_the_next_call_of_the_interview(study: Study, interview: Interview) -> None:
    study.strike("P01-1", 1, 3.2, 6.4)
    held = session.hold(study, study.grant("P01", Record), "P01-1")
    held.start(session.BETWEEN_CALLS, "another", 2)
    assert [left.call for left in study.interview("P01-1").left_out] == [1]


def test_a_writing_that_destroys_can_do_nothing_else(study: Study, interview: Interview) -> None:
    def more(writing: Writing) -> None:
        writing.destroyed(interview.model_copy(update={"speakers": 5}))

    with pytest.raises(ConsentRefused):
        study.write("P01", more, "x")
    other = study.add_participant("patients", "uk").id
    for change in (
        lambda writing: writing.destroyed(interview),
        lambda writing: writing.discarded("P01-1"),
        lambda writing: writing.words_destroyed("P01-1", 1, {}),
        lambda writing: writing.notes_destroyed("P01-1", 1, ()),
    ):
        with pytest.raises(ConsentRefused):
            study.write(other, change, "x")
    assert words(study)


# ── words ───────────────────────────────────────────────────────────────────────────────────────

SECONDS = st.integers(0, 40).map(float)
WORDS: st.SearchStrategy[list[Row]] = st.lists(st.tuples(SECONDS, SECONDS).map(sorted), max_size=12).map(
    lambda times: [
        {"text": str(n), "start_s": start, "end_s": stop} for n, (start, stop) in enumerate(sorted(times))
    ]
)
TURN = WORDS.filter(bool).map(
    lambda said: {
        "speaker": "P01",
        "start_s": said[0]["start_s"],
        "end_s": max(w["end_s"] for w in said),
        "words": said,
    }
)
STRETCHES = st.lists(
    st.tuples(SECONDS, SECONDS).map(sorted).map(tuple).filter(lambda s: s[0] < s[1]), max_size=3
)


@given(turns=st.lists(TURN, max_size=4), heard=st.lists(WORDS, max_size=3), stretches=STRETCHES)
def test_no_word_that_is_touched_is_left_and_no_other_goes(
    turns: list[Row], heard: list[list[Row]], stretches: list[tuple[float, float]]
) -> None:
    def touched(word: Row) -> bool:
        if word["start_s"] == word["end_s"]:
            # Typed by somebody, without a length: at an edge as well.
            return any(start <= word["start_s"] <= stop for start, stop in stretches)
        return any(word["start_s"] < stop and word["end_s"] > start for start, stop in stretches)

    tables = {"turns": turns, "heard": [{"chunk": n, "words": said} for n, said in enumerate(heard)], "x": []}
    left = drafts.without(tables, stretches)
    for before, after in zip(heard, left["heard"], strict=True):
        assert after["words"] == [word for word in before if not touched(word)]
    all_left = [word for turn in left["turns"] for word in turn["words"]]
    assert sorted(map(str, all_left)) == sorted(
        str(word) for turn in turns for word in turn["words"] if not touched(word)
    )
    for turn in left["turns"]:
        assert turn["words"]
        assert turn["start_s"] == turn["words"][0]["start_s"]
        assert turn["end_s"] == max(word["end_s"] for word in turn["words"])
        for start, stop in stretches:
            assert not (turn["words"][0]["end_s"] <= start and turn["words"][-1]["start_s"] >= stop)
    assert drafts.without(left, stretches) == left
    assert drafts.without(tables, ()) == tables


# ── in the course of a call ─────────────────────────────────────────────────────────────────────


class At:
    """Anchors that are set by hand."""

    frame = 0

    def frame_at(self, monotonic_s: float) -> int:
        return self.frame


def test_what_was_typed_in_a_struck_stretch_goes_at_once(study: Study) -> None:
    grant = study.grant("P01", Record)
    interview = study.new_interview(grant).id
    held, at = session.hold(study, grant, interview), At()
    held.start(at, "one", 1)
    for frame, move, text in (
        (10, session_moves.note, "before"),
        (100, session_moves.note, "a secret"),
        (110, session_moves.improvise, "the secret?"),
        (120, session_moves.tag, session_moves.Tag.DISTRESS),
        (130, session_moves.incident, "0123"),
        (140, session_moves.note, "in the pause after it"),
    ):
        at.frame = frame
        held.do(move, text)  # type: ignore[arg-type]
    held.do(session_moves.strike, 50, confirm=True)
    at.frame = 200
    held.do(session_moves.note, "after")
    kept = study.notes(grant, interview, 1)
    assert [(note.kind, note.text) for note in kept] == [
        (NoteKind.NOTE, "before"),
        (NoteKind.TAG, "distress"),
        (NoteKind.INCIDENT, "0123"),
        (NoteKind.NOTE, "after"),
    ]
    assert session.hold(study, grant, interview).log == held.log


def unfinished(study: Study) -> FakeRecorder:
    """A call that is over and not kept."""
    grant = study.grant("P01", Record)
    interview = study.new_interview(grant).id
    recorder = FakeRecorder(study, grant, interview, (Wanted("mic", "ALSA", 1),))
    held = session.hold(study, grant, interview)
    held.start(At(), recorder.state.recording, 1)
    held.do(session_moves.note, "a note")
    return recorder


def test_a_withdrawal_needs_the_word_of_the_log(study: Study, interview: Interview) -> None:
    with pytest.raises(UsageError, match="Nobody has withdrawn"):
        withdrawal.stop(study, "P01-1", by="Ada")
    with pytest.raises(UsageError, match="Nobody has withdrawn"):
        study.discard("P01-1")
    assert words(study)


def test_nothing_is_discarded_where_a_link_leads(study: Study, tmp_path: Path) -> None:
    unfinished(study)
    session.hold(study, study.grant("P01", Record), "P01-1").do(
        session_moves.withdraw, keep=False, confirm=True
    )
    folder = study.paths.recordings / "P01-1"
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    before = small_study.snapshot(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="P01-1 is a link"):
        study.discard("P01-1")
    assert small_study.snapshot(tmp_path / "elsewhere") == before


@pytest.mark.parametrize("keep", [True, False])
def test_a_withdrawal_leaves_other_interviews_and_names_them(
    study: Study, interview: Interview, keep: bool
) -> None:
    recorder = unfinished(study)
    held = session.hold(study, study.grant("P01", Record), "P01-2")
    held.do(session_moves.withdraw, keep=keep, confirm=True)
    stopped = withdrawal.stop(study, "P01-2", by="Ada")
    assert stopped == withdrawal.Stopped("P01-2", keep, ("P01-1",))
    assert study.paths.audio("P01-1", 1).exists()
    assert study.paths.audio("P01-2", 1).exists() is keep
    assert study.paths.notes("P01-2", 1, ".age").exists() is keep
    assert not study.paths.unfinished_audio("P01-2", recorder.state.recording).exists()
    (_, event) = study.consent_events("P01")
    assert (event.kind, event.recorded_by) == ("withdrawn", "Ada")  # type: ignore[union-attr]
    with pytest.raises(ConsentRefused):
        study.grant("P01", Record)
    assert withdrawal.settle(Study.open(study.root)) == []
    assert len(study.consent_events("P01")) == 2
    found = study.interview("P01-2").withdrawal
    assert found is not None
    assert found.ending is (Ending.WITHDRAWN_KEEP if keep else Ending.WITHDRAWN_DISCARD)


def test_consent_that_is_given_anew_is_not_withdrawn_again(study: Study) -> None:
    unfinished(study)
    held = session.hold(study, study.grant("P01", Record), "P01-1")
    held.do(session_moves.withdraw, keep=False, confirm=True)
    study.remember("quetzal", "Quetzal", "Ada", ["P01"])
    study.remember("see bt", "CBT", "Ada")
    withdrawal.stop(study, "P01-1", by="Ada")
    small_study.give(study, "P01")
    again = Study.open(study.root)
    assert [one.wrong for one in again.corrections()] == ["see bt"]
    assert withdrawal.settle(again) == []
    assert again.grant("P01", Record)
    known = again.interview("P01-1")
    assert known.discarded_at is not None
    assert known.discarded_at <= datetime.now(UTC)


def test_what_is_struck_goes_even_where_nobody_may_keep_the_rest(study: Study) -> None:
    recorder = unfinished(study)
    grant = study.grant("P01", Record)
    path = study.paths.unfinished_audio("P01-1", recorder.state.recording)
    path.unlink()
    with study.recording_writer(
        grant, "P01-1", recorder.state.recording, sample_rate=16_000, channels=1
    ) as writer:
        writer.write(np.full((1, 16_000), 99, np.int16))
    at = At()
    held = session.hold(study, grant, "P01-1", at)
    at.frame = 16_000
    held.do(session_moves.strike, 0, confirm=True)
    small_study.withdraw(study, "P01")
    assert withdrawal.settle(Study.open(study.root)) == []
    from interviewkit.recording import RecordingReader

    with RecordingReader(path, unseal=study.keys.opener("P01", KeyClass.AUDIO).open) as reader:
        assert reader.frames == 16_000
        assert not np.any(reader.read(0, 16_000))
    assert control.unfinished(study)
