# The tool itself. Run it as the user who owns the files:
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" dfmigrate -n
FROM node:22-bookworm-slim AS build
WORKDIR /opt/dfmigrate
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY bench bench
COPY scripts scripts
COPY src src
COPY transforms transforms
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim AS runtime
RUN apt-get update \
    && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/dfmigrate/package.json /opt/dfmigrate/package.json
COPY --from=build /opt/dfmigrate/node_modules /opt/dfmigrate/node_modules
COPY --from=build /opt/dfmigrate/dist /opt/dfmigrate/dist
COPY --from=build /opt/dfmigrate/src/images/data /opt/dfmigrate/src/images/data
COPY --from=build /opt/dfmigrate/src/report/schema /opt/dfmigrate/src/report/schema
COPY --from=build /opt/dfmigrate/transforms /opt/dfmigrate/transforms
WORKDIR /work
USER node
ENTRYPOINT ["node", "/opt/dfmigrate/dist/bundle/main.js"]
CMD ["-n"]
