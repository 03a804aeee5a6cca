import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate, parseSessionPolicy, type Statement } from '../../src/playground/aws/policy.ts'

const LOOKUP = 'cloudtrail:LookupEvents'
const inRegion = (region: string | undefined) => ({
  action: LOOKUP,
  resource: '*',
  context: { 'aws:RequestedRegion': region },
})
const allow = (rest: Partial<Statement>): Statement => ({ Effect: 'Allow', Action: LOOKUP, Resource: '*', ...rest })

const cases: readonly (readonly [string, readonly Statement[], string | undefined, 'allow' | 'deny' | 'silent'])[] = [
  ['an allowed action', [allow({})], 'eu-west-1', 'allow'],
  ['another action', [allow({ Action: 'cloudtrail:GetTrail' })], 'eu-west-1', 'silent'],
  ['a wildcard, whatever its case', [allow({ Action: 'CloudTrail:lookup*' })], 'eu-west-1', 'allow'],
  ['an action that is left out', [allow({ Action: [], NotAction: 'cloudtrail:*' })], 'eu-west-1', 'silent'],
  ['a deny beside an allow', [allow({}), { ...allow({}), Effect: 'Deny' }], 'eu-west-1', 'deny'],
  ['a Region that is named', [when('StringEquals', ['eu-west-1', 'us-east-1'])], 'us-east-1', 'allow'],
  ['a Region that is not', [when('StringEquals', ['eu-west-1'])], 'us-east-1', 'silent'],
  ['a condition on something absent', [when('StringEquals', ['eu-west-1'])], undefined, 'silent'],
  ['the same, if it exists', [when('StringEqualsIfExists', ['eu-west-1'])], undefined, 'allow'],
  ['a negated condition on something absent', [when('StringNotEquals', ['eu-west-1'])], undefined, 'allow'],
  ['all of several values', [when('ForAllValues:StringEquals', ['eu-west-1'])], 'eu-west-1', 'allow'],
  ['all of no values', [when('ForAllValues:StringEquals', ['eu-west-1'])], undefined, 'allow'],
  ['any of no values', [when('ForAnyValue:StringEquals', ['eu-west-1'])], undefined, 'silent'],
  ['a pattern', [when('StringLike', ['eu-*'])], 'eu-west-1', 'allow'],
  ['something that must be absent', [when('Null', ['true'])], 'eu-west-1', 'silent'],
]

function when(operator: string, regions: readonly string[]): Statement {
  return allow({ Condition: { [operator]: { 'aws:RequestedRegion': regions } } })
}

for (const [what, Statement, region, verdict] of cases)
  test(`a policy with ${what} says ${verdict}`, () => {
    assert.equal(evaluate({ Version: '2012-10-17', Statement }, inRegion(region)), verdict)
  })

for (const [what, text] of [
  ['is not JSON', '{'],
  ['has no statement', '{"Version":"2012-10-17"}'],
  ['has no effect', '{"Statement":[{"Action":"*","Resource":"*"}]}'],
  ['names no resource', '{"Statement":[{"Effect":"Allow","Action":"*"}]}'],
  ['names a principal', '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'],
  [
    'has an operator AWS does not know',
    '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Equals":{"a":"b"}}}]}',
  ],
  [
    'has an element AWS does not know',
    '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Conditions":{}}]}',
  ],
] as const)
  test(`a session policy that ${what} is malformed`, () => {
    assert.equal(parseSessionPolicy(text), undefined)
  })
