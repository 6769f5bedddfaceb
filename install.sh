#!/usr/bin/env bash
# Builds docker-credential-ecr from this checkout, places it and makes Docker ask it; undoes it all with --uninstall.
set -euo pipefail

name=docker-credential-ecr
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat <<EOF
Usage: ./install.sh [OPTION...] [REGISTRY...]
       ./install.sh [--prefix DIR] [--dry-run] --uninstall

Builds $name with Node.js 20 or newer and npm, and places it
in DIR/bin, its man page and the completions for bash, zsh and fish below
DIR/share. Safe to run again.

What Docker asks this helper for, one of these:

  REGISTRY...   wire these ECR registries into Docker's credHelpers
  --all         make Docker ask this helper for every registry (credsStore)
  --import      the same, and move the logins that Docker has into its keeping
  --replace-ecr-login
                take over from AWS's own helper: in Docker's config, and by a
                link docker-credential-ecr-login in DIR/bin

Options:
  --prefix DIR  default: /usr/local for root, else ~/.local
  --replace     wire even where another helper, or with --all a login, stands
  --service     keep tokens fresh in the background by a service of your own
  --service --system --user NAME
                by one of the system that runs as NAME, whose Docker config is
                then the one that is wired; needs root
  --dry-run     say what would be done and do nothing
  --uninstall   remove its services, take it out of every Docker config and its
                tokens out of outputs, remove program and tokens
EOF
}

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

# Found out only after the build it would be a pity.
choose() {
  [ "${way:-$1}" = "$1" ] || fail "give one of --all, --import, --replace-ecr-login, registries"
  way=$1
}

prefix= dry= uninstall= service= way=
wiring=()
whose=()
user=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -gt 1 ] || fail "--prefix needs a folder"; prefix=$2; shift ;;
    --prefix=*) prefix=${1#*=} ;;
    --dry-run) dry=yes ;;
    --uninstall) uninstall=yes ;;
    --all | --import) wiring+=("$1"); choose all ;;
    --replace-ecr-login) wiring+=("$1"); choose login ;;
    --replace) wiring+=("$1") ;;
    --service) service=yes ;;
    --system) whose+=(--system) ;;
    --user) [ $# -gt 1 ] || fail "--user needs a name"; user=$2; whose+=(--user "$2"); shift ;;
    --user=*) user=${1#*=}; whose+=(--user "$user") ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; fail "unknown option: $1" ;;
    *) wiring+=("$1"); choose registries ;;
  esac
  shift
done

