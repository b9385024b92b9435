"""The service, its bot, its database and a provider, each of which can be killed."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from ops import ports, settings
from ops.places import BOT_PYTHON, OUR_PYTHON, ROOT
from ops.postgres import Server
from ops.progress import quiet_environment
from tests import postgres
from tests.fake_telegram import TOKEN, FakeTelegram
from tests.torture.processes import Program

SECRET = "torture-webhook-secret"
KEPT = ("SPORTELLO_MODELS", "SPORTELLO_DATA")


@dataclass
class Stage:
    url: str
    database_url: str
    email: str
    password: str
    service: list[Program]  # those whose death must cost nothing
    bot: Program
    telegram: FakeTelegram
    postgres: Server | None
    env: dict[str, str]

    def restart_postgres(self) -> None:
        assert self.postgres
        self.postgres.stop("immediate")
        self.postgres.start()

    def hang_up(self) -> None:
        """Every connection of the service ends in the middle of what it does."""
        assert self.postgres
        statement = (
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = 'torture' and pid <> pg_backend_pid()"
        )
        psql(self.postgres, "torture", statement)


@contextmanager
def stage(kind: str, folder: Path, chance: Random) -> Iterator[Stage]:
    with ExitStack() as held:
        server = (
            held.enter_context(postgres.started(postgres.SURVIVES)) if kind != "sqlite" else None
        )
        telegram = held.enter_context(FakeTelegram())
        env = environment(folder, server, telegram)
        handoff("migrate", env=env)
        _, email, password = handoff(
            "add-operator", "--email", "rita@example.it", "--name", "Rita", env=env
        ).split()
        bot = _bot(env, folder, chance)
        service = _service(env, folder, apart=server is not None)
        everything = [*_actions(env, folder), bot, *service]
        for program in everything:
            held.callback(program.kill)
            program.start()
        began = time.monotonic()
        for program in everything:
            program.wait()
        for program in everything:
            program.takes = time.monotonic() - began
        yield Stage(
            url=env["SPORTELLO_HANDOFF_URL"],
            database_url=env["SPORTELLO_DATABASE_URL"],
            email=email,
            password=password,
            service=service,
            bot=bot,
            telegram=telegram,
            postgres=server,
            env=env,
        )


def environment(folder: Path, server: Server | None, telegram: FakeTelegram) -> dict[str, str]:
    surroundings = quiet_environment()
    ours = {k: v for k, v in surroundings.items() if not k.startswith("SPORTELLO_") or k in KEPT}
    (port,) = ports.choose(1)
    url = f"http://127.0.0.1:{port}"
    if server is None:
        place = f"/{folder}/torture.db"
        databases = (f"sqlite+aiosqlite://{place}", f"sqlite://{place}")
    else:
        psql(server, "postgres", "create database torture")
        place = server.url.removeprefix("postgresql") + "/torture"
        databases = (f"postgresql{place}", f"postgresql+psycopg2{place}")
    known = {
        "SPORTELLO_BOT_TOKEN": "b" * 32,
        "SPORTELLO_INTERNAL_TOKEN": "i" * 32,
        "SPORTELLO_DATABASE_URL": databases[0],
        "SPORTELLO_BOT_DATABASE_URL": databases[1],
        "SPORTELLO_LIMITS": "off",
        "SPORTELLO_CHANNELS": "webchat,telegram,desk",
        "SPORTELLO_TELEGRAM_TOKEN": TOKEN,
        "SPORTELLO_TELEGRAM_API_URL": telegram.api_url,
        "SPORTELLO_TELEGRAM_MODE": "webhook",
        "SPORTELLO_TELEGRAM_WEBHOOK_URL": f"{url}/webhooks/telegram",
        "SPORTELLO_TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
    return settings.with_addresses(ours | known, port=port)


def _service(env: dict[str, str], folder: Path, *, apart: bool) -> list[Program]:
    """One process with its workers, or a web process and two of workers."""
    web = env | ({"SPORTELLO_WORKERS": "0"} if apart else {})
    programs = [
        Program(
            "web",
            (OUR_PYTHON, "-m", "handoff", "serve"),
            env=web,
            log=folder / "web.log",
            alive=f"{env['SPORTELLO_HANDOFF_URL']}/healthz",
        )
    ]
    for name in ("worker 1", "worker 2") if apart else ():
        command = (OUR_PYTHON, "-m", "handoff", "worker")
        programs.append(Program(name, command, env=env, log=folder / f"{name}.log"))
    return programs


def _bot(env: dict[str, str], folder: Path, chance: Random) -> Program:
    if os.environ.get("TORTURE_BOT") == "real":
        command: tuple[str | Path, ...] = (BOT_PYTHON, "-m", "bot.server")
    else:
        seed = str(chance.randrange(10**6))
        command = (OUR_PYTHON, "-m", "tests.torture.bot", env["SPORTELLO_BOT_PORT"], seed)
    alive = f"{env['SPORTELLO_BOT_URL']}/webhooks/handoff/health"
    return Program("bot", command, env=env, log=folder / "bot.log", alive=alive)


def _actions(env: dict[str, str], folder: Path) -> list[Program]:
    if os.environ.get("TORTURE_BOT") != "real":
        return []
    alive = env["SPORTELLO_ACTIONS_URL"].removesuffix("/webhook") + "/health"
    command = (OUR_PYTHON, "-m", "actions")
    return [Program("actions", command, env=env, log=folder / "actions.log", alive=alive)]


def handoff(*arguments: str, env: dict[str, str]) -> str:
    command: list[str | Path] = [OUR_PYTHON, "-m", "handoff", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"`handoff {arguments[0]}` failed: {done.stderr[-2000:]}")
    return done.stdout.strip()


def psql(server: Server, database: str, statement: str) -> None:
    """As often as it takes: the server may be recovering."""
    program = server.programs / "psql"
    command: list[str | Path] = [program, "-qAt", "-c", statement, f"{server.url}/{database}"]
    for _ in range(50):
        if not subprocess.run(command, capture_output=True, check=False).returncode:
            return
        time.sleep(0.2)
    raise RuntimeError("PostgreSQL does not answer")
