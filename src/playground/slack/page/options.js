import { withEmoji } from './emoji.js'

const choiceOf = (option) => ({
  value: option.value,
  label: withEmoji(option.text.text),
  detail: option.description?.text,
})

const groupOf = (group) => ({ label: group.label.text, options: group.options.map(choiceOf) })

/** What a menu offers: its groups of choices ({value, label, detail?}), what it starts with, and what it says while empty. */
export function staticChoices(element) {
  const initial = element.initial_options ?? [element.initial_option].filter(Boolean)
  return {
    placeholder: element.placeholder?.text ?? 'Choose…',
    groups: element.option_groups?.map(groupOf) ?? [{ options: (element.options ?? []).map(choiceOf) }],
    initial: initial.map((option) => option.value),
  }
}

/** As `staticChoices`, of people. */
export function peopleChoices(element, context) {
  const options = context.people().map((user) => ({ value: user.id, label: user.real_name, detail: `@${user.name}` }))
  const initial = element.initial_users ?? [element.initial_user].filter(Boolean)
  return { placeholder: element.placeholder?.text ?? 'Choose a person…', groups: [{ options }], initial }
}

/** As `staticChoices`, of channels. */
export function channelChoices(element, context) {
  const options = context.channels().map((channel) => ({ value: channel.id, label: `#${channel.name}` }))
  const one = element.initial_channel ?? element.initial_conversation
  const initial = element.initial_channels ?? element.initial_conversations ?? [one].filter(Boolean)
  return { placeholder: element.placeholder?.text ?? 'Choose a channel…', groups: [{ options }], initial }
}
