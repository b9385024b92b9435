# handoff (serve, worker, migrate, first-login) and the action server: one image, the command tells which.
# A mirror of the package indexes: --build-arg PIP_INDEX_URL=… and --build-arg NPM_CONFIG_REGISTRY=…

FROM node:22-slim AS frontend
ARG NPM_CONFIG_REGISTRY
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim AS packages
ARG PIP_INDEX_URL
RUN python -m venv /opt/sportello
COPY requirements.lock .
RUN /opt/sportello/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

FROM python:3.11-slim
ENV PATH=/opt/sportello/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=packages /opt/sportello /opt/sportello
COPY --from=frontend /build/node_modules ./node_modules
COPY italian ./italian
COPY journal ./journal
COPY actions ./actions
COPY handoff ./handoff
COPY data ./data
# `bot` is the bot's image (docker-compose.yml names it): safety hears with the same model
COPY --from=bot /app/models ./models
COPY ops/__init__.py ops/probe.py ./ops/
USER 10001:10001
ENTRYPOINT ["python", "-m", "handoff"]
CMD ["serve"]
