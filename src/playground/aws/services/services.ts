import type { IncomingHttpHeaders } from 'node:http'
import type { Input, Operation, Service } from '../call.ts'
import { AwsError } from '../errors.ts'
import { account } from './account.ts'
import { cloudtrail } from './cloudtrail.ts'
import { organizations } from './organizations.ts'
import { sts } from './sts.ts'

/** By the service's name in the credential scope of the signature. */
const SERVICES: Readonly<Record<string, Service>> = { cloudtrail, sts, organizations, account }

export function serviceOf(name: string): Service {
  const service = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined
  if (service === undefined) throw new AwsError('UnknownOperationException', `There is no service ${name} here.`, 404)
  return service
}

/** Which operation is meant, and its parameters, by the protocol of the service. */
export function readRequest(
  service: Service,
  headers: IncomingHttpHeaders,
  path: string,
  body: Buffer,
): { operation: Operation; input: Input } {
  const input = service.protocol === 'query' ? readForm(body) : readJson(body)
  const name = operationName(service, headers, path, input)
  const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined
  if (operation === undefined) throw new AwsError('UnknownOperationException', `Unknown operation: ${name}`, 404)
  return { operation, input }
}

/** The last segment of X-Amz-Target, whatever prefix a client puts before it; Action; or the path. */
function operationName(service: Service, headers: IncomingHttpHeaders, path: string, input: Input): string {
  if (service.protocol === 'query') return String(input['Action'])
  if (service.protocol === 'json')
    return (
      String(headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? ''
    )
  return path.charAt(1).toUpperCase() + path.slice(2)
}

function readForm(body: Buffer): Input {
  return Object.fromEntries(new URLSearchParams(body.toString()))
}

function readJson(body: Buffer): Input {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(body.toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON.')
  }
  throw new AwsError('SerializationException', 'The request body is not a JSON object.')
}
