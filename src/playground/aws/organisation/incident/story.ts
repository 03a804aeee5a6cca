import type { Kept } from '../../history/shelf.ts'

/** What each record of the incident is, for tests to compare findings with. */
export type Step = {
  readonly eventId: string
  readonly account: string
  readonly region: string
  /** Seconds since 1970. */
  readonly time: number
  readonly eventName: string
  readonly phase: Phase
  /** What happens, in a sentence. */
  readonly what: string
  /** The key that was used, if one was. */
  readonly accessKeyId: string | undefined
  readonly sourceIPAddress: string
  /** The error code when it was refused. */
  readonly errorCode: string | undefined
  /** Present on both records of a call across accounts. */
  readonly sharedEventId: string | undefined
}

export type Phase =
  | 'leak'
  | 'probing'
  | 'secrets'
  | 'escalation'
  | 'second key'
  | 'other account'
  | 'persistence'
  | 'tampering'
  | 'exposure'
  | 'mining'
  | 'clean-up'
  | 'still active'

export type Story = {
  /** Seconds since 1970: the first hostile call of the main attack, and the last before the server started. */
  readonly begins: number
  readonly ends: number
  /** Keys, names and addresses of the attack, for questions about them. */
  readonly leakedKey: string
  readonly secondKey: string
  readonly roleKey: string
  readonly leakedUser: string
  readonly secondUser: string
  readonly bucket: string
  readonly addresses: readonly string[]
  /** All steps, oldest first, those after the server's start among them: they are visible once their time has come. */
  readonly steps: readonly Step[]
}

export type Incident = { readonly story: Story; readonly records: readonly Kept[] }
