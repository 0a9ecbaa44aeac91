#!/bin/sh
# multi-gitter clones, runs the command in each clone, and commits what it finds changed. It wants an absolute path, takes any
# other exit code than 0 for a failure, and ends with 0 itself even then: the log and the pull requests are what to look at.
# Arguments go to multi-gitter: -O my-org --dry-run first, then -O my-org --draft.
set -eu
tool=${DFMIGRATE:-$PWD/node_modules/.bin/dfmigrate}
exec multi-gitter run "$tool --write --quiet" \
  --branch dfmigrate --commit-message "Migrate Dockerfiles to multi-stage" --concurrent 4 "$@"
