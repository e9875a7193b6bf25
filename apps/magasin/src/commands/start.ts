import { resolve } from 'node:path'
import { databaseOf, describeDatabase } from '@magasin/service-kit/database-setting'
import { describeLog } from '@magasin/service-kit/log-setting'
import { runProcess } from '@magasin/service-kit/run-process'
import { readShopConfig, type ShopConfig } from '@magasin/shop/config'
import { tokenText } from '@magasin/store-manager/started-text'
import { startShop, type Shop } from '@magasin/shop/start'
import { Command } from 'commander'
import { tell } from '../output/tell.ts'

/** `magasin start` */
export function startCommand(): Command {
  return new Command('start')
    .description(
      'run the whole shop in one process: unless told otherwise SQLite in data/, e-mails into output/, nothing else needed',
    )
    .action(() =>
      runProcess(async (signal) => {
        const config = readShopConfig()
        const shop = await startShop(config, signal)
        tellStarted(shop, config)
        return shop
      }),
    )
}

function tellStarted({ url, token, seeded }: Shop, config: ShopConfig): void {
  const bearer = config.access === 'open' ? '' : ` -H 'Authorization: Bearer ${token ?? 'TOKEN'}'`
  const body = `{"name":"Grace Hopper","email":"grace@example.com","user_type_id":2}`
  tell(`
  Magasin is open.

  The store            ${url}        (a browser finds the API there, interactive)
  Manager's token      ${tokenText(token, config.access)}
  E-mails              ${resolve(config.outputDir)}/
  Data                 ${dataText(config)}${seeded === 0 ? '' : `    (${seeded} users of the seed data are in)`}

  Two things to try:

    curl -s ${url}/users${bearer} -H 'Content-Type: application/json' \\
      -d '${body}'

    npx magasin history export --topic user-events --out history.json

  Ctrl-C stops it; the next start goes on where this one stopped.
`)
  if (config.access === 'open') tell('  WARNING: MAGASIN_ACCESS=open: everyone on this machine is a manager here.\n')
}

/** Where the shop keeps what it knows, and what carries its events, where that is not the table. */
function dataText({ dataDir, database, log }: ShopConfig): string {
  const where =
    database === 'sqlite'
      ? `${resolve(dataDir)}/`
      : ['store', 'coolriel'].map((part) => describeDatabase(databaseOf(part, database))).join(', ')
  return log === 'table' ? where : `${where}, events through ${describeLog(log)}`
}
