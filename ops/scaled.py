"""`make scaled`: PostgreSQL, two web processes, three workers and two bots on this machine."""

import contextlib
import os
import sys
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

from ops import bootstrap, equipment, ports, run, settings, training
from ops.layout import Layout, Program
from ops.places import LOGS, VAR
from ops.postgres import Server
from ops.progress import say
from ops.supervision import CONFIGURATION, supervised

CONNECTIONS = "-c max_connections=300"  # 31 for each process of ours at most, 14 for each bot
PASSWORD = "SPORTELLO_POSTGRES_PASSWORD"


def scaled() -> None:
    with run.only_one_here():
        first = ports.wanted(os.environ)
        webs = (first, first + 1)
        for port in webs:
            ports.require_free(port)
        bootstrap.prepare()
        with database(settings.environment()) as env:
            layout = Layout.of(webs)
            public = {"SPORTELLO_PUBLIC_URL": f"http://localhost:{first}"}
            _serve(layout, public | env | layout.shared())


def _serve(layout: Layout, env: dict[str, str]) -> None:
    run.handoff("channels", "--offline", env=env, quietly=True)
    run.handoff("migrate", env=env)
    training.train(prepare=lambda: run.snapshot(env))
    with supervised(env, configuration=configuration(layout, VAR / "scaled.conf")) as supervisor:
        run.await_ready(supervisor, webs=layout.webs)
        _welcome(layout, env=env)
        run.watch(supervisor, webs=layout.webs)


@contextlib.contextmanager
def database(env: dict[str, str]) -> Iterator[dict[str, str]]:
    """The settings with a PostgreSQL database: the one they name, else a server of our own."""
    if env["SPORTELLO_DATABASE_URL"].startswith("postgresql"):
        yield env
        return
    password = settings.generate(VAR / "secrets.env", names=(PASSWORD,))[PASSWORD]
    (port,) = ports.choose(1)
    server = Server(
        equipment.postgres_programs(), VAR / "postgres", port, CONNECTIONS, password=password
    )
    say("Starting PostgreSQL …")
    with server.running() as url:
        yield env | at(url)


def at(url: str) -> dict[str, str]:
    """A server's own database, as both worlds name it."""
    place = url.removeprefix("postgresql") + "/postgres"
    return {
        "SPORTELLO_DATABASE_URL": "postgresql+asyncpg" + place,
        "SPORTELLO_BOT_DATABASE_URL": "postgresql+psycopg2" + place,
    }


def configuration(layout: Layout, file: Path) -> Path:
    """The supervisor's, as for one machine's three programs, with more of each."""
    known = RawConfigParser()
    known.read_string(CONFIGURATION.read_text().replace("%(here)s", str(CONFIGURATION.parent)))
    wanted, programs = RawConfigParser(), list(layout.programs())
    wanted["supervisord"] = dict(known["supervisord"])
    wanted["group:sportello"] = {"programs": ",".join(each.name for each in programs)}
    for each in programs:
        wanted[f"program:{each.name}"] = dict(known["program:handoff"]) | _own(each)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as out:
        wanted.write(out)
    return file


def _own(program: Program) -> dict[str, str]:
    leash = f'"{sys.executable}" -I "{CONFIGURATION.parent / "leash.py"}" SIGKILL'
    words = " ".join(f'"{word}"' for word in program.command)
    return {
        "command": f"{leash} {words}",
        "environment": ",".join(f'{name}="{said}"' for name, said in program.settings.items()),
        "stdout_logfile": str(LOGS / f"{program.name}.log"),
    }


def _welcome(layout: Layout, *, env: dict[str, str]) -> None:
    for address in layout.addresses:
        sys.stdout.write(f"chat:  {address}/chat\npanel: {address}/panel\n")
    sys.stdout.flush()
    run.handoff("first-login", env=env)
    say(f"{', '.join(each.name for each in layout.programs())}; their logs are in {LOGS}.")
    say("Ctrl-C stops everything.")
