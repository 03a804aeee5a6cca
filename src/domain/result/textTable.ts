import { bounded, visible } from './safe.ts'

/** What a text table may take up. `cell`: most display cells in a column; `width`: most in a line. */
export type TableSize = { readonly cell: number; readonly width: number }

/** Characters that take two cells on a terminal: CJK, Hangul, full-width forms and most emoji (Unicode: East Asian Width, simplified). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f9ff}\u{20000}-\u{3fffd}]/u

/** How many terminal cells a text takes: combining marks none, wide characters two. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return width
}

/** Rows under their headings as lines of text, columns aligned; cells that are too wide are cut, whole columns that do not fit too. */
export function textTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  size: TableSize,
): readonly string[] {
  const shown = [headings, ...rows].map((row) => headings.map((_, index) => cut(visible(row[index] ?? ''), size.cell)))
  const widths = headings.map((_, index) => Math.max(...shown.map((row) => displayWidth(row[index] ?? ''))))
  return shown.map((row) =>
    cut(
      row
        .map((cell, index) => pad(cell, widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
      size.width,
    ),
  )
}

/** Cuts a text to so many display cells, the last one an ellipsis when something was cut. */
export function cut(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text
  let kept = ''
  let width = 0
  for (const character of bounded(text, cells + 1)) {
    width += displayWidth(character)
    if (width > cells - 1) break
    kept += character
  }
  return `${kept}…`
}

function pad(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - displayWidth(text)))
}
