import type { Host } from '@magasin/host/host'
import { openOwnDatabase } from '@magasin/host/open-own-database'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import type { CoolrielConfig } from './config.ts'
import { openFolderMailer } from './mailers/folder-mailer.ts'
import { coolriel } from './part.ts'
import { emailSubscription } from './subscriptions.ts'

/**
 * Starts Coolriel: it follows the events of users, from the first one the first time, and sends the e-mail that each calls for.
 * Those of one group share a database on a server, and the work. Its database may be deleted: every e-mail is then written again.
 * Throws OUTPUT_FOLDER_UNUSABLE, what `openOwnDatabase` does.
 */
export async function startCoolriel(config: Pick<CoolrielConfig, 'group' | 'outputDir'>, host: Host): Promise<void> {
  const mailer = await host.open(
    () => openFolderMailer({ dir: config.outputDir }),
    (opened) => opened.close(),
  )
  host.health.add({ name: 'mail', required: false, check: () => mailer.check() })
  const place = host.placeOf(coolriel)
  const database = await host.open(
    () => openOwnDatabase<SubscriberTables>({ part: coolriel, place }),
    (opened) => opened.close(),
  )
  host.subscribe(coolriel, { database, subscriptions: [emailSubscription(mailer, config.group)] })
}
