import type { FollowedKey } from '../query/plan.ts'
import { compareTexts, kept } from '../result/kept.ts'
import { tally } from '../result/tally.ts'
import type { StageTask } from '../runbook/stages.ts'
import { textAt } from '../runbook/values.ts'
import { addTo, type Cast, castOf } from './cast.ts'
import type { StageFold } from './collect.ts'
import type { StageFinding, Tells } from './finding.ts'
import { findingOf, pointerOf } from './findingOf.ts'
import { type Mint, mintOf } from './mint.ts'

type Task = Extract<StageTask, { kind: 'follow' }>

/** What a run went on with, from the key that was asked about. */
export type Followed = {
  readonly root: string
  readonly keys: ReadonlySet<string>
  /** The accounts that were asked, and those of them that can be read. */
  readonly accounts: readonly string[]
  readonly readable: readonly string[]
  /** The run ended before it had followed all. */
  readonly ended: boolean
}

/** Keys of which it is kept what they came from, and who used them. */
const KEYS = 2_000
const VALUE_MAX = 200

type Given = { mint: Mint; cast: Cast }
type Used = { readonly key: string; readonly cast: Cast }

/** The tree of credentials that came out of one key, each with the record that it came from and what was done with it. */
export function followStage(task: Task, followed: Followed | undefined): StageFold {
  const given = tally<Given>(KEYS)
  const used = tally<Used>(KEYS)
  return {
    add: (row, record) => {
      const by = textAt(record, 'userIdentity', 'accessKeyId')
      if (by !== undefined) {
        let isNew = false
        const start = (): Used => {
          isNew = true
          return { key: kept(by, VALUE_MAX), cast: castOf(row) }
        }
        used.add(by, start, ({ cast }) => {
          if (!isNew) addTo(cast, row)
        })
      }
      const mint = mintOf(record)
      if (mint === undefined) return
      given.add(
        mint.key,
        () => ({ mint, cast: castOf(row) }),
        (seen) => {
          if (!isBetter(mint, row.eventId, seen)) return
          seen.mint = mint
          seen.cast = castOf(row)
        },
      )
    },
    finish: () => ({
      findings: followed === undefined ? [] : treeOf(task, given.values(), used.values(), followed),
      uncounted: given.uncounted() + used.uncounted(),
    }),
  }
}

/** Of a call's copies in two accounts the one that names the caller's key says more. */
function isBetter(mint: Mint, eventId: string, seen: Given): boolean {
  const [old, new_] = [seen.mint.by !== undefined, mint.by !== undefined]
  return old === new_ ? eventId < seen.cast.oldest.eventId : new_
}

/** Each key after the one it came from, those of one key in the order of their times. */
function treeOf(
  task: Task,
  given: readonly Given[],
  used: readonly Used[],
  followed: Followed,
): readonly StageFinding[] {
  const children = new Map<string, Given[]>()
  for (const one of given) {
    if (one.mint.by === undefined || one.mint.key === followed.root) continue
    const list = children.get(one.mint.by)
    if (list === undefined) children.set(one.mint.by, [one])
    else list.push(one)
  }
  const casts = new Map(used.map(({ key, cast }) => [key, cast]))
  const findings: StageFinding[] = []
  const waiting = childrenOf(followed.root, 1, children)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { given: one, depth } = next
    findings.push(nodeOf(one, depth, casts.get(one.mint.key), reasonOf(one.mint, depth, task, followed)))
    waiting.push(...childrenOf(one.mint.key, depth + 1, children))
    // Whoever forges records might make a circle of them: each key is told once.
    children.delete(one.mint.key)
  }
  return findings
}

type Node = { readonly given: Given; readonly depth: number }

/** Newest first, so that the oldest is taken off the end. */
function childrenOf(key: string, depth: number, children: ReadonlyMap<string, readonly Given[]>): Node[] {
  return (children.get(key) ?? [])
    .toSorted((a, b) => b.cast.first - a.cast.first || compareTexts(b.mint.key, a.mint.key))
    .map((given) => ({ given, depth }))
}

type NotFollowed = NonNullable<Extract<Tells, { kind: 'follow' }>['notFollowed']>

function reasonOf(mint: Mint, depth: number, task: Task, followed: Followed): NotFollowed | undefined {
  if (followed.keys.has(mint.key)) return undefined
  if (depth > task.depth) return 'depth'
  if (mint.account !== undefined && !followed.accounts.includes(mint.account)) return 'account'
  if (mint.account !== undefined && !followed.readable.includes(mint.account)) return 'unread'
  return followed.ended ? 'ended' : 'keys'
}

function nodeOf(
  { mint, cast: from }: Given,
  depth: number,
  calls: Cast | undefined,
  why: NotFollowed | undefined,
): StageFinding {
  const finding = findingOf([mint.key], calls ?? from, false, {
    kind: 'follow',
    depth,
    of: kept(mint.of, VALUE_MAX),
    from: mint.by ?? '',
    mint: pointerOf(from.oldest),
    ...(mint.account === undefined ? {} : { account: mint.account }),
    ...(mint.sharedEventId === undefined ? {} : { sharedEventId: kept(mint.sharedEventId, VALUE_MAX) }),
    ...(why === undefined ? {} : { notFollowed: why }),
  })
  return calls === undefined ? { ...finding, calls: 0, changes: 0, denied: 0, failed: 0 } : finding
}

/** Which keys a round goes on with: the newest that came out of the round before it, were not asked about yet and lie in an account that is read. */
export function keysToFollow(
  minted: Iterable<{ readonly mint: Mint; readonly eventId: string }>,
  asked: ReadonlySet<string>,
  readable: readonly string[],
  room: number,
): readonly FollowedKey[] {
  const found = new Map<string, FollowedKey>()
  for (const { mint, eventId } of minted) {
    const { key, account } = mint
    if (asked.has(key) || found.has(key) || found.size >= room) continue
    if (account !== undefined && !readable.includes(account)) continue
    found.set(key, { key, eventId, ...(account === undefined ? {} : { account }) })
  }
  return [...found.values()]
}
