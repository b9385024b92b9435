"""What stands in the repository serves everywhere: no registry's host, no machine's folder."""

import subprocess

import pytest

from ops.places import ROOT

# spelt in pieces, so that this file does not name them itself
HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "registry.npmjs" + ".com")
PLACES = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/opt/py" + "pi", "/tmp/spi" + "ke")


@pytest.mark.parametrize("word", [*HOSTS, *PLACES])
def test_no_tracked_file_names(word: str) -> None:
    found = subprocess.run(
        ["git", "grep", "-nIF", "--untracked", word],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert found.stdout == ""


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
@pytest.mark.parametrize("world", [".", "bot"])
def test_every_pinned_package_has_a_hash(world: str, lock: str) -> None:
    pinned = (ROOT / world / lock).read_text().replace("\\\n", "").splitlines()
    assert pinned
    assert [line for line in pinned if "==" not in line or "--hash=sha256:" not in line] == []


def test_production_and_development_run_the_same_versions() -> None:
    for world in (ROOT, ROOT / "bot"):
        production, development = (
            {line.split()[0] for line in (world / lock).read_text().splitlines() if "==" in line}
            for lock in ("requirements.lock", "requirements-dev.lock")
        )
        assert production <= development
