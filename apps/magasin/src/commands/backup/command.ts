import { Command } from 'commander'
import { readShopConfig } from '@magasin/shop/config'
import { tell } from '../../output/tell.ts'
import { runCommand } from '../../run-command.ts'
import { copyDataFolder } from './copy-data-folder.ts'

/** `magasin backup` */
export function backupCommand(): Command {
  return new Command('backup')
    .description(
      'copy the data folder, all databases as they are at one moment, and check it; the shop may be running. A database server has its own tools',
    )
    .requiredOption('--out <folder>', 'a folder that is not there yet')
    .action(
      runCommand(async ({ out }: { readonly out: string }) => {
        const { copied, missing } = await copyDataFolder(readShopConfig(), out)
        for (const { name, bytes } of copied) tell(`${name}  ${bytes.toLocaleString('en')} bytes, checked`)
        for (const { databaseTitle, ifMissing } of missing) tell(`The ${databaseTitle} is not in it: ${ifMissing}`)
        tell(
          `To go back to it: stop the shop, move the data folder away, put a copy of ${out} in its place, start the shop.`,
        )
      }),
    )
}
