/** What a masked value is called in its mark. */
type What = string

/** Names that hold a secret wherever they stand, in lower case. */
const SECRET_NAMES: ReadonlyMap<string, What> = new Map([
  ['sessiontoken', 'session token'],
  ['secretaccesskey', 'secret key'],
  ['secretkey', 'secret key'],
  ['secretstring', 'secret'],
  ['secretbinary', 'secret'],
  ['clientsecret', 'secret'],
  ['sharedsecret', 'secret'],
  ['userdata', 'user data'],
  ['privatekey', 'private key'],
  ['keymaterial', 'private key'],
  ['privatekeymaterial', 'private key'],
  ['privatekeyplaintext', 'private key'],
  ['privatekeybase64', 'private key'],
  ['plaintext', 'plaintext'],
  ['passworddata', 'password'],
  ['authorization', 'authorization'],
  ['tokencode', 'token'],
  ['samlassertion', 'token'],
  ['presharedkey', 'secret'],
  ['authenticationkey', 'secret'],
  ['apikey', 'API key'],
  ['x-amz-signature', 'presigned signature'],
  ['x-amz-security-token', 'session token'],
  ['x-amz-server-side-encryption-customer-key', 'encryption key'],
  ['x-amz-copy-source-server-side-encryption-customer-key', 'encryption key'],
])

/** Tokens that page or deduplicate: they open nothing. */
const HARMLESS_TOKENS =
  /^(next|client|clientrequest|pagination|continuation|nextcontinuation|idempotency|creation|page)token$/

const PASSWORD = /(password|passwd|passphrase)$/

/** Maps and lists of environment variables: Lambda, ECS, CodeBuild, App Runner, Amplify, Batch. */
const VARIABLES = /^(variables|environmentvariables|environmentvariablesoverride|runtimeenvironmentvariables)$/

/** Named like a credential; such a field is masked when its value looks like one, and `secretId`, `credentialArn` are not. */
const CREDENTIAL_NAME = /secret|credential|apikey|api_key|authkey|accesskey/
const REFERENCE_NAME = /(id|arn|name|type|status|stage|stages|version|region|time|date|mode|source|provider)s?$/
const CREDENTIAL_VALUE = /^[A-Za-z0-9+/_=.~-]{20,}$/
/** Access key ids name a credential without being one; ARNs name anything. */
const IDENTIFIER_VALUE = /^(A[A-Z]{3}[A-Z0-9]{12,124}|arn:.*)$/

/** A part of every name that the rules below may take for a secret: most names are done with after this one look. */
const SUSPECT_NAME =
  /token|secret|credential|passw|passphrase|userdata|private|keymaterial|plaintext|authoriz|samlassertion|key|variables|x-amz-s/i

/** Whether a field of this name is a secret whatever it holds, and of what kind; names are compared without case. */
export function secretByName(name: string): What | undefined {
  if (!SUSPECT_NAME.test(name)) return undefined
  const lower = name.toLowerCase()
  const known = SECRET_NAMES.get(lower)
  if (known !== undefined) return known
  if (lower.endsWith('token') && !HARMLESS_TOKENS.test(lower)) return 'token'
  if (PASSWORD.test(lower)) return 'password'
  return VARIABLES.test(lower) ? 'environment' : undefined
}

/** Whether a field named like a credential also looks like one: twenty or more base64 characters that are no identifier. */
export function secretByLook(name: string, text: string): What | undefined {
  if (text.length < 20 || !SUSPECT_NAME.test(name)) return undefined
  const lower = name.toLowerCase()
  if (!CREDENTIAL_NAME.test(lower) || REFERENCE_NAME.test(lower)) return undefined
  return CREDENTIAL_VALUE.test(text) && !IDENTIFIER_VALUE.test(text) ? 'credential' : undefined
}

/** Whether a name given as data, as in `{ name: DB_PASSWORD, value: … }`, says that the value is a secret. */
export function secretByLabel(label: string): What | undefined {
  return /secret|passw|passphrase|token|private.?key|api.?key|credential/i.test(label) ? 'secret' : undefined
}

type Pattern = { readonly what: What; readonly find: RegExp }

