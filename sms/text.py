"""Lengths of SMS as the networks count them: UTF-16 code units, 70 in one segment, 67 in each of several."""

ONE_SEGMENT = 70
PART_OF_SEVERAL = 67


def units(text: str) -> int:
    """UTF-16 code units; an emoji counts two."""
    return len(text.encode("utf-16-le")) // 2


def segments(text: str) -> int:
    """How many segments are charged and sent; none for an empty text."""
    length = units(text)
    return -(-length // (ONE_SEGMENT if length <= ONE_SEGMENT else PART_OF_SEVERAL))


def encodable(text: str) -> str:
    """``text`` with � for the half of a sign that a provider leaves where it cuts a text: no store takes one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def token_mark(token: str) -> str:
    """How the token stands in a text, and what look-ups search for."""
    return f"编号{token}"


def has_token(text: str, token: str) -> bool:
    """Whether exactly this token stands in the text: K7Q2M9 is not in 编号K7Q2M9A."""
    _, found, rest = text.partition(token_mark(token))
    return bool(found) and not (rest[:1].isascii() and rest[:1].isalnum())
