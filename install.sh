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

Installs $name in DIR/bin and DIR/lib, its man page and the
completions for bash, zsh and fish below DIR/share. Safe to run again.
In a checkout it builds the program with Node.js 20 or newer and npm. With
--from, and in an unpacked release, it needs neither.

The registries for which Docker uses this helper, one of these:

  REGISTRY...   these ECR registries, in Docker's credHelpers
  --all         every registry (credsStore)
  --import      every registry, and import the logins that Docker has
  --replace-ecr-login
                those of AWS's helper: replaces it in Docker's config, and adds
                a link docker-credential-ecr-login in DIR/bin

Options:
  --from FILE_OR_URL
                a release's tarball, or its https:// address. Its checksum must
                be in SHA256SUMS next to it, or in --sha256
  --sha256 HEX  the tarball's checksum, from a source that you trust
  --downgrade   replace a newer version while its daemon runs
  --prefix DIR  default: /usr/local for root, else ~/.local
  --replace     replace another helper, and with --all hide existing logins
  --service     keep tokens fresh in the background, with a user service
  --service --system [--user NAME]
                with a system service that runs as NAME; Docker is configured
                for that user; needs root. Default: the user who calls sudo
  --dry-run     show what would be done and change nothing
  --uninstall   remove the services, the helper from every Docker config, its
                tokens from outputs, the program and all tokens
EOF
}

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

# Selects the kind of configuration. Checked here, before the build.
choose() {
  [ "${selection:-$1}" = "$1" ] || fail "use only one of --all, --import, --replace-ecr-login, registries"
  selection=$1
}

prefix= dry= uninstall= service= selection= from= sum= downgrade=
configure_arguments=()
service_arguments=()
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
    --all | --import) configure_arguments+=("$1"); choose all ;;
    --replace-ecr-login) configure_arguments+=("$1"); choose login ;;
    --replace) configure_arguments+=("$1") ;;
    --service) service=yes ;;
    --system) service_arguments+=(--system) ;;
    --user) [ $# -gt 1 ] || fail "--user needs a name"; user=$2; service_arguments+=(--user "$2"); shift ;;
    --user=*) user=${1#*=}; service_arguments+=(--user "$user") ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; fail "unknown option: $1" ;;
    *) configure_arguments+=("$1"); choose registries ;;
  esac
  shift
done

