import { maskedTyped } from '../result/secrets.ts'
import type { Request } from './command.ts'
import { scopeWordText } from './scopeWords.ts'
import { quote } from './words.ts'

/** Stands before a question that does not wait for approval. */
export const BREAK_GLASS = 'break-glass'

/** The same question, asked as any other: nothing breaks the glass a second time by itself. */
export function withoutGlass({ breakGlass: _, ...request }: Request): Request {
  return request
}

/**
 * A request in one line, as it can be typed again: `parseCommand` of it at the same moment gives the same request, but for
 * secrets in its reason: those are masked.
 * The text is plain; where it is shown in Slack it must be escaped like any other.
 */
export function echo(request: Request): string {
  const parameters = Object.entries(request.parameters).map(([name, value]) => `${name}=${quote(value)}`)
  const words = [...(request.breakGlass === true ? [BREAK_GLASS] : []), request.runbook, ...parameters]
  if (request.span !== undefined) words.push(request.span.words)
  if (request.accounts.length > 0) words.push(`account=${request.accounts.map(scopeWordText).join(',')}`)
  if (request.regions !== undefined) words.push(`region=${regionsText(request.regions)}`)
  if (request.reason !== undefined) words.push(`reason=${quote(maskedTyped(request.reason))}`)
  if (request.now === true) words.push('run=now')
  return words.join(' ')
}

function regionsText(regions: 'enabled' | readonly string[]): string {
  return regions === 'enabled' ? 'all' : regions.map(quote).join(',')
}
