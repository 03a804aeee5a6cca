import type { Audit } from '../domain/audit/step.ts'
import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Person, PersonFacts } from '../domain/policy/person.ts'
import { deletedKey, holdFolder, holdKey, type Objects } from '../domain/result/objects.ts'
import { type AskedDeps, findRun, readAsked } from './cancelRun.ts'

export type HoldDeps = AskedDeps & {
  readonly personFacts: (person: Person) => Promise<PersonFacts>
  readonly mayHold: (person: PersonFacts) => boolean
  readonly audit: Audit
  readonly now: () => Date
}

type Said = { readonly hold: boolean; readonly at: string; readonly person: Person }

/** Keeps a run's messages and files in Slack beyond their time, or releases them, for whom policy names. */
export async function holdRun(
  typed: string,
  hold: boolean,
  by: Person,
  deps: HoldDeps,
): Promise<Result<{ readonly run: string }, Failure>> {
  const found = await findRun(typed, deps.objects)
  const asked = found === undefined ? undefined : await readAsked(found, deps)
  const allowed = deps.mayHold(await deps.personFacts(by))
  // What follows an answer is held with it.
  const run = asked?.grant.follows ?? found
  await deps.audit({
    step: hold ? 'held' : 'released',
    outcome: allowed && asked !== undefined ? 'allow' : 'deny',
    at: deps.now().toISOString(),
    ...(run === undefined ? {} : { run }),
    person: by,
    checks: [
      { check: 'may_hold', passed: allowed },
      { check: 'run_known', passed: asked !== undefined },
    ],
  })
  if (!allowed) return err({ code: 'may_not_hold' })
  if (run === undefined || asked === undefined) return err({ code: 'unknown_run', input: typed })
  if ((await deps.objects.size(deletedKey(run))) !== undefined) return err({ code: 'already_deleted', run })
  await say(run, { hold, at: deps.now().toISOString(), person: by }, deps.objects)
  return ok({ run })
}

/** Said once more after whoever said something in the same moment. */
async function say(run: string, said: Said, objects: Objects): Promise<void> {
  for (;;) {
    const before = await objects.list(holdFolder(run))
    if (await objects.create(holdKey(run, before.length), JSON.stringify(said))) return
  }
}

/** Whether a run is on hold: by the last word that was said of it. */
export async function isHeld(run: string, objects: Pick<Objects, 'list' | 'read'>): Promise<boolean> {
  const last = (await objects.list(holdFolder(run))).length - 1
  const bytes = last < 0 ? undefined : await objects.read(holdKey(run, last))
  return bytes !== undefined && (JSON.parse(bytes.toString('utf8')) as Said).hold
}
