import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { OPS, textOf, until } from '../support/rig.ts'
import { aFlatRig, FLAT, FLAT_KEY, type FlatRig } from '../support/rigFlat.ts'

const REGION = 'eu-west-1'

describe('while a question is answered', () => {
  let rig: FlatRig
  before(async () => {
    rig = await aFlatRig({ regions: [REGION], perRegion: 2_600, paceMs: 200 })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  test('what was met until now is shown as "so far", the most telling first and escaped, with honest progress', async () => {
    const { text, end } = rig.question()
    const at = new Date(Date.parse(end) - 60_000).toISOString().replace('.000Z', 'Z')
    const record = {
      eventVersion: '1.11',
      userIdentity: { type: 'IAMUser', userName: 'ci-deploy', accountId: FLAT, accessKeyId: FLAT_KEY },
      eventTime: at,
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      awsRegion: REGION,
      sourceIPAddress: '203.0.113.9',
      userAgent: 'aws-cli/2.15',
      requestParameters: { userName: '<!channel> *backup*' },
      eventID: 'telling-1',
      readOnly: false,
      recipientAccountId: FLAT,
    }
    await rig.tellAws('records', { account: FLAT, region: REGION, records: [{ text: JSON.stringify(record) }] })
    const run = await rig.ask(text)
    const status = (): string =>
      textOf(
        rig.slack.workspace.messages
          .get(OPS)
          ?.find((message) => message.ephemeral_to === undefined && textOf(message).includes(run.slice(0, 8))),
      )
    const shown = await until(() => (status().includes('So far') ? status() : undefined), status, 20_000)
    const [, first = ''] = /\*So far\*, most telling first:\\n• (.*?)(?:\\n|")/.exec(shown) ?? []
    assert.match(first, /CreateUser `user &lt;!channel&gt; \*backup\*` by `ci-deploy` from `203\.0\.113\.9`/)
    assert.match(shown, /\d+ of at least \d+ pages/)
    assert.doesNotMatch(shown, /<!channel>|COMPLETE/)
    const seen = await rig.seen(run, 40_000)
    assert.doesNotMatch(seen.shown, /So far/)
    assert.match(seen.shown, /^COMPLETE/)
  })

  test('a question that hears nothing from AWS says that it waits for it', async () => {
    await rig.tellAws('settings', { latencyMs: 14_000 })
    const run = await rig.ask(rig.question().text)
    const words = (): string => (rig.slack.workspace.messages.get(OPS) ?? []).map((one) => textOf(one)).join('\n')
    await until(() => (/waiting for AWS to answer/.test(words()) ? true : undefined), words, 40_000)
    await rig.tellAws('settings', { latencyMs: 0 })
    await rig.type(`/ctq cancel ${run}`)
    await rig.seen(run, 30_000)
  })
})
