import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ALICE, aRig, BOB, OPS, PAYMENTS, RESPONDER, type Rig, textOf, until } from '../support/rig.ts'
import { hoursAgo } from '../support/rigQuestions.ts'
import { readCsv } from '../support/rigTruth.ts'

describe('what was asked before', () => {
  let rig: Rig
  const runs: string[] = []
  before(async () => {
    rig = await aRig({
      settings: {
        roles: {
          responder: { ...RESPONDER, groups: [], persons: [`T0CTQ0001/${ALICE}`], hold: true },
          other: { ...RESPONDER, groups: ['S0RESPOND'], cancel: false },
        },
      },
    })
    await Promise.all([rig.bot(), rig.worker()])
    for (const [since, end] of [
      [hoursAgo(30), hoursAgo(6)],
      [hoursAgo(24), hoursAgo(2)],
    ]) {
      const run = await rig.ask(`denied-calls since ${since} until ${end} region=eu-west-1,us-east-1`)
      await rig.seen(run)
      runs.push(run)
    }
  })
  after(() => rig.close())

  const told = async (text: string, user = ALICE): Promise<string> => {
    const act = await rig.type(`/ctq ${text}`, { user })
    return await until(() => rig.told(act) || ephemeral(user), 'an answer')
  }
  const ephemeral = (user: string): string | undefined =>
    textOf(rig.slack.workspace.messages.get(OPS)?.findLast(({ ephemeral_to }) => ephemeral_to === user)) || undefined

  test('"last" shows the last answer once more, to its asker alone', async () => {
    assert.match(await told('last'), new RegExp(`run .${runs[1]?.slice(0, 8)}`))
    assert.match(await told('last', BOB), /no answer that ctq still knows of/)
  })

  test('"diff" tells what is new and what is gone by eventID, and who may not see a run learns nothing', async () => {
    const ids = await Promise.all(
      runs.map(
        async (run) =>
          new Set(readCsv((await rig.seen(run)).file?.content.toString('utf8') ?? '').map(({ eventID }) => eventID)),
      ),
    )
    const [before, now] = ids
    assert.ok(before && now && before.size > 5)
    const added = [...now].filter((id) => !before.has(id)).length
    const gone = [...before].filter((id) => !now.has(id)).length
    const text = await told(`diff ${runs[0]?.slice(0, 8)} ${runs[1]?.slice(0, 8)}`)
    assert.match(text, new RegExp(`${added} new, ${gone} gone, ${now.size - added} in both`))
    assert.match(await told(`diff ${runs[0]?.slice(0, 8)} ${runs[1]?.slice(0, 8)}`, BOB), /no run .* that you can see/)
  })

  test('"again" asks the same question as whoever types it, under their own right', async () => {
    const act = await rig.type(`/ctq again ${runs[0]?.slice(0, 8)}`)
    const [, begin = ''] = /run `?([0-9a-f]{8})/.exec(rig.told(act)) ?? []
    const run = await until(async () => (await rig.audit()).find((step) => step.run?.startsWith(begin))?.run, 'the run')
    const seen = await rig.seen(run)
    const first = await rig.seen(runs[0] ?? '')
    assert.deepEqual(seen.answer.counts, first.answer.counts)
    assert.equal(seen.answer.coverage.window.since, first.answer.coverage.window.since)
    assert.notEqual(seen.run, first.run)
    assert.equal(seen.answer.accounts[0]?.id, PAYMENTS)
    assert.match(await told(`again ${runs[0]?.slice(0, 8)}`, BOB), /no run .* that you can see/)
  })

  test('"hold" and "release" are for whom policy names', async () => {
    assert.match(await told(`hold ${runs[0]?.slice(0, 8)}`), /is on hold/)
    assert.match(await told(`release ${runs[0]?.slice(0, 8)}`), /is released/)
    assert.match(await told(`hold ${runs[0]?.slice(0, 8)}`, BOB), /may not hold/)
  })
})
