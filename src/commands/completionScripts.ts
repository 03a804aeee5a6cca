/** The shells that ctq's words are completed in. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/**
 * bash cuts words at = and : too (COMP_WORDBREAKS) and replaces only what is behind: words are put together again for ctq, and what
 * bash keeps is left out of what it gives. Works from bash 3.2 on, which macOS has.
 */
const BASH = `# ctq for bash: source <(ctq completion bash)
_ctq() {
  local rest="\${COMP_LINE:0:COMP_POINT}" gap piece i line word
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    gap="\${rest%%[![:space:]]*}"
    rest="\${rest#"$gap"}"
    piece="\${COMP_WORDS[i]}"
    piece="\${piece:0:\${#rest}}"
    rest="\${rest#"$piece"}"
    if ((i == 0)) || [[ -n $gap ]]; then words+=("$piece"); else words[\${#words[@]}-1]+="$piece"; fi
  done
  local now="\${words[\${#words[@]}-1]}" kind='' kept=''
  local breaks="\${COMP_WORDBREAKS//[!=:@]/}"
  if [[ -n $breaks ]]; then kept="\${now%"\${now##*[$breaks]}"}"; fi
  if [[ -n $kept && \${kept: -1} == @ ]]; then kept="\${kept%@}"; fi
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $kind ]]; then
      kind="$line"
      continue
    fi
    word="\${line%%$'\\t'*}"
    word="\${word#"$kept"}"
    if [[ $word == *= ]]; then COMPREPLY+=("$word"); else COMPREPLY+=("$(printf '%q' "$word") "); fi
  done < <(ctq completion candidates -- "\${words[@]:1}" 2>/dev/null)
  case $kind in
    files) while IFS= read -r line; do COMPREPLY+=("$(printf '%q' "$line")"); done < <(compgen -f -- "$now") ;;
    folders) while IFS= read -r line; do COMPREPLY+=("$(printf '%q' "$line")/"); done < <(compgen -d -- "$now") ;;
  esac
}
complete -o nospace -F _ctq ctq
`

const ZSH = `#compdef ctq
# ctq for zsh: source <(ctq completion zsh), after compinit; or as a file _ctq in a folder of $fpath
_ctq() {
  local -a lines done_words done_shown open_words open_shown
  local line word about shown
  lines=("\${(@f)$(ctq completion candidates -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  case $lines[1] in
    files) _files; return ;;
    folders) _files -/; return ;;
  esac
  for line in "\${(@)lines[2,-1]}"; do
    word="\${line%%$'\\t'*}"
    about="\${line#*$'\\t'}"
    shown="$word"
    if [[ -n $about ]]; then shown="$word  -- $about"; fi
    if [[ $word == *= ]]; then
      open_words+=("$word"); open_shown+=("$shown")
    else
      done_words+=("$word"); done_shown+=("$shown")
    fi
  done
  compadd -l -S '' -d open_shown -a -- open_words
  compadd -l -d done_shown -a -- done_words
}
if [[ $funcstack[1] == _ctq ]]; then _ctq "$@"; else compdef _ctq ctq; fi
`

const FISH = `# ctq for fish: ctq completion fish | source
function __ctq_candidates
    set -l words (commandline -opc)
    set -l now (commandline -ct)
    set -e words[1]
    set -l lines (ctq completion candidates -- $words "$now" 2>/dev/null)
    switch "$lines[1]"
        case words
            set -e lines[1]
            printf '%s\\n' $lines
        case files
            complete -C "'' $now"
        case folders
            complete -C "'' $now" | string match -r '.*/$'
    end
end
complete -c ctq -f -a '(__ctq_candidates)'
`

/** What a shell reads to complete the words of `ctq`; it asks ctq itself for them. */
export const SCRIPTS: { readonly [shell in Shell]: string } = { bash: BASH, zsh: ZSH, fish: FISH }
