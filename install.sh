#!/usr/bin/env bash
# Installs docker-credential-ecr: built from this checkout, from the unpacked release that this script is part of, or
# from a release's tarball (--from). Configures Docker to use it; undoes all of it with --uninstall.
set -euo pipefail

name=docker-credential-ecr
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat <<EOF
Usage: ./install.sh [OPTION...] [REGISTRY...]
       ./install.sh --from FILE_OR_URL [OPTION...] [REGISTRY...]
       ./install.sh [--prefix DIR] [--dry-run] --uninstall

Places $name in DIR/bin and DIR/lib, its man page and the
completions for bash, zsh and fish below DIR/share. Safe to run again.
In a checkout it builds the program with Node.js 20 or newer and npm. With
--from, and in an unpacked release, it needs neither.

What Docker asks this helper for, one of these:

  REGISTRY...   wire these ECR registries into Docker's credHelpers
  --all         make Docker ask this helper for every registry (credsStore)
  --import      the same, and move the logins that Docker has into its keeping
  --replace-ecr-login
                take over from AWS's own helper: in Docker's config, and by a
                link docker-credential-ecr-login in DIR/bin

Options:
  --from FILE_OR_URL
                a release's tarball, or its https:// address. SHA256SUMS beside
                it must name its checksum, or --sha256
  --sha256 HEX  the tarball's checksum, from a source that you trust
  --downgrade   replace a newer version while its daemon runs
  --prefix DIR  default: /usr/local for root, else ~/.local
  --replace     wire even where another helper, or with --all a login, stands
  --service     keep tokens fresh in the background by a service of your own
  --service --system [--user NAME]
                by one of the system that runs as NAME, whose Docker config is
                then the one that is wired; needs root. Default: who calls sudo
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

