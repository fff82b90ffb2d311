# Sideline in a container: installed from the lock file, run by an unprivileged user, with its state in /data.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.build.json model.fga ./
COPY scripts scripts
COPY src src
RUN npm ci --no-audit --no-fund

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production SIDELINE_HOST=0.0.0.0 SIDELINE_PORT=8090 SIDELINE_DATA=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json model.fga model.claims.yaml LICENSE ./
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 8090
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
  CMD node -e 'fetch("http://127.0.0.1:"+process.env.SIDELINE_PORT+"/livez").then((r)=>process.exit(r.ok?0:1))'
CMD ["node", "dist/main.js"]
