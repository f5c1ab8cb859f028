# What the operator runs on: anything with Node 24, in /nodejs/bin as distroless has it or else on PATH.
ARG BASE=gcr.io/distroless/nodejs24-debian12:nonroot
# What it is built with: Node 24 and npm. On the machine that builds; the bundle is the same for every platform.
ARG BUILD_BASE=node:24-slim

FROM --platform=$BUILDPLATFORM ${BUILD_BASE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# Of the tools only the bundler. Behind a proxy with a certificate of its own: --secret id=ca,src=FILE, and
# --secret id=npmrc,src=FILE where packages come from another registry. No secret gets into a layer.
RUN --mount=type=secret,id=ca --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=tmpfs,target=/root/.npm \
    if [ -f /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    esbuild=$(npm pkg get devDependencies.esbuild) \
    && npm pkg delete devDependencies optionalDependencies \
    && npm pkg set --json "devDependencies.esbuild=$esbuild" \
    && npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
COPY package.json LICENSE tsconfig.json ./
COPY scripts scripts
COPY src src
RUN node --no-warnings scripts/build.ts

FROM ${BASE}
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="ecr-operator" \
      org.opencontainers.image.description="A Kubernetes operator that keeps Amazon ECR and Kubernetes in step" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}"
WORKDIR /app
COPY --from=build /src/LICENSE /src/dist/ ./
ENV NODE_ENV=production \
    PATH=/nodejs/bin:${PATH}
USER 65532:65532
EXPOSE 8080 8081
ENTRYPOINT ["node", "/app/ecr-operator.js"]
