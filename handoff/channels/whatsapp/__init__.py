"""WhatsApp, through Meta's Cloud API."""

import logging
from datetime import timedelta

from fastapi import APIRouter, Request, Response

from handoff.channel import (
    Channel,
    DeliveryError,
    File,
    Outbound,
    Receipt,
    Receive,
    TokenRefused,
)
from handoff.channel.batch import hand_over
from handoff.channel.meta import read_signed, shake_hands
from handoff.channels.whatsapp import updates
from handoff.channels.whatsapp.bodies import are_numbered, is_too_large, pieces
from handoff.channels.whatsapp.delivery import Delivery
from handoff.channels.whatsapp.errors import failure_of
from handoff.channels.whatsapp.graph import Graph
from handoff.channels.whatsapp.media import Media
from handoff.channels.whatsapp.settings import WhatsAppSettings

UNSUBSCRIBED = "l'app non riceve gli eventi dell'account WhatsApp: manca l'iscrizione al webhook"
TOO_LARGE = "WhatsApp porta foto fino a 5 MB, audio e video fino a 16: serve un file più piccolo."
UNREACHABLE = "WhatsApp non risponde"


class WhatsApp(Channel):
    name = "whatsapp"
    title = "WhatsApp"
    window = timedelta(hours=24)
    has_templates = True
    takes_files = True
    reports_within = timedelta(minutes=2)

    def __init__(
        self,
        settings: WhatsAppSettings,
        *,
        answer_within: float = 7.0,  # seconds for a call
        begin_within: float = 8.0,  # with an upload and a message more: below the lease of 30
    ) -> None:
        self._settings = settings
        self._graph = Graph(settings, answer_within=answer_within)
        self._delivery = Delivery(self._graph, begin_within=begin_within)
        self._media = Media(self._graph)

    def routes(self, receive: Receive) -> APIRouter | None:
        router = APIRouter()

        @router.get("/webhooks/whatsapp")
        async def handshake(request: Request) -> Response:
            return shake_hands(request, self._settings.verify_token.get_secret_value())

        @router.post("/webhooks/whatsapp")
        async def webhook(request: Request) -> None:
            posted = await read_signed(request, self._settings.app_secret.get_secret_value())
            await hand_over(updates.events(posted, self._settings.phone_number_id), receive)

        return router

    async def send(self, message: Outbound) -> Receipt:
        return await self._delivery.send(message)

    def parts_of(self, message: Outbound) -> list[str]:
        return [piece.words for piece in pieces(message)]

    def numbers_choices(self, message: Outbound) -> bool:
        return are_numbered(message.buttons)

    def refuses(self, media_type: str, size: int) -> str | None:
        return TOO_LARGE if is_too_large(media_type, size) else None

    def invitation(self, code: str) -> str | None:
        number = self._settings.number
        return f"https://wa.me/{number}?text=collega%20{code}" if number else None

    async def fetch(self, reference: str, *, at_most: int) -> File:
        return await self._media.fetch(reference, at_most=at_most)

    async def show_typing(self, address: str, message_id: str) -> None:
        """For up to 25 seconds or until we answer. The message is marked as read by it."""
        response = await self._graph.write(
            {
                "messaging_product": "whatsapp",
                "status": "read",
                "message_id": message_id,
                "typing_indicator": {"type": "text"},
            }
        )
        if not response.is_success:
            raise failure_of(response)

    async def trouble(self) -> str | None:
        try:
            await self._graph.ask(self._settings.phone_number_id, fields="id")
            apps = await self._graph.ask(self._settings.business_account_id, "subscribed_apps")
        except TokenRefused as refused:
            return str(refused)
        except DeliveryError as error:
            return f"{UNREACHABLE} ({error})"
        return None if apps.get("data") else UNSUBSCRIBED

    async def close(self) -> None:
        await self._graph.close()


def channel() -> WhatsApp:
    logging.getLogger("httpx").setLevel(logging.WARNING)  # below, it logs addresses of files
    return WhatsApp(WhatsAppSettings())
