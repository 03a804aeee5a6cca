/** Short messages of delivery's own. */
export type Notice =
  /** In a place that may not have the answer (any more): nothing of the question but the run. */
  | { readonly kind: 'moved'; readonly run: string }
  /** Heads a direct message: why the answer is here. `why` is policy's phrase, or Slack's name of what it refused. */
  | {
      readonly kind: 'why_direct'
      readonly run: string
      readonly channel: string
      readonly cause: 'place' | 'slack'
      readonly why: string
    }
  /** Calls whoever asked, and nobody else, to an answer that took the place of a status message long gone by. */
  | { readonly kind: 'ready'; readonly run: string; readonly user: string }
  /** Heads the CSV in a direct message, where policy wants it to go. */
  | { readonly kind: 'csv_direct'; readonly run: string }
  /** Under the answer: why there is no CSV. `why` is Slack's name of the refusal or one of ours. */
  | { readonly kind: 'csv_missing'; readonly run: string; readonly why: string }
  /** In the place of an answer: the right to it was taken away while it was read, and policy keeps it back. */
  | { readonly kind: 'withheld'; readonly run: string }
  /** Slack takes the answer in no form. */
  | { readonly kind: 'unshowable'; readonly run: string; readonly why: string }
