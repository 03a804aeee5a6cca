import { hash32, pick, random } from '../../random.ts'
import { MANAGEMENT } from '../accounts.ts'
import { awsService, iamUser, roleSession } from '../userIdentity.ts'
import type { Actor } from './activity.ts'

/** The organisation's people and machines are at documentation addresses (RFC 5737, RFC 3849). */
export const OFFICE = ['192.0.2.10', '192.0.2.11', '192.0.2.12']
const HOMES = ['2001:db8:41::a1', '2001:db8:7:30::5', '192.0.2.77', '192.0.2.93']
export const RUNNERS = ['192.0.2.130', '192.0.2.131', '192.0.2.147', '192.0.2.160', '192.0.2.201']

export const BROWSERS = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
]
const CLI =
  'aws-cli/2.31.2 md/awscrt#0.27.6 ua/2.1 os/macos#24.6.0 md/arch#arm64 lang/python#3.13.7 md/pyimpl#CPython m/E,Z,b cfg/retry-mode#standard md/installer#exe'
const TERRAFORM =
  'APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) terraform-provider-aws/6.14.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.1 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64'
const ACTIONS_CLI =
  'aws-cli/2.31.3 md/awscrt#0.27.6 ua/2.1 os/linux#6.11.0-1018-azure md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython exec-env/GitHubActions'
const SDK_GO = 'aws-sdk-go-v2/1.39.0 ua/2.1 os/linux lang/go#1.25.1 md/GOOS#linux md/GOARCH#amd64 exec-env/AWS_EC2 m/E'
const BOTO =
  'Boto3/1.40.31 md/Botocore#1.40.31 ua/2.1 os/linux#6.1.150 md/arch#x86_64 lang/python#3.12.11 md/pyimpl#CPython'
const SSM_AGENT = 'aws-sdk-go/1.55.5 (go1.23.9; linux; amd64) amazon-ssm-agent/3.3.2656.0'

/** The role that a permission set of IAM Identity Center makes in an account. */
export function portalRole(account: string, permissionSet: string): string {
  const suffix = hash32(account, permissionSet).toString(16).padStart(8, '0')
  return `aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_${permissionSet}_${suffix}${suffix.split('').reverse().join('')}`
}

/** A person in a session of a permission set; new each working day. */
export function person(email: string, account: string, permissionSet: string, tools: 'console' | 'cli'): Actor {
  const roll = random(hash32(email))
  return {
    account,
    name: email,
    addresses: [...OFFICE.slice(0, 1), pick(roll, HOMES)],
    agents: tools === 'console' ? [pick(roll, BROWSERS)] : [CLI],
    sessionHours: 24,
    sessionPhase: 6,
    console: tools === 'console',
    identity: ({ accessKeyId, created }) =>
      roleSession({
        account,
        role: portalRole(account, permissionSet),
        session: email,
        accessKeyId,
        created,
        mfa: false,
      }),
  }
}

/** A role session of a machine or pipeline, with new keys every so many hours. */
export function roleActor(
  account: string,
  role: string,
  session: string,
  rest: Partial<Actor> & { readonly onEc2?: boolean },
): Actor {
  const { onEc2, ...actor } = rest
  return {
    account,
    name: session,
    addresses: RUNNERS,
    agents: [BOTO],
    sessionHours: 6,
    identity: ({ accessKeyId, created }) =>
      roleSession({
        account,
        role,
        session,
        accessKeyId,
        created,
        ec2RoleDelivery: onEc2 === true ? '2.0' : undefined,
      }),
    ...actor,
  }
}

export function pipeline(account: string, role: string, session: string): Actor {
  return roleActor(account, role, session, { agents: [ACTIONS_CLI], sessionHours: 1 })
}

export function terraform(account: string): Actor {
  return roleActor(account, 'terraform', 'terraform', { agents: [TERRAFORM], sessionHours: 6 })
}

export function instance(account: string, role: string, id: string): Actor {
  const address = `192.0.2.${220 + (hash32(id) % 30)}`
  return roleActor(account, role, id, { agents: [SDK_GO, SSM_AGENT], addresses: [address], onEc2: true })
}

/** A session of a service-linked role: the service makes the calls. */
export function serviceLinked(account: string, service: string, role: string, session: string): Actor {
  const host = `${service}.amazonaws.com`
  return {
    account,
    name: session,
    addresses: [host],
    agents: [host],
    sessionHours: 1,
    identity: ({ accessKeyId, created }) =>
      roleSession({
        account,
        role: `aws-service-role/${host}/${role}`,
        session,
        accessKeyId,
        created,
        invokedBy: host,
      }),
  }
}

/** A service on its own behalf. */
export function service(account: string, name: string): Actor {
  const host = `${name}.amazonaws.com`
  return { account, name: host, addresses: [host], agents: [host], identity: () => awsService(host) }
}

export function userActor(account: string, userName: string, key: string, rest: Partial<Actor> = {}): Actor {
  return {
    account,
    name: userName,
    addresses: RUNNERS,
    agents: [BOTO],
    key,
    identity: () => iamUser(account, userName, key),
    ...rest,
  }
}

/** The directory of the people: who they are at the access portal. */
export const IDENTITY_STORE = `arn:aws:identitystore::${MANAGEMENT}:identitystore/d-9367h4rb0u`