# This as well.
if [ ${#whose[@]} -gt 0 ] && { [ -z "$service" ] || [ ${#whose[@]} -ne 3 ]; }; then
  fail "give --service --system --user NAME, all three"
fi
if [ -n "$service" ] && [ -z "$dry$uninstall" ]; then
  if [ ${#whose[@]} -gt 0 ] && [ "$(id -u)" != 0 ]; then fail "--system needs root: sudo ./install.sh ..."; fi
  if [ ${#whose[@]} -eq 0 ] && [ "$(id -u)" = 0 ]; then
    fail "as root give --service --system --user NAME: whose builds use the tokens, may be root"
  fi
fi

# Runs what follows $1, a user's name, as that user, in that account's own environment.
as_user() {
  local who=$1 home
  shift
  if [ "$who" = "$(id -un)" ]; then "$@"; return; fi
  [[ $who =~ ^[A-Za-z_][A-Za-z0-9._-]*[$]?$ ]] || fail "$who is no user's name"
  eval "home=~$who"
  local clean=(env -i "HOME=$home" "PATH=$PATH" "$@")
  # A folder that this user may not enter ends the program before it begins.
  if command -v runuser >/dev/null; then (cd / && runuser -u "$who" -- "${clean[@]}")
  else (cd / && sudo -n -u "$who" "${clean[@]}"); fi
}

# Whose service of the system runs the program, one a line; they may be gone.
system_users() {
  local unit who
  for unit in /etc/systemd/system/$name-*.service /Library/LaunchDaemons/$name-*.plist; do
    [ -f "$unit" ] && grep -qF "$program" "$unit" || continue
    [ "$(id -u)" = 0 ] || fail "$unit runs $program: sudo ./install.sh --prefix $prefix --uninstall (nothing was removed)"
    who=${unit##*/$name-}
    printf '%s\n' "${who%.*}"
  done
}

# Undoes 'service install', for oneself and for everybody in $served; $1: nothing or --dry-run.
remove_services() {
  local who
  for who in $served; do "$program" service uninstall --system --user "$who" ${1:+"$1"}; done
  "$program" service uninstall ${1:+"$1"}
}

# Takes it out of what $1, a user, has had it put into; $2: nothing or --dry-run.
take_out() {
  local code=0
  as_user "$1" "$program" configure-docker --leave ${2:+"$2"} || code=$?
  # What is left was named; anything else must be mended while the program is there to do it.
  case $code in 0) ;; 3) left=yes ;; *) exit "$code" ;; esac
  as_user "$1" "$program" configure-docker --undo --everywhere ${2:+"$2"}
}

# Whether the name of AWS's own helper, beside the program, is a link to it.
is_login_ours() {
  [ -L "$login" ] && case $(readlink "$login") in "$name" | "$program") true ;; *) false ;; esac
}

place_login() {
  local first
  if [ -L "$login" ] || [ -e "$login" ]; then
    if ! is_login_ours; then
      echo "warning: $login is not of this program and stays: what still names ecr-login asks that" >&2
      return
    fi
  fi
  ln -sfn -- $name "$login"
  echo "placed $login"
  first=$(command -v "${login##*/}" || true)
  if [ -n "$first" ] && [ "$first" != "$login" ]; then
    echo "warning: $first comes first on your PATH: what still names ecr-login asks that" >&2
  fi
}

# Fails where another user could put something else in the place of the folder $1: a folder or link on the way is that
# user's, or others may write there. The rules are those of src/ownership/trusted-path.ts and src/service/program-location.ts.
must_be_safe() {
  local rest=$1 at='' next mode uid gid link me links=0
  me=$(id -u)
  while [ -n "$rest" ]; do
    next=${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
    case $next in '' | .) continue ;; ..) at=${at%/*}; continue ;; esac
    next=$at/$next
    # What is missing is made by this user.
    [ -e "$next" ] || [ -L "$next" ] || return 0
    read -r mode _ uid gid _ <<<"$(ls -ldn -- "$next")"
    if [ "$uid" != "$me" ] && [ "$uid" != 0 ]; then
      fail "$next belongs to user $uid, who could put other files in its place: choose another --prefix, or install as that user"
    fi
    if [ -L "$next" ]; then
      links=$((links + 1))
      [ $links -le 40 ] || fail "$1 is a circle of links"
      link=$(readlink "$next")
      case $link in /*) at= ;; esac
      rest=$link/$rest
      continue
    fi
    [ -d "$next" ] || fail "$next is in the place of a folder"
    case $mode in
      # In a sticky folder, such as /tmp, nobody replaces what is another user's.
      ?????????[tT]*) ;;
      ????????w*) fail "others may write into $next: chmod o-w $next" ;;
      ?????w*)
        # Groups below 1000 are the system's: Debian lets its group staff write /usr/local.
        if [ "$gid" -ge 1000 ] && [ "$gid" != "$uid" ]; then fail "group $gid may write into $next: chmod g-w $next"; fi
        ;;
    esac
    at=$next
  done
}

# Fails where $1 can't be placed or removed: a file of this program must be a plain one, this user's, in a safe folder.
must_be_placeable() {
  local uid
  must_be_safe "${1%/*}"
  [ -e "$1" ] || return 0
  [ -f "$1" ] || fail "$1 is no plain file: move it away"
  read -r _ _ uid _ <<<"$(ls -ldn -- "$1")"
  if [ "$uid" != "$(id -u)" ] && [ "$uid" != 0 ]; then fail "$1 belongs to user $uid: remove it"; fi
}

# Writes stdin to the file $1 of mode $2, whole or not at all; what is there, even a link, is replaced.
place() {
  mkdir -p "${1%/*}"
  temporary=$(mktemp "$1.XXXXXX") || fail "$1 can't be written"
  { cat >"$temporary" && chmod "$2" "$temporary" && mv -f -- "$temporary" "$1"; } || fail "$1 can't be written"
}

# Removes what a native front starts.
remove_behind() {
  rm -f -- "$behind"
  rmdir -- "${behind%/*}" 2>/dev/null || true
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
# Where the program is a native front, what it starts.
behind=$prefix/lib/$name/$name
login=$prefix/bin/$name-login
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
config=${XDG_CONFIG_HOME:-}
case $config in /*) ;; *) config=$kept_in/.config ;; esac
config=$config/$name/config.yaml

# Before anything is built, run or removed.
for file in "$program" "$behind" "${shared[@]}"; do must_be_placeable "$file"; done
temporary=
trap 'rm -f -- "${temporary:-}"' EXIT

if [ -n "$uninstall" ]; then
  [ ${#wiring[@]} -eq 0 ] || fail "--uninstall takes no registries"
  [ -z "$service" ] || fail "--uninstall removes services by itself: leave --service out"
  # Only the program can undo what it did; without it the records of that must stay.
  if [ ! -x "$program" ] && [ -n "$(find "$state/clients" "$state/outputs" -type f 2>/dev/null)" ]; then
    fail "$program is not there, but Docker's config or an output still has its work: give the --prefix it was installed with (nothing was removed)"
  fi
  me=$(id -un) left= served=
  others=()
  if [ -x "$program" ]; then
    served=$(system_users)
    for who in $served; do
      if [ "$who" != "$me" ] && id -u "$who" >/dev/null 2>&1; then others+=("$who"); fi
    done
    # What can't be undone must show while the services still tell whose it is.
    for who in "$me" ${others[@]+"${others[@]}"}; do
      if ! said=$(take_out "$who" --dry-run 2>&1); then
        printf '%s\n' "$said" >&2
        fail "nothing was removed"
      fi
    done
  fi
  if [ -n "$dry" ]; then
    if [ -x "$program" ]; then
      remove_services --dry-run
      for who in "$me" ${others[@]+"${others[@]}"}; do take_out "$who" --dry-run; done
    fi
    echo "would remove $program"
    echo "would remove its man page and completions in $share"
    echo "would remove $state"
    if is_login_ours; then echo "would remove $login"; fi
    for who in ${others[@]+"${others[@]}"}; do echo "would remove the tokens of $who"; done
    exit 0
  fi
  if [ -x "$program" ]; then
    remove_services ""
    for who in "$me" ${others[@]+"${others[@]}"}; do take_out "$who" ""; done
  fi
  for who in ${others[@]+"${others[@]}"}; do
    # By the user, not by root: the folders on the way are the user's.
    as_user "$who" sh -c "rm -rf -- \"\$HOME/.local/state/$name\""
    echo "removed the tokens of $who"
  done
  if is_login_ours; then rm -f -- "$login"; fi
  was_there=
  if [ -e "$program" ] || [ -e "$state" ]; then was_there=yes; fi
  folders=$(sort -ru "$made" 2>/dev/null || true)
  rm -f -- "$program" "${shared[@]}"
  remove_behind
  rm -rf -- "$state"
  # Innermost first, and only where nothing else lives in them.
  while IFS= read -r folder; do
    [ -z "$folder" ] || rmdir -- "$folder" 2>/dev/null || true
  done <<<"$folders"
  if [ -n "$was_there" ]; then
    echo "removed $program"
    echo "removed $state"
  else
    echo "$program is not there: nothing to remove"
  fi
  if [ -e "$config" ]; then echo "$config is yours, and stays"; fi
  [ -z "$left" ] || fail "something was left, named above"
  exit 0
fi

if [ -n "$dry" ]; then
  echo "would build $name in $here"
  echo "would place $program"
  echo "would place its man page and completions in $share"
  if [ "$way" = login ]; then echo "would place $login, a link to it"; fi
  if [ ${#wiring[@]} -gt 0 ]; then echo "would run: $name configure-docker ${wiring[*]}${user:+, as $user}"; fi
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

new=$(missing "$prefix/bin"; missing "$prefix/lib"; missing "$state_home"; for file in "${shared[@]}"; do missing "${file%/*}"; done)
umask 022
# In a folder of another user's there is no note: a state folder of root's would shut that user out.
at=$state
while [ ! -d "$at" ]; do at=$(dirname "$at"); done
if [ -n "$new" ] && [ -O "$at" ]; then
  (umask 077 && mkdir -p "$state" && printf '%s\n' "$new" >>"$made")
fi
# The front comes last: it starts what is behind it.
if [ -e dist/lib ]; then place "$behind" 755 <dist/lib/$name/$name; fi
place "$program" 755 <dist/bin/$name
if [ ! -e dist/lib ]; then remove_behind; fi
place "$man_page" 644 <dist/$name.1
# By variables: in a pipe a failure would leave the temporary file.
text=$("$program" completion bash)
place "$bash_completion" 644 <<<"$text"
text=$("$program" completion zsh)
place "$zsh_completion" 644 <<<"$text"
text=$("$program" completion fish)
place "$fish_completion" 644 <<<"$text"
echo "placed $program"
echo "placed its man page and completions in $share"

found=$(command -v $name || true)
if [ -z "$found" ]; then
  echo "warning: $prefix/bin is not on your PATH, so Docker will not find $name; add to your shell's profile:" >&2
  echo "  export PATH=\"$prefix/bin:\$PATH\"" >&2
elif [ "$found" != "$program" ]; then
  echo "warning: $found comes first on your PATH and is what Docker will run" >&2
fi

if [ "$way" = login ]; then place_login; fi
if [ ${#wiring[@]} -gt 0 ]; then
  as_user "${user:-$(id -un)}" "$program" configure-docker "${wiring[@]}"
else
  echo "now tell Docker which registries to ask it for; this proposes those that it finds:"
  echo "  $name configure-docker"
fi
if [ -n "$service" ]; then "$program" service install ${whose[@]+"${whose[@]}"}; fi
