import { act } from './api.js'
import { combo } from './combo.js'
import { collected, naming } from './controls.js'
import { h, newId } from './dom.js'
import { withEmoji } from './emoji.js'
import { mrkdwn } from './mrkdwn.js'

/** A menu for one choice, as the browser has it: on a phone that is the phone's own. */
export function select(choicesOf) {
  return (place, block, element, ids) => {
    const { placeholder, groups, initial } = choicesOf(element, place.context)
    // The browser's own menu has one line for each choice: two of the same name are told apart by the rest.
    const line = ({ label, detail }) => (detail ? `${label} – ${detail}` : label)
    const one = (option) => h('option', { value: option.value, selected: initial[0] === option.value }, line(option))
    const control = h(
      'select',
      naming(block, element, ids),
      h('option', { value: '' }, placeholder),
      groups.map(({ label, options }) => (label ? h('optgroup', { label }, options.map(one)) : options.map(one))),
    )
    const set = (value) => {
      control.value = value ?? ''
    }
    return collected(place, block, element, control, { get: () => control.value, set })
  }
}

function matching(groups, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = ({ label, detail = '' }) => words.every((word) => `${label} ${detail}`.toLowerCase().includes(word))
  return groups
    .map((group) => ({ ...group, options: group.options.filter(fits) }))
    .filter(({ options }) => options.length > 0)
}

/** A box to search in and choose several. */
export function multiSelect(choicesOf) {
  return (place, block, element, ids) => {
    const { placeholder, groups, initial } = choicesOf(element, place.context)
    const all = groups.flatMap(({ options }) => options)
    const choices = (values) => values.flatMap((value) => all.find((option) => option.value === value) ?? [])
    const box = combo({
      named: naming(block, element, ids),
      placeholder,
      many: true,
      max: element.max_selected_items,
      find: (text) => matching(groups, text),
      initial: choices(initial),
    })
    const get = () => box.get().map(({ value }) => value)
    return collected(place, block, element, box.node, { get, set: (values) => box.set(choices(values ?? [])) })
  }
}

const offeredOf = (option) => ({
  value: option.value,
  label: withEmoji(option.text.text),
  detail: option.description?.text,
  option,
})

/** A menu whose options the app offers for what is typed; its value is the option itself. */
export function externalSelect(many) {
  return (place, block, element, ids) => {
    const least = element.min_query_length ?? 3
    const named = {
      user: place.context.user.id,
      ...place.where,
      block_id: block.block_id,
      action_id: element.action_id,
    }
    const find = async (value) => {
      if (value.length < least) return []
      const { options = [] } = (await act('suggest', { ...named, value })) ?? {}
      return [{ options: options.map(offeredOf) }]
    }
    const initial = element.initial_options ?? [element.initial_option].filter(Boolean)
    const box = combo({
      named: naming(block, element, ids),
      placeholder: element.placeholder?.text ?? 'Type to search…',
      many,
      max: element.max_selected_items,
      find,
      initial: initial.map(offeredOf),
    })
    const options = () => box.get().map(({ option }) => option)
    const get = () => (many ? options() : options()[0])
    const set = (value) => box.set((many ? (value ?? []) : [value].filter(Boolean)).map(offeredOf))
    return collected(place, block, element, box.node, { get, set })
  }
}

const richText = (text, context) => (text.type === 'mrkdwn' ? mrkdwn(text.text, context) : withEmoji(text.text))

/** Radio buttons or checkboxes. */
export function boxes(type) {
  return (place, block, element, ids) => {
    const name = newId()
    const initial = element.initial_options?.map((option) => option.value) ?? [element.initial_option?.value]
    const all = element.options.map((option) =>
      h('input', { type, name, value: option.value, checked: initial.includes(option.value) }),
    )
    const one = (option, index) =>
      h(
        'label',
        { class: 'choice' },
        all[index],
        h(
          'span',
          {},
          richText(option.text, place.context),
          option.description && h('span', { class: 'quiet description' }, richText(option.description, place.context)),
        ),
      )
    const role = type === 'radio' ? 'radiogroup' : 'group'
    const control = h('div', { class: 'choices', role, ...naming(block, element, ids, true) }, element.options.map(one))
    const checked = () => all.filter((box) => box.checked).map((box) => box.value)
    const set = (value) => {
      for (const box of all) box.checked = [value ?? []].flat().includes(box.value)
    }
    return collected(place, block, element, control, { get: () => (type === 'radio' ? checked()[0] : checked()), set })
  }
}
