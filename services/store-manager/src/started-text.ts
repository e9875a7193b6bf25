import { resolve } from 'node:path'
import { describeDatabase } from '@magasin/service-kit/database-setting'
import { describeLog } from '@magasin/service-kit/log-setting'
import type { StoreManagerConfig } from './config.ts'
import type { ServedStore } from './serve.ts'

/** What a store-manager says when it is open. */
export function startedText(
  { url, token, seeded }: Pick<ServedStore, 'url' | 'token' | 'seeded'>,
  config: StoreManagerConfig,
): string {
  const { access, database, dataDir, log } = config
  const where = database === 'sqlite' ? `SQLite, in ${resolve(dataDir)}/` : describeDatabase(database)
  return `
  The store-manager is open.

  The store            ${url}        (a browser finds the API there, interactive)
  Manager's token      ${tokenText(token, access)}
  Database             ${where}${seeded === 0 ? '' : `    (${seeded} users of the seed data are in)`}
  Log                  ${describeLog(log)}

  Ctrl-C stops it; the next start goes on where this one stopped.
${access === 'open' ? '\n  WARNING: MAGASIN_ACCESS=open: everyone on this machine is a manager here.\n' : ''}
`
}

/** The first manager's token, for the one who starts the shop. */
export function tokenText(token: string | undefined, access: StoreManagerConfig['access']): string {
  if (access === 'open') return 'none is needed (MAGASIN_ACCESS=open)'
  return token ?? 'not kept here; `npx magasin token create --manager` makes another'
}
