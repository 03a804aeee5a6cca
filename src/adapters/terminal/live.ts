import type { Progress } from '../../domain/result/answer.ts'
import { type Phrase, plainText } from '../../domain/result/phrase.ts'
import { progressPhrase } from '../../domain/result/progressWords.ts'
import { cut, displayWidth } from '../../domain/result/textTable.ts'
import type { Colour, Paint } from './colour.ts'
import { folded } from './table.ts'

/** Where a live view is drawn: stderr. Without `columns` it is no terminal that can be drawn on. */
export type Screen = {
  readonly write: (text: string) => unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** What is known while a run goes on. `told`: the most telling calls found so far, at most so many. */
export type Sight = { readonly progress: Progress; readonly told: (most: number) => readonly Phrase[] }

/** A few lines that are drawn in place, for as long as a run goes on. */
export type Live = {
  readonly show: (sight: Sight) => void
  /** Writes a line that stays, above the view. */
  readonly say: (words: string) => void
  /** Takes the view away: nothing of it stays. */
  readonly clear: () => void
}

/** The view is drawn anew at most so often. */
const DRAW_EVERY_MS = 100
/** Calls shown, when the window is high enough: the answer shows them all. */
const TOLD = 6
/** Lines of the window that are left to what was there before. */
const SPARE_LINES = 2
const WIDTH = 80
const HEIGHT = 24

/** Whether a view can be drawn in place: on a terminal that knows how to move its cursor. */
export function canDraw({ isTTY }: Screen, env: { readonly [name: string]: string | undefined }): boolean {
  return isTTY === true && env['TERM'] !== 'dumb'
}

/** A live view that draws on `screen`. `now`: milliseconds of a clock that only goes forward. */
export function liveView(screen: Screen, paint: Paint, now: () => number): Live {
  let drawnAt = Number.NEGATIVE_INFINITY
  let waiting: NodeJS.Timeout | undefined
  let latest: Sight | undefined
  /** Cells of each line that stands there. */
  let standing: readonly number[] = []

  const draw = (): void => {
    clearTimeout(waiting)
    waiting = undefined
    if (latest === undefined) return
    drawnAt = now()
    const lines = linesOf(latest, screen)
    const painted = lines.map(({ text, colour }) => (colour === undefined ? text : paint(colour, text)))
    screen.write(`${backOver(standing, screen)}${painted.join('\n')}`)
    standing = lines.map(({ text }) => displayWidth(text))
    latest = undefined
  }
  const wipe = (): string => {
    const back = backOver(standing, screen)
    standing = []
    return back
  }
  return {
    show: (sight) => {
      latest = sight
      const due = drawnAt + DRAW_EVERY_MS - now()
      if (due <= 0) draw()
      else waiting ??= setTimeout(draw, due).unref()
    },
    say: (words) => {
      screen.write(`${wipe()}${words}\n`)
    },
    clear: () => {
      clearTimeout(waiting)
      latest = undefined
      screen.write(wipe())
    },
  }
}

/** A window's size; one that does not know it says 0. */
function sizeOf({ columns, rows }: Screen): { readonly columns: number; readonly rows: number } {
  return { columns: columns || WIDTH, rows: rows || HEIGHT }
}

type Line = { readonly text: string; readonly colour?: Colour }

function linesOf({ progress, told }: Sight, screen: Screen): readonly Line[] {
  const { columns, rows } = sizeOf(screen)
  // The last cell of a line is left alone: some terminals go on to the next line when it is written.
  const width = Math.max(1, columns - 1)
  const far = folded(plainText(progressPhrase(progress)), width).slice(0, Math.max(1, rows - SPARE_LINES))
  const room = Math.max(0, Math.min(TOLD, rows - SPARE_LINES - far.length))
  const calls = told(room).map((call): Line => ({ text: `• ${plainText(call)}`, colour: 'dim' }))
  const heading: readonly Line[] = calls.length === 0 ? [] : [{ text: 'So far, most telling first:', colour: 'bold' }]
  return [...far.map((text): Line => ({ text })), ...heading, ...calls].map((line) => ({
    ...line,
    text: cut(line.text, width),
  }))
}

/** Back to the beginning of what stands there, and all of it gone. A window made narrower since has broken its lines. */
function backOver(standing: readonly number[], screen: Screen): string {
  const { columns } = sizeOf(screen)
  if (standing.length === 0) return '\r\u001b[J'
  const lines = standing.reduce((sum, cells) => sum + Math.max(1, Math.ceil(cells / columns)), 0)
  return `\r${lines > 1 ? `\u001b[${lines - 1}A` : ''}\u001b[J`
}
