import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import type { Aws } from '../../src/playground/aws/server.ts'

/** A CloudTrail record as a test reads it: nothing of ctq's own reading is used. */
export type Rec = {
  readonly eventID: string
  readonly eventTime: string
  readonly eventName: string
  readonly errorCode?: string
  readonly errorMessage?: string
  readonly userIdentity?: { readonly accessKeyId?: string }
}

export type Stretch = {
  readonly account: string
  readonly region: string
  readonly start: string
  readonly end: string
}

/** Every record of a stretch as the simulation knows it, read past LookupEvents: newest first. */
export async function truth(aws: Aws, stretch: Stretch): Promise<readonly Rec[]> {
  const response = await fetch(`${aws.url}/_playground/truth?${new URLSearchParams(stretch)}`)
  const lines = (await response.text()).split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Rec)
}

/** The same by the SDK: a plain loop over LookupEvents with the responder's own key, page after page, with no filter. */
export async function lookedUp(aws: Aws, region: string, start: string, end: string): Promise<readonly Rec[]> {
  const { accessKeyId, secretAccessKey } = aws.organisation.users.responder
  const client = new CloudTrailClient({ region, endpoint: aws.url, credentials: { accessKeyId, secretAccessKey } })
  const records: Rec[] = []
  let NextToken: string | undefined
  do {
    const asked = { StartTime: new Date(start), EndTime: new Date(end), ...(NextToken ? { NextToken } : {}) }
    const page = await client.send(new LookupEventsCommand(asked))
    for (const event of page.Events ?? []) records.push(JSON.parse(event.CloudTrailEvent ?? '{}') as Rec)
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  client.destroy()
  return records
}

/** A CSV (RFC 4180) as one object a row, by the names in its first line. A small reader of its own: it shares nothing with the writer. */
export function readCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const lines: string[][] = [[]]
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy
  while (field.lastIndex < text.length) {
    const at = field.lastIndex
    const found = field.exec(text)
    if (found === null) throw new Error(`this is no CSV: ${JSON.stringify(text.slice(at, at + 120))}`)
    lines.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (found[3] === '\r\n') lines.push([])
  }
  const [header = [], ...rows] = lines
  if (rows.at(-1)?.length === 0) rows.pop()
  return rows.map((cells) => {
    if (cells.length !== header.length) throw new Error(`a row of ${cells.length} cells under ${header.length} names`)
    return Object.fromEntries(header.map((name, index) => [name, cells[index] ?? '']))
  })
}
