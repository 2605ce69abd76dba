"""Who else can get at an open file on Windows, by its access list. Unverified: no Windows was at hand when this was
written, from Microsoft's documentation of security descriptors; the rule itself (``outsiders``) is tested.
"""

import sys
from collections.abc import Iterable
from typing import NamedTuple

SYSTEM, ADMINISTRATORS, OWNER_RIGHTS, EVERYONE = "S-1-5-18", "S-1-5-32-544", "S-1-3-4", "S-1-1-0"
_DENYING = (1, 6, 10, 12)
"""ACCESS_DENIED_ACE_TYPE and its object and callback kinds. Every other kind counts as granting."""


class Entry(NamedTuple):
    """One entry of an access list: of which kind (ACE type), which rights, to whom (SID as text)."""

    kind: int
    mask: int
    sid: str


def outsiders(me: str, owner: str, entries: Iterable[Entry] | None) -> list[str]:
    """The SIDs, besides ``me`` and those who may do everything anyway, that have any right to the file or own it.
    ``entries`` is ``None`` for a file without an access list, which is open to everyone.
    """
    if entries is None:
        return [EVERYONE]
    trusted = {me, SYSTEM, ADMINISTRATORS}
    granted = [one.sid for one in entries if one.kind not in _DENYING and one.mask]
    own = [] if owner in trusted else [owner]  # an owner can always change the list
    return sorted({*own, *granted} - trusted - {OWNER_RIGHTS})


if sys.platform == "win32":
    import msvcrt

    import win32api
    import win32security

    def outsiders_of(descriptor: int) -> list[str]:
        """The outsiders of an open file, not of its name. What cannot be determined counts as open to everyone."""
        try:
            return _outsiders_of(descriptor)
        except win32security.error:
            return [EVERYONE]

    def _outsiders_of(descriptor: int) -> list[str]:
        about = win32security.GetSecurityInfo(
            msvcrt.get_osfhandle(descriptor),
            win32security.SE_FILE_OBJECT,
            win32security.OWNER_SECURITY_INFORMATION | win32security.DACL_SECURITY_INFORMATION,
        )
        token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32security.TOKEN_QUERY)
        me, _ = win32security.GetTokenInformation(token, win32security.TokenUser)
        text, listed = win32security.ConvertSidToStringSid, about.GetSecurityDescriptorDacl()
        entries = None
        if listed is not None:
            aces = [listed.GetAce(number) for number in range(listed.GetAceCount())]
            entries = [Entry(ace[0][0], ace[1], text(ace[-1])) for ace in aces]
        return outsiders(text(me), text(about.GetSecurityDescriptorOwner()), entries)