prefix= dry= uninstall= service= way= from= sum= downgrade=
wiring=()
whose=()
user=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -gt 1 ] || fail "--prefix needs a folder"; prefix=$2; shift ;;
    --prefix=*) prefix=${1#*=} ;;
    --from) [ $# -gt 1 ] || fail "--from needs a file or an address"; from=$2; shift ;;
    --from=*) from=${1#*=} ;;
    --sha256) [ $# -gt 1 ] || fail "--sha256 needs a checksum"; sum=$2; shift ;;
    --sha256=*) sum=${1#*=} ;;
    --downgrade) downgrade=yes ;;
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
# sudo names the user who called it.
if [ ${#whose[@]} -eq 1 ] && [ "${whose[0]}" = --system ] && [ "${SUDO_USER:-root}" != root ]; then
  user=$SUDO_USER
  whose+=(--user "$user")
fi
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

# Has the services that run an older program start the new one; what can't be restarted is named and ends nothing.
restart_services() {
  local unit who
  for unit in /etc/systemd/system/$name-*.service /Library/LaunchDaemons/$name-*.plist; do
    [ -f "$unit" ] && grep -qF "$program" "$unit" || continue
    who=${unit##*/$name-}
    who=${who%.*}
    if [ "$(id -u)" = 0 ]; then "$program" service restart --system --user "$who" || true
    else echo "$unit runs the program of before until it is restarted: sudo $program service restart --system --user $who" >&2; fi
  done
  if [ "$(id -u)" != 0 ]; then "$program" service restart || true; fi
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

# Writes stdin beside the file $1, with mode $2; commit puts it in the place of $1, even of a link.
stage() {
  local written
  mkdir -p "${1%/*}" || fail "${1%/*} can't be made"
  written=$(mktemp "$1.XXXXXX") || fail "$1 can't be written"
  temporary+=("$written")
  targets+=("$1")
  { cat >"$written" && chmod "$2" "$written"; } || fail "$1 can't be written. The former program is still in place"
}

# Puts each staged file in its place, whole, in the order in which they were staged.
commit() {
  local i
  for i in "${!targets[@]}"; do
    mv -f -- "${temporary[$i]}" "${targets[$i]}" || fail "${targets[$i]} can't be written"
  done
}

# Prints what is after $1= in the file RELEASE of a release.
release_value() {
  sed -n "s/^$1=\([A-Za-z0-9._+-]*\)\$/\1/p" "$release/RELEASE"
}

# Whether the version $1 is newer than $2. 1.0.0-rc.1 comes before 1.0.0.
is_newer() {
  local first=${1/-/\~} second=${2/-/\~}
  [ "$1" != "$2" ] && [ "$(printf '%s\n' "$first" "$second" | sort -V | tail -n 1)" = "$first" ]
}

# Prints the SHA-256 of the file $1.
sha256() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1"
  elif command -v shasum >/dev/null; then shasum -a 256 <"$1"
  elif command -v openssl >/dev/null; then openssl dgst -sha256 -r <"$1"
  else fail "sha256sum is missing: install coreutils or openssl"; fi | cut -c 1-64
}

# Writes what is at the address $1 to the file $2, no more than $3 bytes.
download() {
  local protocols='=https'
  # The checksum does not come from the same place then.
  if [ -n "$sum" ]; then protocols='=http,https'; fi
  case $1 in
    https://*) ;;
    http://*) [ -n "$sum" ] || fail "$1 could be changed on the way: use https://, or give --sha256" ;;
    *) fail "$1 is neither a file nor an https:// address" ;;
  esac
  if command -v curl >/dev/null; then
    curl --fail --silent --show-error --location --proto "$protocols" --connect-timeout 30 --max-time 900 -- "$1"
  elif command -v wget >/dev/null; then wget -q -T 60 -O - "$1"
  else fail "curl is missing: install it, or download $1 and give --from FILE"; fi |
    head -c "$(($3 + 1))" >"$2" || fail "$1 can't be downloaded. Nothing was changed"
  [ "$(wc -c <"$2")" -le "$3" ] || fail "$1 is larger than $3 bytes: it is not what it should be. Nothing was changed"
}

# Prints the checksum that SHA256SUMS beside $from names for it.
published_sum() {
  local file=${from##*/} beside=${from%/*}/SHA256SUMS sums=$work/SHA256SUMS found
  case $file in '' | *[!A-Za-z0-9._+-]*) fail "give --sha256: no SHA256SUMS can name $from" ;; esac
  case $from in
    *://*) download "$beside" "$sums" 1000000 ;;
    *)
      case $from in */*) ;; *) beside=SHA256SUMS ;; esac
      [ -f "$beside" ] || fail "$beside is missing: download it too, or give --sha256. Nothing was changed"
      head -c 1000000 "$beside" >"$sums"
      ;;
  esac
  found=$(sed -n "s/^\([0-9A-Fa-f]\{64\}\) [ *]\(.*\)\$/\1 \2/p" "$sums" | while read -r hex named; do
    if [ "$named" = "$file" ]; then printf '%s\n' "$hex"; break; fi
  done)
  [ -n "$found" ] || fail "$beside does not name $file: take both from one release. Nothing was changed"
  printf '%s\n' "$found"
}

# Unpacks the tarball $from, once its checksum is right, and puts the path of what is in it into $release.
unpack() {
  local archive=$from expected actual problem tops
  work=$(mktemp -d) || fail "no temporary folder can be made: set TMPDIR to a folder that you may write to"
  expected=$sum
  [ -n "$expected" ] || expected=$(published_sum)
  case $expected in *[!0-9A-Fa-f]*) fail "--sha256 takes 64 hexadecimal digits" ;; esac
  [ ${#expected} = 64 ] || fail "--sha256 takes 64 hexadecimal digits"
  case $from in
    *://*) archive=$work/tarball; download "$from" "$archive" 200000000 ;;
    *) [ -f "$from" ] || fail "$from is not there, or is no plain file" ;;
  esac
  actual=$(sha256 "$archive")
  expected=$(printf '%s' "$expected" | tr A-F a-f)
  [ "$actual" = "$expected" ] ||
    fail "$from is truncated or altered: its SHA-256 is $actual, not $expected. Download it again. Nothing was changed"
  mkdir "$work/unpacked"
  if ! problem=$(tar -xJof "$archive" -C "$work/unpacked" 2>&1); then
    # BSD's tar needs no xz.
    command -v xz >/dev/null || problem="xz is missing, install it (package xz-utils or xz)"
    fail "$from can't be unpacked in $work ($problem); another folder: TMPDIR. Nothing was changed"
  fi
  tops=("$work/unpacked"/*/)
  release=${tops[0]%/}
  [ ${#tops[@]} = 1 ] && [ -f "$release/RELEASE" ] ||
    fail "$from is not a tarball of $name. Nothing was changed"
}

# Fails where the release can't run on this machine.
must_fit() {
  local os arch libc cpu loader oldest present made_for
  made_for=$(release_value platform)
  case $(uname -s) in Linux) os=linux ;; Darwin) os=darwin ;; *) os=$(uname -s) ;; esac
  case $(uname -m) in x86_64 | amd64) arch=x64 ;; aarch64 | arm64) arch=arm64 ;; *) arch=$(uname -m) ;; esac
  if [ "$(release_value os)" != "$os" ] || [ "$(release_value arch)" != "$arch" ]; then
    fail "the release is for $made_for, this machine is $os-$arch: take the tarball of $os-$arch. Nothing was changed"
  fi
  libc=$(release_value libc)
  [ -n "$libc" ] || return 0
  case $arch in x64) cpu=x86_64 loader=/lib64/ld-linux-x86-64.so.2 ;; *) cpu=aarch64 loader=/lib/ld-linux-aarch64.so.1 ;; esac
  if [ "$libc" = musl ] && [ ! -e "/lib/ld-musl-$cpu.so.1" ]; then
    fail "the release is for musl, which this machine does not have: take the tarball of $os-$arch. Nothing was changed"
  fi
  [ "$libc" = glibc ] || return 0
  if [ ! -e $loader ] && [ -e "/lib/ld-musl-$cpu.so.1" ]; then
    fail "the release is for glibc, this machine has musl: take the tarball of $os-$arch-musl. Nothing was changed"
  fi
  oldest=$(release_value oldest-glibc)
  present=$(getconf GNU_LIBC_VERSION 2>/dev/null || true)
  present=${present#glibc }
  if [ -n "$present" ] && is_newer "$oldest" "$present"; then
    fail "the release needs glibc $oldest, this machine has $present: install it on a newer system. Nothing was changed"
  fi
}

