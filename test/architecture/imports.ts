import { posix } from 'node:path'

/** One file of the source tree: its path from the project's root, with `/`, and its text. */
export type SourceFile = { readonly path: string; readonly text: string }

/** One thing that a file imports. */
export type Import = {
  /** The package's name (`@aws-sdk/client-sts`, `node:fs/promises`), or the path of a file of ours from the project's root. */
  readonly target: string
  readonly ours: boolean
  /** Erased when compiled: only types cross. */
  readonly typeOnly: boolean
  /** What is between `import` and `from`. */
  readonly names: string
}

/** The statement begins its line, so that the word in a text or comment is not taken for one. */
const STATIC = /^[ \t]*(?:import|export)\s+((?:type\s+)?[\w*{][^'"`;]*?)\s*from\s*['"]([^'"\n]+)['"]/gm
const BARE = /^[ \t]*import\s*['"]([^'"\n]+)['"]/gm
const DYNAMIC = /\bimport\s*\(\s*(?:(['"])([^'"\n]+)\1)?/g

/** Every import of a file: static, re-exporting, for its effect alone, and dynamic. A dynamic one of a computed name has the target `?`. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const code = withoutComments(text)
  return [
    ...[...code.matchAll(STATIC)].map(([, names = '', from = '']) => ({ names, from })),
    ...[...code.matchAll(BARE)].map(([, from = '']) => ({ names: '', from })),
    ...[...code.matchAll(DYNAMIC)].map(([, , from = '?']) => ({ names: '', from })),
  ].map(({ names, from }) => ({
    names,
    ours: from.startsWith('.'),
    target: from.startsWith('.') ? posix.join(posix.dirname(path), from) : packageOf(from),
    typeOnly: isTypeOnly(names),
  }))
}

/** A text without its comments. Texts that hold comment signs lose what follows: enough for finding imports and calls. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

function packageOf(from: string): string {
  if (from.startsWith('node:')) return from
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')
}

function isTypeOnly(names: string): boolean {
  if (/^type\s/.test(names)) return true
  const inside = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1]
  return inside?.split(',').every((name) => name.trim() === '' || /^type\s/.test(name.trim())) ?? false
}