/**
 * Secrets inside longer text. Each pattern starts only where a run of its characters starts or ends at the next separator,
 * so that time stays linear in the text's length whatever the text is.
 */
const PATTERNS: readonly Pattern[] = [
  {
    what: 'private key',
    find: /()-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]{0,40}PRIVATE KEY-----|[\s\S]*)/g,
  },
  { what: 'presigned signature', find: /(X-Amz-Signature(?:=|%3D|["']?:["']?))[^&\s"'<>,;]+/gi },
  { what: 'session token', find: /((?:X-Amz-Security-Token|SessionToken)(?:=|%3D|["']?:["']?))[^&\s"'<>,;]+/gi },
  { what: 'presigned signature', find: /([?&](?:Key-Pair-Id=[^&\s]{0,64}&)?Signature=)[^&\s"'<>,;]+/g },
  { what: 'token', find: /([?&](?:SigninToken|access_token|id_token|refresh_token|code)=)[^&\s"'<>,;]+/gi },
  // Every STS session token begins with one of these, the base64 of its version and issuer.
  {
    what: 'session token',
    find: /()(?<![A-Za-z0-9+/])(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoDYXdz)[A-Za-z0-9+/=]{40,}/g,
  },
  { what: 'token', find: /()(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g },
  { what: 'token', find: /()(?<![\w-])(?:xox[abeoprs]-|xapp-|gh[oprsu]_|github_pat_|glpat-)[\w-]{10,}/g },
  { what: 'authorization', find: /(\b(?:[Bb]earer|[Bb]asic|BEARER|BASIC) )[\w.~+/=-]{16,}/g },
  { what: 'password', find: /(:\/\/[^\s/:@]{1,128}:)[^\s/@]+(?=@)/g },
  {
    what: 'secret',
    find: /((?:secret_?access_?key|passw(?:or)?d|passphrase|client_?secret|api_?key|auth_?token|session_?token)(?:\\?["']\s*:\s*\\?["']|=\\?["']?))[^\s"'&,;\\]+/gi,
  },
]

/** Beginnings of secrets that stand by themselves. */
const STANDS_ALONE =
  /PRIVATE KEY|IQoJ|F[wQ]oG|AQoD|eyJ|xox|xapp-|gh[oprsu]_|github_pat|glpat|:\/\/|(?:[Bb]earer|[Bb]asic|BEARER|BASIC) /
/** Secrets that are given to a name have one of these signs before them. */
const ASSIGNS = /[="']|%3D/

/** Whether text can hold anything that `maskedText` masks: a quick look that may say yes in vain, never no. */
function worthALook(text: string): boolean {
  return STANDS_ALONE.test(text) || (ASSIGNS.test(text) && NAMES_SECRET.test(text))
}

const NAMES_SECRET =
  /X-Amz-S|SessionToken|Signature=|Token=|_token=|[?&]code=|secret|passw|pass?phrase|pwd|api_?key|_?token/i

/** The text with each secret inside it replaced by a mark. */
export function maskedText(text: string): string {
  if (text.length < 7 || !worthALook(text)) return text
  return PATTERNS.reduce(
    (rest, { what, find }) => rest.replace(find, (_, kept: string) => `${kept}${markOf(what)}`),
    text,
  )
}

/** The longest text that a token takes from somebody. */
const TYPED_MAX = 500
const MARK = /(\[masked: [A-Za-z ]{3,40}\])/

/**
 * What somebody typed for others to read, a reason or a note, each secret in it replaced by a mark. A mark that stands there already stays as it
 * is, so that doing it twice changes nothing. At most 500 characters.
 */
export function maskedTyped(text: string): string {
  const pieces = text.split(MARK)
  return pieces
    .map((piece, at) => (at % 2 === 1 ? piece : maskedText(piece)))
    .join('')
    .slice(0, TYPED_MAX)
}

/** The kind of secret whose mark stands in a text. */
export function markedIn(text: string): What | undefined {
  return MARK.exec(text)?.[1]?.slice('[masked: '.length, -1)
}

/** What stands in a secret's place, for a person to see that something was there. */
export function markOf(what: What): string {
  return `[masked: ${what}]`
}
