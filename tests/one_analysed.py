"""An analysis of one participant's call, made by hand: for exports that need no study on disk."""

from interviewkit import codebook as books
from interviewkit import coding, study_config
from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.models import Codebook, Coded, Interview, Participant, Place, Released
from interviewkit.paths import StudyPaths
from interviewkit.schedule import load, shipped
from interviewkit.study_create import TEMPLATES
from tests.unit.test_coding import ADA, BEN, released, unit

GUIDE = load(shipped() / "patient.yaml")
QUESTIONS = [one.id for one in GUIDE.domains[0].subdomains[0].questions]
TEXTS = (
    "How did it begin?",
    "With a letter from [doctor\N{NO-BREAK SPACE}1], 🙂"
    " and <then> nothing & e\N{COMBINING ACUTE ACCENT} weeks.",
    "And the first time?",
    "=Then I rang them up.",
)


def call(*texts: str) -> Released:
    """A released call, whose second half answers another question."""
    made = released(*(texts or TEXTS))
    turns = tuple(
        turn.model_copy(update={"question": QUESTIONS[n >= 2]}) for n, turn in enumerate(made.turns)
    )
    return made.model_copy(update={"turns": turns})


def analysis(
    of: Released | None = None, coded: Coded | None = None, book: Codebook | None = None
) -> Analysis:
    """P01's interview; with two units, in a category, a sub-category, unless there are others."""
    of = of or call()
    config = study_config.load(StudyPaths(TEMPLATES).config)
    if coded is None or book is None:
        book = books.seeded(Codebook(), [GUIDE])
        book, letters = books.with_category(book, "Letters & calls", "experience.process", ADA)
        book, waiting = books.with_category(book, "Waiting", "experience.process", ADA, parent=letters.id)
        coded, one = unit(Coded(), Place(1, 2), Place(2, 1), "a letter <came>", call=of)
        coded = coding.moved(coded, one.id, "experience.process", letters.id, BEN)
        coded, two = unit(coded, Place(1, 6), Place(1, 9), "waiting", call=of)
        coded = coding.moved(coded, two.id, "experience.process", waiting.id, ADA)
        coded = coding.noted(coded, two.id, "how long?", ADA)
        coded, _ = unit(coded, Place(3, 0), Place(3, 4), "rang them", call=of)
    person = Participant(id="P01", group="patients", jurisdiction="uk")
    interview = Interview(id="P01-1", participant="P01", schedule="patient")
    group = next(one for one in config.groups if one.id == "patients")
    one_interview = AnalysedInterview(interview, person, group, GUIDE, {}, (of,), coded, True)
    return Analysis(config, (one_interview,), book)
