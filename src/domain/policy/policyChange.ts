import { z } from 'zod'
import { canonicalJson } from '../canonical.ts'
import type { Policy } from './policy.ts'

/** That a policy is in force from some time on, as it is kept. */
export const inForceSchema = z.object({ version: z.literal(1), at: z.string(), digest: z.string() })

/** The rules of a policy, without their digest: what the digest is made of. */
export type Rules = Omit<Policy, 'digest'>

const SECTIONS: { readonly [section in keyof Rules]: string } = {
  roles: 'role',
  deny: 'deny',
  places: 'place',
  emails: 'matchEmails',
  raise: 'raise',
  groups: 'group',
  settleFor: 'membership.countsAfter',
  approvers: 'approvers',
  approvals: 'approval rule',
  onCall: 'schedule',
  investigations: 'investigations',
  breakGlass: 'breakGlass',
  announceIn: 'changes.announceIn',
}

/**
 * What differs between two policies, one line each: `role responder changed`. It says where to look, not what was there: it is read by more
 * people than ctq.yml is.
 */
export function policyChanges(before: Partial<Rules>, after: Rules): readonly string[] {
  return (Object.keys(SECTIONS) as (keyof Rules)[]).flatMap((section) => {
    const [old, now] = [before[section], after[section]]
    if (canonicalJson(old) === canonicalJson(now)) return []
    const [was, is] = [namedIn(old), namedIn(now)]
    if (was === undefined || is === undefined) return [`${SECTIONS[section]} changed`]
    const names = [...new Set([...was.keys(), ...is.keys()])]
    const lines = names.flatMap((name) => changed(`${SECTIONS[section]} ${name}`, was.get(name), is.get(name)))
    return lines.length > 0 ? lines : [`order of ${SECTIONS[section]}s changed`]
  })
}

function changed(what: string, was: string | undefined, is: string | undefined): readonly string[] {
  if (was === is) return []
  if (was === undefined) return [`${what} added`]
  return [`${what} ${is === undefined ? 'removed' : 'changed'}`]
}

/** The parts of a section by name, or undefined where they have none. */
function namedIn(section: unknown): ReadonlyMap<string, string> | undefined {
  if (!Array.isArray(section)) return undefined
  const parts = new Map<string, string>()
  for (const part of section as readonly { readonly [key: string]: unknown }[]) {
    const name = part['name'] ?? part['channel'] ?? part['group']
    if (typeof name !== 'string') return undefined
    parts.set(name, canonicalJson(part))
  }
  return parts
}
