import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { enabledRegions } from '../../src/adapters/aws/accounts.ts'
import { lookupEvents } from '../../src/adapters/aws/lookup.ts'
import { transport } from '../../src/adapters/aws/sessions.ts'
import { ALICE } from './awsRig.ts'

/** What an odd AWS answers to every call. */
const odd = { status: 200, body: '{}', asked: '' }
const server = createServer((request, response) => {
  odd.asked = ''
  request.on('data', (chunk) => {
    odd.asked += chunk
  })
  request.on('end', () =>
    response.writeHead(odd.status, { 'content-type': 'application/x-amz-json-1.1' }).end(odd.body),
  )
})
const shared = transport()

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  shared.httpAgent.destroy()
  server.close()
})

const PLACE = { account: '100000000001', region: 'eu-west-1', regions: ['eu-west-1'], person: ALICE }
const ASK = { since: '2026-11-20T12:00:00Z', until: '2026-11-20T13:00:00Z' }
const EVENT = { EventId: 'e-1', EventTime: 1_795_179_600, CloudTrailEvent: '{"eventID":"e-1"}' }

async function answered(body: object, status = 200): Promise<Awaited<ReturnType<ReturnType<typeof lookupEvents>>>> {
  Object.assign(odd, { status, body: JSON.stringify(body) })
  const sessions = async () => ({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' })
  return await lookupEvents(sessions, shared)(PLACE, ASK)
}

for (const token of ['', null])
  test(`a NextToken that is there and ${JSON.stringify(token)} is the end, as for AWS's own paginator`, async () => {
    const page = await answered({ Events: [EVENT], NextToken: token })
    assert.equal(page.events.length, 1)
    assert.equal('nextToken' in page, false)
  })

for (const events of [null, undefined, []])
  test(`a page whose events are ${JSON.stringify(events)} and that has a NextToken is not the end`, async () => {
    const page = await answered({ Events: events, NextToken: 'more' })
    assert.deepEqual([page.events, page.nextToken], [[], 'more'])
  })

for (const [what, event] of [
  ['no id', { ...EVENT, EventId: undefined }],
  ['an empty id', { ...EVENT, EventId: '' }],
  ['an id that is null', { ...EVENT, EventId: null }],
  ['no time', { ...EVENT, EventTime: undefined }],
  ['a time that is null', { ...EVENT, EventTime: null }],
  ['no record', { ...EVENT, CloudTrailEvent: undefined }],
  ['a record that is null', { ...EVENT, CloudTrailEvent: null }],
] as const)
  test(`an event with ${what} is a broken answer: it is neither dropped nor taken for the twin of another`, async () => {
    await assert.rejects(answered({ Events: [EVENT, event] }))
  })

test('an answer that is no answer is never an empty page', async () => {
  for (const body of ['', 'null', '[]', '"no"', '{"Events":"none"}', '{"Events":{}}', '<html>']) {
    Object.assign(odd, { status: 200, body })
    const sessions = async () => ({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' })
    await assert.rejects(lookupEvents(sessions, shared)(PLACE, ASK), `${body} was read as a page`)
  }
})

test('what AWS says of a signature is shown without the session token that it quotes', async () => {
  const token = `IQoJb3JpZ2luX2VjE${'x9Z'.repeat(150)}`
  const message = `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nhost:cloudtrail.eu-west-1.amazonaws.com\nx-amz-date:20261120T120000Z\nx-amz-security-token:${token}\n`
  await assert.rejects(answered({ __type: 'InvalidSignatureException', message }, 400), (error: Error) => {
    const { detail } = error as Error & { readonly detail: string }
    assert.match(detail, /does not match the signature/)
    assert.ok(!detail.includes('x9Zx9Z'), detail)
    return true
  })
})

test('Regions that are being switched on or off are read too: whoever hides something there has just done so', async () => {
  Object.assign(odd, { status: 200, body: JSON.stringify({ Regions: [{ RegionName: 'me-south-1' }] }) })
  const sessions = async () => ({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' })
  assert.deepEqual(await enabledRegions(sessions, shared, 'us-east-1')('100000000001', ALICE), ['me-south-1'])
  const { RegionOptStatusContains } = JSON.parse(odd.asked) as { readonly RegionOptStatusContains: readonly string[] }
  assert.deepEqual(RegionOptStatusContains.toSorted(), ['DISABLING', 'ENABLED', 'ENABLED_BY_DEFAULT', 'ENABLING'])
})
