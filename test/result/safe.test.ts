import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  bounded,
  code,
  mrkdwn,
  mrkdwnWords,
  plain,
  plainForSlack,
  visible,
  visibleLines,
} from '../../src/domain/result/safe.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 300 })
const nasty = fc.array(
  fc.constantFrom('<', '!', '@', '&', '`', '\u202e', '\u001b', '\n', '\ud83d', '😀', 'a', '&amp;'),
  { maxLength: 60 },
)
const text = fc.oneof(
  anyText,
  nasty.map((parts) => parts.join('')),
)

test('hidden characters are shown as JSON writes them', () => {
  assert.equal(
    visible('a\u001b[31m\u202eb\u0000\n\r\t\u200b\u{e0041}'),
    'a\\u001b[31m\\u202eb\\u0000\\n\\r\\t\\u200b\\u{e0041}',
  )
  assert.equal(visible('\ud800x'), '\\ud800x')
  assert.equal(visible('Zürich 東京 😀'), 'Zürich 東京 😀')
})

test('line ends and tabs stay where several lines may stand', () => {
  assert.equal(visibleLines('a\r\n\tb\u0007'), 'a\r\n\tb\\u0007')
})

test('a cut never leaves half a character and never exceeds its bound', () => {
  assert.equal(bounded('ab😀cd', 4), 'ab…')
  assert.equal(bounded('ab😀cd', 5), 'ab😀…')
  assert.equal(bounded('abc', 0), '')
  fc.assert(fc.property(text, fc.integer({ min: 0, max: 80 }), (hostile, max) => plain(hostile, max).length <= max))
})

test('a broadcast, a mention and a link are harmless in mrkdwn', () => {
  assert.equal(
    mrkdwn('<!channel> <@U1> <http://x|y> &lt;', 200),
    '&lt;!channel&gt; &lt;@U1&gt; &lt;http://x|y&gt; &amp;lt;',
  )
})

test('a broadcast in plain text is broken apart', () => {
  assert.equal(plainForSlack('<!channel> <@U1> <#C1> <b>', 200), '< !channel> < @U1> < #C1> <b>')
})

test('no text gives mrkdwn with a raw angle bracket, a cut entity or more than its bound', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 120 }), (hostile, max) => {
      for (const shown of [mrkdwn(hostile, max), mrkdwnWords(hostile, max)]) {
        assert.ok(shown.length <= max)
        assert.doesNotMatch(shown, /[<>]|&(?!amp;|lt;|gt;)/)
      }
    }),
  )
})

test('a code span holds any text, is never empty and closes where it should', () => {
  assert.equal(code('a`b', 20), '`aˋb`')
  assert.equal(code('', 20), '` – `')
  fc.assert(
    fc.property(text, fc.integer({ min: 3, max: 120 }), (hostile, max) => {
      const span = code(hostile, max)
      assert.ok(span.length <= Math.max(max, 5))
      assert.match(span, /^`[^`\n]+`$/)
    }),
  )
})
