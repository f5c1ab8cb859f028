#!/bin/sh
# Runs a command of this project on a machine where nothing was prepared: installs the packages of
# package-lock.json when they are missing or old, and puts a Node that is new enough first on PATH.
set -eu
cd "$(dirname "$0")/.."

wanted=$(cksum < package-lock.json)
stamp=node_modules/.installed-lock
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
  echo "installing npm packages (package-lock.json is new here) ..." >&2
  # Not `npm ci`: it refuses a lock without the binaries of every platform, and not every registry mirror has them
  # all. This installs the locked versions and leaves the lock alone. An older Node than ours is enough for npm.
  npm install --no-save --no-audit --no-fund --loglevel=error >&2
  echo "$wanted" > "$stamp"
fi

PATH="$PWD/node_modules/.bin:$PATH"
if ! node --version >/dev/null 2>&1; then
  # The packaged Node does not run here (another C library): take the machine's own.
  PATH=${PATH#*:}
fi
major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
if [ "$major" -lt 24 ]; then
  echo "ecr-operator needs Node 24 or newer, and this is $(node --version): install it from nodejs.org" >&2
  exit 1
fi
export PATH
exec "$@"
