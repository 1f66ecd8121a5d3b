"""Students who block the bot or come back, and groups that remove or add it (`my_chat_member`)."""

from aiogram import Router
from aiogram.enums import ChatMemberStatus
from aiogram.types import ChatMemberUpdated

from placement_alerts.bot.commands import CHANNEL, Now, address_of
from placement_alerts.core.student import OffReason
from placement_alerts.store.base import Store

_OUT = frozenset({ChatMemberStatus.KICKED, ChatMemberStatus.LEFT})
_IN = frozenset({ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR})


def make_block_router() -> Router:
    """Return a fresh router."""
    router = Router(name="blocks")
    router.my_chat_member.register(membership_changed)
    return router


async def membership_changed(event: ChatMemberUpdated, store: Store, now: Now) -> None:
    """Switch the chat's address off or on. Who had said /stop stays off: coming back is no /start."""
    student = await store.students.by_address(CHANNEL, str(event.chat.id))
    address = address_of(student, event.chat.id)
    if address is None:
        return
    if event.new_chat_member.status in _OUT:
        await store.students.switch_off(address.id, OffReason.BLOCKED)
        await store.deliveries.close_address(address.id, OffReason.BLOCKED.value, now())
    elif event.new_chat_member.status in _IN and address.off is not OffReason.STOPPED:
        await store.students.switch_on(address.id, now())
