import { runProcess } from '@magasin/service-kit/run-process'
import { readShopConfig } from '@magasin/shop/config'
import { startShop } from '@magasin/shop/start'
import { startedText } from '@magasin/shop/started-text'
import { Command } from 'commander'

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
        process.stdout.write(startedText(shop, config))
        return shop
      }),
    )
}
