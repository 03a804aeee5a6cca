import { namedKeyId } from '../keyId.ts'
import { uniqueId } from '../organisation/accounts.ts'
import type { Attribute, Entry, HistoryQuery, Source } from './entry.ts'
import {
  clockAt,
  entryFrom,
  flatId,
  ID_MARK,
  middleOf,
  ORDER_TOP,
  type Template,
  TIME_MARK,
  templateOf,
} from './flatTemplate.ts'

export type FlatShape = {
  readonly recordsPerAccountRegion: number
  /** The records end here, in seconds since 1970, and are spread evenly over so many seconds before. */
  readonly end: number
  readonly spanSeconds: number
  readonly actors: number
  readonly accounts: ReadonlySet<string>
  readonly regions: ReadonlySet<string>
}

/** The calls that flat records repeat in turn. */
export const FLAT_CALLS = [
  { source: 'ec2.amazonaws.com', name: 'DescribeInstances', readOnly: true },
  { source: 's3.amazonaws.com', name: 'ListBuckets', readOnly: true },
  { source: 'kms.amazonaws.com', name: 'GenerateDataKey', readOnly: true },
  { source: 'sts.amazonaws.com', name: 'GetCallerIdentity', readOnly: true },
  { source: 'ec2.amazonaws.com', name: 'CreateTags', readOnly: false },
  { source: 'lambda.amazonaws.com', name: 'UpdateFunctionCode20150331v2', readOnly: false },
  { source: 'ssm.amazonaws.com', name: 'DescribeParameters', readOnly: true },
] as const

/** The user name of a flat actor; its key is `namedKeyId('AKIA', account, name)`. */
export function flatActor(at: number): string {
  return `flat-${at}`
}

/**
 * Any number of records with nothing kept of them: record i of an account and Region is computed from i alone, and its
 * text is filled into a template. For benchmarks.
 */
export function flatSource(shape: FlatShape): Source {
  const templates = templateCache(shape)
  return (query) => flat(shape, templates(query.account, query.region), query)
}

function* flat(shape: FlatShape, render: Render, query: HistoryQuery): Generator<Entry, undefined> {
  const { recordsPerAccountRegion: count, end, spanSeconds } = shape
  if (!shape.accounts.has(query.account) || !shape.regions.has(query.region)) return
  const fits = filterOf(shape, query)
  if (fits === undefined) return
  const timeOf = (at: number) => end - Math.floor((at * spanSeconds) / count)
  let at = Math.max(0, Math.ceil(((end - query.end) * count) / spanSeconds) - 1)
  if (query.after !== undefined && query.after.seq === 0) at = Math.max(at, ORDER_TOP - query.after.order + 1)
  for (; at < count; at += 1) {
    const time = timeOf(at)
    if (time < query.start) return
    if (time > query.end || (query.after !== undefined && isBefore(time, at, query.after))) continue
    if (fits(at)) yield render(at, time)
  }
}

/** Whether record `at` was passed already: the order within a second counts down with `at`. */
function isBefore(time: number, at: number, after: NonNullable<HistoryQuery['after']>): boolean {
  return time > after.time || (time === after.time && ORDER_TOP - at >= after.order)
}

type Fits = (at: number) => boolean

/** Undefined when no record can fit. */
function filterOf(
  { actors, recordsPerAccountRegion }: FlatShape,
  { account, region, attribute }: HistoryQuery,
): Fits | undefined {
  if (attribute === undefined) return () => true
  const { key, value } = attribute
  if (key === 'EventId') {
    const at = ORDER_TOP - Number.parseInt(value.slice(-12), 16)
    const known = at >= 0 && at < recordsPerAccountRegion && flatId(account, region, at) === value
    return known ? (other) => other === at : undefined
  }
  const actor = actorOf(attribute, account, actors)
  if (actor !== undefined) return actor < 0 ? undefined : (at) => at % actors === actor
  const calls = FLAT_CALLS.map(
    ({ source, name, readOnly }) =>
      (key === 'EventName' && name === value) ||
      (key === 'EventSource' && source === value) ||
      (key === 'ReadOnly' && String(readOnly) === value),
  )
  return calls.includes(true) ? (at) => calls[at % calls.length] === true : undefined
}

/** The actor an attribute names, -1 if it names nobody, undefined if it names no actor at all. */
function actorOf({ key, value }: Attribute, account: string, actors: number): number | undefined {
  if (key !== 'Username' && key !== 'AccessKeyId') return undefined
  const names = Array.from({ length: actors }, (_, at) => flatActor(at))
  return names.findIndex((name) => value === (key === 'Username' ? name : namedKeyId('AKIA', account, name)))
}

type Render = (at: number, time: number) => Entry

/** Templates are kept for the accounts and Regions last asked for. */
const TEMPLATES_MAX = 64

function templateCache(shape: FlatShape): (account: string, region: string) => Render {
  const cache = new Map<string, Render>()
  return (account, region) => {
    const key = `${account} ${region}`
    const known = cache.get(key)
    if (known !== undefined) return known
    if (cache.size >= TEMPLATES_MAX) cache.clear()
    const made = renderer(shape, account, region)
    cache.set(key, made)
    return made
  }
}

function renderer({ actors }: FlatShape, account: string, region: string): Render {
  const templates = new Map<number, Template>()
  const middle = middleOf(account, region)
  let clock = clockAt(0)
  return (at, time) => {
    const kind = (at % actors) * FLAT_CALLS.length + (at % FLAT_CALLS.length)
    const template =
      templates.get(kind) ??
      templateOf(flatRecord(account, region, flatActor(at % actors), at % FLAT_CALLS.length), middle)
    templates.set(kind, template)
    if (clock.time !== time) clock = clockAt(time)
    return entryFrom(template, at, clock)
  }
}

function flatRecord(account: string, region: string, userName: string, at: number) {
  const call = FLAT_CALLS[at] ?? FLAT_CALLS[0]
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: uniqueId('AIDA', account, userName),
      arn: `arn:aws:iam::${account}:user/${userName}`,
      accountId: account,
      accessKeyId: namedKeyId('AKIA', account, userName),
      userName,
    },
    eventTime: TIME_MARK,
    eventSource: call.source,
    eventName: call.name,
    awsRegion: region,
    sourceIPAddress: '192.0.2.17',
    userAgent: 'aws-sdk-go-v2/1.41.1 ua/2.1 os/linux lang/go#1.25.4 md/GOOS#linux md/GOARCH#amd64 api/any#1.0.0',
    requestParameters: {
      maxResults: 100,
      filterSet: { items: [{ name: 'tag:service', valueSet: { items: [{ value: userName }] } }] },
    },
    responseElements: null,
    requestID: ID_MARK,
    eventID: ID_MARK,
    readOnly: call.readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${call.source.split('.')[0]}.${region}.amazonaws.com`,
    },
  }
}
