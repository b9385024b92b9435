"""`make check` and `make fmt`: style, types, who imports what, the bot's data."""

import subprocess
from pathlib import Path

from ops import bootstrap
from ops.places import BOT_PYTHON, OUR_PYTHON, OURS, ROOT
from ops.progress import quiet_environment, say

TYPED = ("handoff", "actions", "italian", "journal", "evaluation", "ops", "bench")
PLAIN = "plain Italian"
SHOWN = frozenset({PLAIN})  # what they say is worth reading when all is well, too
CHECKS: dict[str, tuple[str | Path, ...]] = {
    "ruff check": (OURS / "bin" / "ruff", "check", "--quiet", "--output-format", "concise", "."),
    "ruff format": (OURS / "bin" / "ruff", "format", "--check", "--quiet", "."),
    "mypy": (OURS / "bin" / "mypy", "--no-error-summary", *TYPED),
    "import contracts": (OURS / "bin" / "lint-imports", "--no-logo"),
    "spelling of settings": (OUR_PYTHON, "-m", "pytest", "-q", "tests/ops/test_settings.py"),
    PLAIN: (OUR_PYTHON, "-m", "handoff.knowledge.plainness"),
    "near copies among the phrases": (BOT_PYTHON, "-m", "bot.near_copies"),
    "the bot's data": (
        *(BOT_PYTHON, "-m", "rasa", "data", "validate", "--quiet", "--fail-on-warnings"),
        *("--config", "bot/config.yml", "--domain", "bot/domain", "--data", "data/conversation"),
    ),
}


def check() -> int:
    bootstrap.prepare()
    failed = [title for title, command in CHECKS.items() if _fails(title, command)]
    if failed:
        say(f"Not in order: {', '.join(failed)}. `make fmt` mends what a machine can.")
    return 1 if failed else 0


def _fails(title: str, command: tuple[str | Path, ...]) -> bool:
    """Shows what a check says only when it has something against the code."""
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env=quiet_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    say(f"{title}: {'FAILED' if done.returncode else 'in order'}")
    if not done.returncode and title in SHOWN:
        say(done.stdout.rstrip())
    if done.returncode:
        say(f"{' '.join(map(str, command))}\n{done.stdout}")
    return bool(done.returncode)


def tidy() -> int:
    bootstrap.prepare()
    ruff = OURS / "bin" / "ruff"
    mended = subprocess.run([ruff, "check", "--fix", "."], check=False, cwd=ROOT).returncode
    return subprocess.run([ruff, "format", "."], check=False, cwd=ROOT).returncode or mended
