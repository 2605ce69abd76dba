"""The registry of the present Windows user: the few operations that the installer needs."""

import sys
from collections.abc import Mapping

if sys.platform == "win32":
    import winreg

    class UserRegistry:
        """HKEY_CURRENT_USER: no administrator is needed."""

        def has(self, key: str) -> bool:
            """See Registry."""
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key):
                    return True
            except FileNotFoundError:
                return False

        def values(self, key: str) -> Mapping[str, str | int]:
            """See Registry."""
            if not self.has(key):
                return {}
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                count = winreg.QueryInfoKey(opened)[1]
                return {name: value for name, value, _ in (winreg.EnumValue(opened, n) for n in range(count))}

        def set(self, key: str, name: str, value: str | int) -> None:
            """See Registry."""
            kind = winreg.REG_DWORD if isinstance(value, int) else winreg.REG_SZ
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, kind, value)

        def remove(self, key: str, name: str | None = None) -> None:
            """See Registry."""
            if not self.has(key):
                return
            if name is None:
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)
                return
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, winreg.KEY_SET_VALUE) as opened:
                winreg.DeleteValue(opened, name)
