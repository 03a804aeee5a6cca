import { basisFault, type Evidence } from '../domain/policy/basisCheck.ts'
import type { Grant } from '../domain/policy/grant.ts'
import { type ReadApprovalDeps, readApproval } from './approvalLog.ts'
import { readInvestigation } from './investigationLog.ts'
import { type ReadReviewDeps, readReview } from './reviewLog.ts'

export type BasisDeps = ReadApprovalDeps & ReadReviewDeps & { readonly now: () => Date }

/** Checks the basis of a grant by the rule of its kind, against what the store proves: gives why it does not hold, or undefined. */
export function basisChecker(deps: BasisDeps): (grant: Grant) => Promise<string | undefined> {
  return async (grant) => basisFault(grant, await evidenceOf(grant, deps), deps.now().getTime() / 1000)
}

async function evidenceOf({ basis, run }: Grant, deps: BasisDeps): Promise<Evidence | undefined> {
  switch (basis.kind) {
    case 'approval':
      return { kind: 'approval', approval: (await readApproval(run, deps))?.approval }
    case 'investigation':
      return { kind: 'investigation', investigation: (await readInvestigation(basis.id, deps))?.investigation }
    case 'break_glass':
      return { kind: 'break_glass', review: (await readReview(run, deps))?.review }
    case 'policy':
      return undefined
  }
}
