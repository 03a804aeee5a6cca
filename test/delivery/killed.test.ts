import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../../src/adapters/slack/entry.ts'
import type { DeliverDeps } from '../../src/usecases/deliverTypes.ts'
import { SECRET } from '../slackadapter/rig.ts'
import { RUN } from '../support/answers.ts'
import { aDelivery, CSV, type DeliveryRig, directChannel, notices, texts } from './rig.ts'

class Killed extends Error {}

/** Counts everything that delivery does outside of itself, and dies before or after the `at`-th thing, as kill -9 would. */
function mortal(deps: DeliverDeps<Message>, at: number, when: 'before' | 'after'): DeliverDeps<Message> {
  let done = 0
  let dead = false
  const wrap =
    <A extends readonly unknown[], R>(act: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (dead) throw new Killed()
      done += 1
      const mine = done
      dead = mine === at && when === 'before'
      if (dead) throw new Killed()
      const result = await act(...args)
      dead ||= mine === at
      if (dead) throw new Killed()
      return result
    }
  const { slack, objects, audit } = deps
  return {
    ...deps,
    audit: wrap(audit),
    objects: { ...objects, create: wrap(objects.create) },
    slack: {
      ...slack,
      post: wrap(slack.post),
      update: wrap(slack.update),
      openDirect: wrap(slack.openDirect),
      upload: wrap(slack.upload),
      fileState: wrap(slack.fileState),
      removeFile: wrap(slack.removeFile),
    },
  }
}

/** Runs a job that is killed at one point, then others that are not; false when it ended before it reached the point. */
async function killedAt(
  rig: DeliveryRig,
  want: 'status' | 'final',
  at: number,
  when: 'before' | 'after',
): Promise<boolean> {
  const killed = await rig.through(want, mortal(rig.deps, at, when)).then(
    () => false,
    (error: unknown) => {
      // an error of ours inside an upload comes back through the stream that it broke
      if (error instanceof Killed) return true
      throw error
    },
  )
  await rig.through(want)
  return killed
}

async function killEverywhere(
  t: Parameters<typeof aDelivery>[0],
  when: 'before' | 'after',
  arrange: (rig: DeliveryRig) => Promise<void>,
  check: (rig: DeliveryRig, at: number) => void,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    const rig = await aDelivery(t)
    await arrange(rig)
    const killed = await killedAt(rig, 'final', at, when)
    check(rig, at)
    if (!killed) return at - 1
  }
}

for (const when of ['before', 'after'] as const) {
  test(`killed ${when} any step of the answer, the next delivery leaves one message and one file`, async (t) => {
    const points = await killEverywhere(
      t,
      when,
      async (rig) => {
        await rig.finish()
      },
      (rig, at) => assert.deepEqual(texts(rig, SECRET), [`answer ${RUN}`, `file:${CSV}`], `killed at ${at}`),
    )
    assert.ok(points > 10, `only ${points} points`)
  })

  test(`killed ${when} any step of an answer that follows progress, it is the same message and one file`, async (t) => {
    await killEverywhere(
      t,
      when,
      async (rig) => {
        await rig.through('status')
        await rig.finish()
      },
      (rig, at) => assert.deepEqual(texts(rig, SECRET), [`answer ${RUN}`, `file:${CSV}`], `killed at ${at}`),
    )
  })

  test(`killed ${when} any step of moving to direct messages, each message is there once`, async (t) => {
    await killEverywhere(
      t,
      when,
      async (rig) => {
        await rig.through('status')
        await rig.control('POST', 'channels', { id: SECRET, connected_team_ids: ['T0PARTNER'] })
        await rig.finish()
      },
      (rig, at) => {
        assert.deepEqual(notices(rig, SECRET), [{ kind: 'moved', run: RUN }], `killed at ${at}`)
        const [why, ...rest] = texts(rig, directChannel(rig))
        assert.match(why ?? '', /why_direct/)
        assert.deepEqual(rest, [`answer ${RUN}`, `file:${CSV}`], `killed at ${at}`)
      },
    )
  })

  test(`killed ${when} any step of the first progress, there is one status message`, async (t) => {
    for (let at = 1; at < 20; at += 1) {
      const rig = await aDelivery(t)
      const killed = await killedAt(rig, 'status', at, when)
      assert.equal(texts(rig, SECRET).length, 1, `killed at ${at}`)
      if (!killed) return
    }
    assert.fail('it never ended by itself')
  })
}
