import type { DeliverySlack } from '../usecases/deliverTypes.ts'

/**
 * The way to Slack for as long as some work is this process's alone: whoever stood still until another took the work over says nothing more. Throws
 * then, and the work is looked at again.
 */
export function whileMine<M>(slack: DeliverySlack<M>, mine: () => boolean): DeliverySlack<M> {
  const check = (): void => {
    if (!mine()) throw new Error('another process has taken this over')
  }
  return {
    ...slack,
    post: async (...given) => {
      check()
      return await slack.post(...given)
    },
    update: async (...given) => {
      check()
      await slack.update(...given)
    },
    upload: async (...given) => {
      check()
      await slack.upload(...given)
    },
    removeFile: async (...given) => {
      check()
      await slack.removeFile(...given)
    },
  }
}
