import { createTable, fillTable, inSteps } from '@magasin/sql/schema-steps'
import { migrate, type MigrationSet } from '@magasin/sql/migrate'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'

/** One row: the service that a database belongs to. */
export interface OwnerTables {
  database_owner: { service: string }
}

/** The table of that row. A database without it is nobody's. */
export const ownerTable = 'database_owner'

const ownedBy = (service: string): MigrationSet => ({
  name: 'owner',
  migrations: {
    '0001-owner': inSteps(
      createTable(ownerTable, '(service varchar(100) not null primary key)'),
      fillTable(ownerTable, sql`insert into database_owner (service) values (${service})`),
    ),
  },
})

/** Makes a database that is nobody's the service's. Of two services that try it at once, one has it. */
export function claim(database: SqlDatabase<OwnerTables>, service: string): Promise<void> {
  return migrate(database, ownedBy(service))
}

/** Whose a database is. Throws DATA_MISSING if it was never finished. */
export async function readOwner({ reader }: SqlDatabase<OwnerTables>): Promise<string> {
  return (await reader.selectFrom(ownerTable).selectAll().executeTakeFirstOrThrow()).service
}
