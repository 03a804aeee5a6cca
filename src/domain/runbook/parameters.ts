import ipaddr from 'ipaddr.js'
import type { Failure } from '../failure.ts'
import { err, ok, type Result } from '../outcome.ts'
import { readPrincipal } from './principal.ts'
import type { ParameterType } from './runbook.ts'

/** LookupEvents takes attribute values of 1 to 2000 characters, of which these count twice (AWS: LookupAttribute). */
const MOST_WEIGHT = 2000
const COUNTS_TWICE = /[_ ,\n]/g
/** IAM allows names that begin so, and hardly any does: far more often somebody in Slack is meant, whom AWS does not know. */
const AT_NAME = 'a name as AWS has it, without the @ of Slack (user/@NAME where a name really begins so)'
/** A refusal repeats what was typed, but not pages of it. */
const MOST_ECHOED = 200

type Check = { readonly expected: string; readonly normal: (input: string) => string | undefined }

/**
 * Checks one value and gives its normal form: what is hashed, looked up and compared. Values keep their case except where AWS's own form has one
 * (keys upper, event sources lower).
 */
export function checkParameter(
  type: ParameterType,
  name: string,
  example: string,
  input: string,
): Result<string, Failure> {
  const { expected, normal } = CHECKS[type]
  const value = input.trim()
  const refuse = (why: string) =>
    err<Failure>({ code: 'bad_parameter', parameter: name, input: input.slice(0, MOST_ECHOED), expected: why, example })
  if (value === '' || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) return refuse(expected)
  if (value.length + (value.match(COUNTS_TWICE)?.length ?? 0) > MOST_WEIGHT)
    return refuse(`at most ${MOST_WEIGHT} characters, where _ , and spaces count twice`)
  if (type === 'accessKeyId' && isCutKey(value))
    return err({ code: 'bad_parameter', parameter: name, input: value, expected, example, looks: cutKeyWords(value) })
  if (/^@[^/]*$/.test(value) && (type === 'principal' || type === 'userName')) return refuse(AT_NAME)
  const found = normal(value)
  return found === undefined ? refuse(expected) : ok(found)
}

/** Every access key id that AWS gives out has so many characters; 16 to 128 are what its API takes (AWS: IAM API reference, AccessKey). */
const KEY_LENGTH = 20

/** Something longer than this is no key id that lost or gained a few characters in copying. */
const LONGEST_CUT = 24

function isCutKey(value: string): boolean {
  return value.length !== KEY_LENGTH && value.length <= LONGEST_CUT && /^A(?:KI|SI)A[A-Z0-9]*$/i.test(value)
}

function cutKeyWords({ length }: string): string {
  return length < KEY_LENGTH
    ? `looks like an access key id with ${length} of ${KEY_LENGTH} characters: copy it whole`
    : `looks like an access key id, but has ${length} characters in place of ${KEY_LENGTH}: copy it alone`
}

const CHECKS: { readonly [type in ParameterType]: Check } = {
  accessKeyId: {
    expected: 'an access key id: AKIA or ASIA, 16 to 128 letters and digits',
    normal: (input) => shaped(input.toUpperCase(), /^A(?:KI|SI)A[A-Z0-9]{12,124}$/),
  },
  eventId: {
    expected: 'an event id such as 0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101',
    normal: (input) => shaped(input.toLowerCase(), /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  },
  principal: {
    expected: 'an IAM user, role or session name, user/NAME, role/NAME, session/NAME, or an IAM or STS ARN',
    normal: (input) => (readPrincipal(input) === undefined ? undefined : input),
  },
  userName: { expected: 'a user name', normal: (input) => shaped(input, /^[\w+=,.@-]{1,128}$/) },
  resource: { expected: 'an ARN or the name of a resource', normal: (input) => input },
  eventName: { expected: 'the name of an event', normal: (input) => shaped(input, /^[A-Za-z][\w.:-]{0,127}$/) },
  eventSource: { expected: 'a service such as iam or iam.amazonaws.com', normal: eventSource },
  address: { expected: 'an IP address or a range such as 203.0.113.0/24', normal: address },
  instance: {
    expected: 'an instance id',
    normal: (input) => shaped(input.toLowerCase(), /^(?:i-(?:[0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17})$/),
  },
  securityGroup: {
    expected: 'a security group id',
    normal: (input) => shaped(input.toLowerCase(), /^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/),
  },
  bucket: { expected: 'a bucket by its name or ARN', normal: bucket },
  role: { expected: 'a role by its name or ARN', normal: role },
  account: {
    expected: 'an account id of 12 digits',
    normal: (input) => shaped(input.replace(/^(\d{4})-(\d{4})-(\d{4})$/, '$1$2$3'), /^\d{12}$/),
  },
  text: { expected: 'some text', normal: (input) => input },
}

function shaped(input: string, shape: RegExp): string | undefined {
  return shape.test(input) ? input : undefined
}

/** Names of buckets (AWS: S3 bucket naming rules, older buckets included). */
function bucket(input: string): string | undefined {
  const name = input.replace(/^s3:\/\/([^/]+).*$/s, '$1')
  return shaped(name, /^(?:arn:aws[a-z-]*:s3:::)?[A-Za-z0-9._-]{3,255}$/)
}

function role(input: string): string | undefined {
  const wanted = readPrincipal(input)
  if (wanted?.kind !== 'role' && wanted?.kind !== 'name') return undefined
  return input.startsWith('arn:aws') && input.includes(':iam:') ? input : wanted.name
}

function eventSource(input: string): string | undefined {
  const lower = input.toLowerCase()
  const full = lower.includes('.amazonaws.') || lower.includes('.aws.') ? lower : `${lower}.amazonaws.com`
  return shaped(full, /^[a-z0-9-]+(?:\.[a-z0-9-]+){1,6}$/)
}

function address(input: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(input) || ipaddr.IPv6.isValid(input)) return ipaddr.parse(input).toString()
  if (!/^[0-9a-fA-F.:]+\/\d{1,3}$/.test(input) || !ipaddr.isValidCIDR(input)) return undefined
  const [range, bits] = ipaddr.parseCIDR(input)
  return `${range.toString()}/${bits}`
}