# Checked before the build, too.
# sudo names the user who called it.
if [ ${#service_arguments[@]} -eq 1 ] && [ "${service_arguments[0]}" = --system ] && [ "${SUDO_USER:-root}" != root ]; then
  user=$SUDO_USER
  service_arguments+=(--user "$user")
fi
if [ ${#service_arguments[@]} -gt 0 ] && { [ -z "$service" ] || [ ${#service_arguments[@]} -ne 3 ]; }; then
  fail "use --service --system --user NAME, all three"
fi
if [ -n "$service" ] && [ -z "$dry$uninstall" ]; then
  if [ ${#service_arguments[@]} -gt 0 ] && [ "$(id -u)" != 0 ]; then fail "--system needs root: sudo ./install.sh ..."; fi
  if [ ${#service_arguments[@]} -eq 0 ] && [ "$(id -u)" = 0 ]; then
    fail "as root use --service --system --user NAME, with the user whose builds use the tokens; this may be root"
  fi
fi

# Runs a command as the user $1, in the environment of that account.
as_user() {
  local who=$1 home
  shift
  if [ "$who" = "$(id -un)" ]; then "$@"; return; fi
  [[ $who =~ ^[A-Za-z_][A-Za-z0-9._-]*[$]?$ ]] || fail "$who is not the name of a user"
  eval "home=~$who"
  local clean=(env -i "HOME=$home" "PATH=$PATH" "$@")
  # In a folder that the user can't enter, the program would not start.
  if command -v runuser >/dev/null; then (cd / && runuser -u "$who" -- "${clean[@]}")
  else (cd / && sudo -n -u "$who" "${clean[@]}"); fi
}

# Prints the users of system services that run the program, one per line; they may no longer exist.
system_users() {
  local unit who
  for unit in /etc/systemd/system/$name-*.service /Library/LaunchDaemons/$name-*.plist; do
    [ -f "$unit" ] && grep -qF "$program" "$unit" || continue
    [ "$(id -u)" = 0 ] || fail "$unit runs $program: sudo ./install.sh --prefix $prefix --uninstall (nothing was removed)"
    who=${unit##*/$name-}
    printf '%s\n' "${who%.*}"
  done
}

# Restarts the services with the new program. A service that can't be restarted is reported, and is not an error.
restart_services() {
  local unit who
  for unit in /etc/systemd/system/$name-*.service /Library/LaunchDaemons/$name-*.plist; do
    [ -f "$unit" ] && grep -qF "$program" "$unit" || continue
    who=${unit##*/$name-}
    who=${who%.*}
    if [ "$(id -u)" = 0 ]; then "$program" service restart --system --user "$who" || true
    else echo "$unit runs the previous program until it is restarted: sudo $program service restart --system --user $who" >&2; fi
  done
  if [ "$(id -u)" != 0 ]; then
    local code=0
    "$program" service status >/dev/null 2>&1 || code=$?
    # 4: it is not installed.
    [ $code = 4 ] || "$program" service restart || true
  fi
  report_previous_daemons
}

# Prints the daemons whose program was replaced or removed, such as the user services of other users: process and user.
previous_daemons() {
  local pid who
  # One command for all processes, of which a build host may have thousands.
  for pid in $(ls -ln /proc/[0-9]*/exe 2>/dev/null |
    grep -F -e "-> $program (deleted)" -e "-> $main_program (deleted)" | sed -n 's|.* /proc/\([0-9]*\)/exe .*|\1|p'); do
    case $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") in *" daemon "*) ;; *) continue ;; esac
    who=$(stat -c %U "/proc/$pid" 2>/dev/null) || continue
    echo "$pid $who"
  done
}

report_previous_daemons() {
  local pid who
  while read -r pid who; do
    echo "the daemon of $who, process $pid, runs the previous program until it is restarted; if it is a user service, as $who: $program service restart" >&2
  done < <(previous_daemons)
}

# Prints name and home of the accounts, other than this one and those in $others, that have files of this program and no
# other program. Root alone can know them, and only those in /etc/passwd.
other_accounts() {
  local who home each
  [ "$(id -u)" = 0 ] || return 0
  for each in /usr/local/bin/$name /usr/bin/$name; do
    if [ "$each" != "$program" ] && [ -x "$each" ]; then return 0; fi
  done
  while IFS=: read -r who _ _ _ _ home _; do
    [[ $who =~ ^[A-Za-z_][A-Za-z0-9._-]*[$]?$ ]] && [[ $home = /?* ]] && [ "$home" != "$own_home" ] || continue
    for each in "$me" ${others[@]+"${others[@]}"}; do [ "$who" != "$each" ] || continue 2; done
    [ ! -x "$home/.local/bin/$name" ] || continue
    if [ -d "$home/.local/state/$name" ] || [ -n "$(configs_with_it "$home")" ]; then printf '%s %s\n' "$who" "$home"; fi
  done </etc/passwd
}

# Prints the configs of Docker and podman below the home folder $1 that use this program.
configs_with_it() {
  grep -lsE '"[[:space:]]*:[[:space:]]*"ecr"' "$1/.docker/config.json" "$1/.config/containers/auth.json" || true
}

# Prints the beginning of a command that root can paste to run a program as the user $1 with the home folder $2.
command_as() {
  if command -v runuser >/dev/null; then printf 'cd / && runuser -u %s -- env -i HOME=%q PATH="$PATH"' "$1" "$2"
  else printf 'cd / && sudo -u %s env -i HOME=%q PATH="$PATH"' "$1" "$2"; fi
}

# Undoes 'service install' for this user and for all users in $served. $1: empty or --dry-run.
remove_services() {
  local who
  for who in $served; do "$program" service uninstall --system --user "$who" ${1:+"$1"}; done
  "$program" service uninstall ${1:+"$1"}
}

# Removes the helper from all configs of the user $1. $2: empty or --dry-run.
unconfigure() {
  local code=0
  as_user "$1" "$program" configure-docker --leave ${2:+"$2"} || code=$?
  # 3: something was not removed, and is reported. Any other failure must be fixed while the program is still installed.
  case $code in 0) ;; 3) left=yes ;; *) exit "$code" ;; esac
  as_user "$1" "$program" configure-docker --undo --everywhere ${2:+"$2"}
}

# The servers of logins in the keychain, which the files of the state folder name: only the program could remove them.
servers_in_keychain() {
  local file server
  for file in "$state"/keychain/*.json; do
    [ -e "$file" ] || [ -L "$file" ] || continue
    server=
    if [ -f "$file" ]; then server=$(sed -n 's/.*"server":"\(.*\)"}.*/\1/p' "$file" 2>/dev/null) || true; fi
    printf '%s\n' "${server:-the server of ${file##*/}}"
  done | sort | paste -sd , - | sed 's/,/, /g'
}

# Whether docker-credential-ecr-login, the name of AWS's helper, is a link to this program.
is_own_login() {
  [ -L "$login" ] && case $(readlink "$login") in "$name" | "$program") true ;; *) false ;; esac
}

install_login() {
  local first
  if [ -L "$login" ] || [ -e "$login" ]; then
    if ! is_own_login; then
      echo "warning: $login does not belong to this program and was not changed: a config with ecr-login still uses it" >&2
      return
    fi
  fi
  ln -sfn -- $name "$login"
  echo "installed $login"
  first=$(command -v "${login##*/}" || true)
  if [ -n "$first" ] && [ "$first" != "$login" ]; then
    echo "warning: $first comes first on your PATH: a config with ecr-login uses it" >&2
  fi
}

# Whether the group $1 has users other than the one of the same number, as members or as their primary group.
is_shared() {
  local owner members
  command -v getent >/dev/null || return 1
  owner=$(getent passwd "$1" | cut -d: -f1)
  members=$(getent group "$1" | cut -d: -f4)
  [ -z "$members" ] || [ "$members" = "$owner" ] || return 0
  [ -n "$(getent passwd | awk -F: -v group="$1" '$4 == group && $3 != group')" ]
}

# Fails if another user could replace the folder $1, because a folder or link of its path belongs to that user, or others
# can write to it. The rules are those of src/ownership/trusted-path.ts and src/service/program-location.ts.
require_safe_folder() {
  local rest=$1 at='' next mode uid gid link me links=0
  me=$(id -u)
  while [ -n "$rest" ]; do
    next=${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
    case $next in '' | .) continue ;; ..) at=${at%/*}; continue ;; esac
    next=$at/$next
    # Missing folders will be created by this user.
    [ -e "$next" ] || [ -L "$next" ] || return 0
    read -r mode _ uid gid _ <<<"$(ls -ldn -- "$next")"
    if [ "$uid" != "$me" ] && [ "$uid" != 0 ]; then
      fail "$next belongs to user $uid, who could replace it: choose another --prefix, or install as that user"
    fi
    if [ -L "$next" ]; then
      links=$((links + 1))
      [ $links -le 40 ] || fail "$1 is a loop of links"
      link=$(readlink "$next")
      case $link in /*) at= ;; esac
      rest=$link/$rest
      continue
    fi
    [ -d "$next" ] || fail "$next is not a folder"
    case $mode in
      # In a sticky folder, such as /tmp, a user can't replace files of another user.
      ?????????[tT]*) ;;
      ????????w*) fail "other users can write to $next: chmod o-w $next" ;;
      ?????w????+*) fail "an access control list lets other users write to $next: chmod g-w $next" ;;
      ?????w*)
        # Groups below 1000 are system groups: Debian's group staff can write to /usr/local.
        if [ "$gid" -ge 1000 ] && { [ "$gid" != "$uid" ] || is_shared "$gid"; }; then
          fail "group $gid can write to $next: chmod g-w $next"
        fi
        ;;
    esac
    at=$next
  done
}

# Fails if the file $1 can't be replaced or removed: it must be a plain file of this user in a safe folder.
require_replaceable() {
  local uid
  require_safe_folder "${1%/*}"
  [ -e "$1" ] || return 0
  [ -f "$1" ] || fail "$1 is not a plain file: move it away"
  read -r _ _ uid _ <<<"$(ls -ldn -- "$1")"
  if [ "$uid" != "$(id -u)" ] && [ "$uid" != 0 ]; then fail "$1 belongs to user $uid: remove it"; fi
}

# Writes stdin to a temporary file next to the file $1, with mode $2. commit moves it to $1, even if that is a link.
stage() {
  local written
  mkdir -p "${1%/*}" || fail "${1%/*} can't be created"
  written=$(mktemp "$1.XXXXXX") || fail "$1 can't be written"
  temporary+=("$written")
  targets+=("$1")
  { cat >"$written" && chmod "$2" "$written"; } || fail "$1 can't be written. The previous program is still installed"
}

# Moves each staged file to its target, in the order of staging.
commit() {
  local i
  for i in "${!targets[@]}"; do
    mv -f -- "${temporary[$i]}" "${targets[$i]}" || fail "${targets[$i]} can't be written"
  done
}

# Prints the value of $1 in the file RELEASE of a release.
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

# Downloads the address $1 to the file $2, at most $3 bytes.
download() {
  local protocols='=https'
  # With --sha256 the checksum does not come from the same server.
  if [ -n "$sum" ]; then protocols='=http,https'; fi
  case $1 in
    https://*) ;;
    http://*) [ -n "$sum" ] || fail "$1 could be changed in transit: use https:// or --sha256" ;;
    *) fail "$1 is neither a file nor an https:// address" ;;
  esac
  if command -v curl >/dev/null; then
    curl --fail --silent --show-error --location --proto "$protocols" --connect-timeout 30 --max-time 900 -- "$1"
  elif command -v wget >/dev/null; then wget -q -T 60 -O - "$1"
  else fail "curl is missing: install it, or download $1 and use --from FILE"; fi |
    head -c "$(($3 + 1))" >"$2" || fail "$1 can't be downloaded. Nothing was changed"
  [ "$(wc -c <"$2")" -le "$3" ] || fail "$1 is larger than $3 bytes, so it is not the expected file. Nothing was changed"
}

# Prints the checksum of $from in the SHA256SUMS next to it.
published_sum() {
  local file=${from##*/} sums_source=${from%/*}/SHA256SUMS sums=$work/SHA256SUMS hash
  case $file in '' | *[!A-Za-z0-9._+-]*) fail "use --sha256: SHA256SUMS can't contain $from" ;; esac
  case $from in
    *://*) download "$sums_source" "$sums" 1000000 ;;
    *)
      case $from in */*) ;; *) sums_source=SHA256SUMS ;; esac
      [ -f "$sums_source" ] || fail "$sums_source is missing: download it too, or use --sha256. Nothing was changed"
      head -c 1000000 "$sums_source" >"$sums"
      ;;
  esac
  hash=$(sed -n "s/^\([0-9A-Fa-f]\{64\}\) [ *]\(.*\)\$/\1 \2/p" "$sums" | while read -r hex named; do
    if [ "$named" = "$file" ]; then printf '%s\n' "$hex"; break; fi
  done)
  [ -n "$hash" ] || fail "$sums_source does not contain $file: use both files from the same release. Nothing was changed"
  printf '%s\n' "$hash"
}

# Checks the checksum of the tarball $from, unpacks it, and sets $release to the path of its content.
unpack() {
  local archive=$from expected actual problem tops
  work=$(mktemp -d) || fail "no temporary folder can be created: set TMPDIR to a folder that you can write to"
  expected=$sum
  [ -n "$expected" ] || expected=$(published_sum)
  case $expected in *[!0-9A-Fa-f]*) fail "--sha256 needs 64 hexadecimal digits" ;; esac
  [ ${#expected} = 64 ] || fail "--sha256 needs 64 hexadecimal digits"
  case $from in
    *://*) archive=$work/tarball; download "$from" "$archive" 200000000 ;;
    *) [ -f "$from" ] || fail "$from does not exist, or is not a plain file" ;;
  esac
  actual=$(sha256 "$archive")
  expected=$(printf '%s' "$expected" | tr A-F a-f)
  [ "$actual" = "$expected" ] ||
    fail "$from is truncated or altered: its SHA-256 is $actual, not $expected. Download it again. Nothing was changed"
  mkdir "$work/unpacked"
  if ! problem=$(tar -xJof "$archive" -C "$work/unpacked" 2>&1); then
    # BSD's tar needs no xz.
    command -v xz >/dev/null || problem="xz is missing, install it (package xz-utils or xz)"
    fail "$from can't be unpacked in $work ($problem); TMPDIR sets another folder. Nothing was changed"
  fi
  tops=("$work/unpacked"/*/)
  release=${tops[0]%/}
  [ ${#tops[@]} = 1 ] && [ -f "$release/RELEASE" ] ||
    fail "$from is not a tarball of $name. Nothing was changed"
}

# Fails if the release can't run on this machine.
require_matching_platform() {
  local os arch libc cpu loader oldest present made_for
  made_for=$(release_value platform)
  case $(uname -s) in Linux) os=linux ;; Darwin) os=darwin ;; *) os=$(uname -s) ;; esac
  case $(uname -m) in x86_64 | amd64) arch=x64 ;; aarch64 | arm64) arch=arm64 ;; *) arch=$(uname -m) ;; esac
  if [ "$(release_value os)" != "$os" ] || [ "$(release_value arch)" != "$arch" ]; then
    fail "the release is for $made_for, this machine is $os-$arch: use the tarball of $os-$arch. Nothing was changed"
  fi
  libc=$(release_value libc)
  [ -n "$libc" ] || return 0
  case $arch in x64) cpu=x86_64 loader=/lib64/ld-linux-x86-64.so.2 ;; *) cpu=aarch64 loader=/lib/ld-linux-aarch64.so.1 ;; esac
  if [ "$libc" = musl ] && [ ! -e "/lib/ld-musl-$cpu.so.1" ]; then
    fail "the release is for musl, which this machine does not have: use the tarball of $os-$arch. Nothing was changed"
  fi
  [ "$libc" = glibc ] || return 0
  if [ ! -e $loader ] && [ -e "/lib/ld-musl-$cpu.so.1" ]; then
    fail "the release is for glibc, this machine has musl: use the tarball of $os-$arch-musl. Nothing was changed"
  fi
  oldest=$(release_value oldest-glibc)
  present=$(getconf GNU_LIBC_VERSION 2>/dev/null || true)
  present=${present#glibc }
  if [ -n "$present" ] && is_newer "$oldest" "$present"; then
    fail "the release needs glibc $oldest, this machine has $present: install it on a newer system. Nothing was changed"
  fi
}

# Fails if a daemon of a version newer than $1 runs: it may have written files that $1 can't read.
refuse_downgrade() {
  local report installed who users
  [ -x "$program" ] && [ -z "$downgrade" ] || return 0
  users=$(id -un)
  if [ "$(id -u)" = 0 ]; then users="$users $(system_users)"; fi
  for who in $users; do
    # The exit code is 1 if a token is not fresh.
    report=$(as_user "$who" "$program" status --json 2>/dev/null || true)
    installed=$(printf '%s\n' "$report" | sed -n 's/^ *"program": "\([^"]*\)".*/\1/p')
    case $report in *'"running": true'*) ;; *) continue ;; esac
    if [ -n "$installed" ] && is_newer "$installed" "$1"; then
      fail "the daemon of $who runs version $installed, newer than $1: use --downgrade, and restart the daemon afterwards. Nothing was changed"
    fi
  done
}

# Fails if the staged program $1 does not run here, or does not have version $2.
require_running() {
  local answer
  if answer=$("$1" version 2>&1); then
    case $answer in *" $2") return 0 ;; esac
  fi
  case $answer in *libstdc++*) answer="libstdc++ is missing, install it: apk add libstdc++" ;; esac
  fail "the program does not run on this machine: ${answer:-no output}. The previous program, if any, is still installed"
}

