import { command } from '@magasin/subscribers/command'
import type { Subscription } from '@magasin/subscribers/subscription'
import type { Host } from '../../host.ts'
import { openOwnStore, type OwnStore } from '../../open-own-store.ts'
import { loans, type LoanEvent } from '../library/contracts.ts'
import { testPart } from '../parts.ts'
import { remind, reminderMigrations, remindersTable, type ReminderTables } from './reminders.ts'

export const reminders = testPart('reminders', { events: true, positions: true }, [loans.topic.name])

const reminding = (group: string): Subscription<LoanEvent, ReminderTables> => ({
  group,
  on: { BookLent: command(({ data }) => remind(data.book)) },
})

/** The whole of a service that answers another one's events with commands of its own: it reminds the reader of each book that is lent. */
export async function startReminders(host: Host, group = 'reminding'): Promise<OwnStore<ReminderTables>> {
  const own = { part: reminders, place: host.placeOf(reminders), catalogue: host.catalogue }
  const store = await host.open(
    () => openOwnStore<ReminderTables>({ ...own, migrations: [reminderMigrations], stateTables: [remindersTable] }),
    (opened) => opened.close(),
  )
  host.publish(reminders, store)
  host.subscribe(reminders, { database: store.database, store: store.events, subscriptions: [reminding(group)] })
  return store
}
