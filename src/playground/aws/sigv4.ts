import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { AwsError } from './errors.ts'

/** The Authorization header of AWS Signature Version 4, in its parts. */
export type Authorization = {
  readonly accessKeyId: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

/** What a signature covers. */
export type Signed = {
  readonly method: string
  /** The request target as sent: path and query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/

/** Signatures older or newer than this are refused (AWS: Common Errors, RequestExpired). Milliseconds. */
const SKEW_MS = 15 * 60_000

/** Reads who signed and for which service and Region; nothing is verified yet. */
export function readAuthorization(headers: IncomingHttpHeaders): Authorization {
  const header = headers.authorization
  if (header === undefined) throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token')
  const [, accessKeyId, date, region, service, signed, signature] = FORM.exec(header) ?? []
  if (!accessKeyId || !date || !region || !service || !signed || !signature) throw incomplete(header)
  const signedHeaders = signed.split(';')
  if (!signedHeaders.includes('host') || headers['x-amz-date'] === undefined) throw incomplete(header)
  return { accessKeyId, date, region, service, signedHeaders, signature }
}

function incomplete(header: string): AwsError {
  const scheme = header.split(' ')[0] ?? ''
  return new AwsError(
    'IncompleteSignature',
    `Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters and an 'X-Amz-Date' header. Authorization scheme=${scheme}`,
  )
}

/** Verifies signature and time; throws InvalidSignatureException as AWS does. */
export function verifySignature(signed: Signed, authorization: Authorization, secret: string, now: Date): void {
  const stamp = String(signed.headers['x-amz-date'])
  checkTime(stamp, authorization, now)
  const expected = createHmac('sha256', signingKey(secret, authorization))
    .update(stringToSign(signed, authorization, stamp))
    .digest()
  if (!timingSafeEqual(expected, Buffer.from(authorization.signature, 'hex')))
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    )
}

function checkTime(stamp: string, authorization: Authorization, now: Date): void {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? []
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(time)) throw incomplete('')
  if (stamp.slice(0, 8) !== authorization.date) throw invalid('Date in Credential scope does not match X-Amz-Date.')
  if (now.getTime() - time > SKEW_MS)
    throw invalid(
      `Signature expired: ${stamp} is now earlier than ${compact(now.getTime() - SKEW_MS)} (${compact(now.getTime())} - 15 min.)`,
    )
  if (time - now.getTime() > SKEW_MS)
    throw invalid(
      `Signature not yet current: ${stamp} is still later than ${compact(now.getTime() + SKEW_MS)} (${compact(now.getTime())} + 15 min.)`,
    )
}

function compact(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidSignatureException', message)
}

function stringToSign(signed: Signed, { date, region, service, signedHeaders }: Authorization, stamp: string): string {
  const canonical = sha256(canonicalRequest(signed, signedHeaders))
  return `AWS4-HMAC-SHA256\n${stamp}\n${date}/${region}/${service}/aws4_request\n${canonical}`
}

function canonicalRequest({ method, target, headers, body }: Signed, names: readonly string[]): string {
  const [path = '/', query = ''] = target.split('?', 2)
  const lines = names
    .map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/\s+/g, ' ')}\n`,
    )
    .join('')
  const uri = path.split('/').map(encodeURIComponent).join('/')
  return `${method}\n${uri}\n${canonicalQuery(query)}\n${lines}\n${names.join(';')}\n${sha256(body)}`
}

function canonicalQuery(query: string): string {
  if (query === '') return ''
  return query
    .split('&')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&')
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function signingKey(secret: string, { date, region, service }: Authorization): Buffer {
  return [date, region, service, 'aws4_request'].reduce(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  )
}
