"""How each transcript came to be: programs, settings, what rules found, what people changed, who released."""

from collections.abc import Iterator, Mapping, Sequence

from interviewkit.analysis import AnalysedInterview, Analysis, MachineWork
from interviewkit.exports.sheet import Column, Sheet
from interviewkit.models import FlagKind, Provenance, Release, Released
from interviewkit.phrases import count
from interviewkit.reports.base import NONE, Report, left_out

TITLE = "Provenance of the transcripts"
HOW = "How they were made"
RULES = "What the rules look for"
MADE = (
    Column("Way", 5, "the letter by which the table of calls names it"),
    Column("Part", 16, "of the way from sound to text"),
    Column("Setting", 24, "what can be set, or what was used"),
    Column("Value", 52, "how it was set"),
    Column("Calls", 7, "how many transcripts were made in this way", number=True),
)
BY_CALL = (
    Column("Interview", 10, "participant and number of the interview"),
    Column("Call", 6, "an interview may take several calls", number=True),
    Column("Way", 5, "see the table of how they were made"),
    Column("Language", 9, "that was heard"),
    Column("Removed or flagged", 30, "what the rules found in the draft, and how often"),
    Column("Changed", 9, "places in which people changed words of the draft", number=True),
    Column("Speaker changed", 9, "stretches that people gave to another speaker", number=True),
    Column("Checked", 20, "turns that somebody listened to, and who did"),
    Column("Released (UTC)", 17, "when it was handed to the analysts"),
    Column("Released by", 18, "who did it"),
    Column("Replaced", 9, "names and the like in whose place something else stands", number=True),
    Column("Looked at, kept", 9, "places that were suggested and left as they are", number=True),
)
KINDS = (
    Column("Rule", 28, "its name"),
    Column("What it means", 70, "what it finds, and what is done about it"),
)
MEANING: Mapping[FlagKind, str] = {
    FlagKind.REMOVED: "words in silence, or the same again and again, were taken out: they were never said",
    FlagKind.OUTSIDE_SPEECH: "words where no speech was detected; left for a person to judge",
    FlagKind.LOOP: "the same words many times; left for a person to judge",
    FlagKind.GAP: "speech that no words were found for",
    FlagKind.BACKWARDS: "words whose times run backwards",
    FlagKind.LOW_CONFIDENCE: "words that the model was unsure of",
    FlagKind.LOW_COVERAGE: "much of the detected speech has no words",
    FlagKind.NO_SPEECH: "no speech was detected in the call",
    FlagKind.ROLES: "interviewer and participant may be the wrong way round",
    FlagKind.SPEAKERS: "more or fewer people were told apart than was expected",
}
UNSEEN = "What the rules found and what people changed stands in the drafts, which your role doesn't open: –."


def provenance(analysis: Analysis) -> Report:
    """The ways in which transcripts were made, the calls, and what the rules mean."""
    calls = [(one, call) for one in analysis.interviews for call in one.calls]
    ways = _ways([call.release for _, call in calls])
    made = [row for way in ways for row in _way(way, ways[way], calls)]
    rows = [tuple(_call(analysis, one, call, ways)) for one, call in calls]
    kinds = [(kind.value, meaning) for kind, meaning in MEANING.items()]
    unseen = any((one.interview.id, call.call) not in analysis.fieldwork.machine for one, call in calls)
    about = (
        "“Changed” compares the machine's draft with the checked transcript; replaced names come after that."
    )
    sheets = [Sheet(TITLE, BY_CALL, rows, about), Sheet(HOW, MADE, made), Sheet(RULES, KINDS, kinds)]
    return Report(TITLE, sheets, [*([UNSEEN] if unseen else []), *left_out(analysis)])


def _ways(releases: Sequence[Release]) -> dict[str, Provenance]:
    """The different ways by a letter each, in the order in which they come up."""
    found: list[Provenance] = []
    for one in releases:
        if one.provenance not in found:
            found.append(one.provenance)
    return {_letter(place): one for place, one in enumerate(found)}


def _letter(place: int) -> str:
    """A to Z, then A2 to Z2, and so on."""
    again, at = divmod(place, 26)
    return chr(ord("A") + at) + (str(again + 1) if again else "")


def _way(
    name: str, made: Provenance, calls: Sequence[tuple[AnalysedInterview, Released]]
) -> Iterator[tuple[str, ...]]:
    many = str(sum(call.release.provenance == made for _, call in calls))
    yield (name, "Program", "", made.program, many)
    for part, settings in (("Words", made.transcriber), ("Speakers", made.diariser)):
        yield from (("", part, key, value, "") for key, value in settings.items())
    yield ("", "Channels", "", made.channels.value, "")


def _call(
    analysis: Analysis, one: AnalysedInterview, call: Released, ways: Mapping[str, Provenance]
) -> Iterator[str]:
    release = call.release
    yield from (one.interview.id, str(call.call))
    yield next(name for name, made in ways.items() if made == release.provenance)
    yield release.language
    yield from _machine(analysis.fieldwork.machine.get((one.interview.id, call.call)))
    yield _checked(release)
    yield f"{release.at:%Y-%m-%d %H:%M}"
    yield from (release.by, str(release.replaced), str(release.kept))


def _machine(work: MachineWork | None) -> tuple[str, str, str]:
    if work is None:
        return NONE, NONE, NONE
    found = "; ".join(f"{name} {many}" for name, many in sorted(work.flagged.items()) if many)
    return found or "nothing", str(work.changed), str(work.reassigned)


def _checked(release: Release) -> str:
    known = release.checked
    if known is None:
        return "by nobody"
    twice = f", {count(known.twice, 'turn')} twice" if known.twice else ""
    return f"{known.turns} of {known.of}{twice}; {', '.join(known.by)}"
