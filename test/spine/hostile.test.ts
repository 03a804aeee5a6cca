import assert from 'node:assert/strict'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { packageRoot } from '../../src/commands/root.ts'
import { ALICE, aRig, botWords, OPS, type Rig, type Seen, until } from '../support/rig.ts'
import { hoursAgo } from '../support/rigQuestions.ts'
import { readCsv } from '../support/rigTruth.ts'

const DATA = '555566667777'
const REGION = 'eu-west-1'

/** What would ping people, link somewhere, or format, if Slack read it as mrkdwn. */
const PINGS = ['<!channel>', '<!here>', '<!everyone>', `<@${ALICE}>`, `<#${OPS}>`, '<!subteam^S0RESPOND>']
const ANSI = '\u001b[31mred\u001b[0m\u001b]8;;https://evil.example\u0007'
const BIDI = 'gnp.\u202eexe'
const LINK = '<https://evil.example|console.aws.amazon.com>'
const ALL = `${PINGS.join(' ')} ${LINK} *b* _i_ ~s~ \`c\` \`\`\`f\`\`\` ${ANSI} ${BIDI} & &lt;!channel&gt;`
const FORMULAS = ['=HYPERLINK("https://evil.example")', '+1+cmd|/C calc', '-2+3', '@SUM(A1)', '\t=1+1', '\r=2', '＝1+1']

/** Secrets as CloudTrail logs them, each in the place where it does; none may leave for Slack, a log or the record. */
const SECRETS = {
  sessionToken: `IQoJb3JpZ2luX2VjPLANTED1${'a1B2'.repeat(40)}`,
  userData: Buffer.from('#!/bin/sh\nexport DB=PLANTED2').toString('base64'),
  variable: 'PLANTED3-environment-of-a-function',
  signature: `PLANTED4${'0123456789abcdef'.repeat(3)}`,
  password: 'PLANTED5-hunter2',
  plaintext: `PLANTED6${'QUJD'.repeat(10)}`,
  bearer: `PLANTED7.${'abcd'.repeat(10)}.${'efgh'.repeat(10)}`,
  header: 'PLANTED8wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLE',
}

const EVERYTHING = `language: 1
name: everything
title: All that happened?
about: A runbook of this test, with every field that may be shown.
tier: open
window: { default: 1h, max: 7d }
match: { field: eventSource, exists: true }
columns:
  - eventTime
  - who
  - eventName
  - eventSource
  - target
  - outcome
  - errorCode
  - errorMessage
  - sourceIPAddress
  - userAgent
  - accessKeyId
  - requestParameters
  - responseElements
  - additionalEventData
  - { name: token, field: responseElements.credentials.sessionToken }
  - { name: data, field: requestParameters.userData }
  - { name: url, field: requestParameters.url }
group: [who, eventName, userAgent]
`

/** Every string that a record holds is hostile text; ids and times are what AWS makes. */
function hostileRecord(index: number, text: string, at: number): object {
  const { sessionToken, userData, variable, signature, password, plaintext, bearer, header } = SECRETS
  return {
    eventVersion: '1.11',
    eventID: `hostile-${index}`,
    eventTime: new Date(at).toISOString().replace(/\.\d+Z/, 'Z'),
    eventSource: text,
    eventName: text,
    errorCode: text,
    errorMessage: `${text} https://s3.amazonaws.com/b?X-Amz-Signature=${signature}&X-Amz-Security-Token=${encodeURIComponent(sessionToken)}`,
    awsRegion: text,
    sourceIPAddress: text,
    userAgent: `${text} Authorization: Bearer ${bearer}`,
    recipientAccountId: text,
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${DATA}:assumed-role/r/${text}`,
      principalId: `AROAEXAMPLE:${text}`,
      userName: text,
      accessKeyId: text,
      sessionContext: { sessionIssuer: { type: 'Role', userName: text, arn: `arn:aws:iam::${DATA}:role/${text}` } },
    },
    requestParameters: {
      name: text,
      bucketName: text,
      userData,
      url: `https://b.s3.amazonaws.com/k?X-Amz-Credential=x&X-Amz-Signature=${signature}`,
      environment: { variables: { TOKEN: variable } },
      masterUserPassword: password,
      secretString: `{"password":"${password}"}`,
      httpHeaders: { authorization: `AWS4-HMAC-SHA256 ${header}`, 'x-amz-security-token': sessionToken },
    },
    responseElements: { credentials: { sessionToken, secretAccessKey: header }, plaintext, message: text },
    additionalEventData: { note: text, password },
    resources: [{ ARN: text, type: text }],
  }
}

