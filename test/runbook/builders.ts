import { sha256 } from '../../src/domain/canonical.ts'
import { parseRunbook } from '../../src/domain/runbook/parse.ts'
import type { Parameter, Runbook } from '../../src/domain/runbook/runbook.ts'

/** The text of a small runbook with some of its lines replaced or added. */
export function textWith(lines: { readonly [key: string]: string } = {}): string {
  const all = {
    language: '1',
    name: 'some-question',
    title: 'What happened?',
    about: 'Something.',
    tier: 'open',
    window: '{ default: 24h, max: 90d }',
    match: '{ field: eventName, equals: StopLogging }',
    columns: '[eventTime, who, eventName]',
    ...lines,
  }
  return Object.entries(all)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')
}

/** A runbook loaded from `textWith`; it must be without error. */
export function runbookOf(lines: { readonly [key: string]: string } = {}): Runbook {
  const { runbook, problems } = parseRunbook(textWith(lines), 'some-question.yaml')
  if (runbook === undefined) throw new Error(JSON.stringify(problems))
  return runbook
}

/** A loaded runbook with parts of it replaced, whether or not a text could say so. */
export function runbookWith(parts: Partial<Runbook>): Runbook {
  const text = textWith()
  return { ...runbookOf(), digest: sha256(text), text, ...parts }
}

export function parameter(type: Parameter['type'], optional: boolean): Parameter {
  return { type, optional, example: 'x', help: 'y' }
}
