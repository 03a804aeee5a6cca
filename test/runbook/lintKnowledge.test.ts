import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { readCatalogue } from '../../src/domain/runbook/catalogue.ts'
import { type Fixtures, parseFixtures } from '../../src/domain/runbook/fixtures.ts'
import { lintRunbook } from '../../src/domain/runbook/lint.ts'
import { shapesOf } from '../../src/domain/runbook/shapes.ts'
import { runbookOf } from './builders.ts'

const CATALOGUE = readCatalogue(readFileSync('data/event-names.json', 'utf8'))

const FIXTURES = `matches:
  - name: stopped
    record:
      eventVersion: "1.11"
      userIdentity: { type: IAMUser, userName: alice, accountId: "111122223333" }
      eventTime: "2026-11-18T03:10:05Z"
      eventSource: cloudtrail.amazonaws.com
      eventName: StopLogging
      awsRegion: eu-west-1
      sourceIPAddress: 203.0.113.66
      eventID: a0163ed2-2253-469d-a5ee-cbc6651f1601
      readOnly: false
      eventType: AwsApiCall
      managementEvent: true
      recipientAccountId: "111122223333"
      eventCategory: Management
      requestParameters: { name: trail, list: [{ inner: 1 }] }
    row: { who: alice }
  - { like: stopped, set: { errorCode: AccessDenied } }
misses:
  - { like: stopped, set: { eventName: StartLogging }, because: it was started }
  - { like: stopped, set: { eventSource: other.amazonaws.com }, because: it is another's }
  - { like: stopped, set: { eventName: GetTrailStatus }, because: it was only read }
`

function fixturesOf(text: string): Fixtures {
  const { fixtures, problems } = parseFixtures(text, 'some-question.fixtures.yaml')
  return fixtures ?? assert.fail(JSON.stringify(problems))
}

/** What the lint warns of, with all that is known, beside the want of fixtures. */
function warnings(lines: { readonly [key: string]: string }, fixtures?: string): readonly string[] {
  const given = fixtures === undefined ? undefined : fixturesOf(fixtures)
  const knowledge = { catalogue: CATALOGUE, shapes: shapesOf(given === undefined ? [] : [given]) }
  return lintRunbook(runbookOf({ window: '{ default: 1h, max: 1d }', ...lines }), given, knowledge)
    .filter(({ message }) => !message.endsWith('has no fixtures.'))
    .map(({ rule, message, suggestion, line, column }) =>
      `${line}:${column} ${rule}: ${message} ${suggestion ?? ''}`.trim(),
    )
}

const all = (...clauses: readonly string[]) => `{ all: [${clauses.join(', ')}] }`
const source = (name: string) => `{ field: eventSource, equals: ${name}.amazonaws.com }`
const event = (...names: readonly string[]) => `{ field: eventName, in: [${names.join(', ')}] }`

for (const [what, match, expected] of [
  [
    'a misspelt event',
    all(source('cloudtrail'), event('StopLoging')),
    '7:74 unknown-event: No event StopLoging is known of these services. Did you mean StopLogging?',
  ],
  [
    'an event of another service',
    all(source('ec2'), event('StopLogging')),
    /unknown-event: .* It is known of cloudtrail\.amazonaws\.com\.$/,
  ],
  ['a misspelt source', source('cloudtrial'), /unknown-event: .* Did you mean cloudtrail\.amazonaws\.com\?$/],
  [
    'an operation that is recorded otherwise',
    all(source('s3'), event('PutBucketLifecycleConfiguration')),
    /unknown-event: .* Write PutBucketLifecycle\.$/,
  ],
  [
    'a dated name matched exactly',
    all(source('lambda'), event('CreateFunction20150331')),
    /dated-name: .* Match the prefix CreateFunction\.$/,
  ],
  [
    'a name that is recorded with a date',
    all(source('lambda'), event('UpdateFunctionCode')),
    /dated-name: .* Match the prefix UpdateFunctionCode\.$/,
  ],
  [
    'a beginning that no event has',
    all(source('lambda'), '{ field: eventName, prefix: CreateFuncton }'),
    /unknown-event: .* Did you mean CreateFunction\?$/,
  ],
  ['a name of many services', event('CreateCluster'), /shared-name: CreateCluster is an event of .* more\./],
  ['a data event', all(source('s3'), event('GetObject')), /needs-trail: GetObject is a data event/],
  [
    'network activity',
    all(event('StopLogging'), '{ field: eventCategory, equals: NetworkActivity }'),
    /needs-trail: .* Write records: \[network\]\.$/,
  ],
  [
    'a response that a refused call never has',
    all(event('StopLogging'), '{ field: responseElements.name, equals: trail }'),
    /drops-failures: A call that failed has no response/,
  ],
] as const)
  test(`${what} is warned of`, () => {
    const found = warnings({ match })
    assert.equal(found.length, 1, found.join('\n'))
    if (typeof expected === 'string') assert.equal(found[0], expected)
    else assert.match(found[0] ?? '', expected)
  })

