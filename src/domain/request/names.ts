import { nearest } from '../nearest.ts'
import { checkParameter } from '../runbook/parameters.ts'
import type { Parameter, ParameterType, Runbook } from '../runbook/runbook.ts'

/** What a short name can stand for: these parameters, in this order, else the only one of these types. */
type Alias = { readonly names: readonly string[]; readonly types: readonly ParameterType[] }

const ALIASES: { readonly [alias: string]: Alias } = {
  key: { names: ['accessKeyId'], types: ['accessKeyId'] },
  accesskey: { names: ['accessKeyId'], types: ['accessKeyId'] },
  user: { names: ['userName', 'principal'], types: ['userName', 'principal'] },
  username: { names: ['userName', 'principal'], types: ['userName', 'principal'] },
  who: { names: ['principal', 'userName'], types: ['principal', 'userName'] },
  principal: { names: ['principal', 'userName'], types: ['principal', 'userName'] },
  role: { names: ['roleName', 'principal'], types: ['role', 'principal'] },
  arn: { names: ['principal', 'resourceName'], types: ['principal', 'resource'] },
  resource: { names: ['resourceName'], types: ['resource', 'instance', 'securityGroup', 'bucket'] },
  bucket: { names: ['bucketName', 'resourceName'], types: ['bucket', 'resource'] },
  instance: { names: ['instanceId', 'resourceName'], types: ['instance'] },
  sg: { names: ['groupId', 'securityGroupId', 'securityGroup', 'resourceName'], types: ['securityGroup'] },
  group: { names: ['groupId', 'securityGroupId', 'groupName'], types: ['securityGroup'] },
  ip: { names: ['sourceIPAddress'], types: ['address'] },
  address: { names: ['sourceIPAddress'], types: ['address'] },
  event: { names: ['eventName'], types: ['eventName'] },
  action: { names: ['eventName'], types: ['eventName'] },
  call: { names: ['eventName'], types: ['eventName'] },
  service: { names: ['eventSource'], types: ['eventSource'] },
  source: { names: ['eventSource'], types: ['eventSource'] },
  error: { names: ['errorCode'], types: [] },
}

/** `account=`, `region=` and `reason=` are the question's own; a runbook may not name a parameter so. */
export const SCOPE_NAMES: readonly string[] = ['account', 'accounts', 'region', 'regions', 'reason', 'run']

/** Words that begin a command, now or later: a runbook may not be named so. */
export const COMMAND_NAMES: readonly string[] = [
  ...['help', 'list', 'find', 'status', 'cancel', 'whoami', 'run', 'last', 'again', 'diff'],
  ...['approve', 'deny', 'withdraw', 'investigate', 'grants', 'revoke', 'evidence', 'watch', 'menu', 'hold', 'release'],
  ...['break-glass', 'review'],
]

/** The parameter of this runbook that a typed name means: its own name in any case, or an alias of one that it has. */
export function parameterNamed(runbook: Runbook, typed: string): string | undefined {
  const names = Object.keys(runbook.parameters)
  const wanted = typed.toLowerCase()
  const own = names.find((name) => name.toLowerCase() === wanted)
  if (own !== undefined) return own
  const alias = Object.hasOwn(ALIASES, wanted) ? ALIASES[wanted] : undefined
  if (alias === undefined) return undefined
  return alias.names.find((name) => names.includes(name)) ?? onlyOneOf(runbook, alias.types)
}

function onlyOneOf(runbook: Runbook, types: readonly ParameterType[]): string | undefined {
  const found = Object.entries(runbook.parameters).filter(([, parameter]) => types.includes(parameter.type))
  return found.length === 1 ? found[0]?.[0] : undefined
}

/** From what only one thing looks like to what anything does. */
const BY_SHAPE: readonly ParameterType[] = [
  ...(['accessKeyId', 'instance', 'securityGroup', 'address', 'account', 'bucket', 'role'] as const),
  ...(['principal', 'userName', 'resource', 'eventName', 'eventSource', 'text'] as const),
]

/** The parameter that a bare value fits best among those that may still be given; the only one, whatever the value. */
export function parameterShaped(
  value: string,
  candidates: readonly (readonly [name: string, parameter: Parameter])[],
): string | undefined {
  if (candidates.length === 1) return candidates[0]?.[0]
  const fitting = candidates.filter(([name, { type, example }]) => checkParameter(type, name, example, value).ok)
  return fitting.toSorted(([, a], [, b]) => BY_SHAPE.indexOf(a.type) - BY_SHAPE.indexOf(b.type))[0]?.[0]
}

/** The name that was probably meant: a parameter, one of its aliases, or a word of the scope. */
export function nearestName(runbook: Runbook, typed: string): string | undefined {
  return nearest(typed, namesOf(runbook))
}

/** Everything that may stand before `=` in a question of this runbook: parameters, words of the scope, aliases. */
export function namesOf(runbook: Runbook): readonly string[] {
  const aliases = Object.keys(ALIASES).filter((alias) => parameterNamed(runbook, alias) !== undefined)
  return [...Object.keys(runbook.parameters), ...SCOPE_NAMES, ...aliases]
}
