import type { MigrationSet } from '@magasin/sql/migrate'
import { addColumn, inSteps } from '@magasin/sql/schema-steps'

/** The table of the tokens. */
export const accessMigrations: MigrationSet = {
  name: 'access',
  migrations: {
    '0001-tokens': {
      async up(db) {
        await db.schema
          .createTable('tokens')
          .ifNotExists()
          .addColumn('id', 'varchar(36)', (column) => column.primaryKey())
          .addColumn('hash', 'varchar(64)', (column) => column.notNull().unique())
          .addColumn('user_id', 'bigint')
          .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
          .addColumn('revoked_at', 'varchar(24)')
          .addColumn('adopted', 'integer', (column) => column.notNull())
          .addColumn('replaced_at', 'varchar(24)')
          .execute()
      },
    },
    '0002-suppliers': inSteps(addColumn('tokens', 'supplier', 'varchar(64)')),
  },
}
