"""The settings of the official page, `[sources.official]`; of third parties pydantic alone is imported here."""

from typing import Annotated

from pydantic import Field

from placement_alerts.config.values import Seconds, Section, WebAddressOrEmpty


class OfficialSettings(Section):
    """The official placement page. Off without an address.

    announce_changes: whether a change of its figures becomes a notice. timeout_s: for one fetch with its repetitions.
    """

    url: WebAddressOrEmpty = ""
    user_agent: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[ -~]+$")] = (
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    )
    timeout_s: Seconds = 15.0
    max_bytes: Annotated[int, Field(ge=1024, le=64 * 1024 * 1024)] = 8 * 1024 * 1024
    announce_changes: bool = True
