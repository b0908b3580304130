FROM python:3.11-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /attune
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev
COPY . .
# Collecting static files reads the settings, not these values.
RUN SECRET_KEY=build CONTEXT_KEYS=build:00 ENCRYPTION_KEYS=build:00 \
    DATABASE_URL=postgres:///none REDIS_URL=redis:// EMAIL_URL=consolemail:// \
    .venv/bin/python manage.py collectstatic --noinput --ignore=redoc --ignore=rest_framework

FROM python:3.11-slim-bookworm
ENV PATH=/attune/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /attune
COPY --from=build /attune /attune
# The volumes of archives and statistics take the owner of their place.
RUN install -d -o 10001 -g 10001 -m 0700 /archives /statistics
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "practice.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", \
     "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
