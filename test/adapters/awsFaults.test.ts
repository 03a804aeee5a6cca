import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sortFault } from '../../src/adapters/aws/faults.ts'
import { type AwsFaultCode, isAwsFault } from '../../src/domain/fault.ts'

const LOOKUP = { action: 'cloudtrail:LookupEvents' }
const AS_READER = { ...LOOKUP, role: 'arn:aws:iam::111122223333:role/ctq-reader' }
const ASSUME = { ...AS_READER, action: 'sts:AssumeRole' }

function thrown(name: string, message = 'words', more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more })
}

const SORTED: readonly (readonly [error: Error, code: AwsFaultCode])[] = [
  [thrown('ThrottlingException', 'Rate exceeded'), 'throttled'],
  [thrown('Throttling'), 'throttled'],
  [thrown('TooManyRequestsException'), 'throttled'],
  [thrown('RequestLimitExceeded'), 'throttled'],
  [thrown('ExpiredTokenException'), 'expired_credentials'],
  [thrown('ExpiredToken'), 'expired_credentials'],
  [thrown('AccessDenied'), 'access_denied'],
  [thrown('AccessDeniedException', 'because no identity-based policy allows'), 'access_denied'],
  [thrown('AccessDeniedException', 'with an explicit deny in a service control policy'), 'scp_denied'],
  [thrown('AccessDeniedException', 'with an explicit deny in a Resource Control Policy'), 'scp_denied'],
  [thrown('OptInRequired'), 'region_not_enabled'],
  [thrown('InvalidClientTokenId'), 'credentials_invalid'],
  [thrown('UnrecognizedClientException'), 'credentials_invalid'],
  [thrown('InvalidSignatureException', 'The request signature we calculated does not match'), 'credentials_invalid'],
  [thrown('InvalidSignatureException', 'Signature expired: 20261120T140000Z is now earlier than'), 'transient'],
  [thrown('InvalidSignatureException', 'Signature not yet current'), 'transient'],
  [thrown('CredentialsProviderError'), 'credentials_invalid'],
  [thrown('InvalidNextTokenException'), 'invalid_token'],
  [thrown('InvalidTimeRangeException'), 'invalid_request'],
  [thrown('InvalidLookupAttributesException'), 'invalid_request'],
  [thrown('ValidationException'), 'invalid_request'],
  [thrown('InternalFailure'), 'transient'],
  [thrown('ServiceUnavailable'), 'transient'],
  [thrown('TimeoutError'), 'transient'],
  [thrown('ECONNRESET'), 'transient'],
  [thrown('SomethingNew'), 'transient'],
]

for (const [error, code] of SORTED)
  test(`${error.name} (${error.message.slice(0, 40)}) is ${code}`, () => {
    assert.equal(sortFault(error, LOOKUP).code, code)
  })

test('an error is sorted by its code, never by its HTTP status', () => {
  const throttled = thrown('ThrottlingException', 'Rate exceeded', { $metadata: { httpStatusCode: 400 } })
  assert.equal(sortFault(throttled, LOOKUP).code, 'throttled')
  const odd = thrown('AccessDenied', 'no', { $metadata: { httpStatusCode: 503 } })
  assert.equal(sortFault(odd, LOOKUP).code, 'access_denied')
})

test('codes with a namespace before or an address after are the same codes', () => {
  assert.equal(sortFault(thrown('com.amazonaws.cloudtrail#ThrottlingException'), LOOKUP).code, 'throttled')
  assert.equal(
    sortFault(thrown('ExpiredTokenException:http://internal.amazon.com/'), LOOKUP).code,
    'expired_credentials',
  )
})

test('a denial of AssumeRole is said to be one', () => {
  assert.equal(sortFault(thrown('AccessDenied'), ASSUME).code, 'assume_role_denied')
  assert.equal(sortFault(thrown('AccessDenied', 'a service control policy'), ASSUME).code, 'scp_denied')
})

test('a key that STS gave a moment ago and a Region does not know means that the Region is not enabled', () => {
  assert.equal(sortFault(thrown('UnrecognizedClientException'), AS_READER).code, 'region_not_enabled')
  assert.equal(sortFault(thrown('UnrecognizedClientException'), ASSUME).code, 'credentials_invalid')
})

test('a fault says what was done, as whom, and what AWS said, shortened', () => {
  const fault = sortFault(thrown('AccessDeniedException', 'x'.repeat(1000)), AS_READER)
  assert.ok(isAwsFault(fault))
  assert.deepEqual([fault.action, fault.role], [AS_READER.action, AS_READER.role])
  assert.equal(fault.detail.length, 400)
  assert.equal(fault.message, 'cloudtrail:LookupEvents: AccessDeniedException')
})

test('how long AWS wants to be left alone is kept when it says so', () => {
  const busy = thrown('ServiceUnavailable', 'busy', { $response: { headers: { 'retry-after': '3' } } })
  assert.equal(sortFault(busy, LOOKUP).retryAfterMs, 3000)
  const odd = thrown('ServiceUnavailable', 'busy', { $response: { headers: { 'retry-after': 'soon' } } })
  assert.equal('retryAfterMs' in sortFault(odd, LOOKUP), false)
})

for (const strange of ['text', undefined, null, 42, {}])
  test(`${JSON.stringify(strange)}, which is no error at all, is tried again`, () => {
    assert.equal(sortFault(strange, LOOKUP).code, 'transient')
  })

test('an error whose words are only its name is named once', () => {
  const error = Object.assign(new Error('InternalServiceError'), { name: 'InternalServiceError' })
  assert.equal(sortFault(error, { action: 'cloudtrail:LookupEvents' }).detail, 'InternalServiceError')
})
