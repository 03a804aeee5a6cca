/** What a use case decided about its job. Only the queue's adapter knows how each is said to the queue. */
export type Outcome =
  | { readonly kind: 'done'; readonly note?: string }
  /** Not before then: the pace is booked out, or Slack asked to wait. */
  | { readonly kind: 'wait'; readonly until: Date }
  /** The run's parts are under way; come back when all have ended. */
  | { readonly kind: 'wait for parts' }
  /** Give the slot to others and go on later, from the pages that exist. */
  | { readonly kind: 'yield' }
  /** Never again: repeating cannot help. */
  | { readonly kind: 'final'; readonly why: string }
