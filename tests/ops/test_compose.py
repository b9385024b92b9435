"""The deployment files say what the architecture asks of them; no engine is needed to see it."""

import re
import subprocess
from typing import Any

import pytest
import yaml

from ops.places import OURS, ROOT

FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS_IN_IT = sorted(set(SERVICES) - {"postgres", "clamav"})
SCALED = ("web", "worker", "bot")
OURS_AT_MOST, BOTS_AT_MOST = 31, 14  # connections of one process: pool, overflow, listener
DOCKERFILES = sorted((ROOT / "ops" / "docker").glob("*.Dockerfile"))


def test_it_keeps_to_the_compose_schema() -> None:
    checker = OURS / "bin" / "check-jsonschema"
    subprocess.run([checker, "--builtin-schema", "vendor.compose-spec", FILE], check=True)


def test_every_room_of_the_house_is_there() -> None:
    assert {"postgres", "bot", "actions", "web", "worker"} <= set(SERVICES)


def test_safety_listens_with_the_bots_own_model() -> None:
    built = SERVICES["web"]["build"]
    assert built["additional_contexts"] == {"bot": "service:bot"}
    dockerfile = ROOT / built["dockerfile"]
    assert "COPY --from=bot /app/models ./models" in dockerfile.read_text()


def test_only_the_front_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["front"]


@pytest.mark.parametrize("name", SCALED)
def test_what_is_scaled_has_nothing_of_which_there_is_one(name: str) -> None:
    assert not {"ports", "container_name", "hostname", "volumes"} & set(SERVICES[name])


def test_the_front_asks_the_webs_by_their_common_name_and_port() -> None:
    said = (ROOT / "ops" / "docker" / "front.cfg").read_text()
    port = SERVICES["web"]["environment"]["SPORTELLO_PORT"]
    assert f"server-template web 10 web:{port}" in said
    published = SERVICES["front"]["ports"][0].rpartition(":")[2]
    assert f"bind :{published}\n" in said
    assert all((ROOT / each.split(":")[0]).exists() for each in SERVICES["front"]["volumes"])


def test_the_bots_are_found_by_a_name_that_is_resolved_to_each_of_them() -> None:
    assert SERVICES["web"]["environment"]["SPORTELLO_BOT_URL"] == "http://bot:5005"


def test_the_database_has_connections_for_a_house_scaled_twice_over() -> None:
    allowed = int(SERVICES["postgres"]["command"][-1].partition("=")[2])
    assert allowed >= (2 + 3) * OURS_AT_MOST + 2 * BOTS_AT_MOST + 20


def test_bot_actions_and_database_have_no_way_out() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("postgres", "bot", "actions"):
        assert SERVICES[name]["networks"] == ["inside"]


@pytest.mark.parametrize("name", OURS_IN_IT)
def test_a_broken_in_service_can_change_nothing(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", ["postgres", "bot", "actions", "web", "clamav"])
def test_what_others_ask_shows_its_health(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", ["bot", "web", "worker", "first-login"])
def test_nothing_touches_the_database_before_its_tables_are_there(name: str) -> None:
    needed = SERVICES[name]["depends_on"]["migrate"]
    assert needed == {"condition": "service_completed_successfully"}


def test_the_bot_knows_no_password_of_people() -> None:
    assert not any("ADMIN" in name for name in SERVICES["bot"]["environment"])


@pytest.mark.parametrize("name", ["web", "worker", "migrate", "first-login"])
def test_what_is_set_in_the_env_file_reaches_whatever_opens_channels(name: str) -> None:
    """Any channel can be switched on there; no list of their settings has to be kept."""
    assert SERVICES[name]["env_file"] == [{"path": ".env", "required": False}]


def test_bot_actions_and_database_learn_no_channels_secrets() -> None:
    assert not any("env_file" in SERVICES[name] for name in ("bot", "actions", "postgres"))


def test_no_secret_has_a_default() -> None:
    defaults = re.findall(
        r"\$\{(SPORTELLO_\w*(?:TOKEN|PASSWORD|SECRET))(?::-|-)([^}]*)\}", FILE.read_text()
    )
    assert all(value == "" for _, value in defaults)


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda file: file.stem)
def test_images_are_built_from_hashes_and_run_without_privileges(dockerfile: Any) -> None:
    text = dockerfile.read_text()
    assert "--require-hashes" in text
    assert re.search(r"^USER \d+:\d+$", text, re.M)
    assert text.index("USER") > text.rindex("FROM")


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda file: file.stem)
def test_images_copy_only_what_stands_in_the_repository(dockerfile: Any) -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile.read_text(), re.M):
        *sources, _ = line.split()
        assert all((ROOT / source).exists() for source in sources), line
