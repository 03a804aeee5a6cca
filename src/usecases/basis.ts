import { basisFault, type Evidence } from '../domain/policy/basisCheck.ts'
import type { Grant } from '../domain/policy/grant.ts'
import { type ReadApprovalDeps, readApproval } from './approvalLog.ts'

export type BasisDeps = ReadApprovalDeps & { readonly now: () => Date }

/**
 * Checks the basis of a grant by the rule of its kind, against what the store proves: gives why it does not hold, or undefined. Investigations and
 * break-glass leave no proof yet, so nothing is allowed by them.
 */
export function basisChecker(deps: BasisDeps): (grant: Grant) => Promise<string | undefined> {
  return async (grant) => basisFault(grant, await evidenceOf(grant, deps), deps.now().getTime() / 1000)
}

async function evidenceOf(grant: Grant, deps: BasisDeps): Promise<Evidence | undefined> {
  if (grant.basis.kind !== 'approval') return undefined
  return { kind: 'approval', approval: (await readApproval(grant.run, deps))?.approval }
}
