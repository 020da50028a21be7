"""Any sequence of moves: what is saved after each is what there is, and nothing runs backwards."""

from collections.abc import Callable
from itertools import pairwise

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from interviewkit.errors import UsageError
from interviewkit.models import Ending, Interview
from interviewkit.session_log import Log, held, saved
from interviewkit.session_moves import (
    Tag,
    ask,
    ask_probe,
    earlier,
    end,
    go_back,
    go_to,
    improvise,
    note,
    pause,
    present,
    redo,
    resume,
    skip,
    strike,
    strike_last,
    tag,
    take_back,
    undo,
)
from interviewkit.session_notes import Note, Person, Role
from interviewkit.session_plan import coverage
from tests.unit.session_clock import GUIDE, RATE, Hand

EMPTY = Interview(id="P07-1", participant="P07", schedule="patient")
QUESTIONS = st.sampled_from(["", "opening", "offered", "using", "home", "improvised-1", "closing"])
MOVES: dict[str, Callable[[Hand, str], Hand]] = {
    "ask": lambda hand, question: hand.do(ask, question),
    "probe": lambda hand, question: hand.do(ask_probe, "b" if question else "a"),
    "improvise": lambda hand, question: hand.do(improvise, f"And {question}?"),
    "skip": lambda hand, question: hand.do(skip, question),
    "earlier": lambda hand, question: hand.do(earlier, question),
    "go to": lambda hand, question: hand.do(go_to, question),
    "go back": lambda hand, question: hand.do(go_back),
}
REST: dict[str, Callable[[Hand], Hand]] = {
    "note": lambda hand: hand.do(note, "Typed"),
    "tag": lambda hand: hand.do(tag, Tag.DISTRESS),
    "untag": lambda hand: hand.do(take_back, len(hand.log.actions)),
    "present": lambda hand: hand.do(present, [Person(role=Role.TRAINEE, talks=False)], "at home"),
    "pause": lambda hand: hand.do(pause),
    "resume": lambda hand: hand.do(resume),
    "strike": lambda hand: hand.do(strike, hand.frame // 2, confirm=True),
    "strike last": lambda hand: hand.do(strike_last, 40 * RATE, confirm=True),
    "undo": lambda hand: hand.do(undo),
    "redo": lambda hand: hand.do(redo),
    "drop": lambda hand: hand.do(end, Ending.DROPPED),
    "part": lambda hand: hand.do(end, Ending.LATER),
}


def place(log: Log) -> object:
    """Where the interview is, and what was covered."""
    state = log.state
    return coverage(log), state.current, state.chosen, state.path, state.probed, state.marks, log.next_up


class Interviewing(RuleBasedStateMachine):
    """An interviewer who presses every key at every moment."""

    def __init__(self) -> None:
        super().__init__()
        self.hand = Hand()
        self.interview = EMPTY
        self.notes: dict[int, str] = {}

    def attempt(self, act: Callable[[Hand], Hand]) -> bool:
        """Whether the move was accepted; a refused one changes nothing."""
        before = self.hand.log
        try:
            act(self.hand)
        except UsageError:
            assert self.hand.log is before
            return False
        self.save()
        return True

    def save(self) -> None:
        """As on disk: the interview, and the notes of every call."""
        log = self.hand.log
        self.interview = Interview.model_validate_json(saved(log, self.interview).model_dump_json())
        for call in {action.call for action in log.actions}:
            self.notes[call] = "\n".join(note.model_dump_json() for note in log.notes_in(call))

    @rule(seconds=st.integers(0, 90))
    def time_passes(self, seconds: int) -> None:
        self.hand.wait(seconds)

    @precondition(lambda self: not self.hand.log.state.live)
    @rule()
    def call(self) -> None:
        assert self.attempt(lambda hand: hand.start(hand.log.state.call + 1))

    @rule(move=st.sampled_from(sorted(MOVES)), question=QUESTIONS)
    def a_move_and_its_undo_leave_everything_as_it_was(self, move: str, question: str) -> None:
        before = self.hand.log
        if self.attempt(lambda hand: MOVES[move](hand, question)):
            after = self.hand.log
            assert self.attempt(lambda hand: hand.do(undo))
            assert place(self.hand.log) == place(before)
            assert self.attempt(lambda hand: hand.do(redo))
            assert place(self.hand.log) == place(after)

    @rule(move=st.sampled_from(sorted(REST)))
    def anything_else(self, move: str) -> None:
        self.attempt(REST[move])

    @invariant()
    def nothing_that_was_accepted_is_lost(self) -> None:
        rows = [row for call in sorted(self.notes) for row in self.notes[call].splitlines()]
        again = held(GUIDE, self.interview, map(Note.model_validate_json, rows))
        assert again == self.hand.log
        assert again.state == self.hand.log.state

    @invariant()
    def neither_clock_nor_frames_run_backwards(self) -> None:
        for before, after in pairwise(self.hand.log.actions):
            assert after.call > before.call or (
                after.frame >= before.frame and after.monotonic_s >= before.monotonic_s
            )

    @invariant()
    def marks_stand_in_order_and_every_question_is_known(self) -> None:
        marks = self.hand.log.state.marks
        assert [(m.call, m.frame) for m in marks] == sorted((m.call, m.frame) for m in marks)
        assert {m.question.partition(".")[0] for m in marks} <= set(self.hand.log.topics)

    @invariant()
    def all_time_on_the_record_belongs_to_something(self) -> None:
        state = self.hand.log.state
        assert sum(state.spent_s.values()) == state.elapsed_s


TestInterviewing = Interviewing.TestCase
TestInterviewing.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
