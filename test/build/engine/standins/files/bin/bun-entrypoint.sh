#!/bin/sh
# A first word that is an option, or no program of the image, is for bun.
set -e
if [ "${1#-}" != "$1" ] || ! command -v "$1" >/dev/null 2>&1; then set -- bun "$@"; fi
exec "$@"
