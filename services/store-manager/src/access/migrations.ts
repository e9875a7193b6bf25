import type { MigrationSet } from '@magasin/sql/migrate'
import { addColumn, createTable, inSteps } from '@magasin/sql/schema-steps'

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
    '0003-signed': inSteps(
      createTable(
        'signing_keys',
        `(id varchar(36) primary key, public_key text not null, private_key text not null,
          created_at varchar(24) not null, retired_at varchar(24), leaked_at varchar(24))`,
      ),
      addColumn('tokens', 'expires_at', 'varchar(24)'),
      addColumn('tokens', 'key_id', 'varchar(36)'),
    ),
  },
}
