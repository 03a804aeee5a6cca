/** Repeated input is cut: it is there to be recognised, not to fill the message. */
const SHOWN = 80

/** The word that was probably meant, as a question. */
export function meant(nearest: string | undefined): string {
  return nearest === undefined ? '' : ` Did you mean ${quoted(nearest)}?`
}

/** A run as its message shows it. */
export function cutRun(run: string): string {
  return run.slice(0, 8)
}

/** Input in quotes, cut. */
export function quoted(input: string): string {
  return `"${cut(input)}"`
}

/** Input as it is repeated: its beginning, if it is long. */
export function cut(input: string): string {
  const letters = [...input]
  return letters.length <= SHOWN ? input : `${letters.slice(0, SHOWN - 1).join('')}…`
}
