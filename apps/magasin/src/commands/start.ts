import { resolve } from 'node:path'
import { runProcess } from '@magasin/service-kit/run-process'
import { readShopConfig, type ShopConfig } from '@magasin/shop/config'
import { startShop, type Shop } from '@magasin/shop/start'
import { Command } from 'commander'
import { tell } from '../output/tell.ts'

/** `magasin start` */
export function startCommand(): Command {
  return new Command('start')
    .description('run the whole shop in one process: SQLite in data/, e-mails into output/, nothing else needed')
    .action(() =>
      runProcess(async () => {
        const config = readShopConfig()
        const shop = await startShop(config)
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
  Manager's token      ${tokenLine(token, config)}
  E-mails              ${resolve(config.outputDir)}/
  Data                 ${resolve(config.dataDir)}/${seeded === 0 ? '' : `    (${seeded} users of the seed data are in)`}

  Two things to try:

    curl -s ${url}/users${bearer} -H 'Content-Type: application/json' \\
      -d '${body}'

    npx magasin history export --topic user-events --out history.json

  Ctrl-C stops it; the next start goes on where this one stopped.
`)
  if (config.access === 'open') tell('  WARNING: MAGASIN_ACCESS=open: everyone on this machine is a manager here.\n')
}

function tokenLine(token: string | undefined, config: ShopConfig): string {
  if (config.access === 'open') return 'none is needed (MAGASIN_ACCESS=open)'
  return token ?? 'not kept here any more; `npx magasin token create --manager` makes another'
}
