import type { CloudTrailRecord } from '../record.ts'
import { member, textAt, textOf } from './values.ts'

/** More ranges or ports than this are counted, not listed. */
const MOST = 8

/**
 * Every address range that a request names, wherever EC2 puts it: security groups write `cidrIp` flat or inside `ipPermissions`, rewritten rules
 * `CidrIpv4`, ACL entries `cidrBlock`, routes `destinationCidrBlock`.
 */
export function rangesOf(record: CloudTrailRecord): string {
  const found: string[] = []
  eachMember(member(record, 'requestParameters'), (name, value) => {
    if (typeof value === 'string' && /cidr/i.test(name) && value !== '') found.push(value)
  })
  return listed(found)
}

/** Protocols and ports that a request names, such as `tcp 22` or `tcp 0-65535`; `all` is every protocol. */
export function portsOf(record: CloudTrailRecord): string {
  const request = member(record, 'requestParameters')
  const found = [portText(request)]
  eachMember(request, (_, value) => found.push(portText(value)))
  return listed(found.filter((text) => text !== ''))
}

function portText(value: unknown): string {
  const named = (...names: readonly string[]) =>
    names.map((name) => textAt(value, name)).find((text) => text !== undefined)
  const protocol = named('ipProtocol', 'IpProtocol', 'aclProtocol')
  const range = member(value, 'portRange')
  const from = named('fromPort', 'FromPort') ?? textAt(range, 'from')
  const to = named('toPort', 'ToPort') ?? textAt(range, 'to')
  if (protocol === '-1') return 'all'
  const ports = from === undefined || from === to ? from : `${from}-${to ?? ''}`
  return [protocol, ports].filter((text) => text !== undefined).join(' ')
}

function listed(found: readonly string[]): string {
  const different = [...new Set(found)]
  const more = different.length - MOST
  return different.slice(0, MOST).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** Visits every member of every object below a value, nearest first, without recursion: a record's depth is its writer's choice. */
function eachMember(root: unknown, visit: (name: string, value: unknown) => void): void {
  const waiting: unknown[] = [root]
  for (let next = 0; next < waiting.length; next++) {
    const value = waiting[next]
    if (value === null || typeof value !== 'object') continue
    for (const [name, inner] of Object.entries(value)) {
      visit(name, inner)
      if (textOf(inner) === undefined) waiting.push(inner)
    }
  }
}
