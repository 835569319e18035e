#!/usr/bin/env bash
# A newcomer's first hour, word for word: clones the repository at HEAD into an empty folder, starts the demo by the README's command, types every block of
# docs/integrate.md, and compares what is printed with what the page says. It installs packages, so it is not part of `npm test`.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
started=$SECONDS
gateway=
leave() {
  # The whole group: npm, the gateway, and the PostgreSQL that it started.
  [ -z "$gateway" ] || kill -INT -- "-$gateway" 2> /dev/null || true
  [ -z "$gateway" ] || wait "$gateway" 2> /dev/null || true
  rm -rf "$folder"
}
trap leave EXIT
unset DATABASE_URL LEPHI_DATA_DIR LEPHI_MODE LEPHI_MASTER_KEY
export NO_COLOR=1

# blocks LANGUAGE FILE: what stands in the fenced blocks of that language.
blocks() { awk -v start="\`\`\`$1" '$0 == start { inside = 1; next } $0 == "```" { inside = 0 } inside' "$2"; }

git clone --quiet "$project" "$folder/lephi"
cd "$folder/lephi"
start=$(blocks sh README.md | grep '^npm start')
# Any free port: somebody may have a demo running.
export PORT=${PORT:-0}
set -m
bash -c "$start" > "$folder/start.log" 2>&1 &
gateway=$!
set +m
for second in $(seq "${NEWCOMER_WAIT_SECONDS:-600}"); do
  grep -q '^LePhi serves the demo at' "$folder/start.log" && break
  kill -0 "$gateway" 2> /dev/null || break
  sleep 1
done
grep -q '^LePhi serves the demo at' "$folder/start.log" || { cat "$folder/start.log" >&2; exit 1; }
serving=$((SECONDS - started))

blocks sh docs/integrate.md > "$folder/typed.sh"
blocks text docs/integrate.md > "$folder/promised.txt"
bash -e -o pipefail "$folder/typed.sh" > "$folder/printed.txt" < /dev/null
diff "$folder/promised.txt" "$folder/printed.txt"
echo "A newcomer at $(git rev-parse --short HEAD): demo after $serving s, an order paid, its receipt and a reconciliation without difference after $((SECONDS - started)) s"
