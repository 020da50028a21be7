"""An interview in progress as lines: what stands where, whatever the width and whatever was typed."""

from interviewkit.capture.messages import Levels
from interviewkit.models import Ending
from interviewkit.room_live import Live
from interviewkit.session_chat import entries
from interviewkit.session_log import Log
from interviewkit.session_moves import (
    Pause,
    Tag,
    ask,
    ask_probe,
    earlier,
    end,
    go_back,
    improvise,
    incident,
    note,
    pause,
    present,
    resume,
    skip,
    strike,
    tag,
    undo,
)
from interviewkit.session_notes import Person, Role
from interviewkit.tui import room_views
from interviewkit.tui.room_lines import Line, lay_out, talkers
from interviewkit.tui.widgets.keys import Key, fitting
from tests.unit.session_clock import RATE, Hand

BOTH = talkers("P01", 2)
TWO = Live(("mic", "line"), levels=tuple(Levels(0, (-60.0 + 10 * n, 0.0), (0.0, 0.0)) for n in range(7)))


def drawn(line: Line) -> str:
    return " " * line.indent + "".join(text for text, _ in line.pieces)


def chat(log: Log, width: int = 80, saved: int = 1000, talk: dict[int, float] | None = None) -> list[str]:
    """All entries as text; `talk` is what was heard since the last one that is answered."""
    found = entries(log, log.actions[-1].monotonic_s)
    return [drawn(line) for entry in found for line in lay_out(log, entry, saved, width, BOTH, talk or {})]


def one(log: Log, words: str, width: int = 80) -> str:
    """The one line with these words."""
    found = [line for line in chat(log, width) if words in line]
    assert len(found) == 1, found
    return found[0]


def test_a_call_as_a_chat() -> None:
    hand = Hand().start().wait(5).do(ask).wait(10).do(ask_probe, "a").wait(3)
    lines = chat(hand.log)
    assert lines[0].startswith("── Call 1 · ")
    assert "          │ Hello. │" in lines
    assert any("You asked" in line for line in lines)
    assert any(line.strip().endswith("You probed: Who?") for line in lines)
    assert " until the next: 00:05" in lines


def test_talk_is_a_block_for_five_seconds_on_each_side() -> None:
    hand = Hand().start().wait(60)
    lines = chat(hand.log, talk={0: 2.0, 1: 31.0})
    assert " P01 talks ▒▒▒▒▒▒  00:31" in lines
    assert " You talk ▒  00:02" in lines
    assert not any("until the next" in line for line in lines)
    mixed = lay_out(hand.log, entries(hand.log, 160.0)[0], 9, 80, talkers("P01", 1), {0: 9.0})
    assert " Somebody talks ▒▒  00:09" in [drawn(line) for line in mixed]


def test_an_hour_of_talk_has_room_in_a_line() -> None:
    for width in (30, 51, 200):
        lines = chat(Hand().start().wait(3600).log, width, talk={1: 3600.0})
        assert max(map(len, lines)) <= max(width, 30)
        assert any("1:00:00" in line for line in lines)


def test_what_is_not_on_the_disk_yet_says_so() -> None:
    hand = Hand().start().wait(1).do(ask).wait(1).do(note, "later")
    lines = chat(hand.log, saved=2)
    assert [" …" in line for line in lines if "You asked" in line or "later" in line] == [False, True]


def test_everything_that_can_happen_has_its_words() -> None:
    people = (Person(role=Role.INTERPRETER), Person(role=Role.RELATIVE, talks=False))
    hand = Hand().start().wait(1).do(skip).do(earlier).do(ask).wait(1)
    hand.do(improvise, "And the dog?").do(go_back).do(note, "He laughed.").do(tag, Tag.FOLLOW_UP)
    hand.do(present, people, "at home").do(incident, "i1").do(pause, Pause.DISTRESS).wait(60).do(resume)
    hand.wait(120).do(strike, hand.frame - 60 * RATE, confirm=True).do(end, Ending.LATER)
    log = hand.log
    assert one(log, "skipped").startswith(" ↷ ")
    assert one(log, "answered earlier").startswith(" ↷ ")
    assert one(log, "You returned to")
    assert one(log, "And the dog?")
    assert one(log, "He laughed.").startswith(" ✎ ")
    assert one(log, "follow up").startswith(" ⚑ ")
    assert one(log, "Also there: interpreter, relative (silent); where: at home")
    assert one(log, "An incident is on record, apart from the interview.")
    assert one(log, "off the record: nothing is recorded")
    assert one(log, "on the record again")
    assert one(log, "the last 01:00 will be destroyed")
    assert one(log, "call 1 ended: to be continued")


