import type { Coverage, PartCoverage } from '../../src/domain/query/coverage.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import type { Facet, Facets, Seen } from '../../src/domain/result/facets.ts'
import type { Headline } from '../../src/domain/runbook/runbook.ts'

/** Text made to break whatever shows it: mentions, links, fences, controls, bidi, formulas, entities. */
export const HOSTILE =
  "<!channel> <@U0123456789> <https://evil.example|click> `code` ```fence``` *bold* \u001b[31mred\u001b[0m \u202etxt.exe\u202c =cmd|'/c calc'!A1 & &amp; \u0000\n\r\t end"

export const RUN = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'

/** A complete, settled coverage of 17 Regions in one account. */
export function aCoverage(changes: Partial<Coverage> = {}): Coverage {
  return {
    verdict: 'complete',
    window: { since: '2026-11-19T14:08:00Z', until: '2026-11-20T14:08:00Z' },
    settledUntil: '2026-11-20T14:08:00Z',
    accounts: 1,
    regions: 17,
    parts: { asked: 17, complete: 17, blind: 0 },
    open: [],
    unseen: ['data events', 'network activity events', 'anything older than 90 days'],
    ...changes,
  }
}

/** A part that could not be read for want of a permission. */
export function aGap(region: string, changes: Partial<PartCoverage> = {}): PartCoverage {
  return {
    account: '111122223333',
    region,
    status: 'failed',
    pages: 0,
    records: 0,
    matched: 0,
    fault: {
      code: 'access_denied',
      detail: 'no identity-based policy allows it',
      action: 'cloudtrail:LookupEvents',
      role: 'arn:aws:iam::111122223333:role/ctq-reader',
      statement: '{"Effect":"Allow","Action":"cloudtrail:LookupEvents","Resource":"*"}',
    },
    ...changes,
  }
}

/** A part that the row limit stopped. */
export function aLimit(region: string): PartCoverage {
  const { fault: _, ...part } = aGap(region, {
    status: 'limit',
    pages: 9,
    records: 450,
    readBackTo: '2026-11-20T02:00:00Z',
  })
  return part
}

/** The headline of key-activity. */
export const HEADLINE: Headline = {
  subject: 'who',
  noun: 'call',
  counts: ['changes', 'denied', 'failed', 'reads'],
  show: ['addresses', 'changes', 'credentials', 'denied'],
}

const ALL_SHOWN: Headline = {
  ...HEADLINE,
  show: ['addresses', 'principals', 'changes', 'credentials', 'denied', 'regions'],
}

/** A facet of just these. */
export function aFacet<T>(rows: readonly T[] = [], changes: Partial<Facet<T>> = {}): Facet<T> {
  return { rows, calls: rows.length, more: 0, uncounted: 0, ...changes }
}

/** Facets of nothing but what a test says. */
export function someFacets(changes: Partial<Facets> = {}): Facets {
  return {
    subjects: aFacet(),
    addresses: aFacet(),
    principals: aFacet(),
    changes: aFacet(),
    credentials: aFacet(),
    denied: aFacet(),
    regions: aFacet(),
    ...changes,
  }
}

function seen(count: number, denied: number, first = '2026-11-19T15:41:30Z'): Seen {
  return { count, changes: 0, denied, failed: 0, first, last: '2026-11-20T13:52:07Z' }
}

