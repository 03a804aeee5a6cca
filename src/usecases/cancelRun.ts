import type { Audit } from '../domain/audit/step.ts'
import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import { type Grant, isToldIn } from '../domain/policy/grant.ts'
import type { Person, PersonFacts } from '../domain/policy/person.ts'
import { askedKey, cancelledKey, joinedKey, type Objects, terminalKey } from '../domain/result/objects.ts'
import type { TokenRefusal } from './authority.ts'
import { idNamed } from './named.ts'
import type { Asked } from './requestRun.ts'

export type AskedDeps = {
  readonly objects: Objects
  readonly verifyExpired: (token: string) => Promise<Result<Grant, TokenRefusal>>
}

export type CancelDeps = StopDeps & {
  readonly personFacts: (person: Person) => Promise<PersonFacts>
  readonly mayCancel: (canceller: PersonFacts, asker: Person) => boolean
}

export type StopDeps = AskedDeps & {
  /** Sets the flag that every reader looks at before each page, and tells those who listen. */
  readonly cancel: (run: string, token: string) => Promise<void>
  readonly audit: Audit
  readonly now: () => Date
}

/** The run that somebody means by its id or the beginning of it, or the run that it joined. Undefined: none, or more than one. */
export async function findRun(typed: string, objects: Pick<Objects, 'list' | 'read'>): Promise<string | undefined> {
  const run = await idNamed('runs', typed, objects)
  if (run === undefined) return undefined
  const joined = await objects.read(joinedKey(run))
  return joined === undefined ? run : (JSON.parse(joined.toString('utf8')) as { readonly run: string }).run
}

/** What was asked in a run, as the bot signed it. Undefined when there is no such run or its token is not ours. */
export async function readAsked(
  run: string,
  deps: Pick<AskedDeps, 'verifyExpired'> & { readonly objects: Pick<Objects, 'read'> },
): Promise<{ readonly asked: Asked; readonly grant: Grant } | undefined> {
  const bytes = await deps.objects.read(askedKey(run))
  if (bytes === undefined) return undefined
  const asked = JSON.parse(bytes.toString('utf8')) as Asked
  const grant = await deps.verifyExpired(asked.token)
  return grant.ok && grant.value.run === run ? { asked, grant: grant.value } : undefined
}

/**
 * Stops a run for its asker, or for whom policy names. What was read until then is answered, as partial. Whoever may not, and is not in the channel
 * that the answer comes to, is told the same of a run that exists as of one that does not.
 */
export async function cancelRun(
  typed: string,
  by: Person,
  channel: string,
  deps: CancelDeps,
): Promise<Result<{ readonly run: string }, Failure>> {
  const run = await findRun(typed, deps.objects)
  const found = run === undefined ? undefined : await readAsked(run, deps)
  if (run === undefined || found === undefined) return err({ code: 'unknown_run', input: typed })
  const allowed = deps.mayCancel(await deps.personFacts(by), found.grant.person)
  await deps.audit({
    step: 'cancelled',
    outcome: allowed ? 'allow' : 'deny',
    at: deps.now().toISOString(),
    run,
    person: by,
    checks: [{ check: 'may_cancel', passed: allowed }],
  })
  if (!allowed)
    return isToldIn(found.grant, channel)
      ? err({ code: 'not_yours_to_cancel', run })
      : err({ code: 'unknown_run', input: typed })
  if ((await deps.objects.size(terminalKey(run))) !== undefined) return err({ code: 'already_finished', run })
  await deps.objects.create(cancelledKey(run), JSON.stringify({ by, at: deps.now().toISOString() }))
  await deps.cancel(run, found.asked.token)
  return ok({ run })
}
