"""What is said around identifiers, and talk of interviews in which nothing identifies anybody."""

from tests.identities import Item, Maker

_LINES = """
I did six sessions in 2019 and then I stopped for about twenty five minutes, no, days.
It was eight modules, one a week, and the whole thing took from March 2020 to June 2020.
Well, my score went from nineteen down to seven, so I was pleased with that.
On the PHQ-9 I had 15 and on the GAD-7 it was 12, something like that.
I'd say one, two, three, maybe four times a week, for ten or fifteen minutes.
In 2018, 2019 and 2020 we had 1,200 referrals, and about 45% of them finished.
We had two thousand and nineteen referrals in nineteen months.
It costs £250 a year, or 3.50 a month, I can't remember exactly.
between nineteen ninety eight and two thousand and four i was on and off medication
at half past two on the tenth of may we had the first meeting
the twenty first of june was the launch
I take 50mg in the morning and 100mg at night, sometimes 25.
The first, second and third weeks were fine. The 4th was hard.
so i was on the waiting list for eighteen weeks and then they rang me
I was twenty one when it started and I'm forty three now.
We went from 12 therapists to 30 in the space of 18 months, 2 or 3 a month.
There were 7 in the team, 4 of them part time, 2 on leave and 1 who had just started.
you have to log in at nine and then again at five, and i never did
oh, I don't know. Seven? Eight? Nine out of ten, I would say.
Between 10:30 and 11:15, and then again from 2 to 4.
It was like, five hundred people, or six hundred, in the first year alone.
I've two kids, seven and nine, and they were at home the whole time.
You see, I am one of those people who needs a deadline.
As a service provider, I was in at the start, and that was it.
I called it a day after that. It's called relaxation, the module, I think.
a lot of it was online, so you could do it at home at your own pace
and i was like, what is the point of this, you know
my husband said to me, you are on that thing again, and i was
I thought about it every day for a week and a half.
may i say something about the questions
we will see in a year or two or three how it goes
They march you through it, one step at a time, and you can't go back.
Did you find it easy to use? Yes, on the phone, not so much on the laptop.
It was grand. The supporter wrote back once a week, on a Tuesday or a Wednesday.
Four out of five of them would be seen within six weeks, and 75 percent within 18.
I got as far as module 3 of 8, and did 2 of the tools in it.
One hundred and fifty people, two hundred thousand pounds, three years.
Then the pandemic came, in the spring of 2020, and everything was online.
it would be one to one, two hours a week, for twelve weeks
I'd give it an eight. Maybe an eight and a half.
from nine to five, monday to friday, except for bank holidays
In the year 2000 there was nothing like it, and by 2010 there were 5 or 6.
She was my therapist for a year and a half, and then he was.
The waiting time went from 90 days to 45 to 30 to 20.
count back from one hundred in sevens, ninety three, eighty six, seventy nine
breathe in, two, three, four, and out, two, three, four, five, six
twenty twenty was a write off and twenty twenty one wasn't much better
I was up at 6, out by 7, in work by 8 and home at 6.
On a scale of 0 to 10, what would you say? 7, 7 and a half.
so 15 5 at a time is what they could do, 20 at most
you can do it at a pace that suits you, at your age
we had, er, um, two or three, no, four, five of them
About 1 in 4 people, or 1 in 5, depending on who you ask.
It is what it is. I got on with it, you know yourself.
there were ten twenty thirty of them at the door
It was the best part of 30 or 40 miles to the nearest clinic, 2 buses each way.
He said the 12 week one was better than the 6 week one, and 8 of us agreed.
That was the thing for me, to be honest. I could do it at 3 in the morning.
I read the first 20 pages, the next 15, and skipped the last 100.
page one hundred and twenty three, i think, or one two four
"""
ORDINARY = tuple(tuple(line.split()) for line in _LINES.strip().splitlines())

LEADS = {
    "e-mail address": ("my email is", "you can write to", "it's", "send it to", "the address was"),
    "web address": ("have a look at", "it was on", "I found it at", "go to"),
    "date of birth": ("my date of birth is", "I was born on", "date of birth,", "my birthday is"),
    "telephone number": ("you can ring me on", "my number is", "it's", "the surgery is on", "call"),
    "postcode": ("my postcode is", "I live at", "that's", "the post code there is", "we moved to"),
}
LEADS["Eircode"] = LEADS["postcode"]
OTHER_LEADS = ("my number is", "the number on the letter was", "that's", "they asked for it, it's", "so")
TAILS = ("", "", "if that helps.", "I think.", "and that was that.", "yeah.", "anyway, we started then.")


def sentence(maker: Maker, item: Item) -> tuple[tuple[str, ...], range]:
    """Words with the identifier among them, and which they are."""
    lead = maker.any.choice(LEADS.get(item.rule, OTHER_LEADS)).split()
    tail = maker.any.choice(TAILS).split()
    text = item.text.split()
    if not item.spoken or maker.any.random() < 0.5:
        lead = [lead[0][0].upper() + lead[0][1:], *lead[1:]]
        end = maker.any.choice((".", ",", "")) if tail else maker.any.choice((".", "?"))
        text = [*text[:-1], text[-1] + end]
    return (*lead, *text, *tail), range(len(lead), len(lead) + len(text))
