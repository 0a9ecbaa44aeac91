#!/usr/bin/env bash
# A private podman beside the private Docker engine: nothing is installed, nothing of the host's own podman is used.
#
#   podman.sh up      unpack it (once); prints the directory to put on PATH
#   podman.sh purge   delete it and everything it stored
#
# Docker 26's BuildKit is the first engine; this one (buildah 1.28 inside, no BuildKit, no health loop) is the second.
set -euo pipefail
HOME_DIR=${DFMIGRATE_ENGINE_HOME:-/var/tmp/dfm-engine}/podman
ROOT=$HOME_DIR/root

unpack() {
  mkdir -p "$HOME_DIR/debs" "$ROOT"
  ( cd "$HOME_DIR/debs" && apt-get -qq download podman conmon golang-github-containers-common golang-github-containers-image \
      libgpgme11 libassuan0 libdevmapper1.02.1 libseccomp2 libsubid4 2>/dev/null )
  for deb in "$HOME_DIR/debs"/*.deb; do dpkg -x "$deb" "$ROOT"; done
  rm -rf "$HOME_DIR/debs"
}

configure() {
  local c=$HOME_DIR/home/.config/containers limit; mkdir -p "$c" "$HOME_DIR/bin"
  limit=$(ulimit -Hn)
  cat >"$c/containers.conf" <<X
[containers]
default_ulimits = ["nofile=$limit:$limit", "nproc=32768:32768"]
netns = "host"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
conmon_path = ["$ROOT/usr/bin/conmon"]
runtime = "runc"
[engine.runtimes]
runc = ["$(command -v runc || ls "${HOME_DIR%/podman}"/root-*/usr/sbin/runc | head -1)"]
X
  printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/storage"\nrunroot = "%s/run"\n' "$HOME_DIR" "$HOME_DIR" >"$c/storage.conf"
  echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$c/policy.json"
  echo 'unqualified-search-registries = []' >"$c/registries.conf"
  cat >"$HOME_DIR/bin/podman" <<X
#!/bin/sh
unset DOCKER_CONFIG DOCKER_HOST
export HOME=$HOME_DIR/home BUILDAH_ISOLATION=oci BUILDAH_RUNTIME=runc LD_LIBRARY_PATH=$ROOT/usr/lib/x86_64-linux-gnu:$ROOT/lib/x86_64-linux-gnu
export CONTAINERS_CONF=$c/containers.conf CONTAINERS_STORAGE_CONF=$c/storage.conf CONTAINERS_REGISTRIES_CONF=$c/registries.conf
exec $ROOT/usr/bin/podman "\$@"
X
  chmod +x "$HOME_DIR/bin/podman"
}

case "${1:-}" in
  up)
    [ "$(id -u)" = 0 ] || { echo 'podman: needs root' >&2; exit 1; }
    [ -x "$ROOT/usr/bin/podman" ] || unpack
    configure
    "$HOME_DIR/bin/podman" info >/dev/null
    echo "$HOME_DIR/bin" ;;
  purge)
    [ ! -x "$HOME_DIR/bin/podman" ] || "$HOME_DIR/bin/podman" system reset -f >/dev/null 2>&1 || true
    awk -v d="$HOME_DIR/" 'index($5,d)==1{print $5}' /proc/self/mountinfo | sort -r | while read -r m; do umount -l "$m" 2>/dev/null || true; done
    rm -rf "$HOME_DIR" ;;
  *) sed -n '2,8p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
