"""What stands in the repository serves everywhere: no registry's host, no machine's folder."""

import json
import re
import subprocess

import pytest
import tomllib

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


def direct_dependencies() -> set[str]:
    names = set(json.loads((ROOT / "package.json").read_text())["dependencies"])
    for world in (ROOT, ROOT / "bot"):
        project = tomllib.loads((world / "pyproject.toml").read_text())
        asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
        names |= {re.split(r"[\[<>=!~ ]", line)[0] for line in asked}
    return names


def test_every_direct_dependency_stands_with_its_licence() -> None:
    listed = set(re.findall(r"^\| ([\w-]+) \|", (ROOT / "LICENCES.md").read_text(), re.M))
    assert direct_dependencies() - listed == set()


def test_links_of_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!http)([^)]+)\)", (ROOT / "README.md").read_text())
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
