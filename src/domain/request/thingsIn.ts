import ipaddr from 'ipaddr.js'
import { labelBefore } from './messageText.ts'
import { type Shape, shapesOf } from './shape.ts'

/** Something in a text that can be asked about. `rank`: how useful it is, 0 the most. */
export type FoundThing = { readonly shape: Shape; readonly rank: number; readonly index: number; readonly text: string }

/** A key tells most, then who, then where from, then what was touched; what only carries messages comes last. */
const RANK = {
  key: 0,
  event: 1,
  who: 2,
  named: 3,
  address: 4,
  instance: 5,
  group: 6,
  bucket: 7,
  resource: 8,
  inside: 9,
  account: 10,
  perhaps: 11,
  messenger: 12,
} as const

const BY_KIND: { readonly [kind in Shape['kind']]: number } = {
  accessKeyId: RANK.key,
  eventId: RANK.event,
  user: RANK.who,
  role: RANK.who,
  session: RANK.who,
  address: RANK.address,
  instance: RANK.instance,
  securityGroup: RANK.group,
  bucket: RANK.bucket,
  resource: RANK.resource,
  account: RANK.account,
  eventName: RANK.perhaps,
}

/** What reads a kind of thing: where it may stand, and what of it is one. Every pattern begins at a boundary and has a longest match. */
type Finder = {
  readonly find: RegExp
  readonly read: (match: string, text: string, index: number) => Omit<FoundThing, 'index'> | undefined
}

/**
 * The things in a text, as they stand; the same may be there several times. The text of each is left out for those that look later: the account in an
 * ARN is no other account. Linear in the text's length.
 */
export function thingsIn(text: string): { readonly things: readonly FoundThing[]; readonly rest: string } {
  const things: FoundThing[] = []
  let rest = text
  for (const { find, read } of FINDERS) {
    let left = MOST_READ
    rest = rest.replace(find, (match: string, index: number) => {
      left -= 1
      const found = left < 0 ? undefined : read(match, rest, index)
      if (found === undefined) return match
      things.push({ ...found, index })
      return ' '.repeat(match.length)
    })
  }
  return { things, rest }
}

/** Of each kind so many are read: a message with more is a dump, or wants to keep ctq busy. */
const MOST_READ = 1000

/** Services whose resources carry the message: alarms, topics, findings. */
const MESSENGERS =
  /^arn:[a-z-]+:(?:guardduty|securityhub|inspector2|access-analyzer|cloudwatch|sns|events|chatbot|config):/

