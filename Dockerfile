# The image that the operator runs on: anything with Node 24 as `node` on its PATH.
ARG BASE=node:24-slim

FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY scripts/run.sh scripts/
RUN sh scripts/run.sh node --version
COPY tsconfig.json ./
COPY src src
RUN npm run build

FROM ${BASE}
WORKDIR /app
COPY --from=build /src/dist/ecr-operator.js ./
ENV NODE_ENV=production
USER 65532:65532
ENTRYPOINT ["node", "/app/ecr-operator.js"]
