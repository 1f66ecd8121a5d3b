"""Faults of the simulated Bot API that let a scenario act at the very moment of a call."""

from collections.abc import Callable

from placement_alerts.sandbox.telegram_faults import Fault, Faults


class Ambush(Faults):
    """Calls back once when the bot makes a certain call: it has arrived then and nothing is done yet."""

    def __init__(self) -> None:
        super().__init__()
        self._method = ""
        self._strike: Callable[[], Fault | None] | None = None
        self._storm_calls = 0

    def lay(self, method: str, strike: Callable[[], Fault | None]) -> None:
        """Strike at the next call of this method; what `strike` returns becomes of the call, None: all goes well."""
        self._method, self._strike = method, strike

    def calm_after(self, calls: int) -> None:
        """Let a storm end after so many sends."""
        self._storm_calls = calls

    def next(self, method: str, chat_id: int | None) -> Fault | None:
        if self._strike is not None and method == self._method:
            strike, self._strike = self._strike, None
            return strike()
        fault = super().next(method, chat_id)
        if self._storm_calls and method == "sendMessage":
            self._storm_calls -= 1
            if self._storm_calls == 0:
                self.clear()
        return fault
