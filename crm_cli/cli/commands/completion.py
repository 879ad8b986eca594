"""crm completion: the script that makes the Tab key of a shell complete crm."""

from typing import Annotated

from crm_cli.base.errors import BadRequest
from crm_cli.cli import complete
from crm_cli.cli.declare import Argument

HELP = """Prints the completion script of a shell: bash, zsh or fish.

bash: put this into ~/.bashrc: source <(crm completion bash)

zsh: put this into ~/.zshrc, behind compinit: source <(crm completion zsh)

fish: crm completion fish > ~/.config/fish/completions/crm.fish"""

BASH = r"""# Completion of crm in bash: source <(crm completion bash)
_crm_completion() {
    local line answer
    COMPREPLY=()
    answer=$(_CRM_COMPLETE=bash _CRM_LINE="${COMP_LINE:0:COMP_POINT}" _CRM_TEXT="$2" _CRM_TYPE="$COMP_TYPE" \
        command crm 2>/dev/null </dev/null)
    if [ $? -eq 1 ]; then
        compopt -o default -o filenames +o nospace 2>/dev/null
        return
    fi
    while IFS= read -r line; do
        [ -n "$line" ] && COMPREPLY+=("$line")
    done <<<"$answer"
}
complete -o nospace -o nosort -F _crm_completion crm 2>/dev/null || complete -o nospace -F _crm_completion crm
"""

ZSH = r"""#compdef crm
# Completion of crm in zsh: source <(crm completion zsh), behind compinit
_crm() {
    local answer line value begun="${(Q)PREFIX}" other=''
    local -a open open_shown whole whole_shown lines
    answer="$(_CRM_COMPLETE=zsh command crm "${(@Q)words[2,CURRENT-1]}" "$begun" 2>/dev/null </dev/null)"
    if [ $? -eq 1 ]; then
        _files
        return
    fi
    for line in "${(@f)answer}"; do
        value="${line%%$'\t'*}"
        [ -z "$value" ] && continue
        [[ "$value" != "$begun"* ]] && other=1
        if [[ "$value" == *[=:./~] ]]; then
            open+=("$value")
            open_shown+=("${line/$'\t'/  -- }")
        else
            whole+=("$value")
            whole_shown+=("${line/$'\t'/  -- }")
        fi
    done
    # A begun name finds ids, which begin otherwise: they are shown, and one alone takes its place.
    if [ -n "$other" ] && (( $#whole + $#open > 1 )); then
        compstate[insert]=''
        compstate[list]='list force'
    fi
    [[ "$answer" == *$'\t'* ]] && lines=(-l)
    (( $#whole )) && compadd -U $lines -V crm -d whole_shown -a whole
    (( $#open )) && compadd -U $lines -V crm -S '' -d open_shown -a open
}
if [ "${funcstack[1]}" = _crm ]; then
    _crm "$@"
else
    compdef _crm crm
fi
"""

FISH = r"""# Completion of crm in fish: crm completion fish > ~/.config/fish/completions/crm.fish
function __crm_complete
    set -l words (commandline -opc)
    set -l begun (commandline -ct)
    set -l answer (_CRM_COMPLETE=fish _CRM_TEXT="$begun" command crm $words[2..-1] 2>/dev/null </dev/null)
    if test $status -eq 1
        __fish_complete_path "$begun"
        return
    end
    printf '%s\n' $answer
end
complete -c crm -f -k -a '(__crm_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def completion(
    shell: Annotated[str, Argument(metavar="SHELL", help="bash, zsh or fish", autocompletion=complete.words(*SCRIPTS))],
) -> None:
    """Prints the script."""
    if shell not in SCRIPTS:
        raise BadRequest(f"there is no completion for {shell}", hint=f"one of {', '.join(SCRIPTS)}")
    print(SCRIPTS[shell], end="")
