"""What was heard in a call: regions and chunks, words, speakers, turns, flags."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from interviewkit.models.base import Frozen, Prose


class Word(Frozen):
    """A word as it was heard; `text` keeps its punctuation and has no spaces around it."""

    text: str
    start_s: float
    end_s: float
    probability: float

    @property
    def middle_s(self) -> float:
        """The moment that decides whose word it is."""
        return (self.start_s + self.end_s) / 2


class Layout(StrEnum):
    """What the channels of a recording carry."""

    MONO = "mono"
    SEPARATE = "separate"
    """Two channels with a speaker each."""
    MIXED = "mixed"
    """Two channels with the same people: they are averaged."""


class Region(Frozen):
    """A stretch of one channel in which speech was detected."""

    channel: int
    start_frame: int
    stop_frame: int


class Chunk(Frozen):
    """Pieces of one channel that hold speech, at most 30 s in all: transcribed at once, end to end."""

    channel: int
    pieces: tuple[tuple[int, int], ...] = Field(min_length=1, description="(first, last) frames, in order")

    @property
    def start_frame(self) -> int:
        """Where the first piece begins."""
        return self.pieces[0][0]

    @property
    def stop_frame(self) -> int:
        """Where the last piece ends."""
        return self.pieces[-1][1]

    @property
    def frames(self) -> int:
        """Length of the pieces together."""
        return sum(stop - start for start, stop in self.pieces)


class Heard(Frozen):
    """What was heard in one chunk, with the signs by which invented speech is recognised."""

    chunk: int = Field(description="position of the chunk in the plan")
    words: tuple[Word, ...]
    language: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float


class Span(Frozen):
    """A stretch in which one speaker is talking; spans of different speakers may overlap."""

    speaker: str
    start_s: float
    end_s: float


class Voices(Frozen):
    """How much each short stretch of a recording sounds like each of its speakers."""

    first_s: float = Field(description="middle of the first stretch")
    step_s: float
    speakers: tuple[str, ...]
    likeness: tuple[tuple[float, ...], ...] = Field(description="per stretch and speaker, −1 to 1")


class Turn(Frozen):
    """One speaker's stretch of talk."""

    speaker: str
    start_s: float
    end_s: float
    words: tuple[Word, ...]
    question: str | None = Field(None, description="question or probe that prompted it")
    overlap: bool = Field(False, description="somebody else talks during part of it")

    @property
    def text(self) -> str:
        """The words with single spaces between them."""
        return " ".join(word.text for word in self.words)


class Check(Frozen):
    """That somebody listened to a turn and stands by it."""

    by: str
    at: datetime


class CheckedTurn(Turn):
    """A turn as a person left it; nobody has checked it where there are no `checks`."""

    checks: tuple[Check, ...] = ()


class SatKind(StrEnum):
    """How what was changed in a sitting came about."""

    CHECKING = "checking"
    """By ear, or by replacing words."""
    TYPED = "typed elsewhere"
    """A file took the place of what the machine heard."""
    LISTED = "correction list"
    """Nobody sat there: the study's list was gone through."""


class TimesFrom(StrEnum):
    """How it was found out when the words of a file were said."""

    MACHINE = "word by word from the machine's draft"
    STAMPS = "between the file's time stamps"
    SPEECH = "over the speech in the call, by length"
    LENGTH = "over the whole call, by length"


class Sat(Frozen):
    """One sitting in which a transcript was checked, with how many changes stand from it."""

    by: str
    began_at: datetime
    until: datetime
    changes: int
    kind: SatKind = SatKind.CHECKING
    times: TimesFrom | None = Field(None, description="of a file's words")


class RuleKind(StrEnum):
    """What is changed in a transcript all at once, by rules that somebody chose."""

    CLEAN = "fillers and repeats left out"
    PAUSES = "pauses marked"
    CORRECTIONS = "put right by the correction list"
    WISHES = "changed as the participant wished"


class Correction(Frozen):
    """An entry of a study's correction list: words that the machine gets wrong, and what they are."""

    id: str
    wrong: Prose
    right: Prose
    by: str
    at: datetime


class CorrectionKept(Frozen):
    """That there is such an entry, without its words: from whose transcripts it came, if from any."""

    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    said_by: tuple[str, ...] = ()


class Altered(Frozen):
    """Words that a rule put in the place of others; either may be none."""

    speaker: str
    before: tuple[Word, ...]
    after: tuple[Word, ...]


class Ruled(Frozen):
    """What a rule changed, from the end to the beginning: it can be taken back, whatever happened since."""

    id: str
    kind: RuleKind
    by: str
    at: datetime
    altered: tuple[Altered, ...]


class Checked(Frozen):
    """How far the checking of a transcript has come: whose work it is, and how many turns were checked."""

    by: tuple[str, ...]
    at: datetime
    turns: int
    of: int
    twice: int = Field(0, description="turns that two people or more have checked")
    rules: dict[RuleKind, int] = Field(
        default_factory=dict, description="in how many places which rules changed words"
    )
    typed_by: str | None = Field(None, description="who brought it in, where it was typed elsewhere")
    times: TimesFrom | None = Field(None, description="how its times came about, where it was")


class FlagKind(StrEnum):
    """What `quality` can find."""

    OUTSIDE_SPEECH = "words outside speech"
    REMOVED = "words removed"
    LOOP = "repeated words"
    GAP = "speech without words"
    BACKWARDS = "times run backwards"
    LOW_CONFIDENCE = "low confidence"
    LOW_COVERAGE = "little of the speech transcribed"
    NO_SPEECH = "no speech found"
    ROLES = "speakers may be swapped"
    SPEAKERS = "number of speakers"


class Flag(Frozen):
    """Something that a person should look at before trusting the transcript."""

    kind: FlagKind
    start_s: float
    end_s: float
    detail: str


class Provenance(Frozen):
    """How a transcript came to be: enough to repeat it and to report it."""

    program: str
    transcriber: dict[str, str]
    diariser: dict[str, str]
    channels: Layout


class Draft(Frozen):
    """How far the machine has got with one call; saved after each step, so that none is done twice."""

    layout: Layout
    regions: tuple[Region, ...] | None = None
    chunks: tuple[Chunk, ...] = ()
    heard: tuple[Heard, ...] = ()
    spans: tuple[Span, ...] | None = None
    voices: Voices | None = None
    transcriber: dict[str, str]
    diariser: dict[str, str]


class BreakKind(StrEnum):
    """Why a transcript has a break: what came there is not in it."""

    OFF_RECORD = "off the record"
    STRUCK = "struck"
    LOST = "sound lost"
    LOST_SIDE = "sound of one side lost"
    ASLEEP = "computer asleep"
    DROPPED = "line broke off"
    PARTED = "continued in a further call"
    FURTHER_CALL = "further call"


class Break(Frozen):
    """A place in a call where something is not there; in the recording it takes no time, or is silent."""

    at_s: float
    lasted_s: float | None = Field(None, description="how long it was, where that is known")
    kind: BreakKind
    call: int | None = Field(None, ge=2, description="number of the call that begins here")


class Transcript(Frozen):
    """The turns of one call with what is known about their quality."""

    turns: tuple[Turn, ...]
    flags: tuple[Flag, ...]
    duration_s: float
    coverage: float = Field(description="share of the detected speech that words lie in, 0 to 1")
    language: str
    provenance: Provenance
    breaks: tuple[Break, ...] = Field((), description="where something is not there, in order")
    checked: Checked | None = Field(None, description="None for what the machine made and nobody changed")
