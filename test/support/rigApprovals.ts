import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { signer } from '../../src/adapters/jose/tokens.ts'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import type { QuestionRequest } from '../../src/domain/policy/approval.ts'
import { approvalKey, approvalOnKey } from '../../src/domain/result/objects.ts'
import type { Message } from '../../src/playground/slack/types.ts'
import { directMessage } from '../../src/playground/slack/workspace.ts'
import { APPROVAL_TOKEN } from '../../src/tokens.ts'
import { aRequest } from './approvals.ts'
import { ALICE, aRig, BOB, OPS, RESPONDER, type Rig, type RigOptions, SETTINGS, textOf, until } from './rig.ts'

export const CAROL = 'U0CAROL01'
/** A guest. */
export const DAVE = 'U0DAVE001'
export const TEAM = 'T0CTQ0001'
/** A channel of approvers: private, with Alice, Carol and the bot. */
export const APPROVERS = 'C0SECRESP'
/** An open search of ten days: elevated. */
export const QUESTION = 'iam-persistence region=us-east-1 account=prod-payments'
export const REASON = 'reason="INC-42: what did the leaked key make?"'

/** Ctq.yml's parts about approval: Alice asks, Bob and Carol approve, one by one. */
export function approvalSettings(
  rule: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    roles: { responder: { ...RESPONDER, tier: 'duty', ceiling: 'elevated' } },
    membership: { countsAfter: '0m' },
    approvers: { leads: { title: 'the leads', persons: [`${TEAM}/${BOB}`, `${TEAM}/${CAROL}`] } },
    approvals: [{ name: 'production', seats: [{ by: ['leads'] }], ...rule }],
    ...more,
  }
}

type Button = { readonly action_id: string; readonly value: string }

/** The buttons of a message. */
export function buttonsOf(message: Message): readonly Button[] {
  return message.blocks.flatMap((block) => (block['type'] === 'actions' ? (block['elements'] as Button[]) : []))
}

/** A message, and where it is. */
export type Placed = Message & { readonly channel: string }

export type ApprovalRig = Rig & {
  /** Alice asks what needs approval in #ops; gives the beginning of the run's id. */
  readonly wanted: (question?: string) => Promise<string>
  /** A message about a run in a place, for everybody who reads there. */
  readonly about: (run: string, channel: string, matching: RegExp, ms?: number) => Promise<Placed>
  /** The direct messages of the bot and somebody. */
  readonly direct: (user: string) => string
  readonly press: (user: string, message: Placed, action: string) => Promise<void>
  /** Waits until somebody has a dialog open. */
  readonly dialogOf: (user: string) => Promise<unknown>
  /** What somebody alone was told in a place. */
  readonly toldTo: (user: string, channel: string, matching: RegExp) => Promise<Message>
  readonly wholeId: (begin: string) => Promise<string>
  /** Puts a request of Alice’s into the store as the bot would have signed it some time ago. */
  readonly asked: (secondsAgo: number, changes?: Partial<QuestionRequest>) => Promise<QuestionRequest>
}

function requestAgo(secondsAgo: number, changes: Partial<QuestionRequest>): QuestionRequest {
  const askedAt = Math.floor(Date.now() / 1000) - secondsAgo
  return aRequest({
    run: randomUUID(),
    person: { team: TEAM, user: ALICE },
    to: { kind: 'slack', team: TEAM, channel: OPS },
    place: { channel: OPS },
    seats: [{ by: ['first', 'second'], count: 1 }],
    askedAt,
    expiresAt: askedAt + 1800,
    remindAt: [askedAt + 180, askedAt + 360],
    ...changes,
  })
}

/** The whole path with settings of approval. */
export async function anApprovalRig(
  rule: Readonly<Record<string, unknown>> = {},
  options: RigOptions = {},
): Promise<ApprovalRig> {
  const rig = await aRig({ ...options, settings: { ...approvalSettings(rule), ...options.settings } })
  const messagesIn = (channel: string): readonly Message[] =>
    (rig.slack.workspace.messages.get(channel) ?? []).filter(({ deleted }) => !deleted)
  return {
    ...rig,
    direct: (user) => directMessage(rig.slack.workspace, user).id,
    wanted: async (question = `${QUESTION} last 10d ${REASON}`) => {
      const act = await rig.type(`/ctq ${question}`)
      const [, run] = /run `?([0-9a-f]{8})/.exec(rig.told(act)) ?? []
      assert.ok(run, `not asked: ${rig.told(act)}`)
      return run
    },
    about: async (run, channel, matching, ms = 15_000) => {
      const found = await until(
        () =>
          messagesIn(channel).find(
            (message) =>
              message.from_bot &&
              message.ephemeral_to === undefined &&
              textOf(message).includes(run) &&
              matching.test(textOf(message)),
          ),
        () => `${matching} about ${run} in ${channel}, but: ${messagesIn(channel).slice(-4).map(textOf).join('\n')}`,
        ms,
      )
      return { ...found, channel }
    },
    press: async (user, { channel, ts }, action_id) => {
      const act = await rig.slack.people.click({ user, channel, ts, action_id })
      assert.equal(act.status, 'acked')
    },
    dialogOf: (user) => until(() => rig.slack.workspace.modals.get(user)?.at(-1), `a dialog of ${user}`),
    toldTo: (user, channel, matching) =>
      until(
        () => messagesIn(channel).find((message) => message.ephemeral_to === user && matching.test(textOf(message))),
        () =>
          `${matching} told to ${user}, but: ${messagesIn(channel)
            .filter(({ ephemeral_to }) => ephemeral_to === user)
            .slice(-3)
            .map(textOf)
            .join('\n')}`,
      ),
    asked: async (secondsAgo, changes = {}) => {
      const request = requestAgo(secondsAgo, changes)
      const times = { iat: request.askedAt, nbf: request.askedAt, exp: request.expiresAt, jti: randomUUID() }
      const claims = { iss: 'ctq', aud: APPROVAL_TOKEN.audience, sub: `${TEAM}.${ALICE}`, ...times, ...request }
      const token = await (await signer(rig.keys))(APPROVAL_TOKEN, claims)
      const objects = fileObjects(rig.results)
      await objects.create(approvalOnKey(new Date(request.askedAt * 1000), request.run), '')
      await objects.create(approvalKey(request.run, 1), JSON.stringify({ kind: 'requested', token }))
      return request
    },
    wholeId: (begin) =>
      until(
        async () => (await rig.audit()).find((step) => step.run?.startsWith(begin))?.run,
        () => `a run ${begin}`,
      ),
  }
}

export { ALICE, BOB, OPS, SETTINGS }
