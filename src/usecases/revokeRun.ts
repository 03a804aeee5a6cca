import type { Audit } from '../domain/audit/step.ts'
import type { Person } from '../domain/policy/person.ts'
import { cancelledKey, type Objects, revokedKey } from '../domain/result/objects.ts'

/**
 * What the right to a run was taken away by: a person, a place or the policy that changed; its approval; its investigation; whoever stopped a run that
 * broke the glass.
 */
export type RevokedBy = 'policy' | 'approval' | 'investigation' | 'break_glass'

/** That the right to a run was taken away while it was read. `why`: for the record alone. */
export type Revocation = {
  readonly version: 1
  readonly by: RevokedBy
  readonly why: string
  /** Whoever did it, where somebody did. */
  readonly person?: Person
  readonly at: string
}

export type RevokeDeps = {
  readonly objects: Pick<Objects, 'create'>
  /** Sets the flag that every reader looks at before each page, and tells those who listen. */
  readonly cancel: (run: string, token: string) => Promise<void>
  readonly audit: Audit
  readonly now: () => Date
}

/** Stops a run whose right was taken away, everywhere at once. What it has read is answered as policy says. Gives whether it was the first to do so. */
export async function revokeRun(
  run: string,
  token: string,
  { by, why, person }: Pick<Revocation, 'by' | 'why' | 'person'>,
  deps: RevokeDeps,
): Promise<boolean> {
  const at = deps.now().toISOString()
  const who = person === undefined ? {} : { person }
  const revocation: Revocation = { version: 1, by, why, ...who, at }
  // Before the flag: whoever is stopped by it looks here for the reason.
  const first = await deps.objects.create(revokedKey(run), JSON.stringify(revocation))
  await deps.objects.create(cancelledKey(run), JSON.stringify({ ...(person === undefined ? {} : { by: person }), at }))
  await deps.cancel(run, token)
  if (first)
    await deps.audit({
      step: 'revoked',
      outcome: 'done',
      at,
      run,
      ...who,
      checks: [{ check: 'still_allowed', passed: false, detail: why }],
      detail: { by },
    })
  return first
}

/** By what the right to a run was taken away, if it was. */
export async function readRevocation(run: string, objects: Pick<Objects, 'read'>): Promise<Revocation | undefined> {
  const bytes = await objects.read(revokedKey(run))
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as Revocation)
}
