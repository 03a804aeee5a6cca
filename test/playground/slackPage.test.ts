import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { pageFolder } from '../../src/playground/slack/page.ts'

const sources = readdirSync(pageFolder()).filter((name) => /\.(js|html)$/.test(name))

for (const name of sources)
  test(`${name} makes no markup or code from text`, () => {
    const text = readFileSync(join(pageFolder(), name), 'utf8')
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|srcdoc/,
    )
    assert.doesNotMatch(text, /<script>|\son\w+="|style="/)
  })

/** Just enough of a document for the page's functions that make nodes: it keeps tags, attributes and text apart. */
class FakeNode {
  readonly tag: string
  readonly attributes: Record<string, string> = {}
  readonly children: (FakeNode | string)[] = []
  href = ''
  title = ''
  constructor(tag: string) {
    this.tag = tag
  }
  setAttribute(name: string, value: string): void {
    this.attributes[name] = value
  }
  append(...nodes: (FakeNode | string)[]): void {
    this.children.push(...nodes)
  }
  toString(): string {
    const href = this.href === '' ? '' : ` ${this.href}`
    return this.tag === '#text' ? this.children.join('') : `[${this.tag}${href}: ${this.children.join('')}]`
  }
}

type Mrkdwn = { mrkdwn: (text: string, context: object) => unknown[] }
type Csv = { csvRecords: (text: string, max: number) => string[][] }
type Dates = { slackDate: (seconds: string, format: string, fallback: string, tz: string) => string }

function load<T>(name: string): Promise<T> {
  const fake = (text: string): FakeNode => {
    const node = new FakeNode('#text')
    node.append(text)
    return node
  }
  Object.assign(globalThis, {
    Node: FakeNode,
    document: { createElement: (tag: string) => new FakeNode(tag), createTextNode: fake },
  })
  return import(pathToFileURL(join(pageFolder(), name)).href) as Promise<T>
}

const CONTEXT = {
  user: { id: 'U1', tz: 'Europe/Paris' },
  userName: (id: string) => (id === 'U1' ? 'alice' : id),
  groupHandle: (id: string) => id,
  channelName: (id: string) => (id === 'C1' ? 'ops' : undefined),
  inGroup: () => false,
}

for (const [what, text, shown] of [
  ['bold, italic and strike', '*b* _i_ ~s~', '[strong: b] [em: i] [del: s]'],
  ['marks inside words as they are', 'a_b_c 2*3*4', 'a_b_c 2*3*4'],
  ['code as it is', '`*not bold*`', '[code: *not bold*]'],
  ['a fence', 'x\n```\na &lt; b\n```', 'x[pre: a < b]'],
  [
    'in a fence a link by its label, and what only looks like one as it is',
    '```<https://a.example|a> &lt;b|c&gt;```',
    '[pre: a <b|c>]',
  ],
  ['escaped characters', '&lt;!channel&gt; &amp;amp;', '<!channel> &amp;'],
  [
    'a person, a channel and a group',
    '<@U1> <#C1> <!subteam^S1|@security>',
    '[span: @alice] [span: #ops] [span: @security]',
  ],
  ['a link with its label', '<https://example.com/?a=1&amp;b=2|here>', '[a https://example.com/?a=1&b=2: here]'],
  ['a script link as text', '<javascript:alert(1)|click>', 'click'],
  ['markup as text', '<img src=x onerror=alert(1)>', 'img src=x onerror=alert(1)'],
  ['a quote', '&gt; said\nafter', '[blockquote: said]after'],
  ['emoji', ':warning: :nosuch:', '⚠️ :nosuch:'],
  ['a date in the zone of the reader', '<!date^1786800000^{date_num} {time}|x>', '[time: 2026-08-15 3:20 PM]'],
  ['a date that is none', '<!date^soon^{date}|fallback>', '[time: fallback]'],
] as const)
  test(`mrkdwn shows ${what}`, async () => {
    const { mrkdwn } = await load<Mrkdwn>('mrkdwn.js')
    assert.equal(mrkdwn(text, CONTEXT).join('').replaceAll('\u202f', ' '), shown)
  })

test('a CSV preview reads quoted fields with commas, quotes and line ends', async () => {
  const { csvRecords } = await load<Csv>('csv.js')
  assert.deepEqual(csvRecords('a,b\r\n"1,2","say ""hi""\nthere"\r\n,last\r\n', 5), [
    ['a', 'b'],
    ['1,2', 'say "hi"\nthere'],
    ['', 'last'],
  ])
  assert.equal(csvRecords('a\nb\nc\n', 2).length, 2)
})

test('a Slack date knows its formats', async () => {
  const { slackDate } = await load<Dates>('dates.js')
  const shown = slackDate('1786800000', '{date} · {date_long} · {date_short} · {nosuch}', '', 'Etc/UTC')
  assert.equal(shown, 'August 15th, 2026 · Saturday, August 15th, 2026 · Aug 15, 2026 · {nosuch}')
})

type Zoned = { wallTime: (seconds: number, tz: string) => string; secondsOf: (wall: string, tz: string) => number }

for (const [utc, tz, wall] of [
  ['2026-11-20T14:08Z', 'Europe/Paris', '2026-11-20T15:08'],
  ['2026-07-01T00:30Z', 'America/New_York', '2026-06-30T20:30'],
  ['2026-03-29T01:30Z', 'Europe/Paris', '2026-03-29T03:30'],
  ['2026-11-20T23:59Z', 'Asia/Kolkata', '2026-11-21T05:29'],
  ['2026-11-20T00:00Z', 'Etc/UTC', '2026-11-20T00:00'],
] as const)
  test(`${utc} is ${wall} on the wall in ${tz}, and the other way round`, async () => {
    const { wallTime, secondsOf } = await load<Zoned>('zoned.js')
    assert.equal(wallTime(Date.parse(utc) / 1000, tz), wall)
    assert.equal(secondsOf(wall, tz), Date.parse(utc) / 1000)
  })
