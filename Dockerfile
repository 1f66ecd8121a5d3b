# One image for every role. Configure it by variables and secret files; /data holds the embedded store, and may hold config.toml.

FROM python:3.11.14-slim-bookworm AS build
WORKDIR /src
COPY .ci/constraints.txt ./
COPY pyproject.toml README.md LICENSE ./
COPY placement_alerts ./placement_alerts
RUN python -m venv /opt/placement-alerts \
    && /opt/placement-alerts/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.11.14-slim-bookworm
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=unknown
# built with --build-arg REVISION=$(git rev-parse HEAD) and so on
LABEL org.opencontainers.image.title="placement-alerts" \
      org.opencontainers.image.description="Brings every placement notice of a college to each student whom it concerns, once." \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.licenses="GPL-3.0-or-later"
COPY --from=build /opt/placement-alerts /opt/placement-alerts
RUN install -d -o 10001 -g 10001 -m 700 /data
ENV PATH="/opt/placement-alerts/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PLACEMENT_ALERTS__DATABASE__URL=sqlite:////data/placement_alerts.db \
    PLACEMENT_ALERTS__WEB__HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-m", "placement_alerts.healthcheck"]
ENTRYPOINT ["placement-alerts"]
CMD ["run"]
