import type { CloudTrailRecord } from '../record.ts'
import { member, textOf } from './values.ts'

/** Where a record names what was acted on. */
const PLACES = ['resources', 'requestParameters', 'responseElements', 'serviceEventDetails'] as const

/**
 * The short names of an ARN, most exact first: all after the account, all after the resource's type, and, where names are paths (IAM),
 * the last part. Secrets also go without the six characters that Secrets Manager adds. Empty when the text is no ARN.
 */
export function shortNames(arn: string): readonly string[] {
  const parts = arn.split(':')
  if (parts[0] !== 'arn' || parts.length < 6) return []
  const service = parts[2] ?? ''
  const resource = parts.slice(5).join(':').replace(/:\*$/, '')
  const name = /^[a-zA-Z0-9-]+[:/](.+)$/s.exec(resource)?.[1]
  const found = service === 's3' || name === undefined ? [resource] : [resource, name]
  const last = service === 'iam' || service === 'sts' ? resource.split('/').at(-1) : undefined
  if (last !== undefined && !found.includes(last)) found.push(last)
  const secret = service === 'secretsmanager' ? name?.replace(/-[A-Za-z0-9]{6}$/, '') : undefined
  if (secret !== undefined && secret !== name) found.push(secret)
  return found.filter((text) => text !== '')
}

/**
 * Whether a record names this resource, by ARN or short name, as a whole value among its resources, request, response or service details.
 * A short name also matches the last part of any ARN, so it may find namesakes.
 */
export function resourceTest(wanted: string): (record: CloudTrailRecord) => boolean {
  const names = [...new Set([wanted, ...shortNames(wanted)])]
  const isArn = names.length > 1
  const shortest = Math.min(...names.map(({ length }) => length))
  const same = (text: string) => text.length >= shortest && (names.includes(text) || (!isArn && namedBy(text, wanted)))
  return (record) => PLACES.some((place) => someText(member(record, place), same))
}

function namedBy(text: string, name: string): boolean {
  if (!text.startsWith('arn:') || !text.includes(name)) return false
  return text.endsWith(`/${name}`) || text.endsWith(`:${name}`) || shortNames(text).includes(name)
}

/** Walks every value below one, without recursion: a record's depth is its writer's choice. */
function someText(root: unknown, test: (text: string) => boolean): boolean {
  if (root === undefined || root === null) return false
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    const text = textOf(value)
    if (text !== undefined) {
      if (test(text)) return true
    } else if (value !== null && typeof value === 'object')
      for (const inner of Array.isArray(value) ? value : Object.values(value)) waiting.push(inner)
  }
  return false
}
