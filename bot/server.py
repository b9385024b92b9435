"""`python -m bot.server`: the newest model behind our door."""

import logging
import os
import sys

from bot import logs
from bot.models import newest_model
from bot.settings import BadSetting, Settings
from bot.without_tensorflow import left_out

logger = logging.getLogger("bot.server")

# Read by Rasa and TensorFlow at their import
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}


def main() -> None:
    logs.prepare()
    os.environ.update(QUIET)
    try:
        settings = Settings.read()
        serve(settings)
    except (BadSetting, OSError) as error:
        sys.exit(f"The bot does not start: {error}.")


def serve(settings: Settings) -> None:
    model = newest_model(settings.models)
    # Rasa takes seconds to import; what is wrong with the settings is told before
    with left_out():
        from bot.application import build  # noqa: PLC0415
        from bot.renewal import watch  # noqa: PLC0415

    app = build(settings, model=model)
    watch(app, settings, model=model)
    logger.info("model %s, port %s", app.ctx.processor.model_name, settings.port)
    app.run(host=settings.host, port=settings.port, access_log=False, motd=False)


if __name__ == "__main__":
    main()
