# docker build -t gatefold .
# docker run --network host -v gatefold:/data gatefold        then open http://127.0.0.1:5000
#
# Until it has accounts Gatefold answers on loopback only; so the container shares the host's
# network, and `-p 5000:5000` would find nobody.

FROM node:20-slim AS assets
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY assets assets
COPY app/static app/static
RUN node assets/build.mjs

FROM python:3.11-slim AS packages
COPY requirements.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM python:3.11-slim
# pg_dump and its like, for backups of PostgreSQL; Hugo and Git for the published site.
RUN apt-get update && apt-get install --yes --no-install-recommends git hugo postgresql-client \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 1000 --home-dir /data --shell /usr/sbin/nologin gatefold \
 && install -d -o gatefold -g gatefold /data
WORKDIR /gatefold
COPY --from=packages /venv /venv
COPY . .
COPY --from=assets /build/app/static/dist app/static/dist
RUN /venv/bin/python -m compileall -q app config.py run.py gunicorn.conf.py

ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    INSTANCE_PATH=/data SECRETS_FILE=/data/secrets.json LOG_FORMAT=json
USER gatefold
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('PORT', '5000') + '/healthz', timeout=4)"]
# gunicorn.conf.py brings the database up to date before it serves.
CMD ["gunicorn", "-c", "gunicorn.conf.py", "run:app"]
