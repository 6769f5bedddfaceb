# Prints what an interactive zsh offers at the end of a line. Usage: zsh -f zsh.zsh FOLDER LINE
#   FOLDER holds the completion under its name
zmodload zsh/zpty
# What compadd is given and takes is what zsh offers. READY and END are put together there, so that no echo of this
# text is taken for them.
setup="
PS1= ; stty -echo; fpath=($1 \$fpath); autoload -Uz compinit; compinit -C -u -d $1/dump
compadd() {
  local -a taken
  [[ \$argv[(I)-[ADO]*] -gt 0 ]] || { builtin compadd -O taken \"\$@\"; print -rl -- \$taken >>$1/offered }
  builtin compadd \"\$@\"
}
tell() { print EN'D'; }
zle -N tell
bindkey '^X' list-choices
bindkey '^G' tell
print REA'DY'
"
: >$1/offered
zpty shell "TERM=dumb zsh -f -i"
zpty -w shell "$setup"
zpty -r -m shell shown '*READY*' || exit 1
zpty -w -n shell "$2"$'\x18\x07'
zpty -r -m shell shown '*END*' || exit 1
zpty -d shell
cat $1/offered
