import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { Problem } from './runbook.ts'

export type Path = readonly (string | number)[]

/** Reports something wrong at a path of the document; `on` says whether the key or the value is at fault. */
export type Report = (
  path: Path,
  message: string,
  extra?: { readonly suggestion?: string; readonly on?: 'key'; readonly severity?: 'warning' },
) => void

/** A YAML text read safely: its value, when it has no error, and a way to report at a place in it. */
export type Source = {
  readonly value: unknown
  readonly problems: readonly Problem[]
  readonly locate: (path: Path, on?: 'key') => { readonly line: number; readonly column: number }
}

/** More problems than this help nobody. */
const MOST_PROBLEMS = 50
/** The parser builds a regular expression as long as the indentation, and V8 dies of a very long one. */
const MOST_INDENT = 200
/** More brackets than this that are open at once: the parser takes several stack frames for each, and V8 dies of a regular expression there. */
const MOST_OPEN = 100
/** Deeper values than this are no runbook, and each level is a stack frame in whatever walks them. */
const MOST_DEPTH = 40

/**
 * Parses one YAML 1.2 document of at most `limit` characters. Anchors, aliases, tags, directives and keys that are not text are refused,
 * so a text can neither grow while it is read nor mean something else in another reader. Never throws.
 */
export function readYaml(text: string, file: string, limit: number): Source {
  const refused = refuseEarly(text, limit)
  if (refused !== undefined) return refusal(file, refused.line, refused.message)
  const lines = new LineCounter()
  let doc: Document.Parsed
  try {
    doc = parseDocument(text, {
      version: '1.2',
      merge: false,
      stringKeys: true,
      prettyErrors: false,
      lineCounter: lines,
    })
  } catch (error) {
    return refusal(
      file,
      1,
      `This is no YAML that can be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems = [...doc.errors, ...doc.warnings].map((fault) =>
    problemAt(
      file,
      at(fault.pos[0]),
      fault.code === 'MULTIPLE_DOCS' ? 'A second document begins here.' : fault.message,
    ),
  )
  const found = problems.length > 0 ? problems : unsafe(doc).map((f) => problemAt(file, at(f.offset), f.message, f.fix))
  const value: unknown = found.length > 0 ? undefined : doc.toJS({ maxAliasCount: 0 })
  return { value, problems: found.slice(0, MOST_PROBLEMS), locate: (path, on) => at(offsetOf(doc, path, on)) }
}

/** Collects what `report` is told as problems with lines and columns. */
export function reporter(source: Source, file: string): { readonly report: Report; readonly problems: Problem[] } {
  const problems: Problem[] = []
  const report: Report = (path, message, extra) => {
    if (problems.length >= MOST_PROBLEMS) return
    const severity = extra?.severity ?? 'error'
    const problem: Problem = { severity, file, ...source.locate(path, extra?.on), message }
    problems.push(extra?.suggestion === undefined ? problem : { ...problem, suggestion: extra.suggestion })
  }
  return { report, problems }
}

function refuseEarly(text: string, limit: number): { readonly line: number; readonly message: string } | undefined {
  if (text.length > limit) return { line: 1, message: `The text is longer than ${limit} characters.` }
  let open = 0
  for (const [index, line] of text.split('\n').entries()) {
    for (const bracket of line.match(/[[\]{}]/g) ?? []) {
      open = Math.max(0, open + ('[{'.includes(bracket) ? 1 : -1))
      if (open > MOST_OPEN) return { line: index + 1, message: `More than ${MOST_OPEN} brackets are open here.` }
    }
    if (/^%/.test(line)) return { line: index + 1, message: 'YAML directives are not allowed.' }
    if ((/^[\s?:-]*/.exec(line)?.[0].length ?? 0) > MOST_INDENT)
      return { line: index + 1, message: 'The line is indented too deeply.' }
  }
  return undefined
}

function refusal(file: string, line: number, message: string): Source {
  return {
    value: undefined,
    problems: [problemAt(file, { line, column: 1 }, message)],
    locate: () => ({ line: 1, column: 1 }),
  }
}

function problemAt(
  file: string,
  place: { readonly line: number; readonly column: number },
  message: string,
  suggestion?: string,
): Problem {
  const problem = { severity: 'error' as const, file, ...place, message }
  return suggestion === undefined ? problem : { ...problem, suggestion }
}

type Unsafe = { readonly offset: number; readonly message: string; readonly fix?: string }

function unsafe(doc: Document.Parsed): readonly Unsafe[] {
  const found: Unsafe[] = []
  visit(doc, {
    Alias: (_, node) => {
      found.push({
        offset: node.range?.[0] ?? 0,
        message: 'YAML aliases are not allowed.',
        fix: 'Write the value out.',
      })
    },
    Node: (_, node, ancestors) => {
      const offset = node.range?.[0] ?? 0
      if ('anchor' in node && node.anchor !== undefined)
        found.push({ offset, message: 'YAML anchors are not allowed.' })
      if (node.tag !== undefined && isNode(node) && !isPlain(node.tag))
        found.push({ offset, message: `The YAML tag ${node.tag} is not allowed.` })
      if (ancestors.length > MOST_DEPTH * 2) {
        found.push({ offset, message: `Values are nested more than ${MOST_DEPTH} deep.` })
        return visit.SKIP
      }
      if (isScalar(node) && typeof node.value === 'number' && node.source !== String(node.value))
        found.push({
          offset,
          message: `${node.source} is read as the number ${node.value}.`,
          fix: `Put it in quotes: "${node.source}".`,
        })
      return undefined
    },
  })
  return found
}

function isPlain(tag: string): boolean {
  return /^tag:yaml\.org,2002:(map|seq|str|int|float|bool|null)$/.test(tag)
}

function offsetOf(doc: Document.Parsed, path: Path, on: 'key' | undefined): number {
  let node: unknown = doc.contents
  let offset = startOf(node) ?? 0
  for (const [index, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step)
      if (pair === undefined) break
      const last = index === path.length - 1
      offset = (last && on !== 'key' ? startOf(pair.value) : undefined) ?? startOf(pair.key) ?? offset
      node = pair.value
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step]
      offset = startOf(node) ?? offset
    } else break
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
