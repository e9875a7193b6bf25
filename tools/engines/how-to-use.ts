import type { EngineName } from './engines.ts'

/** What somebody types who wants to run Magasin on these engines, line by line. */
export function howToUse(urls: Partial<Readonly<Record<EngineName, string>>>): readonly string[] {
  const { mysql, kafka, redis } = urls
  const settings = (database: string) =>
    [mysql && `MAGASIN_DB=${mysql}/${database}`, kafka && `MAGASIN_LOG=${kafka}`].filter((one) => one !== undefined)
  const store = (database: string) => [...settings(database), ...(redis ? [`MAGASIN_READ_MODELS=${redis}`] : [])]
  const lines: string[] = []
  if (mysql !== undefined || kafka !== undefined || redis !== undefined)
    lines.push('The whole shop on them, in one process:', `  ${[...store('magasin'), 'npm start'].join(' ')}`)
  if (mysql !== undefined && kafka !== undefined)
    lines.push(
      'Or each service as its own process, in a terminal of its own:',
      `  ${store('magasin_store').join(' ')} npx magasin serve store-manager`,
      `  ${settings('magasin_coolriel').join(' ')} npx magasin serve coolriel`,
    )
  if (lines.length > 0)
    lines.push(
      'The other commands (doctor, log describe, history export, token, parked, read-models) want the settings too, whichever way it runs:',
      `  ${[...store('magasin'), 'npx magasin doctor'].join(' ')}`,
    )
  return lines
}
