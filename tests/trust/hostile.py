"""Text that wants to be something else: markup, an escape, a formula, a path, another direction."""

import random
from collections.abc import Iterator

STEERS = (
    "\x1b]52;c;SEVSRQ==\x1b\\", "\x1b]52;c;SEVSRQ==\x07", "\x1b]0;title\x07",
    "\x1b]8;;file:///etc\x1b\\here\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H", "\x1b[7777X", "\x1b[?1049l", "\x1bP1;2|7777\x1b\\", "\x1b_Gf=24;AAAA\x1b\\",
    "\x1bc", "\x1b(0", "\x1b",
    "\x9b2J", "\x9d52;c;SEVSRQ==\x9c", "\x90q\x9c", "\x07", "\x08\x08\x08", "\x7f", "\x00", "\x0e",
    "\x0c", "\x0b",
    "\rforged", "a\nforged", "\x85forged", "\u2028forged", "\u2029forged", "\ufdd0",
    "\ufff9a\ufffab\ufffb", "\uffff",
    "\u202egnp.exe", "\u202dabc", "\u202aabc", "\u202babc\u202c", "\u2066a\u2067b\u2068c\u2069",
)  # fmt: skip
"""Each makes a terminal, or who looks at it, do something."""
MARKS = (
    "[/", "[/]", "[red]", "[/red]", "[bold red on blue]x[/]", "[@click=app.quit]Q[/]",
    "[@click=app.bell()]", "[link=http://a]b[/link]",
    "\\[", "\\\\[red]", "[[", "]]", "[]", "[ ]", "[$primary]x", "$accent", "[#ff0000]", "[not a tag",
    "[a=b c='d]", "[/bold", ":smile:",
    "{0}", "{self}", "%s %n", "$(id)", "`id`", "${HOME}", "\\N{BELL}", "<b>bold</b>",
    "<font size=99>x</font>", "<a href='x'>y</a>", "&lt;",
    "&#27;", "<!ENTITY a 'b'>", "]]>", "<script>alert(1)</script>", "--> 00:00:01.000", "WEBVTT",
    "\"'", "';--", "NOTE x",
)  # fmt: skip
FORMULAS = (
    "=1+1", "=HYPERLINK(\"http://a\",\"b\")", "=cmd|' /C calc'!A0", "+1+1", "-1+1",
    "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1+1",
    "\r=1+1", "\n=1+1", "\x00=1+1", " =1+1", "＝1+1", "{=1+1}", "=DDE(\"a\";\"b\";\"c\")",
    "=IMPORTXML(\"http://a\",\"//b\")", "%0A=1+1",
)  # fmt: skip
PATHS = (
    "../../etc/passwd",
    "..",
    ".",
    "/etc/passwd",
    "C:\\x",
    "a/../../b",
    "~",
    "-rf",
    "--help",
    "CON",
    "P01-1/../../x",
    "con.txt",
)
SHAPES = (
    "a\u0301" * 20, "e" + "\u0301" * 60, "\u200b" * 5 + "a", "\u00ad", "👩‍👩‍👧‍👦",
    "🏴\U000e0067\U000e0062\U000e007f", "界" * 30, "ﷺ" * 5, "x" * 5_000, "w " * 2_000,
    "שלום", "مرحبا", "\ufeffx", "ẞ", "İ", "\u115f", "\u3164", "\U0010ffff", "ｆｕｌｌ", "a\u00a0b",
)  # fmt: skip
KINDS = (STEERS, MARKS, FORMULAS, PATHS, SHAPES)


def strings(number: int) -> list[str]:
    """So many, each another: every one of the above, if there is room for them, then mixtures."""
    found = dict.fromkeys(text for kind in KINDS for text in kind)
    mixing = _mixtures(random.Random("hostile"))
    while len(found) < number:
        found[next(mixing)] = None
    texts = list(found)
    random.Random("order").shuffle(texts)
    return texts[:number]


def _mixtures(chance: random.Random) -> Iterator[str]:
    while True:
        parts = [chance.choice(chance.choice(KINDS)) for _ in range(chance.randint(2, 5))]
        yield "".join(parts)[:3_000]
