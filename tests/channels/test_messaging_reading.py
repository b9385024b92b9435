"""Whatever Meta puts into an event, reading it ends in events: a failure would lose the others."""

from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.channel import Event
from handoff.channel.messaging.account import Account
from handoff.channel.messaging.reading import Reader

READER = Reader(
    Account(
        channel="messenger",
        object="page",
        id="1001",
        node="1001",
        api_url="http://127.0.0.1",
        graph_version="v25.0",
        token="t",
        app_secrets=("s",),
        verify_token="v",
        app_id="77",
    )
)
WORDS = (
    *("mid", "text", "payload", "quick_reply", "reply_to", "attachments", "type", "url", "title"),
    *("is_echo", "is_deleted", "metadata", "watermark", "mids", "num_edit", "sticker_id", "id"),
)
KINDS = ("message", "postback", "message_edit", "delivery", "read", "reaction", "è new")
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ANYTHING = st.recursive(
    LEAVES | st.sampled_from(("image", "fallback", "https://a/b", "https://[", "\ud83d")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)
    ),
    max_leaves=8,
)
PARTIES = st.fixed_dictionaries(
    {"sender": st.just({"id": "4242"}) | st.just({"id": "1001"}) | ANYTHING},
    optional={"recipient": st.just({"id": "1001"}) | ANYTHING, "timestamp": ANYTHING},
)
EVENTS = ANYTHING | st.builds(
    lambda parties, kind, content: {**parties, kind: content},
    PARTIES,
    st.sampled_from(KINDS),
    ANYTHING | st.dictionaries(st.sampled_from(WORDS), ANYTHING, max_size=6),
)
ENTRIES = ANYTHING | st.fixed_dictionaries(
    {"id": st.just("1001")},
    optional={"messaging": st.lists(EVENTS, max_size=3), "standby": st.lists(EVENTS, max_size=2)},
)
GOOD = {
    "id": "1001",
    "messaging": [
        {
            "sender": {"id": "4242"},
            "recipient": {"id": "1001"},
            "message": {"mid": "m_good", "text": "aiuto"},
        }
    ],
}


@settings(max_examples=50, deadline=None)
@given(entries=st.lists(ENTRIES, max_size=3))
def test_what_is_broken_hides_no_message(entries: list[object]) -> None:
    events = READER.read({"object": "page", "entry": [*entries, GOOD]})
    assert all(isinstance(event, get_args(Event)) for event in events)
    assert "m_good" in [getattr(event, "external_id", None) for event in events]


@settings(max_examples=50, deadline=None)
@given(entries=st.lists(ENTRIES, max_size=3))
def test_what_comes_out_can_be_stored(entries: list[object]) -> None:
    for event in READER.read({"object": "page", "entry": entries}):
        repr(event).encode()
        for name in ("text", "payload", "external_id", "address", "kind", "body"):
            value = getattr(event, name, None) or ""
            assert "\x00" not in value
            value.encode()
