import { toast } from './dom.js'

/** Asks the control API. Throws with its message when it refuses. */
export async function get(path, query = {}) {
  return answer(await fetch(`/_playground/${path}?${new URLSearchParams(query)}`))
}

async function post(path, body) {
  return answer(await fetch(`/_playground/${path}`, { method: 'POST', body: JSON.stringify(body) }))
}

async function answer(response) {
  const body = await response.json()
  if (!response.ok) throw new Error(body.error ?? `HTTP ${response.status}`)
  return body
}

/** What says by itself, where it was done, that it did not work. */
const SAY_THEMSELVES = ['type', 'submit']

/** Acts as a person. What goes wrong is shown, not thrown: undefined when it was refused. */
export async function act(path, body) {
  try {
    const result = await post(path, body)
    if (result.error && !SAY_THEMSELVES.includes(path)) toast(`This did not work: ${result.error}`)
    return result
  } catch (error) {
    toast(error.message)
    return undefined
  }
}

/** Where a person downloads a file. */
export function fileAddress(id, user) {
  return `/_playground/file?${new URLSearchParams({ id, user })}`
}

/** Calls `heard` with each change in the workspace, and `reconnected` whenever the stream starts anew. */
export function watch(heard, reconnected) {
  const stream = new EventSource('/_playground/events')
  stream.addEventListener('message', (event) => heard(JSON.parse(event.data)))
  stream.addEventListener('open', reconnected)
}
