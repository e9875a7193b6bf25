import { resolve } from 'node:path'
import { databaseOf, describeDatabase } from '@magasin/service-kit/database-setting'
import { describeLog } from '@magasin/service-kit/log-setting'
import { describeReadModels } from '@magasin/service-kit/read-models-setting'
import { tokenText } from '@magasin/store-manager/manager-token'
import { describeSeeded } from '@magasin/store-manager/seed'
import type { ShopConfig } from './config.ts'
import { partsWithDatabase } from './parts.ts'
import type { Shop } from './start.ts'

/** What the shop says when it is open. */
export function startedText({ url, services: { token, seeded } }: Shop, config: ShopConfig): string {
  const bearer = config.access === 'open' ? '' : ` -H 'Authorization: Bearer ${token ?? 'TOKEN'}'`
  const body = `{"name":"Grace Hopper","email":"grace@example.com","user_type_id":2}`
  const added = describeSeeded(seeded)
  const warning = '  WARNING: MAGASIN_ACCESS=open: everyone on this machine is a manager here.\n\n'
  return `
  Magasin is open.

  The store            ${url}        (a browser finds the API there, interactive)
  Manager's token      ${tokenText(token, config.access)}
  E-mails              ${resolve(config.outputDir)}/
  Data                 ${dataText(config)}${added === undefined ? '' : `    (${added} are in)`}

  Two things to try:

    curl -s ${url}/users${bearer} -H 'Content-Type: application/json' \\
      -d '${body}'

    npx magasin history export --topic user-events --out history.json

  Ctrl-C stops it; the next start goes on where this one stopped.

${config.access === 'open' ? warning : ''}`
}

/** Where the shop keeps what it knows, and what is not in the data folder. */
function dataText({ dataDir, database, log, readModels }: ShopConfig): string {
  const where =
    database === 'sqlite'
      ? `${resolve(dataDir)}/`
      : partsWithDatabase.map((part) => describeDatabase(databaseOf(part.database, database))).join(', ')
  const events = log === 'table' ? '' : `, events through ${describeLog(log)}`
  const reports = readModels === 'sqlite' ? '' : `, read models in ${describeReadModels(readModels)}`
  return `${where}${events}${reports}`
}
