"""The 32 items of COREQ, and who answers each: the records, the team once, or whoever writes the paper.

Source of the items: Tong, Sainsbury and Craig 2007, "Consolidated criteria for reporting qualitative research
(COREQ): a 32-item checklist". Their names are as published, what they ask is in words of our own.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Who answers an item."""

    AUTO = "auto"
    """The records of the study."""
    CONFIRMED = "confirmed"
    """Somebody of the team, once; the records may propose something."""
    HUMAN = "human"
    """Whoever writes the paper. The program leaves it blank."""


@dataclass(frozen=True)
class Item:
    """One item of the checklist."""

    number: int
    name: str
    asks: str
    kind: Kind


TEAM, DESIGN, FINDINGS = "Research team and reflexivity", "Study design", "Analysis and findings"
PARTS = ((TEAM, range(1, 9)), (DESIGN, range(9, 24)), (FINDINGS, range(24, 33)))

_AUTO = frozenset({1, 12, 13, 17, 18, 19, 20, 21, 24, 25, 27})
_CONFIRMED = frozenset({2, 3, 4, 5, 6, 11, 14, 15, 16, 22, 23, 28, 29})
_ASKED = (
    ("Interviewer", "Who held the interviews?"),
    ("Credentials", "Which degrees do the researchers have?"),
    ("Occupation", "What was their work at the time of the study?"),
    ("Gender", "Of which gender are they?"),
    ("Experience and training", "What had they learned and done in this field before?"),
    ("Relationship established", "Did interviewers and participants know each other before the study?"),
    ("Participant knowledge of the interviewer", "What did participants know of who asked them, and why?"),
    ("Interviewer characteristics", "What is told of their interests, assumptions and bias?"),
    ("Methodological orientation", "On which methodology does the study stand?"),
    ("Sampling", "How were participants chosen?"),
    ("Method of approach", "How were they approached?"),
    ("Sample size", "How many took part?"),
    ("Non-participation", "How many said no or dropped out, and why?"),
    ("Setting of data collection", "Where were the interviews held?"),
    ("Presence of non-participants", "Was anybody else there?"),
    ("Description of sample", "Which characteristics of the participants matter?"),
    ("Interview guide", "Was there a guide with questions and probes; was it tried before?"),
    ("Repeat interviews", "Were any held more than once, and how many?"),
    ("Audio or visual recording", "Was sound or picture recorded?"),
    ("Field notes", "Were notes made during or after the interviews?"),
    ("Duration", "How long were the interviews?"),
    ("Data saturation", "Was saturation discussed?"),
    ("Transcripts returned", "Did participants get their transcripts, to comment or correct?"),
    ("Number of data coders", "How many coded the data?"),
    ("Description of the coding tree", "Is the coding tree described?"),
    ("Derivation of themes", "Were themes there before, or did they come of the data?"),
    ("Software", "Which software was used?"),
    ("Participant checking", "Did participants comment on the findings?"),
    ("Quotations presented", "Are there quotes for the themes, each with the number of its participant?"),
    ("Data and findings consistent", "Do the data that are shown bear the findings out?"),
    ("Clarity of major themes", "Are major themes clear in the findings?"),
    ("Clarity of minor themes", "Are diverse cases or minor themes described?"),
)  # fmt: skip


def _kind(number: int) -> Kind:
    return Kind.AUTO if number in _AUTO else Kind.CONFIRMED if number in _CONFIRMED else Kind.HUMAN


ITEMS = tuple(Item(number, name, asks, _kind(number)) for number, (name, asks) in enumerate(_ASKED, 1))
