"""A file of messages is read whole, or refused with the line that is wrong."""

import pytest

from evaluation.messages import MalformedFile, Message, read_messages


def test_labels_styles_and_messages_are_read(tmp_path):
    file = tmp_path / "set.tsv"
    file.write_bytes(
        "\ufeffreferti\tstoria\tdov'è?\r\n\na+b\terrori\tx\ny|z\tstoria\tw\n".encode()
    )
    first, both, either = read_messages(file)
    assert first == Message("referti", "storia", "dov'è?")
    assert both.wants_all
    assert both.wanted == {"a", "b"}
    assert not either.wants_all
    assert either.wanted == {"y", "z"}


@pytest.mark.parametrize(
    "line",
    [
        "referti\tstoria",
        "referti storia ciao",
        "referti\tstoria\tciao\tancora",
        "\tstoria\tciao",
        "Referti\tstoria\tciao",
        "a|b+c\tstoria\tciao",
        "a+\tstoria\tciao",
        "referti\t\tciao",
        "referti\tstoria\t ",
        "referti\tstoria\t" + "a" * 4001,
    ],
)
def test_a_malformed_line_is_named(tmp_path, line):
    file = tmp_path / "set.tsv"
    file.write_text(f"referti\tstoria\tciao\n{line}\n", "utf-8")
    with pytest.raises(MalformedFile, match="line 2"):
        read_messages(file)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00"])
def test_a_file_without_messages_is_refused(tmp_path, content):
    file = tmp_path / "set.tsv"
    file.write_bytes(content)
    with pytest.raises(MalformedFile):
        read_messages(file)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(MalformedFile, match="cannot be read"):
        read_messages(tmp_path / "nowhere.tsv")
