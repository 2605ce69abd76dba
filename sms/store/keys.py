"""The number of an obligation (短信编号): derived from its key alone, so that a rebuilt journal gives it again."""

from hashlib import blake2b

from sms.store.model import Key

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U, which people misread
_LENGTH = 12  # 60 bits: among a million keys the chance of any collision is below one in a million


def number_of(key: Key) -> str:
    """``S`` and 12 characters; the letter keeps a spreadsheet from reading a number into it."""
    parts = (*key[:5], key.due.isoformat(timespec="minutes"), *key[6:])
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    value = int.from_bytes(digest, "big")
    return "S" + "".join(_ALPHABET[value >> (5 * place) & 31] for place in range(_LENGTH))


def id_of(out_id: str) -> str:
    """The id of the message that a gateway filed under this mark, whichever its round."""
    return out_id[: 1 + _LENGTH]
