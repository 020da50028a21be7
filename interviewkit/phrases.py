"""Small things that both shells say in the same words: counts and lengths of time."""


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 call`, `2 calls`; `plural` for nouns that don't end in s."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"


def minutes(seconds: float) -> str:
    """`under a minute`, `7 min`, `1 h 05 min`."""
    whole = round(seconds / 60)
    if whole < 1:
        return "under a minute"
    return f"{whole} min" if whole < 60 else f"{whole // 60} h {whole % 60:02} min"
