/** The body of a control call: nothing is known of it yet. */
export type Body = { readonly [key: string]: unknown }

/** Something the caller of the control API did wrong; it is told what. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
}
