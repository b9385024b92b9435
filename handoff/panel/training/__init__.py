"""The trainers' desk: its API and its page, for trainers and administrators."""

from fastapi import APIRouter

from handoff.panel.training import answers, page, releases, review

router = APIRouter()
for part in (answers, review, releases, page):
    router.include_router(part.router)

__all__ = ["router"]
