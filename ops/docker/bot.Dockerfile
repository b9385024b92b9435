# Rasa's world with its model: trained when the image is built, so that every copy answers alike.
# A mirror of the package index: --build-arg PIP_INDEX_URL=…

FROM python:3.10-slim AS packages
ARG PIP_INDEX_URL
RUN python -m venv /opt/bot
COPY bot/requirements.lock .
RUN /opt/bot/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

FROM python:3.10-slim AS base
ENV PATH=/opt/bot/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 SQLALCHEMY_SILENCE_UBER_WARNING=1 \
    HOME=/tmp MPLCONFIGDIR=/tmp
WORKDIR /app
COPY --from=packages /opt/bot /opt/bot
COPY italian ./italian
COPY journal ./journal
COPY bot ./bot
COPY data ./data
COPY ops/__init__.py ops/probe.py ./ops/

FROM base AS model
RUN python -m bot.train

FROM base
COPY --from=model /app/models ./models
USER 10001:10001
CMD ["python", "-m", "bot.server"]
