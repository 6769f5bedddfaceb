# Prints what bash offers for the last word. Usage: bash bash.sh SCRIPT WORD…
source "$1"
shift
# "complete -F FUNCTION PROGRAM"
read -r _ _ function _ <<<"$(complete -p "$1")"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
"$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
