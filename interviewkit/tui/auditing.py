"""What a second person says of a unit, and what is agreed on: keys that screens with units share.

a, q, o ─► coding_audit.reviewed;  g ─► coding_audit.agreed ─► desk.recode
"""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from interviewkit import coding_audit, coding_words
from interviewkit.coding import Who
from interviewkit.models import Codebook, Coded, Place, Proposal, ProposalKind, Released, Review, Verdict
from interviewkit.tui import sorting
from interviewkit.tui.code_lines import Found
from interviewkit.tui.modals import AskLine, Choose, Pick
from interviewkit.tui.screens.stepwise import Stepwise

PROPOSALS = (("s", "split it before the word under the cursor"), ("m", "move it"), ("r", "call it otherwise"))
BOTH = "Everybody who agrees, with commas between them: two people or more."


class Auditing(Stepwise):
    """Looks at units that others have made."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "agree", "agree with the unit, as a second person"),
        Binding("q", "query", "ask something about it"),
        Binding("o", "propose", "propose to split, move or rename it"),
        Binding("g", "settle", "put on record what was agreed on a query"),
    ]

    call: Released | None
    coded: Coded
    book: Codebook
    here: Place
    by: str

    @property
    def unit(self) -> Found | None:
        """The unit under the cursor."""
        raise NotImplementedError

    def who(self) -> Who:
        """Whoever sits here, now."""
        return Who.now(self.by)

    async def change(self, rule: Callable[[Coded], Coded], told: str = "") -> bool:
        """Change the units on the disk and show them; whether that was done."""
        raise NotImplementedError

    def with_unit(self) -> Found | None:
        """The unit under the cursor; says so where there is none."""
        self.kit.hush()
        one = self.unit
        if one is None:
            self.kit.tell("There is no unit under the cursor.", "n goes to the next.")
        return one

    def action_agree(self) -> None:
        """The unit, its label and where it is sorted are right."""
        if (one := self.with_unit()) is not None:
            self.step(lambda: self._review(one, Verdict.AGREES, told="You agree."))

    def action_query(self) -> None:
        """Ask something about it, for the next meeting."""
        if (one := self.with_unit()) is not None:
            self.ask(lambda: self._query(one))

    async def _query(self, one: Found) -> None:
        said = await self.app.push_screen_wait(
            AskLine("What is the question?", "It stays open until two agree.")
        )
        if said is not None:
            await self._review(one, Verdict.QUERIES, said, told="Your query is open.")

    def action_propose(self) -> None:
        """Propose what should become of it."""
        if (one := self.with_unit()) is not None:
            self.ask(lambda: self._propose(one))

    async def _propose(self, one: Found) -> None:
        what = await self.app.push_screen_wait(Pick("What do you propose?", PROPOSALS))
        proposal = await self._proposal(what, one) if what is not None else None
        if proposal is not None:
            await self._review(one, Verdict.PROPOSES, proposal=proposal, told="Your proposal is open.")

    async def _proposal(self, what: str, one: Found) -> Proposal | None:
        if what == "s":
            return Proposal(kind=ProposalKind.SPLIT, at=self.here)
        if what == "r":
            name = await self.app.push_screen_wait(AskLine("Which label?", value=one[0].label))
            return None if name is None else Proposal(kind=ProposalKind.RENAME, name=name)
        domain = await sorting.ask_domain(self.kit, self.book, one[0].domain)
        if domain is None:
            return None
        chosen = await sorting.ask_category(self.kit, self.book, domain, self.who(), [])
        if chosen is None:
            return None
        self.book, category = chosen
        return Proposal(kind=ProposalKind.MOVE, domain=domain, category=category)

    async def _review(
        self, one: Found, verdict: Verdict, said: str = "", proposal: Proposal | None = None, told: str = ""
    ) -> None:
        who = self.who()
        await self.change(
            lambda coded: coding_audit.reviewed(coded, one[0].id, who, verdict, said, proposal)[0], told
        )

    def action_settle(self) -> None:
        """Put on record what was agreed on a query or proposal about the unit."""
        one = self.with_unit()
        if one is None:
            return
        asked = [review for review in self.coded.open if review.about == one[0].id]
        if not asked:
            self.kit.tell("Nothing is open about this unit.")
        else:
            self.ask(lambda: self._settle(asked))

    async def _settle(self, asked: list[Review]) -> None:
        review = asked[0]
        if len(asked) > 1:
            choices = [(one.id, f"{one.by}: {coding_words.said(one, self.book)}") for one in asked]
            chosen = await self.app.push_screen_wait(Choose("Which one?", choices))
            review = next((one for one in asked if one.id == chosen), review)
            if chosen is None:
                return
        about = f"{review.by}: {coding_words.said(review, self.book)}"
        accepted = await self.app.push_screen_wait(
            Pick(
                "What was agreed?",
                (("y", "to do it" if review.proposal else "settled"), ("n", "to leave it as it is")),
                about,
            )
        )
        if accepted is None:
            return
        people = await self.app.push_screen_wait(
            AskLine("Who agrees?", BOTH, value=f"{self.by}, {review.by}")
        )
        if people is None:
            return
        why = await self.app.push_screen_wait(AskLine("Why?", "May be left empty.", check=lambda line: ""))
        if why is None:
            return
        who, call = self.who(), self.call
        await self.change(
            lambda coded: coding_audit.agreed(
                coded,
                review.id,
                people.split(","),
                who,
                accepted=accepted == "y",
                said=why,
                call=call,
            ),
            "It is on record.",
        )