# Fails where a daemon of a version newer than $1 runs: it may have written what $1 can't read.
must_not_replace_newer() {
  local report installed who users
  [ -x "$program" ] && [ -z "$downgrade" ] || return 0
  users=$(id -un)
  if [ "$(id -u)" = 0 ]; then users="$users $(system_users)"; fi
  for who in $users; do
    # It ends with 1 where a token is not fresh.
    report=$(as_user "$who" "$program" status --json 2>/dev/null || true)
    installed=$(printf '%s\n' "$report" | sed -n 's/^ *"program": "\([^"]*\)".*/\1/p')
    case $report in *'"running": true'*) ;; *) continue ;; esac
    if [ -n "$installed" ] && is_newer "$installed" "$1"; then
      fail "the daemon of $who runs version $installed, newer than $1: give --downgrade, and restart the daemon afterwards. Nothing was changed"
    fi
  done
}

# Fails where the staged program $1 does not run here, or is not of version $2.
must_run() {
  local answer
  if answer=$("$1" version 2>&1); then
    case $answer in *" $2") return 0 ;; esac
  fi
  case $answer in *libstdc++*) answer="libstdc++ is missing, install it: apk add libstdc++" ;; esac
  fail "the program does not run on this machine: ${answer:-no output}. The former program, if any, is still in place"
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
state_home=${XDG_STATE_HOME:-}
# As in the program: root in another user's HOME keeps its own in root's.
kept_in=$HOME
if [ "$(id -u)" = 0 ] && [ ! -O "$HOME" ]; then kept_in=~root; fi
case $state_home in /*) ;; *) state_home=$kept_in/.local/state ;; esac
state=$state_home/$name
# The prefixes that it was installed with, one a line.
prefixes=$state/prefixes

if [ -z "$prefix" ] && [ -n "$uninstall" ]; then
  while IFS= read -r each; do
    if [ ! -e "$each/bin/$name" ]; then continue; fi
    [ -z "$prefix" ] || [ "$prefix" = "$each" ] ||
      fail "it is installed below $prefix and $each: give --prefix (nothing was removed)"
    prefix=$each
  done < <(cat "$prefixes" 2>/dev/null || true)
fi
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
schema=$share/$name/config.schema.json
shared=("$man_page" "$bash_completion" "$zsh_completion" "$fish_completion" "$schema")

# The folders that installing made, one a line, so that uninstalling removes no others.
made=$state/made-folders
config=${XDG_CONFIG_HOME:-}
case $config in /*) ;; *) config=$kept_in/.config ;; esac
config=$config/$name/config.yaml

# Before anything is built, run or removed.
for file in "$program" "$behind" "${shared[@]}"; do must_be_placeable "$file"; done
temporary=() targets=() work= release=
trap 'rm -rf -- ${temporary[@]+"${temporary[@]}"} ${work:+"$work"}' EXIT

if [ -n "$uninstall" ]; then
  [ ${#wiring[@]} -eq 0 ] || fail "--uninstall takes no registries"
  [ -z "$from" ] || fail "--uninstall takes no --from"
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

if [ -z "$from" ] && [ -f "$here/RELEASE" ]; then release=$here; fi
if [ -n "$dry" ]; then
  if [ -n "$from$release" ]; then echo "would take $name from ${from:-$release}"; else echo "would build $name in $here"; fi
  echo "would place $program"
  echo "would place its man page and completions in $share"
  if [ "$way" = login ]; then echo "would place $login, a link to it"; fi
  if [ ${#wiring[@]} -gt 0 ]; then echo "would run: $name configure-docker ${wiring[*]}${user:+, as $user}"; fi
  if [ -n "$service" ]; then echo "would run: $name service install ${whose[*]-}"; fi
  exit 0
fi

if [ -n "$from" ]; then unpack; fi
if [ -n "$release" ]; then
  must_fit
  version=$(release_value version)
  must_not_replace_newer "$version"
  built=$release
  built_page=$release/share/man/man1/$name.1
else
  command -v node >/dev/null || fail "Node.js is missing: install version 20 or newer (https://nodejs.org), or use --from"
  command -v npm >/dev/null || fail "npm is missing: it comes with Node.js"
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old: install version 20 or newer, or use --from"

  cd "$here"
  npm ci --ignore-scripts --no-audit --no-fund
  npm run --silent build
  built=$here/dist
  built_page=$built/$name.1
fi

new=$(missing "$prefix/bin"; missing "$prefix/lib"; missing "$state_home"; for file in "${shared[@]}"; do missing "${file%/*}"; done)
umask 022
# In a folder of another user's there is no note: a state folder of root's would shut that user out.
at=$state
while [ ! -d "$at" ]; do at=$(dirname "$at"); done
if [ -n "$new" ] && [ -O "$at" ]; then
  (umask 077 && mkdir -p "$state" && printf '%s\n' "$new" >>"$made")
fi
if [ -O "$at" ] && ! grep -qxF -- "$prefix" "$prefixes" 2>/dev/null; then
  (umask 077 && mkdir -p "$state" && printf '%s\n' "$prefix" >>"$prefixes")
fi
before=
if [ -x "$program" ]; then before=$("$program" version 2>/dev/null) || before=; fi
# The front comes last: it starts what is behind it.
if [ -e "$built/lib" ]; then stage "$behind" 755 <"$built/lib/$name/$name"; fi
stage "$program" 755 <"$built/bin/$name"
if [ -n "$release" ]; then must_run "${temporary[0]}" "$version"; fi
stage "$man_page" 644 <"$built_page"
if [ -e docs/config.schema.json ]; then stage "$schema" 644 <docs/config.schema.json; fi
# By variables: in a pipe a failure would go unnoticed.
text=$("${temporary[0]}" completion bash)
stage "$bash_completion" 644 <<<"$text"
text=$("${temporary[0]}" completion zsh)
stage "$zsh_completion" 644 <<<"$text"
text=$("${temporary[0]}" completion fish)
stage "$fish_completion" 644 <<<"$text"
commit
if [ ! -e "$built/lib" ]; then remove_behind; fi
echo "placed $program"
now=$("$program" version)
if [ -n "$before" ] && [ "$before" != "$now" ]; then echo "version ${now##* } replaces version ${before##* }"; fi
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
# A daemon goes on with the program that it was started with.
restart_services