for (const [what, lines] of [
  [
    'a name of many services with a source that begins so',
    { match: all('{ field: eventSource, prefix: eks. }', event('CreateCluster')) },
  ],
  [
    'a beginning that dated events have',
    { match: all(source('lambda'), '{ field: eventName, prefix: AddPermission }') },
  ],
  ['a data event that is said to be one', { match: all(source('s3'), event('GetObject')), records: '[data]' }],
  [
    'a data event among others of its name',
    {
      match: all('{ field: eventName, equals: Query }', source('athena')),
      records: '[data]',
      lint: '[{ allow: unknown-event, because: Athena has no such event }]',
    },
  ],
  [
    'the answer of a sign-in',
    { match: all(event('ConsoleLogin'), '{ field: responseElements.ConsoleLogin, equals: Failure }') },
  ],
] as const)
  test(`${what}: nothing to warn of`, () => assert.deepEqual(warnings(lines), []))

test('a question that reads every record, whatever is given, has no hope over weeks', () => {
  const match = '{ field: errorCode, exists: true }'
  const window = '{ default: 24h, max: 90d }'
  assert.match(warnings({ match, window })[0] ?? '', /^6:\d+ hopeless-plan: .* every record .* Make max 1d or less/)
  assert.deepEqual(warnings({ match, window: '{ default: 1h, max: 6h }' }), [])
  const parameters = '{ who: { type: principal, example: alice, help: x, optional: true } }'
  assert.deepEqual(warnings({ match: all(match, '{ principal: $who }'), parameters, window }), [])
})

test('every write, or everything of a busy service, is read for a week at most', () => {
  const write = '{ field: readOnly, equals: false }'
  assert.match(
    warnings({ match: write, window: LONG })[0] ?? '',
    /hopeless-plan: .* every write .* Make max 7d or less/,
  )
  assert.match(warnings({ match: source('ec2'), window: LONG })[0] ?? '', /hopeless-plan: .* everything of ec2/)
  assert.match(warnings({ match: write, window: '{ default: 2d, max: 7d }' })[0] ?? '', /wide-window/)
  assert.deepEqual(warnings({ match: write, window: '{ default: 2h, max: 7d }' }), [])
})

test('every call of a name that services use all day is read for a week at most', () => {
  const match = all(source('sts'), event('AssumeRole'))
  assert.match(warnings({ match, window: LONG })[0] ?? '', /hopeless-plan: .* every AssumeRole of the window/)
  assert.deepEqual(warnings({ match: all(source('sts'), event('AssumeRoot')), window: LONG }), [])
})

const LONG = '{ default: 24h, max: 90d }'
const STOPPED = all(source('cloudtrail'), event('StopLogging'))

test('fixtures that prove every clause leave nothing to say', () =>
  assert.deepEqual(warnings({ match: STOPPED }, FIXTURES), []))

