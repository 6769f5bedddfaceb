#!/usr/bin/env bash
# Builds docker-credential-ecr from this checkout, places it and makes Docker ask it; undoes it all with --uninstall.
set -euo pipefail

name=docker-credential-ecr
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat <<EOF
Usage: ./install.sh [--prefix DIR] [--dry-run] [--replace] [--service] [--all | REGISTRY...]
       ./install.sh [--prefix DIR] [--dry-run] --service --system --user NAME [--all | REGISTRY...]
       ./install.sh [--prefix DIR] [--dry-run] --uninstall

Builds $name with Node.js 20 or newer and npm, and places it in DIR/bin
(DIR: /usr/local for root, else ~/.local), its man page and the completions for
bash, zsh and fish below DIR/share. Safe to run again.

  REGISTRY...   wire these ECR registries into Docker's credHelpers
  --all         make Docker ask this helper for every registry (credsStore)
  --replace     even where another helper, or with --all a login, has that place
  --service     keep tokens fresh in the background: a service of your own, or with
                --system --user NAME one of the system that runs as NAME (needs root)
  --dry-run     say what would be done and do nothing
  --uninstall   remove its services, take it out of every Docker config, remove program and tokens
EOF
}

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

prefix= dry= uninstall= service=
wiring=()
whose=()
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -gt 1 ] || fail "--prefix needs a folder"; prefix=$2; shift ;;
    --prefix=*) prefix=${1#*=} ;;
    --dry-run) dry=yes ;;
    --uninstall) uninstall=yes ;;
    --all | --replace) wiring+=("$1") ;;
    --service) service=yes ;;
    --system) whose+=(--system) ;;
    --user) [ $# -gt 1 ] || fail "--user needs a name"; whose+=(--user "$2"); shift ;;
    --user=*) whose+=(--user "${1#*=}") ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; fail "unknown option: $1" ;;
    *) wiring+=("$1") ;;
  esac
  shift
done

