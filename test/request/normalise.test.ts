import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normalise } from '../../src/domain/request/normalise.ts'
import { escapeSlack } from '../support/askFacts.ts'

const TABLE: readonly (readonly [string, string, string])[] = [
  ['curly double quotes', 'reason=“key seen”', 'reason="key seen"'],
  ['low and angle quotes', '„a‟ «b»', '"a" "b"'],
  ['curly single quotes', '‘a’ O’Brien', "'a' O'Brien"],
  ['a long dash is two hyphens', 'x —last 24h', 'x --last 24h'],
  ['a short dash and a minus are one', 'eu–west−1', 'eu-west-1'],
  ['no-break and other spaces', 'a\u00a0b\u202fc\u3000d\te\nf', 'a b c d e f'],
  ['zero-width characters and marks of direction', 'AK\u200bIA\u2060\u202e\ufeffX', 'AKIAX'],
  ['control characters', 'a\u0000b\u001bc', 'a b c'],
  ['a mention with a name', 'user=<@U0ALICE|alice>', 'user=@alice'],
  ['a mention without one', 'user=<@U0ALICE>', 'user=@U0ALICE'],
  ['a channel', '<#C0INCIDENT|incident>', '#incident'],
  ['a user group', 'account=<!subteam^S0PROD|@prod>', 'account=@prod'],
  ['a user group without a name', '<!subteam^S0PROD>', '@S0PROD'],
  ['everybody', '<!channel> <!here|here>', '@channel @here'],
  ['a date', '<!date^1392734382^{date}|18 Feb>', '18 Feb'],
  ['a host that became a link', 'event=<http://ec2.amazonaws.com|ec2.amazonaws.com>', 'event=ec2.amazonaws.com'],
  ['a link', '<https://example.com/a?b=1&amp;c=2>', 'https://example.com/a?b=1&c=2'],
  ['a mail address', '<mailto:a@example.com|a@example.com> <mailto:b@example.com>', 'a@example.com b@example.com'],
  ['a telephone number that an account id became', '<tel:111122223333|111122223333>', '111122223333'],
  ['entities, once', '&amp;lt; &lt;b&gt; &amp;amp;', '&lt; <b> &amp;'],
  ['an entity in a link’s text', '<https://x.example|a&amp;b>', 'a&b'],
  ['an open bracket alone', 'a < b', 'a < b'],
]
for (const [what, text, plain] of TABLE)
  test(`${what}: ${JSON.stringify(text)} is ${JSON.stringify(plain)}`, () => {
    assert.equal(normalise(text), plain)
  })

test('a terminal’s text keeps its brackets and entities', () => {
  assert.equal(normalise('<@U1|a> &amp; “b”', 'terminal'), '<@U1|a> &amp; "b"')
})

test('what is escaped for Slack comes back as it was', () => {
  for (const text of ['a&b', '<@U1|a>', '&lt;', '<!channel>', 'a &amp; b'])
    assert.equal(normalise(escapeSlack(text)), normalise(text, 'terminal'))
})
