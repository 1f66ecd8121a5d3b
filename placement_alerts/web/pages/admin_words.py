"""What the admin pages say: fixed lines about what was done, and names of states. Pure."""

from placement_alerts.core.delivery import RETRYABLE, WAITING, DeliveryState
from placement_alerts.core.notice import NoticeKind
from placement_alerts.core.review import Answer, ReviewKind

DONE = {
    "published": "The notice is published; its deliveries are planned now.",
    "revised": "The change is published.",
    "unchanged": "The notice says that already; nothing was published.",
    "withdrawn": "The notice is withdrawn; whoever got it is told.",
    "scheduled": "The notice waits for its hour.",
    "given_up": "The scheduled notice is given up.",
    "not_given_up": "That notice does not wait any more: it was published or given up.",
    "retried": "{n} deliveries wait to be sent again.",
    "retried_1": "1 delivery waits to be sent again.",
    "retried_0": "Nothing was left to be tried again.",
    "answered": "Your answer is kept and carried out now.",
    "answered_before": "Somebody answered that already.",
    "revoked": "The token is revoked.",
    "not_revoked": "That token had ended already.",
    "webhook_saved": "The webhook is saved.",
    "webhook_removed": "The webhook is removed.",
    "webhook_tested": "A test call is on its way.",
    "call_resent": "The call is on its way again.",
    "call_not_resent": "That call is under way, or is not there any more.",
}

REVIEW_HEADS = {
    ReviewKind.HELD_MAIL: "Held mail",
    ReviewKind.SAME_COMPANY: "One company or two?",
    ReviewKind.ALARM: "Alarm",
}
ANSWER_LABELS = {
    Answer.RELEASE: "Release",
    Answer.DISCARD: "Discard",
    Answer.SAME: "Same company",
    Answer.DIFFERENT: "Different companies",
    Answer.NOTED: "Noted",
}
KIND_WORDS = {  # as a reader sees them above the notice
    NoticeKind.INTERNSHIP_NOC: "Internship NOC",
    NoticeKind.OFFER: "Result",
}
CHANNELS = {"telegram": "Telegram", "webpush": "Web push"}

_ARRIVED = frozenset({DeliveryState.SENT, DeliveryState.SEEN})


def done_line(code: str, number: int | None) -> str:
    """Return the line about what was done; "" for a code that we do not know."""
    specific = DONE.get(f"{code}_{number}", "") if number is not None else ""
    text = specific or DONE.get(code, "")
    return text.replace("{n}", f"{number or 0:,}")


def kind_word(kind: NoticeKind) -> str:
    """Return how a kind is called where one is chosen."""
    return KIND_WORDS.get(kind) or kind.replace("_", " ").capitalize()


def state_tone(state: str) -> str:
    """Return the look of a state: "good", "waiting", "bad" or "idle"."""
    if state in _ARRIVED:
        return "good"
    if state in WAITING or state == DeliveryState.SENDING:
        return "waiting"
    return "bad" if state in RETRYABLE else "idle"
