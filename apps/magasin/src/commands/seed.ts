import { readShopConfig } from '@magasin/shop/config'
import { openStore } from '@magasin/store-manager/open-store'
import { seed } from '@magasin/store-manager/seed'
import { Command } from 'commander'
import { findDatabase } from '../find-database.ts'
import { tell } from '../output/tell.ts'
import { runCommand } from '../run-command.ts'

/** `magasin seed` */
export function seedCommand(): Command {
  return new Command('seed')
    .description('load the seed data, once however often it is run; the shop may be running')
    .action(
      runCommand(async () => {
        const config = readShopConfig()
        const store = await openStore((await findDatabase(config, 'store')) ?? config)
        try {
          const added = await seed(store)
          tell(added === 0 ? 'The seed data was in already.' : `${added} users of the seed data were added.`)
        } finally {
          await store.close()
        }
      }),
    )
}
