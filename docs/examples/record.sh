#!/usr/bin/env bash
# Records session.txt: validate with findings, plan, a local launch, and then a launch on a separate server with watch and report.
# Usage: docs/examples/record.sh    (needs the .NET 10 SDK; leaves nothing running)
set -euo pipefail
cd "$(dirname "$0")/../.."

root=$PWD
configuration=${CONFIGURATION:-Release}
dotnet build src/Audrey.Cli --configuration "$configuration" --nologo --verbosity quiet >/dev/null
bin=$root/src/Audrey.Cli/bin/$configuration/net10.0
PATH=$bin:$PATH
work=$(mktemp -d)
started=()
finish() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT

# Prints a command as a user types it, and its output. Without a terminal the command prints lines, not tables.
run() {
  printf '$ %s\n' "$*"
  local code=0
  "$@" 2>&1 || code=$?
  if [ "$code" != 0 ]; then printf '[exit code %s]\n' "$code"; fi
  printf '\n'
}

start_server() {
  # The silo cannot choose its ports itself, so the script tries other ports if these are in use.
  for _ in 1 2 3 4 5; do
    local silo=$((20000 + RANDOM % 5000)) gateway=$((25000 + RANDOM % 5000))
    dotnet "$bin/Audrey.Server.dll" --urls=http://127.0.0.1:0 "--Audrey:DataDirectory=$work/server" \
      "--Audrey:Silo:Port=$silo" "--Audrey:Silo:GatewayPort=$gateway" >"$work/server.log" 2>&1 &
    local server=$!
    started+=("$server")
    for _ in $(seq 300); do
      AUDREY_URL=$(sed -nE 's/.* listens on ([^;,]+).*/\1/p' "$work/server.log")
      if [ -n "$AUDREY_URL" ]; then
        export AUDREY_URL AUDREY_DATA=$work/server AUDREY_PROFILES=$work/profiles.json
        return
      fi
      kill -0 "$server" 2>/dev/null || break
      sleep 0.1
    done
  done
  cat "$work/server.log" >&2
  return 1
}

session() {
  cd "$root/docs/examples"
  run audrey validate wordpress-with-findings.xml
  run audrey validate wordpress.xml
  run audrey plan wordpress.xml
  run audrey plan wordpress.xml --format mermaid
  run audrey launch wordpress.xml --local --show-output

  start_server
  run audrey launch wordpress.xml --id wordpress-1 --output "$work/wordpress" | sed "s|$work/||g"
  run audrey watch wordpress-1 >"$work/watch.txt" &
  local watch=$!
  until grep -q ' waits for ' "$work/watch.txt"; do kill -0 "$watch"; sleep 0.1; done
  # In a real launch, each of these processes is a machine that boots with its user data.
  for host in mysql apache; do
    mkdir "$work/$host"
    printf 'ipaddress=127.0.0.1\nhostname=%s\n' "$host" >"$work/$host/facts.txt"
    audrey-instance-config run --user-data "$work/wordpress/$host/user-data" --facts "$work/$host" --state "$work/$host/state" \
      --poll 0.5 --deadline 60 >/dev/null 2>&1 &
    started+=("$!")
  done
  wait "$watch"
  cat "$work/watch.txt"
  run audrey report wordpress-1
}

session >"$work/session.txt"
cp "$work/session.txt" "$root/docs/examples/session.txt"
