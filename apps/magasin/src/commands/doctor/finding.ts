/** What one look at a set-up found. `fault`: it must be mended, `remedy` says how; `note`: worth knowing. */
export type Finding =
  | { readonly kind: 'ok' | 'note'; readonly what: string }
  | { readonly kind: 'fault'; readonly what: string; readonly remedy: string }

export const ok = (what: string): Finding => ({ kind: 'ok', what })
export const note = (what: string): Finding => ({ kind: 'note', what })
export const fault = (what: string, remedy: string): Finding => ({ kind: 'fault', what, remedy })
