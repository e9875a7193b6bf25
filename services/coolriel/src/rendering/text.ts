import type { EmailContent } from './content.ts'

/** The e-mail for readers without HTML: one line per paragraph, which they wrap themselves. */
export function emailText({ greeting, message, signature, details }: EmailContent): string {
  const rows = details.rows.map(({ label, value }) => `${label}${details.colon}${value}`)
  return [greeting, ...message, signature.join('\n'), rows.join('\n')].join('\n\n') + '\n'
}
