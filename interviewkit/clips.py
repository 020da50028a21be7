"""A stretch of a call to be handed on as sound, with what was replaced in its words gone from it, too.

Grant[Quote] + recording + released call + replacement log ── clip ─► WAV
"""

from interviewkit import desk
from interviewkit.consent import Quote, Store, Transcribe
from interviewkit.errors import UsageError
from interviewkit.exports import clip as sound
from interviewkit.models import Pseudonyms, Released
from interviewkit.study import Study


def clip(
    study: Study, interview: str, call: int, start_s: float, stop_s: float, *, tone: bool = False
) -> tuple[bytes, int]:
    """A WAV file of a stretch, and in how many places something was taken out.

    Raises ConsentRefused where the participant did not agree to being quoted, UsageError where the call
    was not released (what has to go is not known) or there is no such stretch.
    """
    known = study.interview(interview)
    study.grant(known.participant, Quote)
    released = desk.released(study, known, call)
    log = study.pseudonyms(study.grant(known.participant, Store))
    length_s = study.call(interview, call).duration_s
    if not 0 <= start_s < min(stop_s, length_s):
        raise UsageError(
            f"There is nothing there: the call is {length_s:.0f} s long.", "Nothing was written."
        )
    hidden = [one for one in hidden_s(released, log) if one[0] < stop_s and one[1] > start_s]
    with study.recording(study.grant(known.participant, Transcribe), interview, call) as recording:
        rate = recording.sample_rate
        samples = recording.read(round(start_s * rate), round(stop_s * rate))
    return sound.wav(sound.without(samples, rate, start_s, hidden, tone=tone), rate), len(hidden)


def hidden_s(released: Released, log: Pseudonyms) -> list[tuple[float, float]]:
    """When the words are heard in whose place something else stands."""
    found = []
    for one in log.swapped:
        if one.call == released.call:
            start_ms, stop_ms = released.turns[one.place.turn].time_ms(one.place.word)
            found.append((start_ms / 1000, stop_ms / 1000))
    return found