def test_what_is_taken_back_is_not_shown() -> None:
    hand = Hand().start().wait(1).do(ask).do(undo)
    assert not any("You asked" in line for line in chat(hand.log))


def test_what_was_typed_steers_nothing_and_fits() -> None:
    typed = "\x1b]52;c;aGk=\x1b\\ [red]" + "word " * 40 + "x" * 300
    hand = Hand().start().wait(1).do(note, typed).do(improvise, typed)
    for width in (30, 51, 110):
        lines = chat(hand.log, width)
        assert all("\x1b" not in line for line in lines)
        assert max(map(len, lines)) <= max(width, 30)


# ── around the chat ─────────────────────────────────────────────────────────────────────────────


def outline(log: Log, selected: str = "") -> list[str]:
    return [row.text for row in room_views.shown(log, log.actions[-1].monotonic_s, selected, 28)]


def test_the_outline_has_headings_signs_numbers_and_times() -> None:
    hand = Hand().start().wait(30).do(ask).wait(65).do(improvise, "And?").do(skip)
    assert [row.rstrip() for row in outline(hand.log, "home")] == [
        " ✓ Opening             00:30",
        "Experience",
        " Process",
        " ✓ 1 Offered           01:05",
        " ▶ + Improvised 1",
        " ↷ 2 Using           skipped",
        "Context",
        "›· 3 Home",
        " · Closing",
    ]


def test_the_title_leaves_out_what_has_no_room() -> None:
    hand = Hand().start().wait(65)
    full = room_views.title(hand.log, "P01", TWO, True, hand.now_s, 120)
    assert full.startswith("P01 · call 1   ● REC 0:01:05   you ▁▂▃▅▆▇█   line ███████   30 min planned")
    short = room_views.title(hand.log, "P01", TWO, True, hand.now_s, 30)
    assert short == "P01 · call 1   ● REC 0:01:05"


def test_the_title_says_when_nothing_is_recorded() -> None:
    hand = Hand().start().wait(65)
    assert "! NOT RECORDED 0:01:05" in room_views.title(hand.log, "P01", TWO, False, hand.now_s, 120)
    hand.do(pause).wait(125)
    assert "‖ OFF THE RECORD for 02:05" in room_views.title(hand.log, "P01", TWO, True, hand.now_s, 120)
    hand.do(end)
    assert "■ ENDED 0:01:05" in room_views.title(hand.log, "P01", TWO, True, hand.now_s, 120)


def test_it_is_said_when_the_plan_will_not_hold() -> None:
    hand = Hand().start().wait(60)
    assert "over" not in room_views.title(hand.log, "P01", TWO, True, hand.now_s, 120)
    hand.wait(20 * 60)
    assert "min over" in room_views.title(hand.log, "P01", TWO, True, hand.now_s, 120)


def test_probes_are_shown_in_full_where_there_is_room() -> None:
    hand = Hand().start().wait(1).do(ask).do(ask_probe, "b")
    assert room_views.probes(hand.log, 40, 5) == [("1 · Who?", False), ("2 ✓ When?", True)]


def test_what_is_next_is_shown_in_full_as_far_as_lines_go() -> None:
    hand = Hand().start().wait(1)
    assert room_views.upcoming(hand.log, "offered", 40, 4) == ["⏎ ask 1: How?"]
    assert room_views.upcoming(hand.log, "closing", 40, 4) == ["⏎ Closing script: Thank you."]
    hand.do(ask)
    assert room_views.upcoming(hand.log, "offered", 40, 4) == ["⏎ ask again 1: How?"]
    assert room_views.upcoming(hand.do(end).log, "using", 40, 4) == []


def test_choosing_stops_at_the_ends() -> None:
    log = Hand().start().log
    assert room_views.around(log, "opening", -1) == "opening"
    assert room_views.around(log, "opening", 1) == "offered"
    assert room_views.around(log, "closing", 1) == "closing"


def test_the_least_important_keys_give_way() -> None:
    keys = (Key("a", "first"), Key("b", "second", 3), Key("c", "third", 2), Key("d", "fourth"))
    assert fitting(keys, 100) == list(keys)
    assert [key.key for key in fitting(keys, 30)] == ["a", "c", "d"]
    assert [key.key for key in fitting(keys, 20)] == ["a", "d"]
    assert fitting(keys, 3) == []
