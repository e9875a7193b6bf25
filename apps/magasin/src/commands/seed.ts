import { readShopConfig, type ShopConfig } from '@magasin/shop/config'
import { openStore, type Store } from '@magasin/store-manager/open-store'
import { seed } from '@magasin/store-manager/seed'
import { Command } from 'commander'
import { tell } from '../output/tell.ts'
import { runCommand } from '../run-command.ts'
import { withExistingStore } from '../with-database.ts'

/** `magasin seed` */
export function seedCommand(): Command {
  return new Command('seed')
    .description(
      'load the seed data, once however often it is run; the shop may be running. On a server the store must be there',
    )
    .action(
      runCommand(async () => {
        const added = await withStore(readShopConfig(), seed)
        tell(added === 0 ? 'The seed data was in already.' : `${added} users of the seed data were added.`)
      }),
    )
}

/** A data folder has room for one store, so it may be made here. On a server only what starts a store knows which database is its own. */
async function withStore<T>(config: ShopConfig, work: (store: Store) => Promise<T>): Promise<T> {
  if (config.database !== 'sqlite') return withExistingStore(config, work)
  const store = await openStore(config)
  return work(store).finally(() => store.close())
}
