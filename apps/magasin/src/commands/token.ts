import { readShopConfig } from '@magasin/shop/config'
import { Command } from 'commander'
import { withExistingStore } from '../with-database.ts'
import { tell, tellTable } from '../output/tell.ts'
import { runCommand } from '../run-command.ts'
import { wholeNumber } from '../whole-number.ts'

/** `magasin token create | list | revoke` */
export function tokenCommand(): Command {
  const token = new Command('token').description('access: make, list and revoke tokens; the shop may be running')
  token
    .command('create')
    .description('make a token and print it, this once')
    .option('--user <id>', 'for this user: it may do what the user’s type may', wholeNumber)
    .option('--manager', 'for the shop itself: it may do everything')
    .action(runCommand(create))
  token.command('list').description('list the tokens, without what opens anything').action(runCommand(list))
  token
    .command('revoke')
    .argument('<id>', 'as `token list` shows it')
    .description('end a token: it opens nothing from now on')
    .action(runCommand(revoke))
  return token
}

async function create(options: { readonly user?: number; readonly manager?: true }, command: Command): Promise<void> {
  const { user, manager } = options
  if ((user === undefined) === (manager === undefined)) command.error('error: say for whom: --user <id> or --manager')
  const owner = user === undefined ? 'manager' : { userId: user }
  const made = await withExistingStore(readShopConfig(), ({ tokens }) => tokens.create(owner))
  tell(made.token)
  process.stderr.write(`It is not kept and cannot be shown again; its id is ${made.id}.\n`)
}

async function list(): Promise<void> {
  const described = await withExistingStore(readShopConfig(), ({ tokens }) => tokens.list())
  const rows = described.map(({ id, userId, role, createdAt, revokedAt }) => [
    id,
    userId === null ? 'the shop' : `user ${userId}`,
    revokedAt === null ? (role ?? 'none: the user is gone') : `revoked ${revokedAt}`,
    createdAt,
  ])
  tellTable(['ID', 'OF', 'ROLE', 'MADE'], rows)
}

async function revoke(id: string): Promise<void> {
  await withExistingStore(readShopConfig(), ({ tokens }) => tokens.revoke(id))
  tell('It opens nothing any more.')
}
