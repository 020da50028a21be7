"""The analysis of a study on disk: gathered for reports, exports and screens, and changed by whoever codes.

    study ── gather ─► Analysis
    study ── coded, recoded ─► the units of an interview;  sorted ─► units and codebook in one go

Whoever sits here sees what their role opens; what they may not see is left out and said.
"""

from collections.abc import Callable

from interviewkit import codebook, processing, session_log
from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.consent import Quote, Store
from interviewkit.errors import ConsentRefused, Locked, UsageError
from interviewkit.events import Warned
from interviewkit.models import Codebook, Coded, Interview, Released
from interviewkit.session_log import Log, Status
from interviewkit.study import Study


def gather(study: Study, told: Callable[[Warned], None] = lambda warned: None) -> Analysis:
    """Everything that was released and coded; `told` hears whose may not be looked at."""
    found, left_out = [], []
    for interview in study.interviews():
        try:
            one = analysed(study, interview)
        except (ConsentRefused, Locked) as refused:
            told(Warned(f"{interview.id} was left out. {refused.message}"))
            left_out.append(interview.id)
            continue
        if one.calls:
            found.append(one)
        else:
            left_out.append(interview.id)
    return Analysis(study.config, tuple(found), current_codebook(study), tuple(left_out))


def analysed(study: Study, interview: Interview) -> AnalysedInterview:
    """One interview; raises ConsentRefused, and Locked for whoever opens nothing that was released."""
    grant = study.grant(interview.participant, Store)
    person = study.participant(interview.participant)
    guide = processing.guide(study, interview)
    calls = (study.released(grant, interview.id, call.number) for call in interview.calls)
    return AnalysedInterview(
        interview=interview,
        participant=person,
        group=study.group(person.group),
        schedule=guide,
        status=status(study, interview),
        calls=tuple(call for call in calls if call is not None),
        coded=study.coded(grant, interview.id),
        may_quote=study.refusal(interview.participant, Quote) is None,
    )


def status(study: Study, interview: Interview) -> dict[str, Status]:
    """How each question of the schedule went: by the interview's log, or by marks that were made later."""
    log = outline(study, interview)
    put = {mark.question.partition(".")[0] for mark in interview.marks}
    found = dict(log.state.status)
    for name, topic in log.topics.items():
        asked = found.get(name, Status.OPEN) in (Status.OPEN, Status.CURRENT) and name in put
        if topic.is_question and asked:
            found[name] = Status.DONE
    return found


def outline(study: Study, interview: Interview) -> Log:
    """What was put when, without the notes of the call, which are not for analysts."""
    return session_log.held(processing.guide(study, interview), interview, ())


def coded(study: Study, interview: Interview, layer: str = "") -> Coded:
    """The meaning units of an interview, or those that somebody made for themselves."""
    return study.coded(study.grant(interview.participant, Store), interview.id, layer)


def current_codebook(study: Study) -> Codebook:
    """The codebook with the domains of the schedules, which need not be written to be there."""
    guides = [study.schedule(group.id) for group in study.config.groups]
    return codebook.seeded(study.codebook(), guides)


def recode(study: Study, interview: str, change: Callable[[Coded], Coded], layer: str = "") -> Coded:
    """Change the meaning units of an interview; raises ConsentRefused, and what `change` raises."""
    grant = study.grant(study.interview(interview).participant, Store)
    return study.change_coded(grant, interview, change, layer)


def rebook(study: Study, change: Callable[[Codebook], Codebook]) -> Codebook:
    """Change the codebook, which has the domains of the schedules from then on."""
    guides = [study.schedule(group.id) for group in study.config.groups]
    return study.change_codebook(lambda known: change(codebook.seeded(known, guides)))


def released(study: Study, interview: Interview, call: int) -> Released:
    """A call as analysts read it; UsageError where it was not released."""
    found = study.released(study.grant(interview.participant, Store), interview.id, call)
    if found is None:
        raise UsageError(
            f"{interview.id}, call {call}, was not released for coding.",
            f"Check it and replace names first, then: interviewkit names release {interview.id}",
        )
    return found