test('a clause that no near miss needs, and an alternative that no record needs, are warned of where they stand', () => {
  const clause = warnings(
    { match: all(source('cloudtrail'), event('StopLogging'), '{ field: readOnly, equals: false }') },
    FIXTURES,
  )
  assert.deepEqual(clause, ['7:115 near-miss: No near miss shows what this clause keeps out. Add one to misses.'])
  const twoWays = `{ any: [${STOPPED}, { all: [${source('ec2')}, ${event('DeleteFlowLogs')}] }] }`
  assert.match(
    warnings({ match: twoWays }, FIXTURES).join('\n'),
    /near-miss: No record that must match needs this alternative/,
  )
})

test('a field that these events were never seen with is warned of, in match, columns and leads', () => {
  const match = all(source('cloudtrail'), event('StopLogging'), '{ field: requestParameters.nam, equals: trail }')
  const columns =
    '[who, { name: inner, field: requestParameters.list.inner }, { name: x, field: requestParameters.trailName }]'
  const other = FIXTURES.replace('requestParameters: { name: trail', 'requestParameters: { nam: trail')
  assert.deepEqual(warnings({ match: STOPPED, columns }, FIXTURES), [
    '8:70 unseen-field: No fixture of these events has requestParameters.trailName. Did you mean requestParameters.name?',
  ])
  assert.match(
    warnings({ match }, FIXTURES).join('\n'),
    /unseen-field: .*requestParameters\.nam\. Did you mean requestParameters\.name\?/,
  )
  assert.doesNotMatch(warnings({ match }, other).join('\n'), /unseen-field/)
  const issuer = '{ field: userIdentity.sessionIssuer.userName, equals: deploy }'
  assert.match(
    warnings({ match: all(event('StopLogging'), issuer) }, FIXTURES).join('\n'),
    /CloudTrail records have no userIdentity\.sessionIssuer\.userName/,
  )
})

/** A runbook's lines with one stage, whose calls are of one event. */
const staged = (name: string) =>
  Object.fromEntries([
    ['match', STOPPED],
    ['then', `[{ name: some, finds: Something, count: { by: [who], where: ${event(name)} } }]`],
  ])

test('a stage that no fixture proves is warned of, and its clauses are held against the catalogue too', () => {
  const warned = warnings(staged('StopLoging'), FIXTURES).join('\n')
  assert.match(warned, /9:\d+ unknown-event: No event StopLoging/)
  assert.match(warned, /unproven-stage: No records show what some finds\./)
  assert.match(warned, /unproven-stage: No records show what is rightly no finding\./)
  const shown = `${FIXTURES}findings:
  - { name: a, records: [{ like: stopped }], find: [{ stage: some, says: alice }] }
  - { name: b, records: [{ like: stopped, set: { eventName: StartLogging } }] }
`
  assert.deepEqual(warnings(staged('StopLogging'), shown), [])
})

test('what a runbook excuses with a reason is not warned of, and an excuse for nothing is', () => {
  const lint = '[{ allow: shared-name, because: All of them start clusters. }]'
  assert.deepEqual(warnings({ match: event('CreateCluster'), lint }), [])
  assert.deepEqual(warnings({ match: STOPPED, lint }), [
    '9:8 undefined: Nothing is warned of as shared-name. Leave it out.',
  ])
})

test('the catalogue knows what the records of CloudTrail are called', () => {
  for (const [name, of] of [
    ['ConsoleLogin', 'signin'],
    ['DeleteBucketPublicAccessBlock', 's3'],
    ['GetAuthorizationToken', 'ecr'],
    ['VerifyEmailIdentity', 'ses'],
    ['InvokeModel', 'bedrock'],
    ['Federate', 'sso'],
    ['SharedSnapshotVolumeCreated', 'ec2'],
  ] as const)
    assert.ok(CATALOGUE.sourcesOf(name).includes(`${of}.amazonaws.com`), name)
  assert.ok(!CATALOGUE.isData('bedrock.amazonaws.com', 'InvokeModel'))
  assert.ok(CATALOGUE.isData('dynamodb.amazonaws.com', 'Scan'))
})
