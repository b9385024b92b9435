"""What must be true of a database, asked of it whole: minutes on a large one, so of a copy."""

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Select,
    Table,
    func,
    inspect,
    literal_column,
    or_,
    select,
    table,
)

from handoff import migrations
from handoff.tables import Base, Conversation, Message


def count_rows(connection: Connection) -> dict[str, int]:
    """Of every table there is, by name."""
    return {
        name: connection.scalar(select(func.count()).select_from(table(name))) or 0
        for name in sorted(inspect(connection).get_table_names())
    }


def faults(connection: Connection) -> list[str]:
    """A sentence for each rule that is broken; the schema must be the newest."""
    torn = [
        f"{count} rows of {each.name} name a row of {key.column.table.name} that is not there"
        for each in Base.metadata.sorted_tables
        for key in each.foreign_keys
        if (count := _orphans(connection, each, key))
    ]
    gaps = connection.scalar(_with_gaps()) or 0
    return [*torn, *([f"{gaps} conversations miss a message"] if gaps else ())]


def differences(told: dict[str, int], found: dict[str, int]) -> list[str]:
    return [
        f"{name}: {told.get(name, 0)} rows in the manifest, {found.get(name, 0)} in the database"
        for name in sorted({*told, *found})
        if told.get(name) != found.get(name)
    ]


def prove(url: str, *, revision: str, rows: dict[str, int]) -> list[str]:
    """Whether a copy is what its manifest tells, goes up to this code's schema, and is whole."""
    if (found := migrations.current(url)) != revision:
        return [f"the schema is {found}, not {revision}"]
    if missing := differences(rows, migrations.looked_at(url, count_rows)):
        return missing
    migrations.upgrade(url)
    return migrations.looked_at(url, faults)


def _orphans(connection: Connection, child: Table, key: ForeignKey) -> int:
    parent = key.column.table.alias("parent")
    found = select(literal_column("1")).where(parent.c[key.column.name] == key.parent).exists()
    lost = select(func.count()).select_from(child).where(key.parent.is_not(None), ~found)
    return connection.scalar(lost) or 0


def _with_gaps() -> Select[int]:
    """Messages are numbered 1, 2, 3 … in each conversation, and it knows the last number."""
    told = (
        select(
            Message.conversation_id,
            func.count().label("many"),
            func.min(Message.seq).label("first"),
            func.max(Message.seq).label("last"),
        )
        .group_by(Message.conversation_id)
        .subquery()
    )
    wrong: ColumnElement[bool] = or_(
        told.c.first != 1,
        told.c.last != told.c.many,
        Conversation.last_seq != func.coalesce(told.c.last, 0),
    )
    return (
        select(func.count())
        .select_from(Conversation)
        .outerjoin(told, told.c.conversation_id == Conversation.id)
        .where(wrong)
    )
