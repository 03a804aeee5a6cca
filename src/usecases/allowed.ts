import { bindQuestion, questionAt } from '../domain/playbook/asRunbook.ts'
import { type BoundMember, keyMatch, type Playbook } from '../domain/playbook/playbook.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { Round } from '../domain/query/plan.ts'
import type { CloudTrailRecord } from '../domain/record.ts'
import { type Objects, runbookKey } from '../domain/result/objects.ts'
import { bind } from '../domain/runbook/bind.ts'
import { compileMatch } from '../domain/runbook/evaluate.ts'
import type { Match, Runbook } from '../domain/runbook/runbook.ts'
import type { Stage } from '../domain/runbook/stages.ts'

/** The runbook that a grant names, with its values in place. */
export type Allowed = {
  readonly runbook: Runbook
  readonly match: Match
  readonly stages: readonly Stage[]
  /** Of a playbook. */
  readonly members?: readonly BoundMember[]
  /** Our accounts, as they were known when the question was taken up. */
  readonly organisation: readonly string[]
  readonly matches: (record: CloudTrailRecord) => boolean
}

/** Compiled questions kept; parts of one run share one, and the list of our accounts that it was compiled with. */
const KEPT = 64

/**
 * Finds the runbook text that was allowed, by its digest in the store, and checks that it is that text: neither a newer deployment nor
 * somebody with access to the store changes a run that is under way. Undefined when there is no such text.
 */
export function allowedRunbooks(
  objects: Objects,
  organisation: () => readonly string[],
): (grant: Grant) => Promise<Allowed | undefined> {
  const kept = new Map<string, Promise<Allowed | undefined>>()
  return async (grant) => {
    const key = JSON.stringify([grant.run, grant.query.runbook, grant.query.parameters])
    const found = kept.get(key) ?? load(grant, objects, organisation())
    kept.delete(key)
    kept.set(key, found)
    // A failure to read is not kept, and an absent text may still be on its way.
    found.then(
      (allowed) => allowed ?? kept.delete(key),
      () => kept.delete(key),
    )
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break
      kept.delete(oldest)
    }
    return await found
  }
}

/**
 * Which records a plan is about: those of the question, or in a later round those of the same question about each of its keys. Throws when the
 * runbook does not follow so far: the plan lies in the store, and whoever can write there may not widen what was allowed.
 */
export function matchOf(allowed: Allowed, grant: Grant, follow: Round | undefined): Match {
  if (follow === undefined) return allowed.match
  const { runbook, organisation } = allowed
  const { parameters } = grant.query
  const most = followOf(allowed)
  const within = most?.parameter === follow.parameter && follow.round <= most.depth && follow.keys.length <= most.keys
  if (!within) throw new Error(`${runbook.name} does not follow credentials so far`)
  const { playbook } = runbook
  return {
    any: follow.keys.map(({ key }) =>
      playbook === undefined
        ? bind(runbook, { ...parameters, [follow.parameter]: key }, organisation).match
        : keyMatch(playbook, parameters, organisation, key),
    ),
  }
}

/** How far a question goes on with credentials, and the parameter that takes each key. */
export type Follow = NonNullable<Playbook['follow']>

/** How far a question follows credentials, if it does: by a stage of its runbook, or as its playbook says. */
export function followOf({ runbook, stages }: Pick<Allowed, 'runbook' | 'stages'>): Follow | undefined {
  return runbook.playbook?.follow ?? stages.find((stage) => stage.kind === 'follow')
}

/** The same, compiled. Undefined when the runbook's text is not in the store. */
export function matcherOf(
  allowed: (grant: Grant) => Promise<Allowed | undefined>,
): (grant: Grant, follow: Round | undefined) => Promise<Allowed['matches'] | undefined> {
  return async (grant, follow) => {
    const found = await allowed(grant)
    if (found === undefined || follow === undefined) return found?.matches
    return compileMatch(matchOf(found, grant, follow))
  }
}

async function load(grant: Grant, objects: Objects, organisation: readonly string[]): Promise<Allowed | undefined> {
  const runbook = await storedRunbook(grant.query.runbook, objects)
  return runbook && { runbook, organisation, ...bindQuestion(runbook, grant.query.parameters, organisation) }
}

/** The runbook of that name whose text has this digest; undefined when the store has no such text. */
export async function storedRunbook(
  asked: Pick<Runbook, 'name' | 'digest'>,
  objects: Pick<Objects, 'read'>,
): Promise<Runbook | undefined> {
  return questionAt((await objects.read(runbookKey(asked.digest)))?.toString('utf8'), asked)
}
