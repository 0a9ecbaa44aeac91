#!/bin/sh
# hosts.sh up DIRECTORY COUNT PREFIX | lose N PREFIX | down DIRECTORY PREFIX
# Machines for a test: network namespaces on one bridge, each with an sshd, reached as HOSTS_NET.<10+n> with DIRECTORY/key
# (HOSTS_NET: three numbers, 10.231.77 by default; two runs on one machine must not share them).
set -eu
net=${HOSTS_NET:-10.231.77}
case $1 in
up)
  directory=$2 count=$3 prefix=$4
  mkdir -p /run/sshd
  ssh-keygen -q -t ed25519 -N '' -f "$directory/key"
  ssh-keygen -q -t ed25519 -N '' -f "$directory/hostkey"
  cp "$directory/key.pub" "$directory/authorized"
  chmod 600 "$directory/authorized"
  ip link add "${prefix}b" type bridge
  ip addr add "$net.1/24" dev "${prefix}b"
  ip link set "${prefix}b" up
  : > "$directory/pids"
  n=1
  while [ "$n" -le "$count" ]; do
    ip netns add "${prefix}$n"
    ip link add "${prefix}v$n" type veth peer name eth0 netns "${prefix}$n"
    ip link set "${prefix}v$n" master "${prefix}b" up
    ip -n "${prefix}$n" addr add "$net.$((10 + n))/24" dev eth0
    ip -n "${prefix}$n" link set eth0 up
    ip -n "${prefix}$n" link set lo up
    cat > "$directory/sshd$n" <<CONFIG
Port 22
HostKey $directory/hostkey
AuthorizedKeysFile $directory/authorized
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
MaxStartups 200
SetEnv XDG_CACHE_HOME=$directory/host$n
CONFIG
    ip netns exec "${prefix}$n" /usr/sbin/sshd -D -f "$directory/sshd$n" > "$directory/sshd$n.log" 2>&1 &
    echo "$!" >> "$directory/pids"
    n=$((n + 1))
  done
  ;;
lose) ip link set "$3v$2" down ;;
down)
  directory=$2 prefix=$3
  while read -r pid; do kill "$pid" 2> /dev/null || true; done < "$directory/pids"
  for namespace in $(ip netns list | cut -d' ' -f1 | grep "^${prefix}[0-9]" || true); do
    ip netns pids "$namespace" | while read -r pid; do kill -9 "$pid" 2> /dev/null || true; done
    ip netns delete "$namespace"
  done
  ip link delete "${prefix}b" 2> /dev/null || true
  ;;
esac