describe('hostile text and secrets in what CloudTrail returns', () => {
  let rig: Rig
  let seen: Seen
  let folder: string
  const texts = [ALL, ...FORMULAS, ...PINGS, 'x'.repeat(40_000), '', ANSI]

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ctq-hostile-'))
    await cp(join(packageRoot(), 'runbooks'), folder, { recursive: true })
    await writeFile(join(folder, 'everything.yaml'), EVERYTHING)
    rig = await aRig({ aws: { noisePerDay: 0 }, env: { LOG_LEVEL: 'trace' } })
    await Promise.all([rig.bot({ CTQ_RUNBOOKS: folder }), rig.worker()])
    const end = Date.parse(hoursAgo(1))
    const records = texts.map((text, index) => ({
      text: JSON.stringify(hostileRecord(index, text, end - (index + 1) * 1000)),
    }))
    await rig.tellAws('records', { account: DATA, region: REGION, records })
    const question = `everything since ${hoursAgo(2)} until ${hoursAgo(1)} account=prod-data region=${REGION}`
    seen = await rig.seen(await rig.ask(question))
  })
  after(async () => {
    await rig.close()
    await rm(folder, { recursive: true })
  })

  test('all of it is counted, and all of it is in the CSV', () => {
    assert.match(seen.message.text, new RegExp(`${texts.length} calls`))
    const rows = readCsv(seen.file?.content.toString('utf8') ?? '')
    assert.deepEqual(
      rows.map(({ eventID }) => eventID),
      texts.map((_, index) => `hostile-${index}`),
    )
  })

  test('no message pings anybody, links anywhere or hides anything', () => {
    assert.ok(seen.shown.includes('< !channel>') || seen.shown.includes('&lt;!channel&gt;'), 'it is shown, as text')
    for (const { text, blocks } of ours(rig)) {
      for (const part of [text, ...mrkdwnIn(blocks)]) {
        assert.doesNotMatch(part, /<!|<@|<#|<https?:\/\/evil/, part)
        assert.doesNotMatch(part, /[\u001b\u202e\u0007]/, part)
      }
      for (const part of stringsIn(blocks)) assert.doesNotMatch(part, /<!|<@U|<!subteam|[\u001b\u202e\u0007]/, part)
    }
  })

  test('no cell of the CSV is a formula, and nothing in it commands a terminal', () => {
    const csv = seen.file?.content.toString('utf8') ?? ''
    assert.doesNotMatch(csv, /[\u001b\u202e\u0007]/)
    for (const row of readCsv(csv))
      for (const [name, cell] of Object.entries(row)) {
        assert.doesNotMatch(cell, /^[\s"]*[=+\-@＝＋－＠]/u, `${name}: ${cell.slice(0, 40)}`)
        assert.doesNotMatch(cell, /^[\t\r\n]/, name)
        assert.ok(cell.length < 32_767, 'Excel takes no longer cell')
      }
  })

  test('no secret is in any call to Slack, in the CSV, in a log or in the record', async () => {
    const [first] = readCsv(seen.file?.content.toString('utf8') ?? '')
    assert.deepEqual([first?.['token'], first?.['data']], ['[masked: session token]', '[masked: user data]'])
    const said = new Map([
      ['Slack calls', JSON.stringify(rig.slack.workspace.calls)],
      ['Slack messages', JSON.stringify([...rig.slack.workspace.messages.values()])],
      ['the CSV', seen.file?.content.toString('utf8') ?? ''],
      ['logs', rig.processes.map(({ said: all }) => all()).join('\n')],
      ['the record', JSON.stringify(await rig.audit())],
    ])
    const asked = await rig.stored<{ readonly token: string }>(seen.run, 'asked.json')
    const { botToken, appToken, signingSecret, workspace } = rig.slack
    const credentials = {
      token: asked?.token.split('.')[2] ?? '',
      botToken,
      appToken,
      signingSecret,
      awsSecret: rig.aws.organisation.users.worker.secretAccessKey,
      signingKey: rig.keys.keys[0]?.d ?? '',
    }
    const urls = [...workspace.responseUrls.keys()]
    assert.ok(urls.length > 0)
    for (const [name, secret] of Object.entries({ ...SECRETS, ...credentials })) {
      assert.ok(secret.length > 8, name)
      for (const [where, text] of said) {
        const marker = /PLANTED\d/.exec(secret)?.[0] ?? secret
        assert.ok(!text.includes(marker), `${name} is in ${where}`)
        if (secret === SECRETS.userData) assert.ok(!text.includes(secret), `${name} is in ${where}`)
      }
    }
    // the answer to a command goes to its response_url; nowhere else may it be named
    for (const url of urls)
      for (const where of ['logs', 'the record', 'the CSV', 'Slack messages'])
        assert.ok(!said.get(where)?.includes(url), `a response_url is in ${where}`)
  })

  test('what AWS says of a fault is no more trusted', async () => {
    const message = `${ALL} X-Amz-Security-Token=${SECRETS.sessionToken}`
    await rig.tellAws('faults', {
      operation: 'LookupEvents',
      region: 'eu-west-2',
      code: 'ValidationException',
      message,
      times: 10,
    })
    const question = `everything since ${hoursAgo(2)} until ${hoursAgo(1)} account=prod-data region=eu-west-2`
    const failed = await rig.seen(await rig.ask(question))
    assert.match(failed.message.text, /^FAILED/)
    assert.match(failed.shown, /ValidationException/)
    for (const part of [failed.message.text, ...stringsIn(failed.message.blocks)])
      assert.doesNotMatch(part, /<!|<@|<#|<https?:\/\/evil|[\u001b\u202e\u0007]|PLANTED/, part)
    const logs = rig.processes.map(({ said }) => said()).join('\n')
    assert.doesNotMatch(logs, /PLANTED/)
  })

  test('what is typed is not repeated as anything but text', async () => {
    const before = botWords(rig.slack).length
    for (const typed of [
      `everything ${PINGS.join(' ')}`,
      `${PINGS[0]}`,
      `help ${LINK}`,
      `denied-calls principal="${PINGS[0]}" last 1h`,
    ])
      await rig.type(`/ctq ${typed}`)
    await until(() => (botWords(rig.slack).length >= before + 4 ? true : undefined), 'four answers')
    for (const { text, blocks } of ours(rig))
      for (const part of [text, ...mrkdwnIn(blocks)]) assert.doesNotMatch(part, /<!|<@U|<#|<https?:\/\/evil/, part)
  })
})

function ours(rig: Rig) {
  return [...rig.slack.workspace.messages.values()].flat().filter(({ from_bot }) => from_bot)
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

/** The texts that Slack reads as mrkdwn. */
function mrkdwnIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return stringsIn(value.text)
  return Object.values(value).flatMap(mrkdwnIn)
}
