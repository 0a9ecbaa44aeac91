#!/bin/sh
# gnu-parallel.sh HOSTS REPOSITORIES RUN: many machines over ssh.
#
#   HOSTS         a file for --sshloginfile, e.g. lines "2/build1.example"; dfmigrate and git must be there
#   REPOSITORIES  a list of URLs, as dfmigrate bulk --repos reads it
#   RUN           directory for the job log and the events; when it is there, only failed jobs are run again
#
# The list is cut into JOBS shards (default: one repository each), which the hosts take as they are free. A host that is lost
# takes nothing along: its jobs run elsewhere, and what it had pushed already is pushed again as a no-op. A repository that
# fails by itself is an event, not a failed job (--fail-on never): it would fail on every other host too, and end on a lost one.
set -eu
hosts=$1 repositories=$2 run=$3
tool=${DFMIGRATE:-dfmigrate}
PARALLEL_SSH=${PARALLEL_SSH:-ssh -oBatchMode=yes -oConnectTimeout=5 -oServerAliveInterval=2 -oServerAliveCountMax=2}
export PARALLEL_SSH
jobs=${JOBS:-$(grep -c '^[[:space:]]*[^#[:space:]]' "$repositories")}
list=dfmigrate-$(cksum < "$repositories" | tr ' ' -).txt
mkdir -p "$run"

sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' -e 's|^[0-9]*/||' "$hosts" | while read -r host; do
  $PARALLEL_SSH "$host" "cat > $list" < "$repositories" || echo "no list on $host" >&2
done
again=
[ -s "$run/jobs.log" ] && again=--resume-failed
seq "$jobs" | parallel --will-cite --sshloginfile "$hosts" --filter-hosts --retries 4 --joblog "$run/jobs.log" $again \
  "$tool" bulk --repos "$list" --shard "{}/$jobs" --branch dfmigrate --push --format jsonl --fail-on never >> "$run/events.jsonl"
