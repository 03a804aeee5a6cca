import type { Parameters } from '../query/query.ts'
import type { CloudTrailRecord } from '../record.ts'
import { callerKind, personBehind } from '../runbook/caller.ts'
import { COMPUTED_COLUMNS, readField } from '../runbook/columns.ts'
import { portsOf, rangesOf } from '../runbook/network.ts'
import { policyWords } from '../runbook/policyDocument.ts'
import { shortPrincipal } from '../runbook/principal.ts'
import type { Column, Next, Runbook } from '../runbook/runbook.ts'
import { targetOf, targetsOf } from '../runbook/target.ts'
import { member, someValue, textAt, textOf } from '../runbook/values.ts'
import { shortAgent } from './agent.ts'
import type { Cell } from './answer.ts'
import { kept } from './kept.ts'

/** What a call was about, in words. */
export type About = {
  /** What it acted on: `user backup`, a bucket, an instance. */
  readonly target: Cell
  /** What it says beyond that: `allows * on *`, `0.0.0.0/0 tcp 22`. */
  readonly detail: Cell
}

/** What a record tells beyond its row: who is behind it, from where, and what it leads to. All of it hostile text. */
export type Telling = {
  readonly who: Cell
  /** What kind of caller, in a word of ours. */
  readonly kind: string
  readonly person?: Cell
  readonly address: Cell
  /** The program that called, in a word. */
  readonly agent: Cell
  /** Not read-only: it changed something, or would have. */
  readonly change: boolean
  /** The id of the credential that the call gave out; empty when it gave none. */
  readonly credential: Cell
  /** Worked out only for calls that are shown. */
  readonly about: () => About
  /** By the runbook's `next`: what that question would be asked with, where the record fills all of it. */
  readonly leads: readonly (Parameters | undefined)[]
}

/** Longest value that leads to a question: nothing that is looked up is longer than 2,000 (AWS: LookupAttribute), and buttons are small. */
const LEAD_MAX = 400
const DETAIL_MAX = 120

/** Compiles what reads a record's telling for one runbook. The record must be masked already. It never throws. `nameOf`: an account's name. */
export function compileTelling(
  { next, columns }: Pick<Runbook, 'next' | 'columns'>,
  nameOf: (account: string) => string | undefined,
): (record: CloudTrailRecord) => Telling {
  const leads = next.map((one) => leadReader(one, columns))
  return (record) => {
    const person = personBehind(record)
    return {
      who: shortPrincipal(record),
      kind: callerKind(record),
      ...(person === undefined ? {} : { person }),
      address: textAt(record, 'sourceIPAddress') ?? '',
      agent: shortAgent(textAt(record, 'userAgent') ?? ''),
      change: isChange(record),
      credential: credentialOf(record),
      about: () => aboutOf(record, nameOf),
      leads: leads.map((lead) => lead(record)),
    }
  }
}

/** Records without `readOnly` (eventVersion before 1.01, some services' events) are judged by their name. */
function isChange(record: CloudTrailRecord): boolean {
  const readOnly = textAt(record, 'readOnly')
  if (readOnly !== undefined) return readOnly === 'false'
  return !/^(?:Get|List|Describe|Head|Lookup|Search|BatchGet|Assume)/.test(textAt(record, 'eventName') ?? '')
}

/** STS answers with `credentials`, IAM with `accessKey` (AWS: CloudTrail, logging IAM and STS calls). */
function credentialOf(record: CloudTrailRecord): string {
  const response = member(record, 'responseElements')
  return textAt(response, 'credentials', 'accessKeyId') ?? textAt(response, 'accessKey', 'accessKeyId') ?? ''
}

type NameOf = (account: string) => string | undefined

function aboutOf(record: CloudTrailRecord, nameOf: NameOf): About {
  return { target: kept(namedTarget(record, nameOf)), detail: kept(detailOf(record), DETAIL_MAX) }
}

/** IAM's names say nothing without what they are the name of. */
const NAMED = [
  ['userName', 'user'],
  ['roleName', 'role'],
  ['groupName', 'group'],
] as const

function namedTarget(record: CloudTrailRecord, nameOf: NameOf): string {
  const request = member(record, 'requestParameters')
  if (textAt(record, 'eventSource')?.startsWith('iam.') === true)
    for (const [field, what] of NAMED) {
      const name = textAt(request, field)
      if (name !== undefined) return `${what} ${name}`
    }
  const [, account, role] =
    /^arn:[^:]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(textAt(request, 'roleArn') ?? '') ?? []
  if (account === undefined || role === undefined) return targetOf(record)
  return `role ${role} in ${nameOf(account) ?? account}`
}

function detailOf(record: CloudTrailRecord): string {
  const request = member(record, 'requestParameters')
  const policy = policyWords(request)
  if (policy !== '') return policy
  const attached = textAt(request, 'policyArn')
  if (attached !== undefined && /Policy$/.test(textAt(record, 'eventName') ?? ''))
    return attached.split('/').at(-1) ?? ''
  if (/^(?:Update|Delete)AccessKey$/.test(textAt(record, 'eventName') ?? ''))
    return ['accessKeyId', 'status'].flatMap((name) => textAt(request, name) ?? []).join(' ')
  if (textAt(record, 'eventSource')?.startsWith('ec2.') !== true) return ''
  return [rangesOf(record), portsOf(record)].filter((text) => text !== '').join(' ')
}

function leadReader(next: Next, columns: readonly Column[]): (record: CloudTrailRecord) => Parameters | undefined {
  const fields = Object.entries(next.with).map(([name, from]) => {
    const field = columns.find((column) => column.name === from)?.field ?? from
    return [name, valueReader(field)] as const
  })
  return (record) => {
    const parameters: { [name: string]: string } = {}
    for (const [name, read] of fields) {
      const value = read(record)
      if (value === '' || value.length > LEAD_MAX) return undefined
      parameters[name] = value
    }
    return fields.length === 0 ? undefined : parameters
  }
}

/** The one value of a field: several, or an object, are not the value of a parameter. */
function valueReader(field: string): (record: CloudTrailRecord) => string {
  if (field === 'target')
    return (record) => {
      const targets = targetsOf(record)
      return targets.length === 1 ? (targets[0] ?? '') : ''
    }
  if (COMPUTED_COLUMNS.includes(field)) return (record) => readField(record, field)
  const path = field.split('.')
  return (record) => {
    const found: string[] = []
    someValue(record, path, (value) => {
      found.push(textOf(value) ?? '')
      return found.length > 1
    })
    return found.length === 1 ? (found[0] ?? '') : ''
  }
}
