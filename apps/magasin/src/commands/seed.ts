import { readShopConfig } from '@magasin/shop/config'
import { partsWithDatabase } from '@magasin/shop/parts'
import { Command } from 'commander'
import { existingDatabase } from '../databases.ts'
import { tell } from '../output/tell.ts'
import { runCommand } from '../run-command.ts'

/** `magasin seed` */
export function seedCommand(): Command {
  return new Command('seed')
    .description(
      'load the seed data, once however often it is run; the shop may be running. On a server the store must be there',
    )
    .action(
      runCommand(async () => {
        const added = await seedAll()
        tell(added.length === 0 ? 'The seed data was in already.' : `${added.join(', ')} were added.`)
      }),
    )
}

/** A data folder has room for one shop, so it may be made here. On a server only what starts a service knows which database is its own. */
async function seedAll(): Promise<readonly string[]> {
  const config = readShopConfig()
  const added: string[] = []
  for (const part of partsWithDatabase)
    if (part.seed !== undefined) {
      const words = await part.seed(config.database === 'sqlite' ? config : await existingDatabase(config, part))
      if (words !== undefined) added.push(words)
    }
  return added
}
