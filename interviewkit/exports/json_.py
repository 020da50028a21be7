"""Everything that a transcript holds, for other programs; the schema is in docs/transcript-json.md."""

from interviewkit.exports.base import Format
from interviewkit.models import Break, Checked, Flag, Transcript, Turn, Word

SCHEMA = 1


def render(transcript: Transcript) -> bytes:
    """The transcript as indented JSON, UTF-8; text verbatim, times in seconds to the millisecond."""
    import orjson

    return orjson.dumps(as_dict(transcript), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_dict(transcript: Transcript) -> dict[str, object]:
    """The transcript in the documented schema."""
    return {
        "schema": SCHEMA,
        "turns": [_turn(turn) for turn in transcript.turns],
        "breaks": [_break(one) for one in transcript.breaks],
        "speakers": list(dict.fromkeys(turn.speaker for turn in transcript.turns)),
        "flags": [_flag(flag) for flag in transcript.flags],
        "duration": _seconds(transcript.duration_s),
        "coverage": round(transcript.coverage, 3),
        "language": transcript.language,
        "provenance": transcript.provenance.model_dump(mode="json"),
        "checked": None if transcript.checked is None else _checked(transcript.checked),
    }


def _turn(turn: Turn) -> dict[str, object]:
    return {
        "speaker": turn.speaker,
        "start": _seconds(turn.start_s),
        "end": _seconds(turn.end_s),
        "text": turn.text,
        "question": turn.question,
        "overlap": turn.overlap,
        "words": [_word(word) for word in turn.words],
    }


def _word(word: Word) -> dict[str, object]:
    return {
        "text": word.text,
        "start": _seconds(word.start_s),
        "end": _seconds(word.end_s),
        "probability": round(word.probability, 3),
    }


def _break(known: Break) -> dict[str, object]:
    return {
        "at": _seconds(known.at_s),
        "lasted": None if known.lasted_s is None else _seconds(known.lasted_s),
        "kind": known.kind.value,
        "call": known.call,
    }


def _flag(flag: Flag) -> dict[str, object]:
    return {
        "kind": flag.kind.value,
        "start": _seconds(flag.start_s),
        "end": _seconds(flag.end_s),
        "detail": flag.detail,
    }


def _checked(checked: Checked) -> dict[str, object]:
    return {
        "by": list(checked.by),
        "at": checked.at.isoformat(),
        "turns": checked.turns,
        "of": checked.of,
        "twice": checked.twice,
        "rules": {kind.value: places for kind, places in checked.rules.items()},
        "typed_by": checked.typed_by,
        "times": None if checked.times is None else checked.times.value,
    }


def _seconds(time_s: float) -> float:
    return round(time_s, 3)


FORMAT = Format("json", ".json", render)
