import { mrkdwn } from '../../../domain/result/safe.ts'
import { compose, context, type Message, section, sections, TEXT_MAX } from './message.ts'

/** That the rules, or the groups they name, have changed: told to whoever watches over them. */
export function announcementMessage(what: 'policy' | 'groups', lines: readonly string[], digest: string): Message {
  const head = what === 'policy' ? 'The policy of ctq has changed' : 'The groups that ctq’s policy names have changed'
  return {
    text: mrkdwn(`${head}: ${lines.join('; ')}`, TEXT_MAX),
    blocks: compose([
      () => section([`*${head}*`]),
      (room) =>
        sections(
          lines.map((line) => `• ${mrkdwn(line, 300)}`),
          Math.min(room, 8_000),
          'The record has them all.',
        ),
      () => context([`Policy ${digest.slice(0, 12)} is in force`]),
    ]),
  }
}
