import type { Audit } from '../domain/audit/step.ts'
import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { Person, PersonFacts } from '../domain/policy/person.ts'
import type { Estimate } from '../domain/query/estimate.ts'
import { askedKey, heldKey, type Objects } from '../domain/result/objects.ts'
import type { TokenRefusal } from './authority.ts'
import type { Asked } from './requestRun.ts'

/** A question that was allowed and is not begun: it waits for somebody to say that it is worth its time. */
export type Held = { readonly version: 1; readonly asked: Asked; readonly estimate: Estimate }

export type HeldDeps = {
  readonly objects: Objects
  readonly verifyExpired: (token: string) => Promise<Result<Grant, TokenRefusal>>
  readonly personFacts: (person: Person) => Promise<PersonFacts>
  readonly mayCancel: (by: PersonFacts, asker: Person) => boolean
  /** Queues the run, shows its progress and remembers it for whoever asked. */
  readonly begin: (run: string, token: string, asker: Person) => Promise<void>
  readonly audit: Audit
  readonly now: () => Date
  /** How long after asking a run may begin, in seconds: its token is renewed, and so decided anew, no later. */
  readonly runFor: number
}

const UUID = /^[0-9a-f-]{36}$/

/** The question that waits under a run's id; undefined when there is none, or it has begun. */
export async function readHeld(run: string, objects: Pick<Objects, 'read' | 'size'>): Promise<Held | undefined> {
  if ((await objects.size(askedKey(run))) !== undefined) return undefined
  const bytes = await objects.read(heldKey(run))
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as Held)
}

/** A question that waits, for its asker or for whom policy lets see to the runs of others. */
async function heldFor(
  run: string,
  by: Person,
  deps: HeldDeps,
): Promise<Result<{ readonly held: Held; readonly grant: Grant }, Failure>> {
  const unknown = err<Failure>({ code: 'unknown_run', input: run.slice(0, 8) })
  if (!UUID.test(run)) return unknown
  const held = await readHeld(run, deps.objects)
  const grant = held === undefined ? undefined : await deps.verifyExpired(held.asked.token)
  if (held === undefined || grant?.ok !== true || grant.value.run !== run) return unknown
  if (!deps.mayCancel(await deps.personFacts(by), grant.value.person)) return unknown
  return ok({ held, grant: grant.value })
}

/** Begins a question that waits. Pressed twice it begins once. */
export async function startHeld(
  run: string,
  by: Person,
  deps: HeldDeps,
): Promise<Result<{ readonly run: string }, Failure>> {
  if (UUID.test(run) && (await deps.objects.size(askedKey(run))) !== undefined) return ok({ run })
  const found = await heldFor(run, by, deps)
  const inTime = found.ok && deps.now().getTime() / 1000 < found.value.grant.askedAt + deps.runFor
  await deps.audit({
    step: 'confirmed',
    outcome: inTime ? 'allow' : 'deny',
    at: deps.now().toISOString(),
    ...(found.ok ? { run } : {}),
    person: by,
    checks: [
      { check: 'may_start', passed: found.ok },
      { check: 'in_time', passed: inTime },
    ],
  })
  if (!found.ok) return found
  if (!inTime) return err({ code: 'too_late_to_start', run: run.slice(0, 8) })
  const { held, grant } = found.value
  await deps.objects.create(askedKey(run), JSON.stringify(held.asked))
  await deps.begin(run, held.asked.token, grant.person)
  return ok({ run })
}
