/** The shortcodes that incident channels use; others stay as typed. */
const EMOJI = {
  '+1': '👍',
  '-1': '👎',
  thumbsup: '👍',
  thumbsdown: '👎',
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  no_entry: '⛔',
  no_entry_sign: '🚫',
  warning: '⚠️',
  rotating_light: '🚨',
  eyes: '👀',
  mag: '🔍',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  stopwatch: '⏱️',
  clock1: '🕐',
  lock: '🔒',
  unlock: '🔓',
  key: '🔑',
  shield: '🛡️',
  information_source: 'ℹ️',
  question: '❓',
  exclamation: '❗',
  bulb: '💡',
  memo: '📝',
  page_facing_up: '📄',
  paperclip: '📎',
  link: '🔗',
  bell: '🔔',
  no_bell: '🔕',
  fire: '🔥',
  tada: '🎉',
  wave: '👋',
  pray: '🙏',
  raised_hand: '✋',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  large_orange_circle: '🟠',
  red_circle: '🔴',
  large_blue_circle: '🔵',
  white_circle: '⚪',
  black_circle: '⚫',
  arrow_right: '➡️',
  arrow_left: '⬅️',
  repeat: '🔁',
  robot_face: '🤖',
  bust_in_silhouette: '👤',
  busts_in_silhouette: '👥',
  cloud: '☁️',
  chart_with_upwards_trend: '📈',
  file_folder: '📁',
  wastebasket: '🗑️',
  octagonal_sign: '🛑',
  smile: '😄',
  thinking_face: '🤔',
}

/** The character of a shortcode name, or the shortcode itself. */
export function emojiOf(name) {
  return Object.hasOwn(EMOJI, name) ? EMOJI[name] : `:${name}:`
}

/** Text with its `:shortcodes:` replaced. */
export function withEmoji(text) {
  return text.replaceAll(/:([a-z0-9_+-]+):/g, (whole, name) => (Object.hasOwn(EMOJI, name) ? EMOJI[name] : whole))
}
