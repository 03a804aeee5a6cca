import type { Audit } from '../domain/audit/step.ts'
import { canonicalJson, sha256 } from '../domain/canonical.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { inForceSchema, policyChanges, type Rules } from '../domain/policy/policyChange.ts'
import { type Objects, policyInForceKey, policyRulesKey } from '../domain/result/objects.ts'
import { openChain } from './chain.ts'

export type NotePolicyDeps = {
  readonly objects: Pick<Objects, 'create' | 'read' | 'list'>
  readonly policy: Policy
  readonly audit: Audit
  readonly announce: (changes: readonly string[]) => Promise<void>
  readonly now: () => Date
}

/**
 * Keeps the text behind the policy's digest and notes in the store that it is in force from now on. When another one was before, the change
 * is recorded and announced, once, by the bot that notes it first. Gives what changed.
 */
export async function notePolicy(deps: NotePolicyDeps): Promise<readonly string[]> {
  const { digest, ...rules } = deps.policy
  await deps.objects.create(policyRulesKey(digest), canonicalJson(rules))
  const chain = openChain('policy/in-force', policyInForceKey, (value) => inForceSchema.parse(value), deps)
  for (;;) {
    const last = await chain.last()
    if (last?.entry.digest === digest) return []
    if (!(await chain.add(last, { version: 1, at: deps.now().toISOString(), digest }))) continue
    if (last === undefined) return []
    const changes = policyChanges((await rulesOf(last.entry.digest, deps.objects)) ?? {}, rules)
    await deps.audit({
      step: 'policy_changed',
      outcome: 'done',
      at: deps.now().toISOString(),
      checks: [],
      detail: { policy: digest, before: last.entry.digest, changes: changes.join('; ') },
    })
    await deps.announce(changes)
    return changes
  }
}

/** The rules of an earlier policy, if they are still what the digest says. */
async function rulesOf(digest: string, objects: Pick<Objects, 'read'>): Promise<Partial<Rules> | undefined> {
  const text = (await objects.read(policyRulesKey(digest)))?.toString('utf8')
  return text === undefined || sha256(text) !== digest ? undefined : (JSON.parse(text) as Partial<Rules>)
}
