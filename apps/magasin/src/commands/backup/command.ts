import { Command } from 'commander'
import { readShopConfig } from '@magasin/shop/config'
import { tell } from '../../output/tell.ts'
import { runCommand } from '../../run-command.ts'
import { copyDataFolder } from './copy-data-folder.ts'

/** `magasin backup` */
export function backupCommand(): Command {
  return new Command('backup')
    .description(
      'copy the data folder, whole and checked; the shop may be running. A database server has its own tools',
    )
    .requiredOption('--out <folder>', 'a folder that is not there yet')
    .action(
      runCommand(async ({ out }: { readonly out: string }) => {
        for (const { name, bytes } of await copyDataFolder(readShopConfig(), out))
          tell(`${name}  ${bytes.toLocaleString('en')} bytes, checked`)
        tell(
          `To go back to it: stop the shop, move the data folder away, put a copy of ${out} in its place, start the shop.`,
        )
      }),
    )
}
