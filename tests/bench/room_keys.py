"""What an interviewer presses in a call, round by round, with what must then be on the screen.

Every text is the only one of its kind, or stands below one that is, so that nothing that was drawn before
can be taken for an acknowledgement.
"""

from collections.abc import Iterator

from tests.bench.timed_terminal import Press

DOMAINS, QUESTIONS = 8, 5
ENTER, DOWN, UP, F5, F8, CTRL_Q, CTRL_Z = (
    b"\r",
    b"\x1b[B",
    b"\x1b[A",
    b"\x1b[15~",
    b"\x1b[19~",
    b"\x11",
    b"\x1a",
)
TIME = r"\d\d:\d\d:\d\d(?: …)?"


def schedule() -> str:
    """More questions than any interview of an hour has, each with two probes, numbered through."""
    lines = [
        "schema: 1\nid: patient\ntitle: Patients\ngroup: patients\nminutes: 200",
        "opening: {script: Hello.}\ndomains:",
    ]
    for domain in range(DOMAINS):
        lines.append(f"  - id: d{domain}\n    name: Domain {domain}\n    questions:")
        lines += map(_question, range(domain * QUESTIONS + 1, (domain + 1) * QUESTIONS + 1))
    return "\n".join([*lines, "closing: {script: Thank you.}", ""])


def _question(number: int) -> str:
    asked = (
        "Would you tell me, from the beginning, how all of that came about, and what you thought of it then?"
    )
    probes = f'["First probe of {number}?", "Second probe of {number}?"]'
    return (
        f"      - {{id: q{number}, short: Topic {number}, minutes: 4, probes: {probes},"
        f' text: "Question {number}. {asked}"}}'
    )


def a_round(number: int) -> Iterator[Press]:
    """Question `number` put, probed, noted, tagged, off the record and on again; one more looked at."""
    yield Press("⏎ ask", ENTER, rf"│ Question {number}\.")
    yield from _probes(number)
    yield from _note(f"zest{number}")
    # Each in the line below the one before it, which makes it this round's.
    tagged = rf"✎ {TIME}  zest{number}[^\d\n][^\n]*\n[^\n]*⚑ {TIME}  important"
    paused = rf"{tagged}[^\n]*\n[^\n]*── {TIME} · off the record"
    yield Press("space tag", b" ", "1 important  2 follow up")
    yield Press("1 important", b"1", tagged)
    yield Press("F5 off record", F5, paused)
    yield Press("F5 on record", F5, rf"{paused}[^\n]*\n[^\n]*── {TIME} · on the record again")
    yield Press("↓ choose", DOWN, rf"⏎ ask {number + 2}: ")
    yield Press("↑ choose", UP, rf"⏎ ask {number + 1}: ")


def _probes(number: int) -> Iterator[Press]:
    yield Press("1 probe", b"1", rf"You probed: First probe of {number}\?")
    yield Press("2 probe", b"2", rf"You probed: Second probe of {number}\?")
    yield Press("^z undo", CTRL_Z, rf"You probed: Second probe of {number}\?", gone=True)


def _note(text: str) -> Iterator[Press]:
    yield Press("n note", b"n", "Note: ")
    for place, letter in enumerate(text):
        yield Press("letter", letter.encode(), rf"Note: +{text[: place + 1]}")
    yield Press("⏎ note", ENTER, rf"✎ {TIME}  {text}")