/** An empty, complete answer; tests say what differs. */
export function anAnswer(changes: Partial<Answer> = {}): Answer {
  return {
    version: 1,
    run: RUN,
    runbook: {
      name: 'key-activity',
      digest: 'd'.repeat(64),
      title: 'What did this access key do?',
      empty: 'The key was not used for any management call in this time.',
      headline: HEADLINE,
    },
    parameters: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
    asked: { regions: 'enabled', openEnd: false },
    accounts: [{ id: '111122223333', name: 'prod-payments' }],
    coverage: aCoverage(),
    filters: { aws: ['AccessKeyId = AKIAIOSFODNN7EXAMPLE'], local: [] },
    counts: { read: 0, matched: 0, changes: 0, failed: 0, denied: 0, noise: { ctq: 0, service: 0 } },
    cut: false,
    columns: ['eventTime', 'who', 'eventName', 'target', 'sourceIPAddress', 'errorCode'],
    newest: [],
    groups: { columns: ['who', 'eventName'], rows: [], more: 0 },
    facets: someFacets(),
    leads: [],
    timeline: { rows: [], more: 0 },
    csv: { rows: 0, bytes: 120, sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' },
    requests: 17,
    askedAt: '2026-11-20T14:08:00Z',
    finishedAt: '2026-11-20T14:08:12Z',
    ...changes,
  }
}

/** An answer that found so many calls, every seventh of them denied, in four groups. */
export function anAnswerOf(found: number, changes: Partial<Answer> = {}): Answer {
  const newest = Array.from({ length: Math.min(found, 50) }, (_, index) => aRow(index))
  const failed = Math.floor(found / 7)
  const last = '2026-11-20T13:52:07Z'
  return anAnswer({
    counts: {
      read: found + 40,
      matched: found + 36,
      changes: 0,
      failed,
      denied: failed,
      noise: { ctq: 6, service: 30 },
    },
    first: found === 1 ? last : '2026-11-19T15:41:30Z',
    last,
    newest,
    groups: { columns: ['who', 'eventName'], rows: groupRows(found, last), more: found > 1_000 ? 31 : 0 },
    facets: someFacets({
      addresses: aFacet(
        [
          {
            ...seen(found, failed, found === 1 ? last : undefined),
            address: '203.0.113.9',
            agents: ['aws-cli'],
            daily: false,
          },
        ],
        { calls: found },
      ),
      principals: aFacet([{ ...seen(found, failed), who: 'ci-deploy', kind: 'user', account: '111122223333' }], {
        calls: found,
      }),
      denied:
        failed === 0
          ? aFacet()
          : aFacet([{ service: 'secretsmanager', eventName: 'GetSecretValue', count: failed }], { calls: failed }),
    }),
    csv: {
      rows: found + 36,
      bytes: (found + 36) * 310,
      sha256: '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',
    },
    requests: 17 + Math.ceil(found / 50),
    ...changes,
  })
}

function groupRows(found: number, last: string): Answer['groups']['rows'] {
  const names = ['ListBuckets', 'GetSecretValue', 'CreateAccessKey', 'PutUserPolicy']
  const share = Math.ceil(found / names.length)
  return names.flatMap((name, index) => {
    const count = Math.min(share, found - share * index)
    if (count <= 0) return []
    const failed = name === 'GetSecretValue' ? count : 0
    return [{ values: ['ci-deploy', name], count, failed, first: '2026-11-19T15:41:30Z', last }]
  })
}

function aRow(index: number): readonly string[] {
  const minute = String(52 - (index % 50)).padStart(2, '0')
  return index % 7 === 6
    ? [`2026-11-20T13:${minute}:07Z`, 'ci-deploy', 'GetSecretValue', 'prod/db', '203.0.113.9', 'AccessDenied']
    : [`2026-11-20T13:${minute}:07Z`, 'ci-deploy', 'ListBuckets', '', '203.0.113.9', '']
}

/** What the bench of golden files shows: every kind of answer. */
export const ANSWERS: { readonly [name: string]: Answer } = {
  'empty-complete': anAnswer(),
  'empty-unsettled': anAnswer({ coverage: aCoverage({ settledUntil: '2026-11-20T13:53:00Z' }) }),
  'empty-not-yet-known': anAnswer({
    coverage: aCoverage({
      window: { since: '2026-11-20T13:58:00Z', until: '2026-11-20T14:08:00Z' },
      settledUntil: '2026-11-20T13:53:00Z',
    }),
  }),
  'empty-partial': anAnswer({
    coverage: aCoverage({
      verdict: 'partial',
      parts: { asked: 17, complete: 14, blind: 1 },
      open: [aGap('eu-west-1'), aGap('eu-west-2'), aGap('ap-east-1', { status: 'blind' })],
    }),
  }),
  failed: anAnswer({
    coverage: aCoverage({
      verdict: 'failed',
      parts: { asked: 1, complete: 0, blind: 0 },
      open: [
        aGap('*', {
          fault: {
            code: 'assume_role_denied',
            detail: 'not authorized to perform: sts:AssumeRole',
            role: 'arn:aws:iam::111122223333:role/ctq-reader',
            action: 'sts:AssumeRole',
            statement:
              '{"Effect":"Allow","Action":["sts:AssumeRole","sts:SetSourceIdentity"],"Resource":"arn:aws:iam::111122223333:role/ctq-reader"}',
          },
        }),
      ],
    }),
  }),
  'all-blind': anAnswer({
    coverage: aCoverage({
      verdict: 'failed',
      parts: { asked: 2, complete: 0, blind: 2 },
      open: [aGap('eu-west-1', { status: 'blind' }), aGap('eu-west-2', { status: 'blind' })],
    }),
  }),
  'rows-1': anAnswerOf(1),
  'rows-20': anAnswerOf(20, { coverage: aCoverage({ settledUntil: '2026-11-20T13:53:00Z' }) }),
  'rows-20000-cut': anAnswerOf(20_000, {
    cut: true,
    coverage: aCoverage({
      verdict: 'partial',
      parts: { asked: 17, complete: 16, blind: 0 },
      open: [aLimit('us-east-1')],
    }),
  }),
  'cancelled-30': anAnswerOf(30, {
    coverage: aCoverage({
      verdict: 'partial',
      ended: 'cancelled',
      parts: { asked: 17, complete: 3, blind: 0 },
      open: Array.from({ length: 14 }, (_, index) =>
        aGap(`region-${index + 1}`, {
          status: 'stopped',
          pages: 2,
          readBackTo: '2026-11-20T09:00:00Z',
          fault: { code: 'cancelled', detail: 'cancelled' },
        }),
      ),
    }),
  }),
  'many-accounts': anAnswerOf(40, {
    accounts: Array.from({ length: 12 }, (_, index) => ({
      id: String(100000000000 + index),
      name: `account-${index}`,
    })),
    coverage: aCoverage({
      verdict: 'partial',
      accounts: 12,
      parts: { asked: 204, complete: 199, blind: 3 },
      open: [
        aGap('eu-west-1', { account: '100000000003' }),
        aGap('us-east-1', {
          account: '100000000004',
          fault: { code: 'aws_failed', detail: 'InternalFailure' },
          pages: 3,
          readBackTo: '2026-11-20T11:02:00Z',
        }),
        aGap('*', { account: '100000000005', status: 'blind', fault: { code: 'account_closed', detail: 'closed' } }),
      ],
    }),
  }),
  hostile: hostileAnswer(HOSTILE),
}

/** An answer with the same text in every place that comes from outside. */
export function hostileAnswer(text: string, found = 20): Answer {
  const cells = Array.from({ length: 6 }, () => text)
  return anAnswerOf(found, {
    parameters: { accessKeyId: text },
    accounts: [{ id: '111122223333', name: text }],
    runbook: { name: 'key-activity', digest: 'd'.repeat(64), title: text, empty: text, headline: ALL_SHOWN },
    columns: ['who', ...cells.slice(1).map((cell, index) => `${index}${cell}`)],
    newest: Array.from({ length: Math.min(found, 50) }, () => cells),
    groups: {
      columns: ['who', text],
      rows: Array.from({ length: 100 }, () => ({
        values: [text, text],
        count: 3,
        failed: 1,
        first: '2026-11-19T15:41:30Z',
        last: '2026-11-20T13:52:07Z',
      })),
      more: 2,
    },
    ...hostileFindings(text),
    filters: { aws: [text], local: [text, text] },
    coverage: aCoverage({
      verdict: 'partial',
      parts: { asked: 17, complete: 12, blind: 1 },
      open: [
        aGap(text, { account: text, fault: { code: 'aws_failed', detail: text } }),
        aGap('eu-west-1', {
          fault: { code: 'access_denied', detail: text, role: text, action: text, statement: text },
        }),
        aGap('eu-west-2', { status: 'blind', account: text }),
      ],
    }),
  })
}

function hostileFindings(text: string): Pick<Answer, 'facets' | 'leads' | 'timeline'> {
  const many = <T>(one: T): Facet<T> =>
    aFacet(
      Array.from({ length: 20 }, () => one),
      { calls: 9_000, more: 70, uncounted: 3 },
    )
  const place = { account: text, region: text }
  const call = {
    ...place,
    who: text,
    person: text,
    eventName: text,
    target: text,
    detail: text,
    credential: text,
    address: text,
    eventId: text,
  }
  const times = { first: '2026-11-19T15:41:30Z', last: '2026-11-20T13:52:07Z' }
  const address = { address: text, label: text, agents: [text, text, text], daily: false, newAfter: 7_600_000 }
  return {
    facets: {
      subjects: aFacet(),
      addresses: many({ ...seen(9, 3), ...address }),
      principals: many({ ...seen(9, 3), who: text, kind: 'role', person: text, account: text }),
      changes: many({ ...call, ...times, weight: 3, service: text, count: 2 }),
      credentials: many({ ...call, ...times, weight: 1, service: text, count: 1 }),
      denied: many({ service: text, eventName: text, count: 7 }),
      regions: many({ ...seen(9, 3), ...place }),
    },
    leads: [
      { runbook: 'key-activity', parameters: { accessKeyId: text }, count: 3, ...times, account: text },
      { runbook: 'resource-history', label: 'History of', parameters: { resourceName: text }, count: 3, ...times },
    ],
    timeline: {
      rows: Array.from({ length: 200 }, () => ({
        ...call,
        time: times.first,
        outcome: 'denied' as const,
        errorCode: text,
      })),
      more: 12,
    },
  }
}