# Found out only after the build it would be a pity.
if [ ${#whose[@]} -gt 0 ] && { [ -z "$service" ] || [ ${#whose[@]} -ne 3 ]; }; then
  fail "give --service --system --user NAME, all three"
fi
if [ -n "$service" ] && [ -z "$dry$uninstall" ]; then
  if [ ${#whose[@]} -gt 0 ] && [ "$(id -u)" != 0 ]; then fail "--system needs root: sudo ./install.sh ..."; fi
  if [ ${#whose[@]} -eq 0 ] && [ "$(id -u)" = 0 ]; then
    fail "as root give --service --system --user NAME: whose builds use the tokens, may be root"
  fi
fi

# Undoes 'service install', for oneself and for everybody whose service runs the program; $1: nothing or --dry-run.
remove_services() {
  local unit who
  for unit in /etc/systemd/system/$name-*.service /Library/LaunchDaemons/$name-*.plist; do
    [ -f "$unit" ] && grep -qF "$program" "$unit" || continue
    [ "$(id -u)" = 0 ] || fail "$unit runs $program: sudo ./install.sh --prefix $prefix --uninstall (nothing was removed)"
    who=${unit##*/$name-}
    "$program" service uninstall --system --user "${who%.*}" ${1:+"$1"}
  done
  "$program" service uninstall ${1:+"$1"}
}

# The folders on the way to $1 that are not there yet.
missing() {
  local at=$1
  while [ ! -d "$at" ]; do
    printf '%s\n' "$at"
    at=$(dirname "$at")
  done
}

# Under some service managers HOME is unset, or "~" as it stands: the account's own folder then, as the program
# takes it. The shell itself knows it; getent is not there on macOS.
case ${HOME:-} in /*) ;; *) unset HOME; HOME=~ ;; esac
export HOME
if [ -z "$prefix" ]; then
  if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
fi
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
program=$prefix/bin/$name
share=$prefix/share
man_page=$share/man/man1/$name.1
bash_completion=$share/bash-completion/completions/$name
zsh_completion=$share/zsh/site-functions/_$name
fish_completion=$share/fish/vendor_completions.d/$name.fish
shared=("$man_page" "$bash_completion" "$zsh_completion" "$fish_completion")

state_home=${XDG_STATE_HOME:-}
# As in the program: root in another user's HOME keeps its own in root's.
kept_in=$HOME
if [ "$(id -u)" = 0 ] && [ ! -O "$HOME" ]; then kept_in=~root; fi
case $state_home in /*) ;; *) state_home=$kept_in/.local/state ;; esac
state=$state_home/$name
# The folders that installing made, one a line, so that uninstalling removes no others.
made=$state/made-folders

if [ -n "$uninstall" ]; then
  [ ${#wiring[@]} -eq 0 ] || fail "--uninstall takes no registries"
  [ -z "$service" ] || fail "--uninstall removes services by itself: leave --service out"
  # Only the program can undo what it did; without it the records of that must stay.
  if [ ! -x "$program" ] && [ -n "$(ls -A "$state/clients" 2>/dev/null)" ]; then
    fail "$program is not there, but Docker's config still names it: give the --prefix it was installed with (nothing was removed)"
  fi
  if [ -n "$dry" ]; then
    if [ -x "$program" ]; then
      remove_services --dry-run
      "$program" configure-docker --undo --everywhere --dry-run
    fi
    echo "would remove $program, its man page and completions in $share, and $state"
    exit 0
  fi
  if [ -x "$program" ]; then
    remove_services ""
    "$program" configure-docker --undo --everywhere
  fi
  folders=$(sort -ru "$made" 2>/dev/null || true)
  rm -f -- "$program" "${shared[@]}"
  rm -rf -- "$state"
  # Innermost first, and only where nothing else lives in them.
  while IFS= read -r folder; do
    [ -z "$folder" ] || rmdir -- "$folder" 2>/dev/null || true
  done <<<"$folders"
  echo "removed $program and $state"
  exit 0
fi

if [ -n "$dry" ]; then
  echo "would build $name in $here and place it at $program, its man page and completions in $share"
  if [ ${#wiring[@]} -gt 0 ]; then echo "would run: $name configure-docker ${wiring[*]}"; fi
  if [ -n "$service" ]; then echo "would run: $name service install ${whose[*]-}"; fi
  exit 0
fi

command -v node >/dev/null || fail "Node.js is missing: install version 20 or newer (https://nodejs.org)"
command -v npm >/dev/null || fail "npm is missing: it comes with Node.js"
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
  fail "Node.js $(node --version) is too old: install version 20 or newer"

cd "$here"
npm ci --ignore-scripts --no-audit --no-fund
npm run --silent build

new=$(missing "$prefix/bin"; missing "$state_home"; for file in "${shared[@]}"; do missing "${file%/*}"; done)
mkdir -p "$prefix/bin"
# In a folder of another user's there is no note: a state folder of root's would shut that user out.
at=$state
while [ ! -d "$at" ]; do at=$(dirname "$at"); done
if [ -n "$new" ] && [ -O "$at" ]; then
  (umask 077 && mkdir -p "$state" && printf '%s\n' "$new" >>"$made")
fi
# Under a temporary name first: a helper that Docker is running just now can't be written over.
temporary=$program.$$
trap 'rm -f -- "$temporary"' EXIT
cp dist/$name "$temporary"
chmod 755 "$temporary"
mv -f -- "$temporary" "$program"
trap - EXIT
for file in "${shared[@]}"; do mkdir -p "${file%/*}"; done
cp dist/$name.1 "$man_page"
"$program" completion bash >"$bash_completion"
"$program" completion zsh >"$zsh_completion"
"$program" completion fish >"$fish_completion"
chmod 644 "${shared[@]}"
echo "placed $program, its man page and completions in $share"

found=$(command -v $name || true)
if [ -z "$found" ]; then
  echo "warning: $prefix/bin is not on your PATH, so Docker will not find $name; add to your shell's profile:" >&2
  echo "  export PATH=\"$prefix/bin:\$PATH\"" >&2
elif [ "$found" != "$program" ]; then
  echo "warning: $found comes first on your PATH and is what Docker will run" >&2
fi

if [ ${#wiring[@]} -gt 0 ]; then
  "$program" configure-docker "${wiring[@]}"
else
  echo "now tell Docker which registries to ask it for, for instance:"
  echo "  $name configure-docker 111122223333.dkr.ecr.us-east-1.amazonaws.com"
fi
if [ -n "$service" ]; then "$program" service install ${whose[@]+"${whose[@]}"}; fi
