import assert from 'node:assert/strict'
import { RESPONDER, type RigOptions } from './rig.ts'
import { ALICE, APPROVERS, type ApprovalRig, anApprovalRig, BOB, CAROL, type Placed, TEAM } from './rigApprovals.ts'

/** Why Alice breaks the glass. */
export const WHY = 'reason="INC-42: payments are down, and nobody answers the pager"'

/** Alice and Dora may break the glass; Bob and Carol would have to approve, and review. */
export function glassSettings(rules: Readonly<Record<string, unknown>> = {}): NonNullable<RigOptions['settings']> {
  return {
    roles: { responder: { ...RESPONDER, tier: 'duty', ceiling: 'elevated', persons: [`${TEAM}/${CAROL}`] } },
    breakGlass: { persons: [`${TEAM}/${ALICE}`], reason: 30, alarmIn: [APPROVERS], ...rules },
  }
}

export type GlassRig = ApprovalRig & {
  /** Alice breaks the glass in #ops; gives the beginning of the run's id. */
  readonly broken: (question: string, where?: { readonly user?: string; readonly channel?: string }) => Promise<string>
  /** The card of a review as somebody has it by direct message. */
  readonly card: (run: string, user?: string) => Promise<Placed>
  /** Somebody closes a review by its dialog. */
  readonly judge: (user: string, run: string, verdict: string, note?: string) => Promise<{ readonly errors?: unknown }>
}

/** The whole path with break-glass. */
export async function aGlassRig(
  rules: Readonly<Record<string, unknown>> = {},
  options: RigOptions = {},
): Promise<GlassRig> {
  const rig = await anApprovalRig({}, { ...options, settings: { ...glassSettings(rules), ...options.settings } })
  const card: GlassRig['card'] = (run, user = BOB) => rig.about(run, rig.direct(user), /review_run/)
  return {
    ...rig,
    card,
    broken: async (question, where = {}) => {
      const told = rig.told(await rig.type(`/ctq break-glass ${question}`, where))
      const [, run] = /run `?([0-9a-f]{8})/.exec(told) ?? []
      assert.ok(run, `not asked: ${told}`)
      return run
    },
    judge: async (user, run, verdict, note = 'nobody was awake, and the key was in use') => {
      await rig.press(user, await card(run, user), 'review_run')
      await rig.dialogOf(user)
      return await rig.slack.people.submit({ user, values: { verdict, note } })
    },
  }
}

export { ALICE, APPROVERS, BOB, CAROL }
