"""Who works at the panel: the first administrator, and those who follow."""

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.panel.passwords import hash_password
from handoff.settings import Settings
from handoff.tables import Operator
from handoff.tables.operators import ROLES

FIRST_EMAIL = "admin@sportello.local"


async def ensure_administrator(session: AsyncSession, settings: Settings) -> str | None:
    """Make the first administrator. The line to print once, unless the settings know it all."""
    if await session.scalar(select(Operator.id).where(Operator.role == "administrator").limit(1)):
        return None
    email = settings.admin_email or FIRST_EMAIL
    given = settings.admin_password.get_secret_value()
    password = given or secrets.token_urlsafe(12)
    await add_operator(
        session, email=email, name="Amministratore", password=password, role="administrator"
    )
    return None if settings.admin_email and given else f"login: {email} {password}"


async def add_operator(
    session: AsyncSession, *, email: str, name: str, password: str, role: str = "operator"
) -> Operator:
    """An address that somebody has already raises IntegrityError."""
    if role not in ROLES:
        raise ValueError(f"no such role: {role}")
    operator = Operator(
        email=email.strip().lower(), name=name, password_hash=hash_password(password), role=role
    )
    session.add(operator)
    await session.flush()
    return operator
