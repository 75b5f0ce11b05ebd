# syntax=docker/dockerfile:1

# Builds `torqueflow` and puts it into a small image, which runs it as a user without rights.
#
#   docker build --tag torqueflow .
#   docker run --rm torqueflow --help

FROM rust:1.95-slim-bookworm AS build
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --locked --package torqueflow-cli \
    && install -D target/release/torqueflow /built/torqueflow

FROM debian:bookworm-slim
# For the bucket and the keys of the issuer, which are reached over TLS.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /built/torqueflow /usr/local/bin/torqueflow
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent torqueflow \
    && install --directory --mode 0700 --owner torqueflow --group torqueflow /var/lib/torqueflow
USER torqueflow
WORKDIR /var/lib/torqueflow
ENV TORQUEFLOW_DATA_DIR=/var/lib/torqueflow \
    TORQUEFLOW_BIND=0.0.0.0:8080
VOLUME /var/lib/torqueflow
EXPOSE 8080
# Of the service. Workers switch it off: they answer nobody.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["torqueflow"]
CMD ["serve"]
