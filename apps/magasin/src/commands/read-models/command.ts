import { setTimeout as delay } from 'node:timers/promises'
import { describeReadModels } from '@magasin/service-kit/read-models-setting'
import { readModelTopics, shopReadModels } from '@magasin/store-manager/read-models'
import { readShopConfig } from '@magasin/shop/config'
import { Command } from 'commander'
import { createProgressBar } from '../../output/progress-bar.ts'
import { tell } from '../../output/tell.ts'
import { runCommand } from '../../run-command.ts'
import { describeStatus } from './describe-status.ts'
import { withReadModels } from './with-read-models.ts'

const pollMs = 200

/** `magasin read-models status | rebuild` */
export function readModelsCommand(): Command {
  const readModels = new Command('read-models').description(
    'what reports are answered from: how far it is, and building it anew; the shop may be running',
  )
  readModels
    .command('status')
    .description('say where they are kept, how far they are, and what is being built')
    .action(runCommand(status))
  readModels
    .command('rebuild')
    .option('--no-wait', 'ask for it, and do not wait until it is done')
    .description('have them built anew from the history, by the shop that runs; readers see the old ones until then')
    .action(runCommand(rebuild))
  return readModels
}

async function status(): Promise<void> {
  const config = readShopConfig()
  await withReadModels({ config, readOnly: true }, async (store, recorded) => {
    const found = await store.status()
    tell(`Kept in      ${describeReadModels(config.readModels)}`)
    tell(`Follow       ${readModelTopics.join(', ')}`)
    for (const line of describeStatus(found, { recorded, fingerprint: shopReadModels.fingerprint })) tell(line)
  })
}

async function rebuild({ wait }: { readonly wait: boolean }): Promise<void> {
  const config = readShopConfig()
  await withReadModels({ config }, async (store, total) => {
    await store.requestRebuild()
    const { projector, rebuilds } = await store.status()
    if (projector === null) return tell('Asked for. Nobody projects now: the shop does it when it runs.')
    if (!wait) return tell('Asked for. `magasin read-models status` shows how far it is.')
    const bar = createProgressBar('building', total)
    for (;;) {
      const { current, shadow, rebuilds: now } = await store.status()
      bar.at(shadow?.events ?? 0)
      if (now.answered >= rebuilds.requested) {
        bar.at(Math.min(total, current?.events ?? 0))
        bar.end()
        return tell(`Built anew, from ${current?.events ?? 0} events.`)
      }
      await delay(pollMs)
    }
  })
}
