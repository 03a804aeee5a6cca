import { readdirSync, readFileSync } from 'node:fs'

/** A fenced block of a document: what it is, as its first line says, and where it stands. */
export type Block = { readonly file: string; readonly line: number; readonly info: string; readonly text: string }

/** Every document of the project. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'SECURITY.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

export function read(file: string): string {
  return readFileSync(file, 'utf8')
}

/** The fenced blocks of some documents. */
export function blocks(files: readonly string[] = DOCUMENTS): readonly Block[] {
  return files.flatMap((file) => {
    const found: Block[] = []
    let open: { readonly line: number; readonly info: string; readonly lines: string[] } | undefined
    for (const [index, line] of read(file).split('\n').entries()) {
      const [, info] = /^```(.*)$/.exec(line) ?? []
      if (info === undefined) open?.lines.push(line)
      else if (open === undefined) open = { line: index + 1, info, lines: [] }
      else {
        found.push({ file, line: open.line, info: open.info, text: `${open.lines.join('\n')}\n` })
        open = undefined
      }
    }
    if (open !== undefined) throw new Error(`${file}:${open.line}: the block is not closed`)
    return found
  })
}

/** The rows of the table whose first heading is this, each as its cells. */
export function table(file: string, heading: string): readonly (readonly string[])[] {
  const lines = read(file).split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`))
  if (start < 0) throw new Error(`${file} has no table under "${heading}"`)
  const rows: (readonly string[])[] = []
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break
    rows.push(
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    )
  }
  return rows
}
