#!/bin/sh
# A sample book in DEMO, and a first look at it with the crm in BIN: what `make demo` shows.
set -eu
BIN=$1
DEMO=$2
crm="$BIN/crm -C $DEMO"

[ -f "$DEMO/crm.yaml" ] || "$BIN/crm" demo "$DEMO" >/dev/null
say() { printf '\n$ %s\n' "$1"; }

say "crm"
$crm
say "crm pipeline"
$crm pipeline
cat <<NEXT

That is a sample book, in $DEMO: look around and break what you like.

  $crm tui                       the screens: ? shows every key, q leaves
  $crm show asha                 everything about one person
  $crm find शर्मा                  any text, in any script
  $crm deal list stage:proposal  a query
  $crm log call asha "wants the quote" --next "mon Send it"
  $crm undo                      and take it back

Put crm on your PATH:    export PATH="$(cd "$BIN" && pwd):\$PATH"
Begin a book of your own: crm init ~/crm
NEXT
