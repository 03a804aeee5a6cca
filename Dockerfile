# One image for `bot`, `worker`, `serve` and every other subcommand of ctq: docs/run-it.md.
#
# The base is named by its tag. For a build that can be repeated, pin it by digest:
#   docker buildx imagetools inspect node:24-slim      prints "Digest: sha256:…"
#   docker build --build-arg NODE_IMAGE=node:24-slim@sha256:… -t ctq .
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# no dependency needs its install script, so none is run
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src ./src
RUN npx tsc -p tsconfig.json

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
# the result store; a volume mounted here takes over its owner
RUN install -d -o node -g node -m 0700 /var/lib/ctq
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
COPY package.json LICENSE ./
COPY runbooks ./runbooks
COPY data ./data
USER node
EXPOSE 3000
# alive, not ready: a container is not restarted because Redis or Slack is away
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "dist/src/main.js"]
CMD ["serve"]