const FINDERS: readonly Finder[] = [
  {
    find: /(?<![A-Za-z0-9])arn:aws[a-z-]{0,16}:[a-z0-9.-]{1,64}:[a-z0-9-]{0,32}:(?:\d{12}|aws|):(?:(?![,;]arn:)[!#-&*-;=?-Z^_a-z~]){1,1024}/g,
    read: readArn,
  },
  { find: /(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{12,60}(?![A-Za-z0-9])/g, read: readKey },
  { find: /(?<![A-Za-z0-9])s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/g, read: (match) => thing(match) },
  {
    find: /(?<![A-Za-z0-9.-])[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\.s3[.-](?:[a-z0-9-]{1,30}\.)?amazonaws\.com/g,
    read: (match) => named('bucket', match.replace(/\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com$/, ''), match),
  },
  {
    find: /\/s3\/(?:buckets|object)\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/g,
    read: (match) => named('bucket', match.split('/').at(-1) ?? '', match),
  },
  {
    find: /(?<![A-Za-z0-9-])(?:m?i|sg|vpc|subnet|vol|snap|ami|eni|rtb|acl|igw|nat|vpce|pcx|tgw|lt|eipalloc)-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![A-Za-z0-9-])/g,
    read: (match) => thing(match),
  },
  {
    find: /(?<![A-Za-z0-9/?&#-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![A-Za-z0-9-])/g,
    read: readEventId,
  },
  {
    find: /(?<![A-Za-z0-9.-])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![A-Za-z0-9-]|\.\d)/g,
    read: readAddress,
  },
  {
    find: /(?<![A-Za-z0-9:.])(?:[0-9a-fA-F]{0,4}:){2,8}[0-9a-fA-F.]{0,15}(?:\/\d{1,3})?(?![A-Za-z0-9:])/g,
    read: readAddress,
  },
  { find: /#\/?(?:users|roles)\/(?:details\/)?[\w+=,.@-]{1,128}/g, read: readConsolePath },
  {
    find: /(?<![A-Za-z0-9])(?:(?:iam|user|role|session|s3|bucket|role[ _-]?session)[ _-]?(?:name|user|role|bucket)|user|principal|role|bucket)["'`*_]{0,3}(?:[ \t]{0,3}[:=]|\*\n)["'`*_ \t\n]{0,5}[A-Za-z0-9+=,.@_/-]{1,128}/gi,
    read: readLabelled,
  },
  {
    find: /(?<![A-Za-z0-9.-])(?:\d{12}|\d{4}-\d{4}-\d{4})(?![A-Za-z0-9-]|\.\d)/g,
    read: readAccount,
  },
]

/** Whether an ARN names what brought the message rather than what it is about. */
export function isMessenger(arn: string): boolean {
  return MESSENGERS.test(arn)
}

function thing(text: string, rank?: number): Omit<FoundThing, 'index'> | undefined {
  const [shape] = shapesOf(text)
  return shape && { shape, rank: rank ?? BY_KIND[shape.kind], text }
}

function named(kind: Shape['kind'], value: string, text: string): Omit<FoundThing, 'index'> {
  return { shape: { kind, value }, rank: BY_KIND[kind], text }
}

function readArn(match: string, text: string, index: number): Omit<FoundThing, 'index'> | undefined {
  const next = text.charAt(index + match.length)
  const arn = '"\'`'.includes(next) && next !== '' ? match : withoutEnd(match, text.charAt(index - 1))
  return thing(arn, isMessenger(arn) ? RANK.messenger : undefined)
}

/** Without the sentence's punctuation and the mark that was opened before; an underscore may be the name's own. */
function withoutEnd(text: string, opened: string): string {
  let end = text.length
  while (end > 0 && '.,;:!?*~'.includes(text.charAt(end - 1))) end -= 1
  if (opened === '_' && text.charAt(end - 1) === '_') end -= 1
  return text.slice(0, end)
}

/** A word in capitals is no key: an id without a digit is one only at AWS's own length. */
function readKey(match: string): Omit<FoundThing, 'index'> | undefined {
  return /\d/.test(match) || match.length === 20 ? thing(match) : undefined
}

/** Messages are full of ids. One that is called an eventID is one; one that is called another id is not; the others may be. */
function readEventId(match: string, text: string, index: number): Omit<FoundThing, 'index'> | undefined {
  const label = labelBefore(text, index)
  if (/(?<!shared[ _-]?)event[ _-]?id$/i.test(label)) return thing(match)
  return /(?:id|key|arn|token|uuid|guid)$/i.test(label) ? undefined : thing(match, RANK.perhaps)
}

/** Addresses that nobody calls AWS from, and versions of software (`Chrome/120.0.0.0`), are left out. */
function readAddress(match: string, text: string, index: number): Omit<FoundThing, 'index'> | undefined {
  if (/[A-Za-z]\/$/.test(text.slice(Math.max(0, index - 2), index))) return undefined
  if (/version$/i.test(labelBefore(text, index))) return undefined
  const found = thing(match.replace(/(?<=\.\d{1,3})\/32$|(?<=:[0-9a-fA-F]{0,4})\/128$/, ''))
  if (found?.shape.kind !== 'address') return undefined
  const range = rangeOf(found.shape.value)
  if (range === undefined) return undefined
  return range === 'inside' ? { ...found, rank: RANK.inside } : found
}

function rangeOf(value: string): 'inside' | 'outside' | undefined {
  const [address = '', bits] = value.split('/')
  const parsed = ipaddr.process(address)
  // A rule that lets everybody in names nobody.
  if (bits !== undefined && Number(bits) < 8) return undefined
  const range: string = parsed.range()
  if (['private', 'uniqueLocal', 'carrierGradeNat'].includes(range)) return 'inside'
  const first = parsed.kind() === 'ipv4' ? (parsed.toByteArray()[0] ?? 0) : 0
  // `reserved` are the addresses of documentation, and 240.0.0.0/4.
  if (range === 'reserved') return first < 240 ? 'outside' : undefined
  return ['loopback', 'unspecified', 'linkLocal', 'broadcast', 'multicast'].includes(range) ? undefined : 'outside'
}

function readConsolePath(match: string): Omit<FoundThing, 'index'> | undefined {
  const name = match.split('/').at(-1) ?? ''
  return { shape: { kind: match.includes('roles/') ? 'role' : 'user', value: name }, rank: RANK.named, text: name }
}

/** Words that stand where a name would. */
const NO_NAME =
  /^(?:null|none|nil|unknown|undefined|n\/a|na|true|false|yes|no|all|any|hidden_due_to_security_reasons|-+)$/i

function readLabelled(match: string, text: string, index: number): Omit<FoundThing, 'index'> | undefined {
  const [, label = '', typed = ''] =
    /^([A-Za-z0-9 _-]+?)["'`*_]{0,3}(?:[ \t]{0,3}[:=]|\*\n)["'`*_ \t\n]{0,5}(.+)$/s.exec(match) ?? []
  const value = withoutEnd(typed, '').replace(/_$/, (mark) =>
    text.charAt(index + match.length - typed.length - 1) === '_' ? '' : mark,
  )
  // A sentence goes on behind a word; a field ends behind its value.
  const isField =
    /name$/i.test(label) ||
    /^(?:["'`*|,;)}\]\n]|$|\s*\n)/.test(text.slice(index + match.length, index + match.length + 4))
  if (!isField || value === '' || NO_NAME.test(value) || /^\d+$/.test(value)) return undefined
  const kind = /bucket/i.test(label)
    ? 'bucket'
    : /session/i.test(label)
      ? 'session'
      : /role/i.test(label)
        ? 'role'
        : 'user'
  const found = shapesOf(kind === 'session' && !value.includes('/') ? `session/${value}` : value).find(
    (shape) => shape.kind === kind || (shape.kind === 'session' && kind !== 'bucket'),
  )
  return found && { shape: found, rank: kind === 'bucket' ? RANK.bucket : RANK.named, text: value }
}

/** Twelve digits that are a moment (`202611201405`) are an account only when they are called one. */
function readAccount(match: string, text: string, index: number): Omit<FoundThing, 'index'> | undefined {
  const isMoment = /^20[2-4]\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$/.test(match)
  if (/^0+$/.test(match) || (isMoment && !/account|owner/i.test(labelBefore(text, index)))) return undefined
  return thing(match)
}
