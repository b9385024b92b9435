"""`python -m evaluation FILE.tsv`: tables, and one JSON object as the last line."""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from evaluation.asking import Asker, DoorFailed
from evaluation.messages import MalformedFile, read_messages
from evaluation.report import summary, tables
from evaluation.stack import ROOT, StackFailed, door
from handoff.safety import Ear, NoEar, Safety, newest_ear


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="evaluation")
    parser.add_argument("file", type=Path, help="lines of label<TAB>style<TAB>message")
    parser.add_argument("--mistakes", action="store_true", help="print what was not right")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or what was started would stay
    try:
        evaluate(chosen.file, mistakes=chosen.mistakes)
    except (MalformedFile, StackFailed, DoorFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def evaluate(file: Path, *, mistakes: bool) -> None:
    messages = read_messages(file)
    safety = Safety.load(Path(os.environ.get("SPORTELLO_DATA") or ROOT / "data"), ear=_ear())
    with door() as opened, Asker(safety, opened) as asker:
        asker.warm_up()
        results = [asker.ask(message) for message in messages]
    for line in tables(results):
        _print(line)
    for each in results if mistakes else ():
        if each.verdict != "right":
            did = ", ".join(sorted(each.outcome.acted_on | each.outcome.offered)) or "-"
            _print(f"{each.verdict}\t{each.message.label}\t{did}\t{each.message.text}")
    _print(json.dumps(summary(results, model=asker.model), ensure_ascii=False))


def _ear() -> Ear | None:
    try:
        return newest_ear(Path(os.environ.get("SPORTELLO_MODELS") or ROOT / "models"))
    except NoEar as error:
        sys.stderr.write(f"Safety is evaluated by its rules only: {error}\n")
        return None


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