# Removes the program that a native front starts.
remove_main_program() {
  rm -f -- "$main_program"
  rmdir -- "${main_program%/*}" 2>/dev/null || true
}

# Prints the missing folders of the path $1.
missing() {
  local at=$1
  while [ ! -d "$at" ]; do
    printf '%s\n' "$at"
    at=$(dirname "$at")
  done
}

# Some service managers leave HOME unset, or set it to "~": then it is the home folder of the account, as in the program.
# The shell knows it; macOS has no getent.
case ${HOME:-} in /*) ;; *) unset HOME; HOME=~ ;; esac
export HOME
state_home=${XDG_STATE_HOME:-}
# As in the program: root with another user's HOME uses root's own folders.
own_home=$HOME
if [ "$(id -u)" = 0 ] && [ ! -O "$HOME" ]; then own_home=~root; fi
case $state_home in /*) ;; *) state_home=$own_home/.local/state ;; esac
state=$state_home/$name
# The prefixes of installations, one per line.
prefixes=$state/prefixes

if [ -z "$prefix" ] && [ -n "$uninstall" ]; then
  while IFS= read -r each; do
    if [ ! -e "$each/bin/$name" ]; then continue; fi
    [ -z "$prefix" ] || [ "$prefix" = "$each" ] ||
      fail "it is installed below $prefix and $each: use --prefix (nothing was removed)"
    prefix=$each
  done < <(cat "$prefixes" 2>/dev/null || true)
fi
if [ -z "$prefix" ]; then
  if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
fi
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
program=$prefix/bin/$name
# If the program is a native front, the program that it starts.
main_program=$prefix/lib/$name/$name
login=$prefix/bin/$name-login
share=$prefix/share
man_page=$share/man/man1/$name.1
bash_completion=$share/bash-completion/completions/$name
zsh_completion=$share/zsh/site-functions/_$name
fish_completion=$share/fish/vendor_completions.d/$name.fish
schema=$share/$name/config.schema.json
shared=("$man_page" "$bash_completion" "$zsh_completion" "$fish_completion" "$schema")

# The folders that installations created, one per line, so that --uninstall removes no others.
created=$state/made-folders
config=${XDG_CONFIG_HOME:-}
case $config in /*) ;; *) config=$own_home/.config ;; esac
config=$config/$name/config.yaml

# Before the program is built, run or removed.
for file in "$program" "$main_program" "${shared[@]}"; do require_replaceable "$file"; done
temporary=() targets=() work= release=
trap 'rm -rf -- ${temporary[@]+"${temporary[@]}"} ${work:+"$work"}' EXIT

if [ -n "$uninstall" ]; then
  [ ${#configure_arguments[@]} -eq 0 ] || fail "--uninstall has no registries"
  [ -z "$from" ] || fail "--uninstall can't be used with --from"
  [ -z "$service" ] || fail "--uninstall always removes services: omit --service"
  # Only the program can undo its changes and export logins; without it the records and the logins must stay.
  if [ ! -x "$program" ] && [ -n "$(find "$state/clients" "$state/outputs" -type f 2>/dev/null)" ]; then
    fail "$program does not exist, but Docker's config or an output still contains its changes: use the --prefix of the installation (nothing was removed)"
  fi
  if [ ! -x "$program" ] && [ -n "$(find "$state/sealed" -name '*.json' 2>/dev/null)" ]; then
    fail "$program does not exist, but $state/sealed has logins: use the --prefix of the installation, or remove that folder to lose them (nothing was removed)"
  fi
  me=$(id -un) left= served=
  others=()
  if [ -x "$program" ]; then
    served=$(system_users)
    for who in $served; do
      if [ "$who" != "$me" ] && id -u "$who" >/dev/null 2>&1; then others+=("$who"); fi
    done
    while read -r who home; do
      if [ "$who" = "${SUDO_USER-}" ]; then others+=("$who"); fi
    done < <(other_accounts)
    # Afterwards, every command of Docker for ECR would fail for these users.
    while read -r who home; do
      [ -n "$(find "$home/.local/state/$name/clients" -type f 2>/dev/null)" ] || continue
      echo "Docker or podman of $who still uses $program; first run: $(command_as "$who" "$home") $program configure-docker --undo --everywhere" >&2
      left=yes
    done < <(other_accounts)
    [ -z "$left" ] || fail "nothing was removed"
    # Failures must show before the services are removed, which are the only list of users.
    for who in "$me" ${others[@]+"${others[@]}"}; do
      if ! output=$(unconfigure "$who" --dry-run 2>&1); then
        printf '%s\n' "$output" >&2
        fail "nothing was removed"
      fi
    done
  fi
  if [ ! -x "$program" ]; then
    marked=$(servers_in_keychain)
    if [ -n "$marked" ]; then
      echo "left in the keychain: logins to $marked" >&2
      left=yes
    fi
  fi
  if [ -n "$dry" ]; then
    if [ -x "$program" ]; then
      remove_services --dry-run
      for who in "$me" ${others[@]+"${others[@]}"}; do unconfigure "$who" --dry-run; done
    fi
    echo "would remove $program"
    echo "would remove its man page and completions in $share"
    echo "would remove $state"
    if is_own_login; then echo "would remove $login"; fi
    for who in ${others[@]+"${others[@]}"}; do echo "would remove the tokens of $who"; done
    exit 0
  fi
  if [ -x "$program" ]; then
    remove_services ""
    for who in "$me" ${others[@]+"${others[@]}"}; do unconfigure "$who" ""; done
  fi
  for who in ${others[@]+"${others[@]}"}; do
    # As the user, not as root: the folders of the path belong to the user.
    as_user "$who" sh -c "rm -rf -- \"\$HOME/.local/state/$name\""
    echo "removed the tokens of $who"
  done
  if is_own_login; then rm -f -- "$login"; fi
  was_installed=
  if [ -e "$program" ] || [ -e "$state" ]; then was_installed=yes; fi
  folders=$(sort -ru "$created" 2>/dev/null || true)
  rm -f -- "$program" "${shared[@]}"
  remove_main_program
  rm -rf -- "$state"
  # Innermost first, and only empty folders.
  while IFS= read -r folder; do
    [ -z "$folder" ] || rmdir -- "$folder" 2>/dev/null || true
  done <<<"$folders"
  if [ -n "$was_installed" ]; then
    echo "removed $program"
    echo "removed $state"
  else
    echo "$program does not exist: nothing to remove"
  fi
  if [ -e "$config" ]; then echo "$config was not removed"; fi
  while read -r pid who; do
    # That of this user was reported already.
    [ "$who" != "$me" ] || continue
    echo "the daemon of $who, process $pid, still runs; end it: kill $pid" >&2
    left=yes
  done < <(previous_daemons)
  while read -r who home; do
    while IFS= read -r file; do
      [ -z "$file" ] || echo "$file of $who still uses it: remove the lines with \"ecr\", or each pull from these registries fails" >&2
    done < <(configs_with_it "$home")
    left=yes
    [ -d "$home/.local/state/$name" ] || continue
    echo "the tokens of $who are left; remove them: $(command_as "$who" "$home") rm -rf $(printf %q "$home/.local/state/$name")" >&2
  done < <([ -z "$was_installed" ] || other_accounts)
  [ -z "$left" ] || fail "not everything was removed, see above"
  exit 0
fi

if [ -z "$from" ] && [ -f "$here/RELEASE" ]; then release=$here; fi
if [ -n "$dry" ]; then
  if [ -n "$from$release" ]; then echo "would install $name from ${from:-$release}"; else echo "would build $name in $here"; fi
  echo "would install $program"
  echo "would install its man page and completions in $share"
  if [ "$selection" = login ]; then echo "would install $login, a link to it"; fi
  if [ ${#configure_arguments[@]} -gt 0 ]; then echo "would run: $name configure-docker ${configure_arguments[*]}${user:+, as $user}"; fi
  if [ -n "$service" ]; then echo "would run: $name service install ${service_arguments[*]-}"; fi
  exit 0
fi

if [ -n "$from" ]; then unpack; fi
if [ -n "$release" ]; then
  require_matching_platform
  version=$(release_value version)
  refuse_downgrade "$version"
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
# Not recorded in a folder of another user: a state folder of root would lock that user out.
at=$state
while [ ! -d "$at" ]; do at=$(dirname "$at"); done
if [ -n "$new" ] && [ -O "$at" ]; then
  (umask 077 && mkdir -p "$state" && printf '%s\n' "$new" >>"$created")
fi
if [ -O "$at" ] && ! grep -qxF -- "$prefix" "$prefixes" 2>/dev/null; then
  (umask 077 && mkdir -p "$state" && printf '%s\n' "$prefix" >>"$prefixes")
fi
before=
if [ -x "$program" ]; then before=$("$program" version 2>/dev/null) || before=; fi
# The front comes last, because it starts the main program.
if [ -e "$built/lib" ]; then stage "$main_program" 755 <"$built/lib/$name/$name"; fi
stage "$program" 755 <"$built/bin/$name"
if [ -n "$release" ]; then require_running "${temporary[0]}" "$version"; fi
stage "$man_page" 644 <"$built_page"
if [ -e docs/config.schema.json ]; then stage "$schema" 644 <docs/config.schema.json; fi
# With variables: in a pipe a failure would be ignored.
text=$("${temporary[0]}" completion bash)
stage "$bash_completion" 644 <<<"$text"
text=$("${temporary[0]}" completion zsh)
stage "$zsh_completion" 644 <<<"$text"
text=$("${temporary[0]}" completion fish)
stage "$fish_completion" 644 <<<"$text"
commit
if [ ! -e "$built/lib" ]; then remove_main_program; fi
echo "installed $program"
now=$("$program" version)
if [ -n "$before" ] && [ "$before" != "$now" ]; then echo "version ${now##* } replaces version ${before##* }"; fi
echo "installed its man page and completions in $share"

first=$(command -v $name || true)
if [ -z "$first" ]; then
  echo "warning: $prefix/bin is not on your PATH, so Docker will not find $name; add to your shell's profile:" >&2
  echo "  export PATH=\"$prefix/bin:\$PATH\"" >&2
elif [ "$first" != "$program" ]; then
  echo "warning: $first comes first on your PATH, so Docker will run it" >&2
fi

if [ "$selection" = login ]; then install_login; fi
if [ ${#configure_arguments[@]} -gt 0 ]; then
  as_user "${user:-$(id -un)}" "$program" configure-docker "${configure_arguments[@]}"
elif [ -n "$(find "$state/clients" -name '*.json' 2>/dev/null)" ]; then
  echo "the configuration of Docker and podman was not changed"
else
  if [ -n "$before" ]; then echo "if Docker does not use this helper yet, select its registries:"
  else echo "next, select the registries for which Docker uses this helper:"; fi
  echo "  $name configure-docker"
fi
if [ -n "$service" ]; then "$program" service install ${service_arguments[@]+"${service_arguments[@]}"}; fi
# A running daemon still uses the previous program.
restart_services
