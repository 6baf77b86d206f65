# The studio in a container, out of a wheel:
#
#   python -m build --wheel
#   docker build --build-arg BASE=python:3.11-slim@sha256:DIGEST --tag smartmask .
#   docker run --rm --publish 127.0.0.1:7860:7860 smartmask
#
# It prints its address with a token that was made up; `docker run ... smartmask --token SECRET` sets yours.
# No digest is written here, since a stale one would keep old holes open: ask for today's with
# `docker buildx imagetools inspect python:3.11-slim`, and build with it.
ARG BASE=python:3.11-slim
FROM ${BASE}
RUN --mount=type=bind,source=dist,target=/dist \
    pip install --no-cache-dir "$(echo /dist/smartmask_open-*.whl)[web]" && useradd --create-home --uid 10001 smartmask
USER 10001
EXPOSE 7860
STOPSIGNAL SIGINT
HEALTHCHECK CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/health')"]
# In the container it listens to all, so that what is published reaches it; whom that is for, --publish says.
ENTRYPOINT ["smartmask", "serve", "--no-open", "--host", "0.0.0.0"]
